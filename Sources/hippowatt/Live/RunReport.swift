import Accounting
import Canvas
import Quantities
import Telemetry

/// The results of a session: gathered once, written as text, Markdown or JSON.
struct RunReport {
  /// The results of one job.
  struct Job {
    var device: Device
    var facts: JobFacts
    /// The time between its first report and its last, with all pauses.
    var cost: JobCost
    /// The cost of its samples, from the first reading of them to the last.
    var sampleCost: JobCost?
    var accuracy: Double?

    /// The cost over all its samples where it counts them, or else over its steps.
    var joulesPerSample: Double? { (sampleCost ?? cost).joulesPerSample }
    /// Seconds of an ordinary step.
    var medianStep: Double?
    var pauses: PauseAccount?
    var loss: Double?
    var validationLoss: Double?
    var mfu: MFU
    var outlook: JobOutlook?
    /// What is doubtful about whom it is charged.
    var caveats: [JobCaveat] = []
    var target: TargetLoss?
    /// What a server's tokens and requests cost; `nil` for a job that trains.
    var serving: ServingCost?
    /// Why a server said nothing at the end, in words.
    var fault: String?
  }

  let span: TimeSpan
  let machine: String
  let isSimulated: Bool
  let energy: EnergyAmount?
  /// The energy of each part that reports it.
  let parts: [(device: Device, energy: EnergyAmount)]
  let peakPower: Double?
  let grid: GridAccount?
  let location: Device?
  let accelerators: [Device]
  let processor: String
  let jobs: [Job]
  /// How far the energy may be from the truth, in joules; `nil` where that is not known.
  let uncertainty: Double?
  /// What stands for the machine, in words.
  let boundary: String?
  /// What must be said with the totals.
  let warnings: [AccountWarning]
  /// What the energy costs, with its currency.
  let cost: String?
  /// The seconds by which the clock of the reader is ahead of UTC.
  let utcOffset: @Sendable (Timestamp) -> Int
  /// What in the recording cannot be as it was written, in words.
  var damages: [String] = []

  /// Gathers it from a timeline; `job` names the only one to report on.
  init(
    _ timeline: Timeline, over span: TimeSpan, machine: String = "", job: Device? = nil,
    targetLoss: Double? = nil, price: Price? = nil, tariff: Tariff? = nil,
    utcOffset: @escaping @Sendable (Timestamp) -> Int = { _ in 0 }
  ) {
    let ledger = Ledger(timeline)
    self.utcOffset = utcOffset
    self.span = span
    self.machine = machine
    isSimulated = timeline.descriptors.contains { $0.provenance.method == .simulated }
    energy = ledger.energy(over: span).flatMap { $0.covered > 0 ? $0 : nil }
    uncertainty = ledger.uncertainty(over: span)
    boundary = ledger.boundary(over: span)
    warnings = ledger.warnings(over: span)
    cost = Self.cost(ledger, energy, over: span, price, tariff, utcOffset)
    parts = ledger.inventory.parts.compactMap { device in
      timeline.energy(of: device.id, over: span).flatMap { $0.covered > 0 ? (device, $0) : nil }
    }
    peakPower =
      ledger.powerCurve(over: span, columns: 2000)
      .compactMap { $0 }.max()
    grid = ledger.grid(over: span).flatMap { $0.matched > 0 ? $0 : nil }
    location = ledger.inventory.grid
    accelerators = ledger.inventory.gpus
    processor = ledger.inventory.host?.model ?? ""
    jobs = (job.map { [$0] } ?? ledger.inventory.jobs).compactMap {
      Self.job($0, ledger, over: span, targetLoss: targetLoss)
    }
  }

  /// What the energy costs: at the price that was named, else by the tariff of the settings.
  private static func cost(
    _ ledger: Ledger, _ energy: EnergyAmount?, over span: TimeSpan, _ price: Price?,
    _ tariff: Tariff?, _ utcOffset: (Timestamp) -> Int
  ) -> String? {
    guard let energy else { return nil }
    if let price { return price.text(energy.joules) }
    guard let tariff, let cost = ledger.cost(over: span, tariff, offset: utcOffset) else {
      return nil
    }
    let amount = SI.fixed(cost, cost >= 0.1 || cost == 0 ? 2 : 4)
    let currency = tariff.currency.isEmpty ? "money" : tariff.currency
    return "\(amount) \(currency), by the tariff of the settings"
  }

  private static func job(
    _ device: Device, _ ledger: Ledger, over span: TimeSpan, targetLoss: Double?
  ) -> Job? {
    let timeline = ledger.timeline
    let moment = timeline.moment(at: span.end)
    let sampleCost = cost(of: device, by: .samples, ledger, moment)
    guard let cost = cost(of: device, by: .step, ledger, moment) ?? sampleCost else {
      return serving(device, ledger, over: span)
    }
    return Job(
      device: device, facts: timeline.facts(of: device.id), cost: cost, sampleCost: sampleCost,
      accuracy: moment.known(.accuracy, of: device.id)?.value,
      medianStep: ledger.reportsSteps(device.id)
        ? ledger.stepStatistics(of: device.id, at: span.end, limit: 4000)?.median : nil,
      pauses: ledger.pauses(of: device.id, at: span.end, limit: 4000),
      loss: moment.known(.loss, of: device.id)?.value,
      validationLoss: moment.known(.validationLoss, of: device.id)?.value,
      mfu: ledger.mfu(of: device.id, tokensPerSecond: cost.tokensPerSecond, over: cost.span),
      outlook: ledger.outlook(of: device.id, at: span.end),
      caveats: ledger.caveats(of: device.id, over: cost.span),
      target: targetLoss.flatMap { ledger.target($0, of: device.id, at: span.end) })
  }

  /// The cost of a job from its first to its last report, counted in one metric.
  private static func cost(
    of device: Device, by metric: Metric, _ ledger: Ledger, _ moment: Moment
  ) -> JobCost? {
    guard let id = ledger.timeline.id(metric, of: device.id),
      let first = ledger.timeline.firstReading(id),
      let last = moment.known(metric, of: device.id), last.time > first.time
    else { return nil }
    return ledger.cost(
      of: device.id, over: TimeSpan(first.time, last.time),
      steps: metric == .step ? last.value - first.value : 0)
  }

  /// The results of a serving job over the whole span.
  private static func serving(_ device: Device, _ ledger: Ledger, over span: TimeSpan) -> Job? {
    let facts = ledger.timeline.facts(of: device.id)
    let fault = ledger.servingFault(of: device.id, at: span.end)
    guard
      let serving = ledger.servingCost(of: device.id, within: span)
        ?? (facts.isServing
          ? ServingCost(silent: fault?.message ?? "it told its counts only once", over: span) : nil)
    else { return nil }
    return Job(
      device: device, facts: facts,
      cost: ledger.cost(of: device.id, over: serving.span, steps: 0),
      mfu: MFU(devices: 1, reason: "it serves"),
      caveats: ledger.caveats(of: device.id, over: serving.span), serving: serving,
      fault: fault?.message)
  }

  /// Two familiar things that take as much.
  var equivalents: [EquivalentCount] {
    let counts = Equivalent.counts(joules: energy?.joules, grams: grid?.grams)
    return Equivalent.best(counts.filter { !$0.thing.isCountedInParts }, limit: 2)
  }

  /// How the energy is known.
  static func method(_ energy: EnergyAmount) -> String {
    energy.isModelled ? "modelled" : energy.isCounted ? "counters" : "integrated power"
  }

  /// The accelerators with their number, such as `8 x NVIDIA H100 80GB HBM3`.
  var hardware: String {
    guard let first = accelerators.first else { return processor }
    let models = Set(accelerators.map(\.model)).count > 1 ? "accelerators" : first.model
    return accelerators.count > 1 ? "\(accelerators.count) x \(models)" : models
  }
}

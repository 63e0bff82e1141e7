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
    var target: TargetLoss?
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
  let price: Price?
  /// What in the recording cannot be as it was written, in words.
  var damages: [String] = []

  /// Gathers it from a timeline; `job` names the only one to report on.
  init(
    _ timeline: Timeline, over span: TimeSpan, machine: String = "", job: Device? = nil,
    targetLoss: Double? = nil, price: Price? = nil
  ) {
    let ledger = Ledger(timeline)
    self.span = span
    self.machine = machine
    self.price = price
    isSimulated = timeline.descriptors.contains { $0.provenance.method == .simulated }
    energy = ledger.energy(over: span).flatMap { $0.covered > 0 ? $0 : nil }
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
    guard let id = ledger.timeline.id(.outputTokens, of: device.id) else { return nil }
    var cost = ledger.cost(of: device.id, over: span, steps: 0)
    cost.tokens = ledger.timeline.total(id, over: span).amount
    return Job(
      device: device, facts: ledger.timeline.facts(of: device.id), cost: cost,
      mfu: MFU(devices: 1, reason: "it serves")
    )
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

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
    /// What its present life took, from its first report to its last; `nil` where no progress of it is
    /// of the present.
    var cost: JobCost?
    /// The joules of its present life with all pauses.
    var joules: Double?
    /// All its lives.
    var totals: JobTotals?
    /// The run that is over, where nothing is known of the present.
    var earlier: EarlierRun?
    var accuracy: Double?
    /// What its steps took, one beside another.
    var stepTimes: StepTimes?
    var pauses: PauseAccount?
    /// The training loss over its reports.
    var losses: LossCourse?
    var validationLoss: Double?
    var mfu: MFU
    var outlook: JobOutlook?
    /// What is doubtful about whom it is charged.
    var caveats: [JobCaveat] = []
    var target: TargetLoss?
    /// How it ended, or that it stands still; `nil` while it goes on.
    var ending: Event?
    /// What a server's tokens and requests cost; `nil` for a job that trains.
    var serving: ServingCost?
    /// Why a server said nothing at the end, in words.
    var fault: String?
    /// What its accelerators waited for; `nil` where that was not judged.
    var waiting: WaitingAccount?

    /// Whether the times of its reports are known.
    var isTimed: Bool { facts.timing != .none }
    /// Whether it answers requests, and trains nothing.
    var isServing: Bool { serving != nil }
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
  /// The site whose own sun is measured.
  let site: Device?
  /// Why the grid, or the site, told nothing at the end; `nil` where it did or was not asked.
  let gridProblem: String?
  let siteProblem: String?
  /// The yearly mean that stands where the live grid is silent, if it stands anywhere.
  let yearlyMean: Device?
  let accelerators: [Device]
  let processor: String
  let jobs: [Job]
  /// The scheduler's jobs and what they held.
  let allocations: [AllocationUse]
  /// How far the energy may be from the truth, in joules; `nil` where that is not known.
  let uncertainty: Double?
  /// What stands for the machine, in words.
  let boundary: String?
  /// What must be said with the totals.
  let warnings: [AccountWarning]
  /// What the energy costs, with its currency.
  let cost: String?
  /// What all accelerators waited for; `nil` where that was not judged.
  let waiting: WaitingAccount?
  /// The seconds by which the clock of the reader is ahead of UTC.
  let utcOffset: @Sendable (Timestamp) -> Int
  /// The alerts that were raised, in order, each with its name.
  let alerts: [(name: String, stretch: AlertStretch)]
  /// What a kilowatt-hour costs at any time, if that is known.
  var price: Price?
  /// The site's power usage effectiveness, if the user said so.
  var pue: Double?
  /// What kind of training it was, if the user said so.
  var trainingType: TrainingType?
  /// What other grid the run is laid upon, in words; `nil` where it is the recorded one.
  var supposed: String?
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
    let machines = ledger.inventory.machines.map(\.machine)
    self.machine =
      machines.count > 4
      ? "\(machines.count) machines"
      : machines.count > 1 ? machines.sorted().joined(separator: ", ") : machine
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
    grid = ledger.grid(over: span).flatMap { $0.isKnown || $0.siteJoules > 0 ? $0 : nil }
    site = ledger.gridCourse.site
    gridProblem = Self.problem(of: .grid, at: span.end, in: timeline)
    siteProblem = Self.problem(of: .site, at: span.end, in: timeline)
    location = ledger.inventory.grid
    let course = ledger.gridCourse
    yearlyMean =
      course.live != nil && [grid?.rungs, grid?.intensityRungs].contains { $0?[.annual] != nil }
      ? course.held : nil
    alerts = timeline.alerts(until: Timestamp(nanoseconds: .max)).filter {
      $0.raised.time >= span.start
    }.map { (timeline.name(of: $0.raised), $0) }
    accelerators = ledger.inventory.gpus
    processor = ledger.inventory.host?.model ?? ""
    waiting = ledger.waiting(over: span)
    allocations = ledger.allocations(over: span)
    // A price that depends on the hour is told of whole spans only.
    self.price =
      price
      ?? tariff.flatMap { tariff in
        tariff.periods.isEmpty
          ? Price(perKilowattHour: tariff.perKilowattHour, currency: tariff.currency) : nil
      }
    jobs = (job.map { [$0] } ?? ledger.inventory.jobs).compactMap {
      Self.job($0, ledger, over: span, targetLoss: targetLoss)
    }
  }

  /// What the sources of a kind of device that the user asked for say is wrong, at a time.
  private static func problem(
    of kind: DeviceKind, at time: Timestamp, in timeline: Timeline
  ) -> String? {
    let asked = SourceCatalogue.all.entries.filter { !$0.isDefault && $0.feeds.contains(kind) }.map(
      \.name)
    return timeline.states(at: time).first { asked.contains($0.kind) && $0.health != .ok }
      .map { $0.message.isEmpty ? $0.health.rawValue : $0.message }
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
    let id = device.id
    if ledger.isServer(id) {
      var job = serving(device, ledger, over: span)
      let span = job?.serving?.span
      job?.waiting = span.flatMap { ledger.waiting(of: id, over: $0) }
      return job
    }
    guard let totals = ledger.totals(of: id, over: span), let last = totals.parts.last else {
      return nil
    }
    let earlier = ledger.earlierRun(of: id, at: span.end)
    let facts = timeline.facts(of: id)
    // Of a log that had ended before anyone looked, the numbers are still its own.
    let isPresent = earlier == nil || facts.isHistory
    let cost = isPresent ? last.cost : nil
    let whole = last.life.whole
    func known(_ metric: Metric) -> Double? { ledger.known(metric, of: id, at: span.end)?.value }
    var job = Job(
      device: device, facts: facts, cost: cost, joules: isPresent ? last.joules : nil,
      totals: totals, earlier: earlier,
      mfu: ledger.mfu(
        of: id, tokensPerSecond: cost?.tokensPerSecond,
        over: cost?.tokenWork?.span ?? last.life.span, withoutPauses: true),
      outlook: ledger.outlook(of: id, at: span.end),
      caveats: whole.seconds > 0 ? ledger.caveats(of: id, over: whole) : [],
      target: targetLoss.flatMap { ledger.target($0, of: id, at: span.end) })
    job.ending = timeline.ending(of: id, at: span.end)
    if let first = totals.parts.first?.life.whole.start, earlier == nil {
      job.waiting = ledger.waiting(of: id, over: TimeSpan(first, whole.end))
    }
    if !ledger.inventory.knowsPower, !facts.isHistory, facts.timing != .none {
      job.cost?.energyAbsence = "no power was recorded"
    }
    guard isPresent else { return job }
    job.losses = ledger.lossCourse(of: id, at: span.end)
    job.accuracy = known(.accuracy)
    job.stepTimes = ledger.stepTimes(of: id, at: span.end)
    job.pauses = ledger.pauses(of: id, at: span.end, limit: 4000)
    job.validationLoss = known(.validationLoss)
    return job
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
    let cost = ledger.cost(of: device.id, over: serving.span, steps: 0)
    var job = Job(
      device: device, facts: facts, cost: cost,
      // What others drew as well is not charged to it.
      joules: serving.absence == nil ? joules(cost) : nil,
      mfu: MFU(devices: 1, absence: .serving),
      caveats: ledger.caveats(of: device.id, over: serving.span), serving: serving,
      fault: fault?.message)
    job.ending = ledger.timeline.ending(of: device.id, at: span.end)
    return job
  }

  /// Two familiar things that take as much.
  var equivalents: [EquivalentCount] {
    let counts = Equivalent.counts(joules: energy?.joules, grams: grams)
    return Equivalent.best(counts.filter { !$0.thing.isCountedInParts }, limit: 2)
  }

  /// Grams of CO2 equivalent by lifecycle factors; `nil` where no intensity is known.
  var grams: Double? { grid.flatMap { $0.gramsMatched > 0 ? $0.grams : nil } }

  /// How the energy is known.
  static func method(_ energy: EnergyAmount) -> String {
    energy.isModelled ? "modelled" : energy.isCounted ? "counters" : "integrated power"
  }

  /// The accelerators with their number, such as `8 x NVIDIA H100 80GB HBM3`.
  var hardware: String {
    guard let first = accelerators.first else { return processor }
    let models = Set(accelerators.map(\.model)).count > 1 ? "accelerators" : first.model
    guard accelerators.count > 1 else { return models }
    return models.isEmpty
      ? "\(accelerators.count) accelerators" : "\(accelerators.count) x \(models)"
  }
}

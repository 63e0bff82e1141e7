import Accounting
import Fleet
import Telemetry

/// A scheduler's job on one machine, with what its energy cost and emitted.
struct AllocationShare {
  /// What it held and what that drew.
  var use: AllocationUse
  /// The machine.
  var machine: String
  /// The recording, or the store that was asked.
  var file: String
  /// What its energy cost; `nil` where no price is known, or no energy.
  var cost: Double?
  /// Grams of CO2 equivalent by lifecycle factors; `nil` where the intensity is not known for nine tenths.
  var grams: Double?
  /// What to try, as the account of its found job's waiting says; empty where that says nothing.
  var advice = ""
  /// What else must be said with it, in words.
  var reservations: [String] = []
  /// Whether it is known for how much of its time its energy is known.
  var tellsCoverage = true
  /// Whether a store told it.
  var isStored = false
  /// Whether its energy is that of the whole machine, since it held no accelerator.
  var isOfMachine = false

  /// What a kilowatt-hour costs.
  struct Terms {
    var price: Price?
    var tariff: Tariff?
    var utcOffset: @Sendable (Timestamp) -> Int = { _ in 0 }

    /// The currency as it was written.
    var currency: String { price?.currency ?? told ?? tariff?.currency ?? "" }
    /// Whether any price is known.
    var areKnown: Bool { price != nil || told != nil || tariff != nil }
    /// The currency in which the machines themselves told what was paid.
    var told: String?
  }

  /// Of how much of the energy grams must be known.
  private static let leastCoverage = 0.9

  init(_ use: AllocationUse, _ ledger: Ledger, file: String, _ terms: Terms) {
    self.use = use
    self.file = file
    machine = use.device.machine
    guard let energy = use.energy else { return }
    cost = Self.cost(use, energy.joules, ledger, terms)
    if let grid = ledger.grid(over: use.span), grid.gramsMatched > 0,
      grid.gramsCoverage >= Self.leastCoverage
    {
      // By the mean of the machine's own joules in that time.
      grams = energy.joules * grid.grams / grid.gramsMatched
    }
    if use.works.count == 1, let work = use.works.first {
      advice = ledger.waiting(of: work.job.id, over: use.span)?.advice ?? ""
    }
  }

  /// What a store told of it.
  init(_ told: FleetUse, store: String, _ terms: Terms) {
    use = told.use
    file = store
    machine = told.use.device.machine
    grams = told.grams
    cost =
      terms.price.flatMap { price in
        told.use.energy.map { $0.joules / 3.6e6 * price.perKilowattHour }
      } ?? told.cost?.amount
    (reservations, isStored, isOfMachine) = (told.reservations, true, told.isOfMachine)
    tellsCoverage = told.tellsCoverage
  }

  private static func cost(
    _ use: AllocationUse, _ joules: Double, _ ledger: Ledger, _ terms: Terms
  ) -> Double? {
    if let price = terms.price { return joules / 3.6e6 * price.perKilowattHour }
    guard let tariff = terms.tariff else { return nil }
    guard !tariff.periods.isEmpty else { return joules / 3.6e6 * tariff.perKilowattHour }
    // Each joule at the price of its own time; of a share, as of the whole accelerator.
    var (cost, drawn) = (0.0, 0.0)
    for stretch in use.stretches {
      cost +=
        ledger.cost(of: use.gpus, over: stretch, tariff, offset: terms.utcOffset) ?? 0
      drawn += ledger.timeline.energy(of: use.gpus, over: stretch)?.joules ?? 0
    }
    return drawn > 0 ? cost * joules / drawn : nil
  }
}

/// Some shares together: a job on several machines, or all jobs of an account.
struct AllocationSum {
  var shares: [AllocationShare] = []

  /// Joules of those that are known.
  var joules: Double? { sum { $0.use.energy?.joules } }
  /// Seconds of accelerators that were held.
  var gpuSeconds: Double? { sum(\.use.gpuSeconds) }
  /// Seconds of accelerators that were held without a process of the job.
  var unusedGPUSeconds: Double? { sum(\.use.unusedGPUSeconds) }
  var grams: Double? { whole(\.grams) }
  var cost: Double? { whole(\.cost) }
  var tokens: Double? { work(\.use.tokens) }
  var steps: Double? { work(\.use.steps) }
  var judged: Double { shares.reduce(0) { $0 + $1.use.judged } }
  /// Joules that were lost, by cause.
  var wasted: [AllocationUse.Cause: Double] {
    shares.reduce(into: [:]) { $0.merge($1.use.wasted) { $0 + $1 } }
  }
  var lost: Double { shares.reduce(0) { $0 + $1.use.lost } }
  /// The part of the judged joules that was lost; `nil` where nothing was judged.
  var lostShare: Double? { judged > 0 ? min(1, lost / judged) : nil }

  /// How far the joules may be from the truth; `nil` where that is not known of one of them.
  var uncertainty: Double? {
    let known = shares.filter { $0.use.energy != nil }
    let doubts = known.compactMap(\.use.uncertainty)
    return known.isEmpty || doubts.count < known.count ? nil : doubts.reduce(0, +)
  }

  /// The part of the held accelerators' time in which their energy is known, 0...1.
  var coverage: Double {
    var (covered, asked) = (0.0, 0.0)
    for share in shares {
      let seconds = share.use.stretches.reduce(0) { $0 + $1.seconds }
      let all = seconds * Double(max(1, share.use.facts.gpus.count))
      asked += all
      covered += all * (share.use.energy?.coverage ?? 0)
    }
    return asked > 0 ? min(1, covered / asked) : 0
  }

  /// Whether all of them tell that.
  var tellsCoverage: Bool { shares.allSatisfy(\.tellsCoverage) }

  /// Accelerators over all machines; `nil` where none are known.
  var gpus: Int? {
    // Two recordings of one machine, one after the other, tell of the same ones.
    let names = shares.reduce(into: Set<[String]>()) { names, share in
      names.formUnion(share.use.facts.gpus.map { [share.machine, $0] })
    }
    return names.isEmpty ? nil : names.count
  }

  /// Joules for a token where one job on all machines tells its tokens, and all of its energy is known.
  var joulesPerToken: Double? {
    guard let tokens, tokens > 0, let joules, tellsCoverage, coverage >= 0.95,
      !shares.contains(where: \.use.isShared)
    else { return nil }
    return joules / coverage / tokens
  }

  private func sum(_ value: (AllocationShare) -> Double?) -> Double? {
    let known = shares.compactMap(value)
    return known.isEmpty ? nil : known.reduce(0, +)
  }

  /// A sum of what jobs did; `nil` where one told it on several machines, each for all of them perhaps.
  private func work(_ value: (AllocationShare) -> Double?) -> Double? {
    var machines: [String: Set<String>] = [:]
    for share in shares where value(share) != nil {
      machines[share.use.facts.batchJob, default: []].insert(share.machine)
    }
    return machines.values.contains { $0.count > 1 } ? nil : sum(value)
  }

  /// A sum over all that drew anything; `nil` where one of them is not known.
  private func whole(_ value: (AllocationShare) -> Double?) -> Double? {
    let known = shares.filter { ($0.use.energy?.joules ?? 0) > 0 }
    let values = known.compactMap(value)
    return known.isEmpty || values.count < known.count ? nil : values.reduce(0, +)
  }
}

import Accounting
import Telemetry

/// Puts what a store answered together: machines, accelerators and jobs, each counted once.
package struct FleetAssembly {
  let view: FleetView
  let answers: FleetAnswers
  let rows: [FleetRow]
  let names: FleetNames
  /// What a kilowatt-hour costs where the machines do not tell it.
  let tariff: Tariff?
  /// Seconds east of UTC at a time, by the clock of the tariff.
  let utcOffset: @Sendable (Timestamp) -> Int

  /// Joins what a store answered for a view.
  ///
  /// - Parameters:
  ///   - tariff: what a kilowatt-hour costs where the machines do not tell it.
  ///   - utcOffset: seconds east of UTC at a time, by the clock of the tariff.
  package init(
    _ answers: FleetAnswers, _ view: FleetView, tariff: Tariff? = nil,
    utcOffset: @escaping @Sendable (Timestamp) -> Int = { _ in 0 }
  ) {
    self.view = view
    self.answers = answers
    self.tariff = tariff
    self.utcOffset = utcOffset
    let all = answers.rows(view)
    let names = FleetNames(all)
    self.names = names
    let counted = all.filter(names.counts).map { row in
      var row = row
      row.host = names.host(row)
      return row
    }
    rows = Self.withoutSecondNames(counted)
  }

  /// On a machine of which an exporter knows the jobs, what the later ones of the catalogue call them is left
  /// out: the same job may have another name there.
  private static func withoutSecondNames(_ rows: [FleetRow]) -> [FleetRow] {
    var ranks: [String: Int] = [:]
    for row in rows where !row.job.isEmpty {
      ranks[row.host] = min(ranks[row.host] ?? .max, row.rank)
    }
    return rows.map { row in
      guard !row.job.isEmpty, let first = ranks[row.host], row.rank > first else { return row }
      var row = row
      row.job = ""
      return row
    }
  }

  /// The fleet at the time of the view.
  package func moment() -> FleetMoment {
    let gpus = FleetAccelerators(rows)
    var moment = FleetMoment(time: view.time, span: view.span)
    moment.hosts = hosts(gpus)
    moment.jobs = jobs(gpus)
    moment.totals = totals(moment, gpus)
    moment.findings = moment.findings(watts: gpus.wattsOfJobs(seconds))
    moment.isSimulated = isSimulated
    return moment
  }

  /// Whether what some machine tells is made up.
  package var isSimulated: Bool { rows.contains { $0.quantity == .simulated && $0.value > 0 } }

  /// Whether some job is named by labels alone: then it took what its accelerators counted since the column
  /// before it, and short columns are better.
  package var hasLabelledJobs: Bool {
    rows.contains { $0.quantity == .gpuEnergy && !$0.job.isEmpty }
  }

  /// The currencies in which machines tell what they paid.
  package var currencies: Set<String> {
    Set(rows.filter { $0.quantity == .hostCost }.map { $0.labels[.currency] })
  }

  /// The targets that tell of a machine, over all exporters.
  package func instances(of host: String) -> [String] {
    (names.chosen[host] ?? [:]).values.flatMap { $0 }.sorted()
  }

  /// Seconds of each column of the account.
  var seconds: [Double] {
    view.columns.dropFirst().map { number in
      let end = min(number * view.step, view.time.nanoseconds / 1_000_000_000)
      return Double(end - (number - 1) * view.step)
    }
  }

  private func totals(_ moment: FleetMoment, _ gpus: FleetAccelerators) -> FleetTotals {
    var totals = FleetTotals()
    func sum(_ values: some Sequence<Double?>) -> Double? {
      let known = values.compactMap { $0 }
      return known.isEmpty ? nil : known.reduce(0, +)
    }
    totals.watts = sum(moment.hosts.map(\.watts))
    totals.unmetered = moment.hosts.count { $0.watts == nil && $0.state == .answers }
    totals.gpus = gpus.all.count
    totals.held = gpus.heldCount
    totals.joules = sum(moment.hosts.map(\.joules))
    totals.judged = sum(moment.hosts.map(\.judged))
    totals.wasted = sum(moment.hosts.map(\.wasted))
    // In one order, so that sums are the same to the last bit.
    totals.accelerators = sum(gpus.all.sorted { $0.key < $1.key }.map { $0.value.energy?.total })
    let counting = moment.jobs.filter { $0.tokenJoules != nil }
    totals.tokens = sum(counting.map(\.tokens))
    totals.tokenJoules = sum(counting.map(\.tokenJoules))
    totals.grams = sum(rows.filter { $0.quantity == .hostGrams }.map { $0.growth?.total })
    totals.cost = cost()
    totals.gramsShare = share(of: .hostGrams, moment)
    if rows.contains(where: { $0.quantity == .hostCost }) {
      totals.costShare = share(of: .hostCost, moment)
    }
    let known = sum(rows.filter { $0.quantity == .hostKnownSeconds }.map { $0.growth?.total })
    if let known, !moment.hosts.isEmpty {
      totals.coverage = min(1, known / (view.span.seconds * Double(moment.hosts.count)))
    }
    totals.duplicates = names.twins.values.reduce(0) { $0 + $1.count }
    return totals
  }

  /// The share of all joules that are of machines which tell a quantity.
  private func share(of quantity: FleetQuantity, _ moment: FleetMoment) -> Double {
    let telling = Set(
      rows.filter { $0.quantity == quantity && $0.growth?.total != nil }.map(\.host))
    let joules = moment.hosts.reduce(0) { $0 + ($1.joules ?? 0) }
    guard joules > 0 else { return 1 }
    let told = moment.hosts.reduce(0) { $0 + (telling.contains($1.name) ? $1.joules ?? 0 : 0) }
    return told / joules
  }

  /// What the account's electricity cost: as the machines tell it, else by the user's tariff.
  private func cost() -> FleetCost? {
    let told = rows.filter { $0.quantity == .hostCost }
    let currencies = Set(told.map { $0.labels[.currency] })
    guard currencies.isEmpty else {
      let amounts = told.compactMap { $0.growth?.total }
      guard currencies.count == 1, let currency = currencies.first, !amounts.isEmpty else {
        return nil
      }
      return FleetCost(amounts.reduce(0, +), currency)
    }
    guard let tariff else { return nil }
    let energies = energyRows()
    guard !energies.isEmpty else { return nil }
    let amount = energies.reduce(0) { sum, row in sum + priced(row.growth?.columns ?? [], tariff) }
    return FleetCost(amount, tariff.currency)
  }

  /// The rows whose joules are those of the machines.
  private func energyRows() -> [FleetRow] {
    let whole = Set(rows.filter { $0.quantity == .hostEnergy }.map(\.host))
    return rows.filter { row in
      row.quantity == .hostEnergy
        || !whole.contains(row.host)
          && [.gpuEnergy, .packageEnergy, .memoryEnergy].contains(row.quantity)
    }
  }

  /// What joules cost by a tariff, each column at the price of its middle.
  func priced(_ joules: [Double?], _ tariff: Tariff) -> Double {
    var sum = 0.0
    for (offset, amount) in joules.enumerated() {
      guard let amount else { continue }
      let time = FleetView.time((view.first + Int64(offset)) * view.step + view.step / 2)
      let local = Int(time.nanoseconds / 1_000_000_000) + utcOffset(time)
      sum += amount / 3.6e6 * tariff.price(at: local)
    }
    return sum
  }
}

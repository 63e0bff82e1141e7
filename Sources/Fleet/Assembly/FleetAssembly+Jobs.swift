import Accounting
import Quantities
import Telemetry

extension FleetAssembly {
  /// The jobs that held accelerators within the account.
  func jobs(_ gpus: FleetAccelerators) -> [FleetJob] {
    var byJob: [String: [FleetRow]] = [:]
    for row in rows where !row.job.isEmpty { byJob[row.job, default: []].append(row) }
    let rates = HostRates(rows)
    let ids = byJob.keys.sorted { $0.isBeforeInPeoplesOrder($1) }
    return ids.compactMap { id in job(id, byJob[id] ?? [], gpus, rates) }
  }

  private func job(
    _ id: String, _ rows: [FleetRow], _ gpus: FleetAccelerators, _ rates: HostRates
  ) -> FleetJob? {
    var job = FleetJob(id: id)
    job.number = rows.first?.number ?? id
    describe(&job, rows)
    let held = gpus.held[id] ?? []
    job.hosts = Set(rows.map(\.host)).sorted { $0.isBeforeInPeoplesOrder($1) }
    let activity = rows.filter { $0.quantity == .jobActivity }
    let processes = rows.filter { $0.quantity == .jobProcesses }
    job.isRunning =
      activity.isEmpty
      ? !held.isEmpty || !processes.isEmpty : activity.contains { $0.value >= 0.01 }
    if job.isRunning, !processes.isEmpty {
      job.processes = Int(saturating: processes.reduce(0) { $0 + $1.value })
    }
    let doubts = rows.filter { $0.quantity == .jobDoubt }.map { $0.labels[.reason] }
    job.reservations = Set(doubts).sorted()
    if !held.isEmpty { job.gpus = held.count }
    let idle = held.compactMap { gpus.all[$0]?.isIdle }
    if !idle.isEmpty { job.idleGPUs = idle.count { $0 } }

    let counters = rows.filter { $0.quantity == .jobEnergy }
    let energies = counters.isEmpty ? rows.filter { $0.quantity == .gpuEnergy } : counters
    job.joules = Self.sum(energies.map { $0.growth?.total })
    if job.joules == nil { job.doubt = energies.isEmpty ? .noCounter : .seenOnce }
    let last = rows.compactMap { $0.growth?.last }.max()
    job.lastSeen = last.map {
      min(view.time, FleetView.time((view.first + Int64($0) + 1) * view.step))
    }
    let wasted = rows.filter { $0.quantity == .jobWasted }
    if !wasted.isEmpty {
      var causes: [FleetJob.Cause: Double] = [:]
      for row in wasted {
        guard let total = row.growth?.total else { continue }
        causes[FleetJob.Cause(rawValue: row.labels[.cause]) ?? .unknown, default: 0] += total
      }
      job.wasted = causes
    }
    func total(_ quantity: FleetQuantity) -> Double? {
      Self.sum(rows.filter { $0.quantity == quantity }.map { $0.growth?.total })
    }
    job.judged = total(.jobJudged)
    job.gpuSeconds = total(.jobGPUSeconds)
    // Each machine of a job tells what the job counts, of all its machines.
    func most(_ quantity: FleetQuantity) -> Double? {
      rows.filter { $0.quantity == quantity }.compactMap { $0.growth?.total }.max()
    }
    job.tokens = most(.jobTokens)
    job.steps = most(.jobSteps)
    if job.gpus == nil { job.gpus = lastGPUs(rows) }
    job.coverage = JobCoverage(rows, view, seconds).share
    job.grams = grams(energies, rates)
    job.cost = cost(energies, rates)
    // What only a label names, and that was never seen to draw anything, is no job.
    return job.joules == nil && job.gpus == nil && job.processes == nil ? nil : job
  }

  private func describe(_ job: inout FleetJob, _ rows: [FleetRow]) {
    // Of what was told at different times the fullest counts.
    let infos = rows.filter { $0.quantity == .jobInfo || $0.quantity == .holding }
    func text(_ label: FleetLabel, but empty: String = "") -> String {
      infos.lazy.map { $0.labels[label] }.first { !$0.isEmpty && $0 != empty } ?? ""
    }
    let own = infos.filter { $0.quantity == .jobInfo }
    let name = own.lazy.map { $0.labels[.name] }.first { !$0.isEmpty }
    job.name = name ?? job.number
    job.user = text(.user)
    job.account = text(.account).isEmpty ? text(.project) : text(.account)
    job.partition = text(.partition)
    job.scheduler = text(.scheduler, but: "none").isEmpty ? text(.manager) : text(.scheduler)
    job.kind = text(.kind, but: "unknown")
  }

  /// How many accelerators a job that has ended held in its last whole column.
  private func lastGPUs(_ rows: [FleetRow]) -> Int? {
    let seconds = seconds
    var most = 0.0
    for row in rows where row.quantity == .jobGPUSeconds {
      let shares = zip(row.growth?.columns ?? [], seconds).compactMap { held, length in
        held.map { length > 0 ? $0 / length : 0 }
      }
      most += shares.max() ?? 0
    }
    if most > 0 { return max(1, Int(saturating: most.rounded())) }
    let gpus = Set(rows.filter { $0.quantity == .gpuEnergy }.map(\.gpu))
    return gpus.isEmpty ? nil : gpus.count
  }

  func grams(_ energies: [FleetRow], _ rates: HostRates) -> Double? {
    Self.whole(energies) { row in
      rates.amount(of: row.growth?.columns ?? [], at: rates.grams[row.host])
    }
  }

  /// The sum over all machines of a job; `nil` where one that drew anything tells none.
  private static func whole(
    _ energies: [FleetRow], _ amount: (FleetRow) -> Double?
  ) -> Double? {
    var sum: Double?
    for row in energies where (row.growth?.total ?? 0) > 0 {
      guard let part = amount(row) else { return nil }
      sum = (sum ?? 0) + part
    }
    return sum
  }

  func cost(_ energies: [FleetRow], _ rates: HostRates) -> FleetCost? {
    if let currency = rates.currency {
      return Self.whole(energies) { row in
        rates.amount(of: row.growth?.columns ?? [], at: rates.cost[row.host])
      }.map { FleetCost($0, currency) }
    }
    guard rates.cost.isEmpty, let tariff, !energies.isEmpty else { return nil }
    guard energies.contains(where: { $0.growth?.total != nil }) else { return nil }
    let amount = energies.reduce(0) { $0 + priced($1.growth?.columns ?? [], tariff) }
    return FleetCost(amount, tariff.currency)
  }
}

/// What a joule of each machine emitted and cost in each column of the account.
struct HostRates {
  /// Grams for each joule, by machine and column.
  private(set) var grams: [String: [Double?]] = [:]
  /// Money for each joule, by machine and column.
  private(set) var cost: [String: [Double?]] = [:]
  /// The one currency of all machines; `nil` where there is none, or several.
  private(set) var currency: String?

  init(_ rows: [FleetRow]) {
    var joules: [String: [Double?]] = [:]
    var gramRows: [String: [Double?]] = [:]
    var costRows: [String: [Double?]] = [:]
    var currencies: Set<String> = []
    for row in rows {
      guard let columns = row.growth?.columns else { continue }
      switch row.quantity {
      case .hostEnergy: Self.add(columns, to: &joules[row.host, default: []])
      case .hostGrams: Self.add(columns, to: &gramRows[row.host, default: []])
      case .hostCost:
        currencies.insert(row.labels[.currency])
        Self.add(columns, to: &costRows[row.host, default: []])
      default: break
      }
    }
    currency = currencies.count == 1 ? currencies.first : nil
    for (host, amounts) in gramRows { grams[host] = Self.ratio(amounts, joules[host] ?? []) }
    for (host, amounts) in costRows { cost[host] = Self.ratio(amounts, joules[host] ?? []) }
  }

  private static func add(_ more: [Double?], to sum: inout [Double?]) {
    if sum.isEmpty { sum = Array(repeating: nil, count: more.count) }
    for (place, value) in more.enumerated() where place < sum.count {
      guard let value else { continue }
      sum[place] = (sum[place] ?? 0) + value
    }
  }

  private static func ratio(_ amounts: [Double?], _ joules: [Double?]) -> [Double?] {
    zip(amounts, joules).map { amount, joules in
      guard let amount, let joules, joules > 0 else { return nil }
      return amount / joules
    }
  }

  /// What some joules amount to by the rates of their own columns; `nil` where a rate is not known.
  func amount(of joules: [Double?], at rates: [Double?]?) -> Double? {
    guard let rates, joules.contains(where: { $0 != nil }) else { return nil }
    var sum = 0.0
    for (joules, rate) in zip(joules, rates) {
      guard let joules, joules > 0 else { continue }
      guard let rate else { return nil }
      sum += joules * rate
    }
    return sum
  }
}

import Accounting
import Telemetry

extension FleetAssembly {
  /// The machines: those that tell anything, and those that belong to the same scrapes.
  func hosts(_ gpus: FleetAccelerators) -> [FleetHost] {
    let states = states()
    var hosts: [String: FleetHost] = [:]
    for name in Set(rows.map(\.host)).union(states.keys) {
      hosts[name] = FleetHost(name: name, state: states[name] ?? .answers)
    }
    for row in rows {
      if !row.labels[.rack].isEmpty { hosts[row.host]?.rack = row.labels[.rack] }
    }
    // Of what never told anything its target still tells where it stands.
    for series in answers.targets.series {
      let labels = FleetLabels(series.labels)
      let name = names.host(of: labels)
      if hosts[name]?.rack == nil, !labels[.rack].isEmpty { hosts[name]?.rack = labels[.rack] }
    }
    let byHost = Dictionary(grouping: rows, by: \.host)
    // In one order, so that sums are the same to the last bit.
    let sorted = gpus.all.sorted { $0.key < $1.key }.map(\.value)
    let accelerators = Dictionary(grouping: sorted, by: \.host)
    for name in hosts.keys {
      guard var host = hosts[name] else { continue }
      fill(&host, byHost[name] ?? [], accelerators[name] ?? [], gpus.tellsHolders)
      hosts[name] = host
    }
    return hosts.values.sorted(by: FleetHost.isBefore)
  }

  private func fill(
    _ host: inout FleetHost, _ rows: [FleetRow], _ gpus: [FleetAccelerators.Accelerator],
    _ tellsHolders: Bool
  ) {
    host.gpus = gpus.count
    host.held = tellsHolders ? gpus.count { !$0.jobs.isEmpty } : nil
    host.exporters = Set(rows.map(\.rank)).sorted().map { FleetCatalogue.all[$0].name }
    host.twins = names.twins[host.name] ?? []
    host.judged = Self.sum(gpus.map(\.judged))
    host.wasted = Self.sum(gpus.map(\.wasted))
    host.joules = joules(rows, gpus)
    // What was drawn last is not drawn any more.
    guard host.state == .answers else { return }
    let meters = rows.filter { $0.quantity == .hostPower }
    if let first = meters.map(\.rank).min() {
      let instance = meters.first { $0.rank == first }?.labels[.instance]
      let own = meters.filter { $0.rank == first && $0.labels[.instance] == instance }
      host.watts = own.reduce(0) { $0 + $1.value }
      host.boundary =
        first > 0 ? .platform : Self.boundary(own.map { $0.labels[.boundary] })
    } else if !gpus.isEmpty {
      host.watts = gpus.allSatisfy { $0.watts != nil } ? Self.sum(gpus.map(\.watts)) : nil
      host.boundary = .accelerators
    }
  }

  /// Joules of a machine: by its own counter, else of its accelerators, packages and memory.
  private func joules(
    _ rows: [FleetRow], _ gpus: [FleetAccelerators.Accelerator]
  ) -> Double? {
    let whole = rows.filter { $0.quantity == .hostEnergy }
    if let instance = whole.first?.labels[.instance] {
      return Self.sum(
        whole.filter { $0.labels[.instance] == instance }.map { $0.growth?.total })
    }
    let parts = rows.filter { $0.quantity == .packageEnergy || $0.quantity == .memoryEnergy }
    let rank = parts.map(\.rank).min()
    return Self.sum(
      gpus.map { $0.energy?.total } + parts.filter { $0.rank == rank }.map { $0.growth?.total })
  }

  private static func boundary(_ names: [String]) -> FleetHost.Boundary {
    // The narrowest of those that are added up.
    names.contains("known") ? .known : names.contains("platform") ? .platform : .wall
  }

  static func sum(_ values: [Double?]) -> Double? {
    let known = values.compactMap { $0 }
    return known.isEmpty ? nil : known.reduce(0, +)
  }

  /// Whether each machine can be heard of, by the targets that tell of it.
  private func states() -> [String: FleetHost.State] {
    var up: [String: Bool] = [:]
    var heard: [String: Timestamp] = [:]
    var isTold = false
    for series in answers.targets.series {
      let labels = FleetLabels(series.labels)
      guard names.scrapes.contains(labels[.job]), let point = answers.targets.last(series) else {
        continue
      }
      isTold = true
      let host = names.host(of: labels)
      up[host] = (up[host] ?? false) || point.value == 1
    }
    for series in answers.lastHeard.series {
      let labels = FleetLabels(series.labels)
      guard names.scrapes.contains(labels[.job]), let point = answers.lastHeard.last(series) else {
        continue
      }
      let host = names.host(of: labels)
      if heard[host] == nil { heard[host] = Timestamp(nanoseconds: 0) }
      guard point.value > 0 else { continue }
      heard[host] = max(heard[host] ?? Timestamp(nanoseconds: 0), Timestamp(seconds: point.value))
    }
    var states: [String: FleetHost.State] = [:]
    for (host, isUp) in up {
      let since = heard[host].flatMap { $0.nanoseconds > 0 ? $0 : nil }
      states[host] = isUp ? .answers : .refuses(since: since)
    }
    for (host, since) in heard where up[host] == nil && since.nanoseconds > 0 {
      states[host] = .silent(since: since)
    }
    guard !isTold else { return states }
    // A store that is written to has no targets: what tells something at the time answers.
    let now = rows.filter { $0.growth == nil && $0.quantity.question == .present }
    let present = Set(now.map(\.host))
    for row in rows where !present.contains(row.host) {
      guard let last = row.growth?.last else { continue }
      let time = FleetView.time((view.first + Int64(last) + 1) * view.step)
      if case .silent(let known)? = states[row.host], known >= time { continue }
      states[row.host] = .silent(since: min(time, view.time))
    }
    return states
  }
}

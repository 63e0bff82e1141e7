import Accounting

/// Which machine each target is, and which targets count: of two that tell of the same accelerators by the
/// same exporter only one does.
struct FleetNames {
  /// The name of a machine by the name that its rows have.
  private var canonical: [String: String] = [:]
  /// The name of a machine by its target, where several are reached at one address, as through tunnels.
  private var named: [String: String] = [:]
  /// The targets that count, by machine and exporter.
  private(set) var chosen: [String: [Int: [String]]] = [:]
  /// The targets that do not, by machine.
  private(set) var twins: [String: [String]] = [:]
  /// The scrape jobs that any target that tells of a machine belongs to.
  private(set) var scrapes: Set<String> = []

  init(_ rows: [FleetRow]) {
    nameTargets(rows)
    joinByAccelerators(rows)
    choose(rows)
  }

  /// The machine of a row.
  func host(_ row: FleetRow) -> String { host(row.host, of: row.labels) }

  /// The machine that a target stands on.
  func host(of target: FleetLabels) -> String { host(target.instanceHost, of: target) }

  private func host(_ name: String, of target: FleetLabels) -> String {
    let own = name == target.instanceHost ? named[target[.instance]] ?? name : name
    return canonical[own] ?? own
  }

  /// Whether the target of a row counts.
  func counts(_ row: FleetRow) -> Bool {
    chosen[host(row)]?[row.rank]?.contains(row.labels[.instance]) ?? false
  }

  /// A target that is known by its address has the name that it tells itself, unless another one tells the
  /// same: machines that were never named, or that hide their names, are not one.
  private mutating func nameTargets(_ rows: [FleetRow]) {
    var told: [String: Set<String>] = [:]
    var instances: [String: Set<String>] = [:]
    var tellers: [String: [Int: Set<String>]] = [:]
    for row in rows {
      let own =
        row.quantity == .hostInfo ? row.labels[.host] : row.labels.first(.Hostname, .hostname)
      guard !own.isEmpty else { continue }
      told[row.labels.instanceHost, default: []].insert(own)
      instances[row.labels[.instance], default: []].insert(own)
      guard row.quantity == .hostInfo else { continue }
      tellers[own, default: [:]][row.rank, default: []].insert(row.labels.instanceHost)
    }
    func isShared(_ name: String) -> Bool {
      tellers[name]?.values.contains { $0.count > 1 } ?? false
    }
    for (target, names) in told {
      // One exporter may tell of many machines; then its own name is that of none.
      guard names.count == 1, let name = names.first, name != target, !isShared(name) else {
        continue
      }
      canonical[target] = name
    }
    for (instance, names) in instances where told[FleetLabels.host(of: instance)]?.count != 1 {
      if let name = names.first, names.count == 1 {
        named[instance] = isShared(name) ? instance : name
      }
    }
  }

  /// Names under which the same accelerator is told of are names of one machine; that of the first exporter
  /// of the catalogue stays.
  private mutating func joinByAccelerators(_ rows: [FleetRow]) {
    var owner: [String: String] = [:]
    var ranks: [String: Int] = [:]
    var parents: [String: String] = [:]
    func root(_ name: String) -> String {
      var name = name
      while let parent = parents[name] { name = parent }
      return name
    }
    for row in rows {
      let host = host(row)
      ranks[host] = min(ranks[host] ?? .max, row.rank)
    }
    for row in rows {
      let host = host(row)
      guard !row.gpu.isEmpty, row.quantity != .holding else { continue }
      guard let other = owner[row.gpu] else {
        owner[row.gpu] = host
        continue
      }
      let (one, two) = (root(other), root(host))
      guard one != two else { continue }
      let (first, second) = (ranks[one] ?? .max, ranks[two] ?? .max)
      let keepsFirst = first == second ? Self.isBetter(one, two) : first < second
      parents[keepsFirst ? two : one] = keepsFirst ? one : two
    }
    for (name, target) in canonical { canonical[name] = root(target) }
    for name in parents.keys { canonical[name] = root(name) }
  }

  /// Whether a name says more than another one: an address says least.
  private static func isBetter(_ one: String, _ two: String) -> Bool {
    func isAddress(_ name: String) -> Bool {
      name.contains(":") || name.utf8.allSatisfy { 0x30...0x39 ~= $0 || $0 == 0x2E }
    }
    let (first, second) = (isAddress(one), isAddress(two))
    return first == second ? one.isBeforeInPeoplesOrder(two) : second
  }

  private struct Target: Hashable {
    var host: String
    var rank: Int
    var instance: String
  }

  private static func isNamed(_ target: Target) -> Bool {
    FleetLabels.host(of: target.instance) == target.host
  }

  private mutating func choose(_ rows: [FleetRow]) {
    var gpus: [Target: Set<String>] = [:]
    var values: [Target: Int] = [:]
    for row in rows {
      let target = Target(host: host(row), rank: row.rank, instance: row.labels[.instance])
      scrapes.insert(row.labels[.job])
      if row.quantity != .holding, !row.gpu.isEmpty { gpus[target, default: []].insert(row.gpu) }
      values[target, default: 0] += row.growth?.columns.count { $0 != nil } ?? 1
    }
    // The one that told most counts; of equals the one of the machine's name, and then the first.
    let order = values.keys.sorted { left, right in
      let (one, two) = (values[left] ?? 0, values[right] ?? 0)
      guard one == two else { return one > two }
      let (first, second) = (Self.isNamed(left), Self.isNamed(right))
      return first == second ? left.instance.isBeforeInPeoplesOrder(right.instance) : first
    }
    var covered: [String: [Int: Set<String>]] = [:]
    for target in order {
      let own = gpus[target] ?? []
      let known = covered[target.host]?[target.rank]
      if let known, own.isSubset(of: known) {
        twins[target.host, default: []].append(target.instance)
        continue
      }
      covered[target.host, default: [:]][target.rank, default: []].formUnion(own)
      chosen[target.host, default: [:]][target.rank, default: []].append(target.instance)
    }
  }
}

import Linux
import Telemetry

/// Where a process stands in a Ray cluster, by the logs that it holds open and where it works.
///
/// A driver holds `…/logs/python-core-driver-<job>ff…ff_<pid>.log` open, a worker
/// `…/logs/worker-<id>-<job>-<pid>.out`; one that was started before its job has `ffffffff` there.
/// Source: ray-project/ray, `python/ray/_private/node.py`, and the files of Ray 2.60.
struct RayPlace: Hashable, Sendable {
  /// The folder of the cluster's session, such as `/tmp/ray/session_2026-…`.
  var session: String?
  /// The number of its job in that cluster, eight hexadecimal digits.
  var job: String?
  /// Where it works.
  var folder: String?

  private static let unassigned = "ffffffff"

  /// Takes an open file into account.
  mutating func note(open path: String) {
    guard let range = Self.logs(in: path) else { return }
    let name = path[range.upperBound...]
    if name.hasPrefix("python-core-driver-") {
      take(path[..<range.lowerBound], name.dropFirst(19).prefix(8))
    } else if name.hasPrefix("worker-") {
      let parts = name.split(separator: "-")
      take(path[..<range.lowerBound], parts.count == 4 ? parts[2] : "")
    } else if name.hasPrefix("python-core-worker-") {
      take(path[..<range.lowerBound], "")
    }
  }

  private static func logs(in path: String) -> Range<String.Index>? {
    guard path.contains("/session_"), let last = path.lastIndex(of: "/") else { return nil }
    let folder = path[..<last]
    guard folder.hasSuffix("/logs") else { return nil }
    return folder.index(folder.endIndex, offsetBy: -5)..<path.index(after: last)
  }

  private mutating func take(_ session: Substring, _ job: Substring) {
    self.session = String(session)
    if job.utf8.count == 8, job != Self.unassigned { self.job = String(job) }
  }

  /// Which of some drivers a worker works for, by their places; `nil` where that is in doubt.
  ///
  /// `ancestors` are the pids above the worker: a cluster that a driver has started itself is its own.
  static func driver<Key: Hashable>(
    of worker: RayPlace, ancestors: Set<Key>, among drivers: [Key: RayPlace]
  ) -> Key? {
    if let above = drivers.keys.first(where: ancestors.contains) { return above }
    let near = drivers.filter {
      $0.value.session == nil || worker.session == nil || $0.value.session == worker.session
    }
    if let job = worker.job, near.contains(where: { $0.value.job != nil }) {
      let matches = near.filter { $0.value.job == job }
      if matches.count == 1 { return matches.first?.key }
      // The driver it works for may be one that cannot be looked at.
      return near.count == 1 && near.first?.value.job == nil ? near.first?.key : nil
    }
    if near.count == 1 { return near.first?.key }
    let neighbours = near.filter { $0.value.folder != nil && $0.value.folder == worker.folder }
    return neighbours.count == 1 && near.allSatisfy { $0.value.folder != nil }
      ? neighbours.first?.key : nil
  }
}

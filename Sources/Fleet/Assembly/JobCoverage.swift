import Accounting

/// For how much of its accelerators' time a job's joules are known.
///
/// An exporter counts the seconds for which it knows the joules of all of a job's accelerators on its machine,
/// and accelerator-seconds held beside them. Of a machine that is not heard of any more, the time since then
/// counts as held and not known for as long as the job goes on elsewhere.
struct JobCoverage {
  /// Accelerator-seconds on one machine, and for how many of them the joules are known.
  struct Part {
    var known: Double
    var held: Double
    /// How many accelerators that are.
    var gpus: Double
    /// Seconds for which the machine was not heard of while the job went on elsewhere.
    var silence: Double
  }

  /// Whether that can be said of every machine that tells any.
  private var isWhole = true
  /// Its machines, those that tell how long it held accelerators there.
  private(set) var parts: [String: Part] = [:]
  /// The known share, 0...1; `nil` where it cannot be said.
  var share: Double? {
    let held = parts.values.reduce(0) { $0 + $1.held }
    return held > 0 && isWhole ? min(1, parts.values.reduce(0) { $0 + $1.known } / held) : nil
  }

  init(_ rows: [FleetRow], _ view: FleetView, _ seconds: [Double]) {
    let byHost = Dictionary(grouping: rows, by: \.host)
    let ends = rows.filter { $0.quantity == .jobGPUSeconds }.compactMap { $0.growth?.last }
    guard let end = ends.max() else { return }
    for (host, rows) in byHost {
      guard let time = rows.first(where: { $0.quantity == .jobKnownSeconds })?.growth?.total,
        let holding = rows.first(where: { $0.quantity == .jobGPUSeconds })?.growth,
        let total = holding.total, total > 0
      else { continue }
      guard let gpus = Self.accelerators(rows, holding, seconds) else {
        isWhole = false
        continue
      }
      let silence = Self.silence(holding, until: end, seconds)
      parts[host] = Part(
        known: min(total, time * gpus), held: total + gpus * silence, gpus: gpus, silence: silence)
    }
  }

  /// How many accelerators the job holds, or held, on a machine: those that are told of, else as many as a
  /// column was held that lies within its time.
  private static func accelerators(
    _ rows: [FleetRow], _ holding: CounterGrowth, _ seconds: [Double]
  ) -> Double? {
    let told = Set(rows.filter { $0.quantity == .holding }.map(\.gpu)).count
    if told > 0 { return Double(told) }
    let inside = holding.columns.indices.filter { column in
      (holding.columns[column] ?? 0) > 0
        && [column - 1, column + 1].allSatisfy {
          holding.columns.indices.contains($0) && (holding.columns[$0] ?? 0) > 0
        }
    }
    let shares = inside.map { (holding.columns[$0] ?? 0) / max(1, seconds[$0]) }
    return shares.max().map { max(1, $0.rounded()) }
  }

  /// Seconds since a machine was heard of last.
  private static func silence(
    _ holding: CounterGrowth, until end: Int, _ seconds: [Double]
  ) -> Double {
    guard let last = holding.last, last >= 0, last < end else { return 0 }
    return seconds[(last + 1)...end].reduce(0, +)
  }
}

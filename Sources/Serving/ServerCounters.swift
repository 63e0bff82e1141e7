import Formats
import Telemetry

/// What one server has counted, carried on over its restarts.
///
/// Each series is followed by difference, so that a server that starts again, a rank that goes and
/// comes back, and a model that is loaded later all add up. Where the same thing is counted in
/// several places the first one of the table is used, and kept to: two counters never alternate in
/// one series.
package struct ServerCounters: Sendable {
  /// Ranks that repeat each other's figures; only one of each is counted.
  static let repeatedRanks: Set<String> = ["tp_rank", "pp_rank", "moe_ep_rank", "pid"]
  /// How many series are followed.
  static let seriesLimit = 8192
  /// Series with more bytes of labels than that are passed over.
  static let groupLimit = 1024

  private struct SeriesKey: Hashable {
    var column: Int
    /// Index of the term; those that are taken off come after the others.
    var term: Int
    var group: String
  }

  /// One series: where it stood, and how far it has come since it was first seen.
  private struct SeriesState {
    var last: Double
    var total: Double
  }

  private var seriesStates: [SeriesKey: SeriesState] = [:]
  private var chosen: [Metric: Int] = [:]
  /// What was counted before the choice that holds now.
  private var offsets: [Metric: Double] = [:]
  private var emitted: [Metric: Double] = [:]
  private var startTime: Double?

  /// Whether what the first page has counted belongs to nobody knows when.
  private var isFresh: Bool

  /// Nothing counted yet; from now on only where what was counted so far is not to be counted.
  package init(fromNow: Bool = false) { isFresh = fromNow }

  /// What a page says.
  package struct Result: Sendable {
    /// The values in the metric's unit.
    package var values: [(column: ServerTable.Column, value: Double)] = []
    /// Whether the server has started anew since the last page.
    var hasRestarted = false
  }

  /// Takes in the samples of a page, by the names the table uses.
  package mutating func take(
    _ samples: [String: [PrometheusSample]], started: Double?, table: ServerTable
  ) -> Result {
    var result = Result()
    defer { isFresh = false }
    if let started, let before = startTime, abs(started - before) > 1 { result.hasRestarted = true }
    startTime = started ?? startTime
    if result.hasRestarted {
      for id in seriesStates.keys { seriesStates[id]?.last = 0 }
    }
    var done: Set<Metric> = []
    for metric in table.columns.map(\.metric) where done.insert(metric).inserted {
      guard let index = choose(metric, samples, table, afresh: result.hasRestarted) else {
        continue
      }
      let column = table.columns[index]
      if chosen[metric] != index {
        // Whatever was known of it is from another time.
        for id in seriesStates.keys where id.column == index { seriesStates[id] = nil }
      }
      let value =
        metric.isCounter
        ? count(index, column, samples, &result.hasRestarted)
        : Self.gauge(column, samples)
      guard let value else { continue }
      if metric.isCounter {
        settle(metric, index, result.hasRestarted ? 0 : value)
        // The parts of a difference are not counted at the same moment.
        let total = max(value + (offsets[metric] ?? 0), emitted[metric] ?? 0)
        emitted[metric] = total
        result.values.append((column, total * column.scale))
      } else {
        result.values.append((column, value * column.scale))
      }
    }
    return result
  }

  /// The column to use for a metric: the one used so far while it is there, else the first.
  private func choose(
    _ metric: Metric, _ samples: [String: [PrometheusSample]], _ table: ServerTable, afresh: Bool
  ) -> Int? {
    func has(_ terms: [ServerTable.Term]) -> Bool {
      terms.contains { term in samples[term.name]?.contains(where: term.matches) ?? false }
    }
    func isThere(_ index: Int) -> Bool {
      let column = table.columns[index]
      return has(column.terms) && (!column.needsLess || has(column.less))
    }
    if !afresh, let index = chosen[metric], isThere(index) { return index }
    return table.columns.indices.first { table.columns[$0].metric == metric && isThere($0) }
  }

  /// Lets a new choice of column go on where the old one stood, less what is counted in `known`.
  private mutating func settle(_ metric: Metric, _ index: Int, _ known: Double) {
    guard chosen[metric] != index else { return }
    if chosen[metric] != nil { offsets[metric] = (emitted[metric] ?? 0) - known }
    chosen[metric] = index
  }

  /// How far a column has come; `nil` when nothing of it is a number.
  private mutating func count(
    _ index: Int, _ column: ServerTable.Column, _ samples: [String: [PrometheusSample]],
    _ hasRestarted: inout Bool
  ) -> Double? {
    var isKnown = false
    for (term, wanted) in (column.terms + column.less).enumerated() {
      for (group, value) in Self.groups(samples[wanted.name] ?? [], wanted) {
        let id = SeriesKey(column: index, term: term, group: group)
        if let leg = seriesStates[id] {
          // A rounded sum may step back by a hair; anything more is a new beginning.
          let hasFallen = value < leg.last * (1 - 1e-9)
          if hasFallen { hasRestarted = true }
          let growth = hasFallen ? value : max(0, value - leg.last)
          seriesStates[id] = SeriesState(last: value, total: leg.total + growth)
        } else if seriesStates.count < Self.seriesLimit {
          seriesStates[id] = SeriesState(last: value, total: isFresh ? 0 : value)
        }
        if term < column.terms.count { isKnown = true }
      }
    }
    guard isKnown else { return nil }
    var sums: [String: Double] = [:]
    for (id, leg) in seriesStates where id.column == index {
      sums[id.group, default: 0] += id.term < column.terms.count ? leg.total : -leg.total
    }
    switch column.fold {
    case .sum: return sums.values.reduce(0, +)
    case .largest: return sums.values.max()
    }
  }

  /// The value now; `nil` when nothing of it is a number.
  private static func gauge(
    _ column: ServerTable.Column, _ samples: [String: [PrometheusSample]]
  ) -> Double? {
    let values = column.terms.flatMap { groups(samples[$0.name] ?? [], $0).values }
    return values.isEmpty ? nil : values.reduce(0, +)
  }

  /// The values of a term by what tells its series apart, ranks that repeat each other as one.
  static func groups(
    _ samples: [PrometheusSample], _ term: ServerTable.Term
  ) -> [String: Double] {
    var result: [String: Double] = [:]
    for sample in samples where term.matches(sample) {
      guard sample.value >= 0, sample.value < 1e18 else { continue }
      let key = sample.labels.filter { !repeatedRanks.contains($0.name) }
        .map { "\($0.name)=\($0.value)" }.sorted().joined(separator: ",")
      guard key.utf8.count <= groupLimit else { continue }
      result[key] = max(result[key] ?? 0, sample.value)
    }
    return result
  }
}

import Formats
import Quantities
import Telemetry

/// One page of a server, with what tells it from the page of another.
struct ServerPage: Sendable {
  let time: Timestamp
  let table: ServerTable
  /// By the names the table uses.
  let samples: [String: [PrometheusSample]]
  /// When the process that publishes it started, in seconds since 1970; `nil` where it does not say
  /// so, or speaks of several processes.
  let started: Double?
  /// What each counter stands at, by its name and labels.
  private(set) var counts: [String: Double]
  /// What each counter counts, by the same keys.
  private var metrics: [String: Metric]

  init(
    _ samples: [String: [PrometheusSample]], _ table: ServerTable, started: Double?,
    at time: Timestamp
  ) {
    self.time = time
    self.table = table
    self.samples = samples
    self.started = started
    var names: [String: Metric] = [:]
    for column in table.columns where column.metric.isCounter {
      for term in column.terms + column.less { names[term.name] = column.metric }
    }
    var counts: [String: Double] = [:]
    var metrics: [String: Metric] = [:]
    for (name, metric) in names {
      for (labels, value) in ServerCounters.groups(samples[name] ?? [], ServerTable.Term(name)) {
        let key = "\(name){\(labels)}"
        counts[key] = value
        metrics[key] = metric
      }
    }
    self.metrics = metrics
    self.counts = counts
  }

  /// The start time on a page; one of several processes says nothing of any one of them.
  static func started(_ page: PrometheusPage) -> Double? {
    let times = page.samples.filter { $0.name == ServerTable.startTime && $0.value.isFinite }
    guard let first = times.first?.value, first > 0,
      times.allSatisfy({ abs($0.value - first) <= 1 })
    else { return nil }
    return first
  }

  /// The page with what an earlier one of the same process tells besides, as a torn one needs it.
  func completed(by other: ServerPage) -> ServerPage {
    guard other.counts.count <= ServerCounters.seriesLimit else { return self }
    var page = self
    page.counts.merge(other.counts) { own, _ in own }
    page.metrics.merge(other.metrics) { own, _ in own }
    return page
  }

  /// Whether both pages say when their process started, and say the very same.
  ///
  /// Times a little apart may be those of two servers that were started together, or of one whose
  /// clock was set.
  func hasSameStart(as other: ServerPage) -> Bool {
    guard let started, let before = other.started else { return false }
    return abs(started - before) < 0.001
  }

  /// Whether they say that their processes started at two times.
  func hasOtherStart(than other: ServerPage) -> Bool {
    guard let started, let before = other.started else { return false }
    return abs(started - before) > 1
  }

  /// The counters that stand lower than on an earlier page.
  ///
  /// A rounded sum may step back by a hair.
  func fallen(since other: ServerPage) -> [String] {
    counts.compactMap { key, value in
      other.counts[key].flatMap { value < $0 * (1 - 1e-9) ? key : nil }
    }
  }

  /// How far a counter may leap at once whose pace is not known yet: what a few requests that end
  /// together have counted.
  func burst(_ key: String) -> Double {
    switch metrics[key] {
    case .outputTokens?: 32_768
    case .promptTokens?, .cachedPromptTokens?: 262_144
    case .requests?, .abortedRequests?: 512
    default: .infinity
    }
  }

  /// Whether it can be a later page of the same process.
  func continues(_ other: ServerPage) -> Bool {
    guard table.name == other.table.name, !hasOtherStart(than: other) else { return false }
    let isRelated =
      counts.isEmpty || other.counts.isEmpty || hasSameStart(as: other)
      || counts.keys.contains { other.counts[$0] != nil }
    return isRelated && fallen(since: other).isEmpty
  }
}

import Telemetry

/// A series as it counts for a fleet: what it tells, of which machine, accelerator and job.
struct FleetRow {
  var entry: FleetCatalogue.Entry
  var labels: FleetLabels
  /// The name of the machine, by which all exporters know it.
  var host: String
  var gpu: String
  /// The job, by the name that no other one of the store has.
  var job: String
  /// The same as its own scheduler calls it.
  var number: String
  /// The value at the time, in the unit of its quantity; of a counter the last one.
  var value: Double
  /// The growth of a counter.
  var growth: CounterGrowth?

  var quantity: FleetQuantity { entry.series.quantity }
  var rank: Int { entry.rank }
}

/// What a store answered for one view, by question.
package struct FleetAnswers: Sendable {
  /// Answers of one time.
  package var present: [FleetQuantity.Question: PromAnswer] = [:]
  /// Answers column by column.
  package var columns: [FleetQuantity.Question: FleetColumns] = [:]
  /// Which targets answer: 1 or 0.
  package var targets = PromAnswer()
  /// When each last answered, in seconds since 1970.
  package var lastHeard = PromAnswer()

  /// Nothing is known yet.
  package init() {}
}

extension FleetAnswers {
  /// The name of a target that two clusters have, with their names: what is read of it is of two machines.
  package func sharedTarget(_ view: FleetView) -> (instance: String, clusters: [String])? {
    var clusters: [String: Set<String>] = [:]
    for answer in present.values {
      for series in answer.series {
        let labels = FleetLabels(series.labels)
        clusters[labels[.instance], default: []].insert(labels[.cluster])
      }
    }
    // What has no value here is kept of other times, in which it may have had another label.
    for columns in columns.values {
      let stretch = columns.stretch(view.columns)
      for (place, labels) in columns.labels.enumerated()
      where (0..<stretch.count).contains(where: { stretch.has(place, $0) }) {
        clusters[labels[.instance], default: []].insert(labels[.cluster])
      }
    }
    let shared = clusters.filter { $0.value.count > 1 && !$0.key.isEmpty }.map(\.key).min()
    return shared.map { ($0, (clusters[$0] ?? []).sorted()) }
  }

  /// The rows of all questions over a view; the names of machines are as their labels have them.
  func rows(_ view: FleetView) -> [FleetRow] {
    var rows: [FleetRow] = []
    let presence = presence(view.columns).mapValues {
      Self.lasting($0, columns: max(1, Int((Self.patience + view.step - 1) / view.step)))
    }
    for question in FleetQuantity.Question.allCases {
      if let answer = present[question] {
        for series in answer.series {
          guard let point = answer.last(series) else { continue }
          add(FleetLabels(series.labels), question, point.value, nil, to: &rows)
        }
      }
      guard let columns = columns[question] else { continue }
      let stretch = columns.stretch(view.columns)
      let shared = Self.shared(columns, question, stretch)
      for (place, labels) in columns.labels.enumerated() {
        let values = stretch.values(place)
        guard let last = values.last(where: { $0 != nil }) ?? nil,
          let entry = Self.entry(labels, question)
        else { continue }
        var growth =
          shared[place]
          ?? CounterGrowth(
            values, wasThere: presence[labels[.instance]] ?? [],
            startsAtZero: entry.series.startsAtZero, details: columns.details(place, view.columns))
        if entry.series.scale != 1 {
          growth.columns = growth.columns.map { $0.map { $0 * entry.series.scale } }
        }
        add(labels, question, last, growth, to: &rows)
      }
    }
    // Each cluster's scheduler counts its own jobs.
    let clusters = Set(rows.lazy.filter { !$0.job.isEmpty }.map { $0.labels[.cluster] })
    guard clusters.count > 1 else { return rows }
    return rows.map { row in
      var row = row
      if !row.job.isEmpty { row.job = "\(row.labels[.cluster])/\(row.job)" }
      return row
    }
  }

  /// What one name of a counter tells, and which counter it is.
  private struct Counter: Hashable {
    var name: String
    var instance: String
    var gpu: String
  }

  /// The growth of counters that are told under several names: those of an accelerator's life, under the name
  /// of each job that holds it.
  private static func shared(
    _ columns: FleetColumns, _ question: FleetQuantity.Question, _ stretch: FleetColumns.Stretch
  ) -> [Int: CounterGrowth] {
    var places: [Counter: [Int]] = [:]
    for (place, labels) in columns.labels.enumerated() {
      guard let entry = entry(labels, question), !entry.series.startsAtZero else { continue }
      let gpu = entry.exporter.gpu(labels)
      guard !gpu.isEmpty else { continue }
      let counter = Counter(
        name: labels[.seriesName], instance: labels[.instance], gpu: gpu)
      places[counter, default: []].append(place)
    }
    var result: [Int: CounterGrowth] = [:]
    for group in places.values where group.count > 1 {
      let growths = CounterGrowth.shared(group.map { stretch.values($0) })
      for (place, growth) in zip(group, growths) { result[place] = growth }
    }
    return result
  }

  /// Seconds for which a target that told something is taken to have been there: it may be read more seldom
  /// than columns end.
  private static let patience: Int64 = 300

  /// Whether something was so in a column or one of so many before it.
  static func lasting(_ presence: [Bool], columns: Int) -> [Bool] {
    var left = 0
    return presence.map { isThere in
      left = isThere ? columns : max(0, left - 1)
      return left > 0
    }
  }

  /// In which columns each target told anything.
  func presence(_ range: ClosedRange<Int64>) -> [String: [Bool]] {
    var presence: [String: [Bool]] = [:]
    for columns in columns.values {
      let stretch = columns.stretch(range)
      for (place, labels) in columns.labels.enumerated() {
        for column in 0..<stretch.count where stretch.has(place, column) {
          presence[
            labels[.instance], default: Array(repeating: false, count: stretch.count)][column] =
            true
        }
      }
    }
    return presence
  }

  private static func entry(
    _ labels: FleetLabels, _ question: FleetQuantity.Question
  ) -> FleetCatalogue.Entry? {
    let name = labels[.seriesName]
    // What is added up over causes has no name left, and one series is asked for.
    let asked = name.isEmpty ? FleetCatalogue.names(question) : [name]
    return asked.count == 1 ? FleetCatalogue.entry(asked[0], question) : nil
  }

  /// An accelerator's name over all machines: its UUID, or its target with what it is called there.
  ///
  /// Boards of other makers than NVIDIA are mostly named by their place on the bus, which is the same on
  /// every machine of a rack.
  private static func unique(_ gpu: String, _ labels: FleetLabels) -> String {
    gpu.isEmpty || isUUID(gpu) ? gpu : labels[.instance] + "/" + gpu
  }

  /// Whether a name is one that no other accelerator has: NVIDIA's, or AMD's sixteen hexadecimal digits.
  static func isUUID(_ name: String) -> Bool {
    if name.hasPrefix("GPU-") || name.hasPrefix("MIG-") { return true }
    return name.utf8.count >= 16 && name.allSatisfy(\.isHexDigit) && name.contains { $0 != "0" }
  }

  private func add(
    _ labels: FleetLabels, _ question: FleetQuantity.Question, _ value: Double,
    _ growth: CounterGrowth?, to rows: inout [FleetRow]
  ) {
    guard let entry = Self.entry(labels, question),
      entry.exporter.counts(entry.series.quantity, labels)
    else { return }
    rows.append(
      FleetRow(
        entry: entry, labels: labels, host: entry.exporter.host(labels),
        gpu: Self.unique(entry.exporter.gpu(labels), labels), job: entry.exporter.job(labels),
        number: entry.exporter.job(labels),
        value: value * entry.series.scale, growth: growth))
  }
}

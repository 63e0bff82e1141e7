import Accounting
import Telemetry

/// Asks a store what views need and keeps what will not change.
///
/// It belongs to one thread, which is not the screen's: a store may hang.
package struct FleetReader {
  /// The store that is asked.
  package internal(set) var store: PromStore
  /// The label that names a machine's rack.
  package let rackLabel: String
  /// What writes the queries.
  package let queries: FleetQueries
  private let keep: [String]
  private var columns: [FleetQuantity.Question: FleetColumns] = [:]
  private var past: FleetPast?

  /// Whether times are shifted where the store's clock is off; not where `now` is another time than the present.
  package var comparesClocks = true

  /// Whether each view begins where the one before it ended, so that what was told in that one is known.
  package var goesOn = false
  private var told: [FleetQuantity.Question: FleetCarry] = [:]
  /// Before when nothing is of interest, where an account begins within a column.
  package var since: Timestamp?

  /// What the last reading cost.
  package struct Cost: Sendable, Hashable {
    /// How many questions were asked.
    package var queries = 0
    /// How many series were answered.
    package var series = 0
    /// How many values were answered.
    package var points = 0

    /// Nothing yet.
    package init() {}
  }
  /// What the last reading cost.
  package private(set) var cost = Cost()
  /// What the store could not look at, in its words.
  package internal(set) var warning: String?
  /// Whether counters began anew in columns that nothing more was asked of, since queries were used up.
  package internal(set) var isUnclear = false

  /// Reads a store; `rackLabel` names the label that tells machines of a rack.
  package init(
    _ store: PromStore, _ selector: FleetSelector = FleetSelector(), rackLabel: String = "rack"
  ) {
    self.store = store
    self.rackLabel = rackLabel
    queries = FleetQueries(selector)
    keep = FleetLabel.names(rack: rackLabel)
  }

  /// The most queries of a reading that is one of many: what they leave unclear the next one asks.
  package static let mostQueries = 12

  /// Forgets all that was kept.
  mutating func forget() {
    columns = [:]
    past = nil
  }

  /// Everything that a view needs; `now` tells which columns may still change.
  package mutating func read(
    _ view: FleetView, now: Timestamp, mostQueries: Int = mostQueries
  ) throws(StoreFault) -> FleetAnswers {
    cost = Cost()
    warning = nil
    var answers = FleetAnswers()
    for query in queries.present(view) {
      var answer = try ask(query)
      // Before anything else is asked for, since that may have to be asked in another time.
      if comparesClocks, cost.queries == 1, noteClock(answer, now) { answer = try ask(query) }
      switch query.purpose {
      case .question(let question): answers.present[question] = answer
      case .targets: answers.targets = answer
      case .lastHeard: answers.lastHeard = answer.earlier(by: store.ahead)
      case .details, .past, .life: break
      }
    }
    for question in FleetQueries.byColumn {
      answers.columns[question] = try read(question, view, now)
    }
    if let (instance, clusters) = answers.sharedTarget(view) {
      throw .clusters(clusters, instance: instance)
    }
    try clear(&answers, view, mostQueries)
    return answers
  }

  private mutating func read(
    _ question: FleetQuantity.Question, _ view: FleetView, _ now: Timestamp
  ) throws(StoreFault) -> FleetColumns {
    var kept = columns[question] ?? FleetColumns(step: view.step)
    if kept.step != view.step { kept = FleetColumns(step: view.step) }
    // What targets send late is there after a minute.
    let settled = (now.nanoseconds / 1_000_000_000 - 60) / view.step
    let around = view.columns.lowerBound - 24...view.columns.upperBound + 24
    kept.keep(around, until: settled)
    columns[question] = kept
    if let whole = view.whole, let missing = kept.missing(whole) {
      let answer = try ask(queries.columns(question, missing, step: view.step))
      kept.take(answer, missing)
    }
    if let query = queries.newest(question, view) {
      kept.take(newest: try ask(query), view.last)
    }
    columns[question] = kept
    return kept
  }

  /// Asks for every value of the columns whose last values are not enough, as far as queries are left.
  private mutating func clear(
    _ answers: inout FleetAnswers, _ view: FleetView, _ most: Int
  ) throws(StoreFault) {
    var arrivals: [String: Int64] = [:]
    for (instance, presence) in answers.presence(view.columns) {
      guard let first = presence.firstIndex(of: true), first > 0 else { continue }
      arrivals[instance] = view.columns.lowerBound + Int64(first)
    }
    for question in FleetQueries.byColumn {
      guard var kept = answers.columns[question] else { continue }
      while cost.queries < most,
        let (column, instances) = kept.unclear(view.columns, arrivals: arrivals)
      {
        try take(details: instances, of: question, column, view, into: &kept)
      }
      isUnclear = isUnclear || kept.unclear(view.columns, arrivals: arrivals) != nil
      answers.columns[question] = kept
      columns[question] = kept
    }
  }

  /// Asks for every value that some targets told in a column.
  private mutating func take(
    details instances: [String], of question: FleetQuantity.Question, _ column: Int64,
    _ view: FleetView, into kept: inout FleetColumns
  ) throws(StoreFault) {
    let end = min(column * view.step, view.time.nanoseconds / 1_000_000_000)
    let begin = max(
      (column - 1) * view.step, since.map { $0.nanoseconds / 1_000_000_000 - 1 } ?? .min)
    let query = queries.details(
      question, at: FleetView.time(end), seconds: max(1, end - begin), instances)
    kept.take(details: try ask(query), column, sumsCauses: question == .waste)
  }

  /// Everything that the account of a time that is over needs: nothing is left for a next reading.
  ///
  /// What a job held at any time is told, and counters that began anew within a column and had passed by its
  /// end what they had reached before are found.
  package mutating func readWhole(
    _ view: FleetView, now: Timestamp, mostQueries: Int
  ) throws(StoreFault) -> FleetAnswers {
    isUnclear = false
    var answers = try read(view, now: now, mostQueries: mostQueries)
    let held = queries.selector.series(FleetCatalogue.names(.labels))
    answers.present[.labels] = try ask(
      FleetQuery(
        purpose: .question(.labels),
        text: "last_over_time(\(held)[\(max(60, Int64(view.span.seconds)))s])",
        times: .at(view.time)))
    for question in FleetQueries.byColumn {
      guard var kept = answers.columns[question] else { continue }
      let answer = try ask(queries.restarts(question, view))
      var columns: [Int64: Set<String>] = [:]
      for series in answer.series {
        let instance = FleetLabels(series.labels)[.instance]
        for point in answer.points[series.points] {
          columns[point.time / 1000 / view.step, default: []].insert(instance)
        }
      }
      for (column, instances) in columns.sorted(by: { $0.key < $1.key })
      where view.columns.contains(column) {
        guard cost.queries < mostQueries else {
          isUnclear = true
          break
        }
        let all = instances.union(kept.detailed(column)).sorted()
        try take(details: all, of: question, column, view, into: &kept)
      }
      if goesOn {
        told[question, default: FleetCarry(question)].carry(into: &kept, view)
      }
      answers.columns[question] = kept
    }
    return answers
  }

  /// The power of the past, as far as it is not known yet.
  package mutating func readPast(
    _ span: TimeSpan, now: Timestamp
  ) throws(StoreFault) -> [Observation] {
    var past = past ?? FleetPast(span)
    if past.step != FleetPast.step(span) { past = FleetPast(span) }
    self.past = past
    guard let query = past.query(span, queries.selector) else { return [] }
    let observations = past.take(try ask(query), query)
    self.past = past
    return observations
  }

  /// Asks one query.
  package mutating func ask(_ query: FleetQuery) throws(StoreFault) -> PromAnswer {
    cost.queries += 1
    let answer: PromAnswer
    switch query.times {
    case .at(let time): answer = try store.instant(query.text, at: time, keep: keep)
    case .columns(let numbers, let step):
      answer = try store.range(
        query.text, from: FleetView.time(numbers.lowerBound * step),
        to: FleetView.time(numbers.upperBound * step), step: step, keep: keep)
    }
    cost.series += answer.series.count
    cost.points += answer.points.count
    if warning == nil { warning = answer.warning }
    return answer
  }
}

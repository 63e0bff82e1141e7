import Accounting
import Telemetry

/// When a job was there, and which targets told of it.
package struct FleetLife: Sendable, Hashable {
  /// What it is called in the store.
  package var job: String
  /// The targets that told of it.
  package var instances: [String]
  /// From its first value to the last one that was more than the one before.
  package var span: TimeSpan
  /// Its last value: an exporter tells a job for a while after its end, so that a store sees the last of it.
  package var told: Timestamp
  /// Whether its exporter tells a job for a while after its end, so that one that was never told so did not end.
  package var hasAfterlife: Bool
  /// How many times something of that name was there before, within the time that was looked at.
  package var earlier = 0
}

extension FleetLife {
  /// Whether nothing was heard of its exporters any more while it still held accelerators; `now` is when the
  /// store was asked.
  package func isCutOff(_ now: Timestamp) -> Bool {
    hasAfterlife && told - span.end < Self.patience && now - told > Self.patience
  }

  fileprivate static let patience = 120.0
}

/// What a store answered for the account of one job.
package struct FleetLifeAnswers {
  package var answers: FleetAnswers
  package var view: FleetView
  /// Whether the job still holds accelerators, as far as the store knows.
  package var isPresent: Bool
}

extension FleetReader {
  /// Seconds without any value after which what comes is told as another run: a store that is away for so long
  /// leaves it open whether a job of a name is the same one.
  private static let pause: Int64 = 3600
  /// The most values of a series that a store gives at once.
  private static let mostPoints: Int64 = 10_000

  /// Looks for a job by the scheduler's number, or by what people call it.
  ///
  /// Of several runs under one name the newest is told, with how many there were before.
  /// - Returns: the jobs of that word; several where people call several alike. Empty where none was there.
  package mutating func lives(
    of word: String, in span: TimeSpan
  ) throws(StoreFault) -> [FleetLife] {
    if let life = try life(ofJob: word, in: span) { return [life] }
    let info = queries.selector.series(
      ["hippowatt_job_info"], and: "name=\(FleetSelector.quoted(word))")
    let named = try ask(
      FleetQuery(
        purpose: .life, text: "last_over_time(\(info)[\(max(60, Int64(span.seconds)))s])",
        times: .at(span.end)))
    let ids = Set(named.series.map { FleetLabels($0.labels)[.jobID] }).filter { !$0.isEmpty }
    var lives: [FleetLife] = []
    for id in ids.sorted(by: { $0.isBeforeInPeoplesOrder($1) }) {
      if let life = try life(ofJob: id, in: span) { lives.append(life) }
    }
    return lives
  }

  private mutating func life(
    ofJob id: String, in span: TimeSpan
  ) throws(StoreFault) -> FleetLife? {
    let step = max(60, (Int64(span.seconds) / Self.mostPoints / 60 + 1) * 60)
    let columns =
      Int64(span.start.seconds) / step...(Int64(span.end.seconds) + step - 1) / step
    for (series, matchers) in FleetCatalogue.all.flatMap({ $0.life(of: id) }) {
      let selected = queries.selector.series([series], and: matchers)
      let answer = try ask(
        FleetQuery(
          purpose: .life, text: "last_over_time(\(selected)[\(step)s])",
          times: .columns(columns, step: step)))
      let seconds = Set(answer.points.map { $0.time / 1000 }).sorted()
      guard let newest = seconds.last else { continue }
      var (first, earlier) = (newest, 0)
      for (before, time) in zip(seconds, seconds.dropFirst()).reversed() {
        if time - before > max(Self.pause, 2 * step) {
          earlier += 1
        } else if earlier == 0 {
          first = before
        }
      }
      let instances = answer.series.filter { series in
        answer.points[series.points].contains { $0.time / 1000 >= first }
      }.map { FleetLabels($0.labels)[.instance] }
      var life = FleetLife(
        job: id, instances: Set(instances).sorted(),
        span: TimeSpan(FleetView.time(first - step), FleetView.time(newest)),
        told: FleetView.time(newest), hasAfterlife: series.hasPrefix("hippowatt_"),
        earlier: earlier)
      try bound(&life, selected, first, min(newest, Int64(span.end.seconds) + 1), step)
      return life
    }
    return nil
  }

  /// Finds out where in their columns it began and ended.
  private mutating func bound(
    _ life: inout FleetLife, _ series: String, _ first: Int64, _ last: Int64, _ step: Int64
  ) throws(StoreFault) {
    func values(_ end: Int64, _ seconds: Int64) throws(StoreFault) -> PromAnswer {
      try ask(
        FleetQuery(purpose: .life, text: "\(series)[\(seconds)s]", times: .at(FleetView.time(end))))
    }
    func time(_ milliseconds: Int64) -> Timestamp {
      Timestamp(nanoseconds: milliseconds * 1_000_000)
    }
    let start = try values(first, step).points.map(\.time).min().map(time) ?? life.span.start
    let answer = try values(last, step + Self.afterlife)
    life.told = answer.points.map(\.time).max().map(time) ?? life.told
    // The last growth; what stands still all the time ended before that.
    let ends = answer.series.compactMap { series -> Int64? in
      let points = answer.points[series.points]
      return zip(points, points.dropFirst()).reversed().first { $0.value < $1.value }?.1.time
        ?? points.first?.time
    }
    let end = ends.max().map(time) ?? life.told
    life.span = TimeSpan(min(start, end), max(start, end))
  }

  /// For how long an exporter tells a job after its end, in seconds, and a while more.
  private static let afterlife: Int64 = 900

  /// Everything that the account of one job needs, of its own targets only and from beginning to end.
  package mutating func read(
    _ life: FleetLife, now: Timestamp
  ) throws(StoreFault) -> FleetLifeAnswers {
    // The last value lies in the view, and a column before the first one.
    let end = FleetView.time(life.told.nanoseconds / 1_000_000_000 + 1)
    let length = end - life.span.start
    let trial = FleetView(time: end, window: length, columns: Self.columnsOfLife)
    let window = length + 2 * Double(trial.step)
    let view = FleetView(time: end, window: window, columns: Self.columnsOfLife)
    var own = FleetReader(store, queries.selector.only(life.instances), rackLabel: rackLabel)
    var answers = try own.read(view, now: now, mostQueries: Self.mostQueriesOfLife)
    // What it held at any time, not only what it holds at the end.
    let held = own.queries.selector.series(FleetCatalogue.names(.labels))
    answers.present[.labels] = try own.ask(
      FleetQuery(
        purpose: .question(.labels), text: "last_over_time(\(held)[\(Int64(window))s])",
        times: .at(view.time)))
    let holding = try own.ask(
      FleetQuery(purpose: .question(.labels), text: held, times: .at(now)))
    let isHolding = holding.series.contains { series in
      let labels = FleetLabels(series.labels)
      return FleetCatalogue.entry(labels[.seriesName], .labels)?.exporter.job(labels) == life.job
    }
    warning = own.warning ?? warning
    // A store that was not told that a series ended goes on with it for five minutes.
    let stands = life.told - life.span.end >= FleetLife.patience
    return FleetLifeAnswers(answers: answers, view: view, isPresent: isHolding && !stands)
  }

  /// About how many columns the account of one job has: each has the price and the grid of its own time.
  private static let columnsOfLife = 150.0
  /// The most queries for it: what restarts leave unclear is asked for until all is clear.
  private static let mostQueriesOfLife = 200
}

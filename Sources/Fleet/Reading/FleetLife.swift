import Accounting
import Telemetry

/// When a job was there, and which targets told of it.
package struct FleetLife: Sendable, Hashable {
  /// What it is called in the store.
  package var job: String
  /// The cluster that it ran in, where the store tells of clusters.
  package var cluster: String
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
  /// Adds the targets of series that have a value in the job's time.
  fileprivate mutating func add(_ series: [PromAnswer.Series], in answer: PromAnswer) {
    let time = span.start.nanoseconds / 1_000_000...told.nanoseconds / 1_000_000
    let more = series.filter { series in
      answer.points[series.points].contains { time.contains($0.time) }
    }.map { FleetLabels($0.labels)[.instance] }
    instances = Set(instances + more).sorted()
  }

  /// Whether nothing was heard of its exporters any more while it still held accelerators; `now` is when the
  /// store was asked.
  package func isCutOff(_ now: Timestamp) -> Bool {
    hasAfterlife && told - span.end < Self.patience && now - told > Self.patience
  }

  fileprivate static let patience = 120.0
}

/// What a store answered for the account of one job.
package struct FleetLifeAnswers {
  /// What was answered.
  package var answers: FleetAnswers
  /// The times that the account is of.
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
    let own = try lives(ofJob: word, in: span)
    guard own.isEmpty else { return own }
    // Where a store tells of several clusters, a screen puts the cluster's name before a job's.
    if let slash = word.firstIndex(of: "/") {
      let named = try lives(ofJob: String(word[word.index(after: slash)...]), in: span)
        .filter { $0.cluster == word[..<slash] }
      guard named.isEmpty else { return named }
    }
    let info = queries.selector.series(
      ["hippowatt_job_info"], and: "name=\(FleetSelector.quoted(word))")
    let named = try ask(
      FleetQuery(
        purpose: .life, text: "last_over_time(\(info)[\(max(60, Int64(span.seconds)))s])",
        times: .at(span.end)))
    let ids = Set(named.series.map { FleetLabels($0.labels)[.jobID] }).filter { !$0.isEmpty }
    var lives: [FleetLife] = []
    for id in ids.sorted(by: { $0.isBeforeInPeoplesOrder($1) }) {
      lives += try self.lives(ofJob: id, in: span)
    }
    return lives
  }

  /// The newest run under a number in each cluster that has one.
  private mutating func lives(
    ofJob id: String, in span: TimeSpan
  ) throws(StoreFault) -> [FleetLife] {
    let step = max(60, (Int64(span.seconds) / Self.mostPoints / 60 + 1) * 60)
    let columns =
      Int64(span.start.seconds) / step...(Int64(span.end.seconds) + step - 1) / step
    var lives: [String: FleetLife] = [:]
    for (series, matchers) in FleetCatalogue.all.flatMap({ $0.life(of: id) }) {
      let selected = queries.selector.series([series], and: matchers)
      let answer = try ask(
        FleetQuery(
          purpose: .life, text: "last_over_time(\(selected)[\(step)s])",
          times: .columns(columns, step: step)))
      let clusters = Dictionary(grouping: answer.series) { FleetLabels($0.labels)[.cluster] }
      for (cluster, own) in clusters.sorted(by: { $0.key < $1.key }) {
        guard lives[cluster] == nil else {
          // On some machines it is told by another series, or by another exporter.
          lives[cluster]?.add(own, in: answer)
          continue
        }
        guard var life = Self.newest(id, own, in: answer, step) else { continue }
        (life.cluster, life.hasAfterlife) = (cluster, series.hasPrefix("hippowatt_"))
        let exact = queries.selector.only(life.instances, of: cluster)
          .series([series], and: matchers)
        try bound(&life, exact, step, until: Int64(span.end.seconds) + 1)
        lives[cluster] = life
      }
    }
    return lives.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The newest run of what some series tell, by whole columns; `nil` where they tell nothing.
  private static func newest(
    _ id: String, _ series: [PromAnswer.Series], in answer: PromAnswer, _ step: Int64
  ) -> FleetLife? {
    let seconds = Set(series.flatMap { answer.points[$0.points].map { $0.time / 1000 } }).sorted()
    guard let newest = seconds.last else { return nil }
    var (first, earlier) = (newest, 0)
    for (before, time) in zip(seconds, seconds.dropFirst()).reversed() {
      // A counter that goes on after a while in which nothing was read is of one run.
      if time - before > max(pause, 2 * step), !goesOn(series, in: answer, after: before) {
        earlier += 1
      } else if earlier == 0 {
        first = before
      }
    }
    let instances = series.filter { series in
      answer.points[series.points].contains { $0.time / 1000 >= first }
    }.map { FleetLabels($0.labels)[.instance] }
    return FleetLife(
      job: id, cluster: "", instances: Set(instances).sorted(),
      span: TimeSpan(FleetView.time(first), FleetView.time(newest)), told: FleetView.time(newest),
      hasAfterlife: false, earlier: earlier)
  }

  /// Whether a counter goes on, and does not begin anew, with the first value after a time in seconds.
  private static func goesOn(
    _ series: [PromAnswer.Series], in answer: PromAnswer, after time: Int64
  ) -> Bool {
    series.contains { series in
      let points = answer.points[series.points]
      guard let before = points.last(where: { $0.time / 1000 <= time }),
        let next = points.first(where: { $0.time / 1000 > time })
      else { return false }
      return !CounterGrowth.isRestart(from: before.value, to: next.value)
    }
  }

  /// Finds out where in its first and its last column it began and ended.
  private mutating func bound(
    _ life: inout FleetLife, _ series: String, _ step: Int64, until now: Int64
  ) throws(StoreFault) {
    let first = life.span.start.nanoseconds / 1_000_000_000
    let last = min(life.span.end.nanoseconds / 1_000_000_000, now)
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
    // Targets may be read seldom: five minutes tell whether one was there before.
    let window = length + max(2 * Double(trial.step), 600)
    let view = FleetView(time: end, window: window, columns: Self.columnsOfLife)
    var own = FleetReader(
      store, queries.selector.only(life.instances, of: life.cluster), rackLabel: rackLabel)
    // They were compared before the job was looked for.
    own.comparesClocks = false
    own.since = life.span.start
    var answers = try own.readWhole(view, now: now, mostQueries: Self.mostQueriesOfLife)
    answers.columns[.jobs]?.forget(before: life.span.start)
    let held = own.queries.selector.series(FleetCatalogue.names(.labels))
    let holding = try own.ask(
      FleetQuery(purpose: .question(.labels), text: held, times: .at(now)))
    let isHolding = holding.series.contains { series in
      let labels = FleetLabels(series.labels)
      return FleetCatalogue.entry(labels[.seriesName], .labels)?.exporter.job(labels) == life.job
    }
    warning = own.warning ?? warning
    isUnclear = isUnclear || own.isUnclear
    // A store that was not told that a series ended goes on with it for five minutes.
    let stands = life.told - life.span.end >= FleetLife.patience
    return FleetLifeAnswers(answers: answers, view: view, isPresent: isHolding && !stands)
  }

  /// About how many columns the account of one job has: each has the price and the grid of its own time.
  private static let columnsOfLife = 150.0
  /// The most queries for it: what restarts leave unclear is asked for until all is clear.
  private static let mostQueriesOfLife = 200
}

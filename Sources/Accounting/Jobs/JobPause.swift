import Quantities
import Telemetry

/// A time in which a job did no step, and what for.
public struct JobPause: Hashable, Sendable {
  /// What a pause was for.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The job says that it evaluated.
    case evaluation
    /// The job says that it wrote a checkpoint.
    case checkpoint
    /// It took far longer than its steps, and the job does not say why.
    case unnamed = "longer than steps"
  }

  /// What it was for.
  public var kind: Kind
  /// From its beginning to its end.
  public var span: TimeSpan
}

/// What a job spent on pauses between steps: evaluations, checkpoints and the like.
public struct PauseAccount: Hashable, Sendable {
  /// All pauses of one kind.
  public struct Item: Hashable, Sendable {
    /// What the pauses were for.
    public var kind: JobPause.Kind
    /// How many there were.
    public var count: Int
    /// Seconds they took; of those without a name, beyond the time of their steps.
    public var seconds: Double
    /// Joules drawn in those seconds; `nil` where that is not known.
    public var joules: Double?

    /// `2 evaluations`, `1 checkpoint`, `3 × longer than steps`.
    public var words: String {
      if kind == .unnamed { return "\(count) × \(kind.rawValue)" }
      return "\(count) \(kind.rawValue)\(count == 1 ? "" : "s")"
    }
  }

  /// The kinds that there were.
  public var items: [Item]
  /// The time of the first report that was looked at.
  public var since: Timestamp
  /// Whether there were more evaluations or checkpoints, which are not in it.
  public var isPart = false

  /// How many pauses there were.
  public var count: Int { items.reduce(0) { $0 + $1.count } }
  /// Seconds the pauses took beyond the time of their steps.
  public var seconds: Double { items.reduce(0) { $0 + $1.seconds } }
  /// Joules drawn in those seconds; `nil` where those of one are not known.
  public var joules: Double? {
    items.reduce(0) { sum, item in sum.flatMap { sum in item.joules.map { sum + $0 } } }
  }
}

extension JobPause {
  /// How much longer than the time since the last row a pause may be said to be, as a share: what is
  /// printed, and when, is rounded.
  static let slack = 0.05
  /// The seconds by which it may be in any case: a log that is followed is read once a second, and its last
  /// row is told when it was read.
  static let leastSlack = 1.1

  /// The pauses that can be true among those a log tells, in order.
  ///
  /// A pause told as `seconds` at a time took the seconds before. One that began before the last row
  /// was written, or before the last pause ended, did not stop the job all the while: where it was
  /// and for how long is not known, so it is left out.
  static func believed(
    _ told: [(kind: Kind, end: Timestamp, seconds: Double)], lastRow: (Timestamp) -> Timestamp?
  ) -> [JobPause] {
    var pauses: [JobPause] = []
    for pause in told.sorted(by: { $0.end < $1.end }) where pause.seconds > 0 && pause.seconds < 1e9
    {
      guard let row = lastRow(pause.end) else { continue }
      let floor = max(row, pauses.last?.span.end ?? row)
      let start = pause.end - pause.seconds
      let early = floor - start
      guard floor < pause.end, early <= max(leastSlack, slack * pause.seconds) else { continue }
      // What is printed is rounded. Beyond that it is the row that is known to a second, and not the pause.
      let isRounded = early <= slack * pause.seconds || floor > row
      pauses.append(
        JobPause(kind: pause.kind, span: TimeSpan(isRounded ? max(start, floor) : start, pause.end))
      )
    }
    return pauses
  }
}

extension Ledger {
  /// The rows of a log that tell that training goes on.
  private static let rowMetrics: [Metric] = [.step, .tokens, .samples, .loss]

  /// The evaluations and checkpoints that a job tells the seconds of, in a span, as far as they can
  /// be true.
  func statedPauses(of job: DeviceID, in span: TimeSpan) -> [JobPause] {
    memos.pauses.answer(.init(job: job, span: span)) { readPauses(of: job, in: span) }
  }

  private func readPauses(of job: DeviceID, in span: TimeSpan) -> [JobPause] {
    guard timeline.facts(of: job).timing != .none else { return [] }
    var rows = Self.rowMetrics.compactMap { timeline.id($0, of: job) }
    if rows.isEmpty { rows = [timeline.id(.epoch, of: job)].compactMap { $0 } }
    var told: [(kind: JobPause.Kind, end: Timestamp, seconds: Double)] = []
    for (metric, kind) in [
      (Metric.evaluationTime, JobPause.Kind.evaluation), (.checkpointTime, .checkpoint),
    ] {
      guard let id = timeline.id(metric, of: job) else { continue }
      let isLog = timeline.descriptor(id).provenance.method == .log
      let reports = timeline.reports(id, in: span)
      var last: Timeline.Report?
      for report in reports {
        defer { last = report }
        if !isLog, let last, last.value == report.value,
          !rows.contains(where: { isApart(last.time, report.time, $0) })
        {
          continue
        }
        told.append((kind, report.time, report.value))
      }
    }
    guard !told.isEmpty else { return [] }
    return JobPause.believed(told) { time in
      let before = Timestamp(nanoseconds: time.nanoseconds &- 1)
      return rows.compactMap { timeline.reading($0, at: before)?.time }.max()
    }.compactMap { pause in
      pause.span.intersection(span).flatMap { inside in
        inside.seconds > 0 ? JobPause(kind: pause.kind, span: inside) : nil
      }
    }
  }

  /// Whether rows came between two equal words of a pause: then the second is no repetition of a source
  /// that says all it knows each time.
  private func isApart(
    _ first: Timestamp, _ second: Timestamp, _ row: Timeline.SeriesID
  ) -> Bool {
    let between = timeline.readings(row, in: TimeSpan(first, second))
    return between.contains { $0.time > first && $0.time < second }
  }

  /// The energy charged to a job over a span without some stretches of it.
  func jobEnergy(
    of job: DeviceID, over span: TimeSpan, without pauses: [TimeSpan]
  ) -> EnergyAmount? {
    guard !pauses.isEmpty else { return jobEnergy(of: job, over: span) }
    var sum: EnergyAmount?
    for part in span.parts(without: pauses) {
      guard let amount = jobEnergy(of: job, over: part) else { return nil }
      sum = sum.map { $0.followed(by: amount) } ?? amount
    }
    return sum
  }

  /// What pauses took, kind by kind; those without a name less the time of their steps.
  func account(
    of job: DeviceID, _ pauses: some Collection<JobPause>, unnamed: [StepStatistics.Interval],
    median: Double,
    since: Timestamp
  ) -> PauseAccount? {
    var items: [PauseAccount.Item] = []
    for kind in [JobPause.Kind.evaluation, .checkpoint] {
      let own = pauses.filter { $0.kind == kind }
      guard !own.isEmpty else { continue }
      var item = PauseAccount.Item(kind: kind, count: own.count, seconds: 0, joules: 0)
      for pause in own {
        item.seconds += pause.span.seconds
        item.joules = item.joules.flatMap { sum in
          knownJoules(of: job, over: pause.span).map { sum + $0 }
        }
      }
      items.append(item)
    }
    if !unnamed.isEmpty {
      var item = PauseAccount.Item(kind: .unnamed, count: unnamed.count, seconds: 0, joules: 0)
      for interval in unnamed {
        let own = max(0, interval.seconds - interval.steps * median)
        item.seconds += own
        let stated = pauses.map(\.span).filter { interval.span.intersection($0) != nil }
        let energy = jobEnergy(of: job, over: interval.span, without: stated)
        item.joules = item.joules.flatMap { sum in
          energy.flatMap { $0.isKnown ? sum + $0.joules * own / interval.seconds : nil }
        }
      }
      items.append(item)
    }
    return items.isEmpty ? nil : PauseAccount(items: items, since: since)
  }

  /// The joules charged to a job over a span; `nil` where they are not known for most of it.
  private func knownJoules(of job: DeviceID, over span: TimeSpan) -> Double? {
    jobEnergy(of: job, over: span).flatMap { $0.isKnown ? $0.joules / $0.coverage : nil }
  }
}

extension EnergyAmount {
  /// Whether it is known for so much of the time that a cost may be told from it.
  var isKnown: Bool { coverage >= JobCost.leastCoverage }
}

extension TimeSpan {
  /// What is left of it without some stretches, in order.
  func parts(without holes: [TimeSpan]) -> [TimeSpan] {
    var parts: [TimeSpan] = []
    var from = start
    for hole in holes.sorted(by: { $0.start < $1.start }) {
      guard let inside = hole.intersection(self), inside.seconds > 0 else { continue }
      if inside.start > from { parts.append(TimeSpan(from, inside.start)) }
      from = max(from, inside.end)
    }
    if from < end || parts.isEmpty && from == start { parts.append(TimeSpan(from, end)) }
    return parts
  }

  /// Seconds of some stretches that lie in it; where they overlap, once.
  func seconds(of holes: [TimeSpan]) -> Double {
    seconds - parts(without: holes).reduce(0) { $0 + $1.seconds }
  }
}

import Quantities

/// What a series that counts progress tells between two of its changes.
///
/// A count that a log repeats on every line is old news on most of them: only the reading at which it
/// became another one says when that was.
extension Timeline {
  /// A value with the time it was read at.
  public typealias Report = (time: Timestamp, value: Double)

  /// The last reading of a series at or before a time.
  public func reading(_ id: SeriesID, at time: Timestamp) -> Report? {
    series[id.index].value(at: time).map { ($0.time, $0.value) }
  }

  /// The first reading of a series at or after a time.
  public func reading(_ id: SeriesID, from time: Timestamp) -> Report? {
    series[id.index].neighbour(of: Timestamp(nanoseconds: time.nanoseconds &- 1), after: true)
      .map { ($0.time, $0.value) }
  }

  /// The newest change of a series at or before a time, and the one `seconds` or more before it.
  ///
  /// Nothing before `since` enters. The first reading of all is a change where the next one differs;
  /// of a series that is sampled it never is.
  public func progress(
    _ id: SeriesID, at time: Timestamp, over seconds: Double, since: Timestamp? = nil
  ) -> (from: Report, to: Report)? {
    let series = series[id.index]
    if series.rule.method != .log { return steps(of: series, at: time, over: seconds, since) }
    guard let last = series.change(at: time, since: since) else { return nil }
    var earlier = series.change(at: last.time - seconds, since: since)
    if earlier == nil {
      earlier =
        since.flatMap { reading(id, from: $0) } ?? series.samples.first.map { ($0.time, $0.value) }
    }
    guard var from = earlier, from.time < last.time else { return nil }
    if series.isRepeatedFirst(from, since: since) {
      guard let next = series.nextChange(after: from), next.time < last.time else { return nil }
      from = next
    }
    return (from, last)
  }

  /// The readings of a series in a span, oldest first, each from the finest view that has it.
  public func reports(_ id: SeriesID, in span: TimeSpan) -> [Report] {
    series[id.index].points(in: span)
  }

  /// The changes of a series in a span, oldest first, each from the finest view that has it.
  ///
  /// Nothing before `since` enters. The first reading of all is a change where the next one differs,
  /// or where it is a zero from the beginning; of a series that is sampled it never is.
  public func changeReports(
    _ id: SeriesID, in span: TimeSpan, since: Timestamp? = nil
  ) -> [Report] {
    let series = series[id.index]
    let points = series.points(in: span)
    let before = series.neighbour(of: span.start, after: false)
    var last = before.flatMap { before in
      since.map { before.time < $0 } ?? false ? nil : before.value
    }
    var reports: [Report] = []
    for (place, point) in points.enumerated() {
      defer { last = point.value }
      if let last {
        if point.value != last { reports.append((point.time, point.value)) }
      } else if series.rule.method == .log, Self.isTold(points[place...]) {
        reports.append((point.time, point.value))
      }
    }
    return reports
  }

  /// Whether the first reading of all tells when its count was reached: the next one differs, or it is
  /// a zero that does not seem to have come late.
  private static func isTold(_ points: ArraySlice<Report>) -> Bool {
    guard let first = points.first else { return false }
    var changes: [Report] = []
    for point in points where point.value != (changes.last ?? first).value {
      changes.append(point)
      if changes.count == 2 { break }
    }
    guard points.count > 1, !changes.isEmpty else { return false }
    if points[points.startIndex + 1].value != first.value { return true }
    // Read from the middle, the first stretch would be shorter than the next one for as much.
    guard first.value == 0, changes.count == 2 else { return false }
    let (one, two) = (changes[0], changes[1])
    return one.value * (two.time - one.time) <= 1.1 * (two.value - one.value)
      * (one.time - first.time)
  }

  /// The same for a series that repeats its value between steps.
  private func steps(
    of series: Series, at time: Timestamp, over seconds: Double, _ since: Timestamp?
  ) -> (from: Report, to: Report)? {
    let samples = series.samples
    let least = since.map { samples.place(from: $0) } ?? 0
    var last: Report?
    var first: Report?
    var end = samples.place(after: time)
    while let index = samples.lastChange(before: end), index > least {
      end = index
      let report = (samples.time(at: index), samples.value(at: index))
      first = report
      guard let known = last else {
        last = report
        continue
      }
      if known.time - report.0 >= seconds { break }
    }
    guard let last, let first, first.time < last.time else { return nil }
    return (first, last)
  }
}

extension Series {
  /// The reading at which the value known at a time was told first.
  fileprivate func change(at time: Timestamp, since: Timestamp?) -> Timeline.Report? {
    guard let known = value(at: time), since.map({ known.time >= $0 }) ?? true else { return nil }
    let end = samples.place(after: time)
    guard end > 0, samples.time(at: end - 1) == known.time else { return (known.time, known.value) }
    let least = since.map { samples.place(from: $0) } ?? 0
    let index = max(samples.lastChange(before: end) ?? 0, min(least, end - 1))
    return (samples.time(at: index), known.value)
  }

  /// Whether a reading is the first of all, and the next one repeats it: then it may be old news.
  fileprivate func isRepeatedFirst(_ report: Timeline.Report, since: Timestamp?) -> Bool {
    let before = neighbour(of: report.time, after: false)
    let isFirst = before.map { before in since.map { before.time < $0 } ?? false } ?? true
    return isFirst && neighbour(of: report.time, after: true)?.value == report.value
  }

  /// The next reading of another value, among those kept one by one.
  fileprivate func nextChange(after report: Timeline.Report) -> Timeline.Report? {
    let from = samples.place(after: report.time)
    return (from..<max(from, samples.count)).first { samples.value(at: $0) != report.value }
      .map { (samples.time(at: $0), samples.value(at: $0)) }
  }
}

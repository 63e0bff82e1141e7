import Accounting
import Quantities
import Telemetry

extension Destination {
  /// The time that is meant.
  ///
  /// - Parameters:
  ///   - time: what is looked at.
  ///   - bounds: the session.
  ///   - offset: seconds east of UTC at a time, by the clock that is shown.
  /// - Throws: `Fault` where the session has no such time.
  public func time(
    from time: Timestamp, in bounds: TimeSpan, of timeline: Timeline,
    offset: (Timestamp) -> Int
  ) throws(Fault) -> Timestamp {
    switch self {
    case .end: return bounds.end
    case .share(let share): return bounds.start + bounds.seconds * share
    case .since(let seconds): return try inside(bounds.start + seconds, bounds, offset)
    case .away(let seconds): return min(max(time + seconds, bounds.start), bounds.end)
    case .date(let date, let second):
      return try inside(Self.instant(date, second, offset), bounds, offset)
    case .clock(let second):
      let today = Self.day(of: time, offset)
      return try nearest(second, of: { _ in true }, to: today, bounds, offset)
    case .weekday(let day, let second):
      // The last one: who comes back on Monday wants this weekend's Saturday.
      let last = Self.day(of: bounds.end, offset)
      return try nearest(second, of: { $0.weekday == day }, to: last, bounds, offset)
    case .greatestPower: return try Self.greatest(in: bounds, of: timeline)
    case .event(let sort, let after):
      let times = Happening.all(in: timeline).filter { sort == .event || $0.sort == sort }.map(
        \.time)
      guard let found = after ? times.first(where: { $0 > time }) : times.last(where: { $0 < time })
      else { throw Fault(after ? .noneAfter : .noneBefore, sort.rawValue) }
      return found
    }
  }

  /// Days since 1970-01-01 of a time, on the clock that is shown.
  private static func day(of time: Timestamp, _ offset: (Timestamp) -> Int) -> Int {
    let seconds = Int(time.nanoseconds.flooredQuotient(by: 1_000_000_000)) + offset(time)
    return seconds.flooredQuotient(by: 86_400)
  }

  /// When the clock that is shown says so; of an hour that comes twice the first time.
  private static func instant(
    _ date: CivilDate, _ second: Int, _ offset: (Timestamp) -> Int
  ) -> Timestamp {
    let shown = Double(date.daysSince1970) * 86_400 + Double(second)
    let rough = Timestamp(seconds: shown)
    // The offset before and after a change of the clock; the later time is the earlier offset's.
    let offsets = [rough + -86_400, rough + 86_400].map { offset($0) }
    let times = offsets.map { (time: Timestamp(seconds: shown - Double($0)), offset: $0) }
      .sorted { $0.time < $1.time }
    return times.first { offset($0.time) == $0.offset }?.time ?? times[0].time
  }

  /// The instant of a time of day on the day that is nearest to another and in the session.
  private func nearest(
    _ second: Int, of isWanted: (CivilDate) -> Bool, to today: Int, _ bounds: TimeSpan,
    _ offset: (Timestamp) -> Int
  ) throws(Fault) -> Timestamp {
    let first = Self.day(of: bounds.start, offset)
    let last = Self.day(of: bounds.end, offset)
    // A session of centuries is a fault of its clock.
    guard last - first < 100_000 else { throw Fault(.tooLong) }
    let days = (first...max(first, last)).sorted {
      (abs($0 - today), $1) < (abs($1 - today), $0)
    }
    for day in days {
      let date = CivilDate(daysSince1970: day)
      guard isWanted(date) else { continue }
      let time = Self.instant(date, second, offset)
      if time >= bounds.start, time <= bounds.end { return time }
    }
    throw Self.outside(bounds, offset)
  }

  private func inside(
    _ time: Timestamp, _ bounds: TimeSpan, _ offset: (Timestamp) -> Int
  ) throws(Fault) -> Timestamp {
    guard time >= bounds.start, time <= bounds.end else { throw Self.outside(bounds, offset) }
    return time
  }

  private static func outside(_ bounds: TimeSpan, _ offset: (Timestamp) -> Int) -> Fault {
    func words(_ time: Timestamp) -> String {
      let civil = CivilTime(time, offset: offset(time))
      return "\(civil.isoDate) \(civil.shortClock)"
    }
    return Fault(.sessionIs, words(bounds.start), words(bounds.end))
  }

  /// The greatest minute, and in it the greatest second.
  ///
  /// A session of more than two weeks is looked through in longer steps.
  private static func greatest(
    in bounds: TimeSpan, of timeline: Timeline
  ) throws(Fault) -> Timestamp {
    let ledger = Ledger(timeline)
    var span = bounds
    var step = 60.0
    repeat {
      let columns = Int(min(20_000, max(60, span.seconds / step)))
      let curve = ledger.powerCurve(over: span, columns: columns, until: bounds.end)
      let known = curve.indices.compactMap { index in curve[index].map { (index, $0) } }
      guard let best = known.max(by: { $0.1 < $1.1 }) else {
        throw Fault(.noPower)
      }
      let width = span.seconds / Double(columns)
      span = TimeSpan(
        span.start + width * Double(best.0), span.start + width * Double(best.0 + 1))
      step = min(step, span.seconds) / 60
    } while span.seconds > 1
    return min(span.end, bounds.end)
  }
}

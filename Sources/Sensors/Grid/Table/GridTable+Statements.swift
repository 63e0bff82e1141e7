import Quantities
import Telemetry

extension GridTable {
  /// What a table of dates says, interval by interval.
  ///
  /// A row holds until the next one. Where a row is missing the one before holds no longer than its
  /// neighbours do, so that a hole stays a hole; the last one holds as long as the shortest of all.
  package func statements(
    of device: DeviceID, said: Timestamp, quality: GridStatement.Quality
  ) -> [GridStatement] {
    dated.map { Self.statement($0.row, device, $0.span, said, quality) }
  }

  /// The rows of a table of dates with the intervals in which they hold; none of a table of one day.
  package var dated: [(row: Row, span: TimeSpan)] {
    guard !isDaily else { return [] }
    let steps = zip(rows.dropFirst(), rows).map { $0.time - $1.time }
    return rows.indices.map { place in
      let neighbours = [place - 1, place + 1].filter(steps.indices.contains).map { steps[$0] }
      let longest = neighbours.max() ?? (steps.first ?? Self.hour)
      let step = steps.indices.contains(place) ? min(steps[place], longest) : steps.min()
      let start = Timestamp(nanoseconds: rows[place].time)
      let end = Timestamp(nanoseconds: rows[place].time.saturatingAdd(step ?? Self.hour))
      return (rows[place], TimeSpan(start, end))
    }
  }

  /// What a table of one day says of a span.
  ///
  /// `offset` gives the seconds a local clock is ahead of UTC. With `shift` the day is laid so many
  /// seconds earlier: what it says of three o'clock holds at midnight where that is 10 800.
  package func statements(
    of device: DeviceID, over span: TimeSpan, shift: Int64 = 0, offset: (Timestamp) -> Int
  ) -> [GridStatement] {
    guard isDaily, let first = rows.first, let last = rows.last else { return [] }
    let day: Int64 = 86_400
    func time(_ local: Int64) -> Timestamp {
      func at(_ seconds: Int64) -> Timestamp {
        Timestamp(nanoseconds: seconds * 1_000_000_000)
      }
      let about = local - Int64(offset(at(local)))
      return at(local - Int64(offset(at(about))) - shift)
    }
    var result: [GridStatement] = []
    func add(_ row: Row, _ from: Int64, _ to: Int64) {
      // An hour that clocks leave out is no time.
      guard time(from) < time(to), time(to) > span.start, time(from) < span.end else { return }
      let piece = TimeSpan(time(from), time(to))
      result.append(Self.statement(row, device, piece, span.end, .estimated))
    }
    let start = span.start.nanoseconds.flooredQuotient(by: 1_000_000_000)
    var midnight = (start + Int64(offset(span.start)) + shift).flooredQuotient(by: day) * day - day
    while time(midnight) < span.end {
      // Before the first row of a day the last one of the day before holds.
      add(last, midnight, midnight + first.time)
      for place in rows.indices {
        let end = rows.indices.contains(place + 1) ? rows[place + 1].time : day
        add(rows[place], midnight + rows[place].time, midnight + end)
      }
      midnight += day
    }
    return result
  }

  private static let hour: Int64 = 3_600_000_000_000

  private static func statement(
    _ row: Row, _ device: DeviceID, _ span: TimeSpan, _ said: Timestamp,
    _ quality: GridStatement.Quality
  ) -> GridStatement {
    var statement = GridStatement(device: device, span: span, said: said, quality: quality)
    for (metric, value) in row.values { statement.set(metric, value) }
    return statement
  }
}

import Quantities
import Telemetry

/// The times that are written along an axis: round ones by the clock that is shown, never too close.
struct TimeAxis {
  /// A time with its words and its column.
  struct Tick: Hashable {
    var column: Int
    var text: String
  }

  /// The ticks from the left; none overlap.
  let ticks: [Tick]

  /// Steps in seconds that clocks and calendars are divided by.
  private static let steps: [Double] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
    172_800, 604_800, 2_592_000, 31_536_000,
  ]

  /// The ticks of a span that takes so many columns.
  ///
  /// - Parameters:
  ///   - offset: seconds east of UTC of the clock that is shown.
  ///   - room: the columns that each tick takes at least, with what keeps it apart.
  init(_ span: TimeSpan, columns: Int, offset: Int, language: Language = .fallback, room: Int = 14)
  {
    guard span.seconds > 0, columns > 8 else {
      ticks = []
      return
    }
    let least = span.seconds * Double(room) / Double(columns)
    let step = Self.steps.first { $0 >= least } ?? Self.steps[Self.steps.count - 1]
    // In whole nanoseconds: a fraction lost would show a round time as the second before it.
    let width = Int64(saturating: step * 1e9)
    let shift = Int64(offset) * 1_000_000_000
    let local = span.start.nanoseconds.saturatingAdd(shift)
    let past = local.flooredRemainder(by: width)
    var next = past == 0 ? local : local.saturatingAdd(width - past)
    var found: [Tick] = []
    var free = 0
    while found.count < 64 {
      let time = Timestamp(nanoseconds: next.saturatingSubtract(shift))
      guard time <= span.end else { break }
      let text = Self.words(CivilTime(time, offset: offset), step, language)
      let share = (time - span.start) / span.seconds
      let column = Int(saturating: (share * Double(columns - 1)).rounded())
      if column >= free, column + text.count <= columns {
        found.append(Tick(column: column, text: text))
        free = column + text.count + 2
      }
      let later = next.saturatingAdd(width)
      guard later > next else { break }
      next = later
    }
    ticks = found
  }

  /// A time as exactly as the step asks for; midnight is told by its day.
  private static func words(
    _ time: CivilTime, _ step: Double, _ language: Language
  ) -> String {
    if step >= 86_400 || time.hour == 0 && time.minute == 0 && time.second == 0 && step >= 60 {
      return time.shortDate(in: language)
    }
    return step < 60 ? time.clock : time.shortClock
  }
}

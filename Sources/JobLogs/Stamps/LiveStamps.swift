import Formats
import Quantities
import Telemetry

/// Believes the times that lines of a log carry while it is followed, as far as they can be true.
///
/// Readings must not go into the future, and what is said now must not go into the past. A time
/// counts when it is about that of its arrival, or goes on from one that counted: a program that
/// writes in blocks is late by as much as a block takes. What was in a log before it was looked at
/// is history, and may be of any time. A log whose clock shows another zone is told by its last line
/// and the time the file was changed, or by its first line that arrives; its times are then not used.
/// A time with its zone is believed of a file, which may be a copy of what was; a command that is
/// watched from its start says nothing from before it.
struct LiveStamps: Sendable {
  /// What times without a zone mean; `nil` where that is not known, and then they say nothing.
  let local: LocalTime?
  /// Whether nothing is from before the start.
  private let isFromStart: Bool
  /// The last time that counted.
  private var last: Timestamp?
  private var isDoubted = false
  /// A word about times that are not used, to be said once.
  private(set) var complaint: String?
  private var hasComplained = false

  /// Further back no program is late with its first line, and zones are further apart.
  private static let patience = 1740.0
  /// A clock may be ahead by so much.
  private static let haste = 2.0

  init(_ local: LocalTime?, isFromStart: Bool = false) {
    self.local = local
    self.isFromStart = isFromStart
  }

  /// The time a stamp means; `nil` where the time of arrival is to be taken.
  mutating func time(
    _ stamp: LogStamp, arrival: Timestamp, isHistory: Bool
  ) -> Timestamp? {
    guard let time = resolve(stamp, arrival, isHistory: isHistory) else { return nil }
    let delay = arrival - time
    var isInstant = false
    if case .instant = stamp { isInstant = true }
    if isHistory {
      guard isInstant || !isDoubted && delay > -60 else { return nil }
      last = min(time, arrival)
      return last
    }
    let goesOn = last.map { time - $0 > -60 } ?? false
    // With its zone it is a clock ahead of ours, which is no reason to doubt the log.
    if isInstant, delay < 0 { return arrival }
    guard
      isInstant
        ? !isFromStart || delay < Self.patience || goesOn
        : !isDoubted && delay > -Self.haste && (delay < Self.patience || goesOn)
    else {
      complain(delay)
      return nil
    }
    last = min(time, arrival)
    // Of whole seconds several steps may have the same; that of the arrival is more exact.
    return time.nanoseconds % LogStamp.second == 0 && delay < 2 ? nil : last
  }

  /// The word about times that are not used, if there is one to say.
  mutating func takeComplaint() -> String? {
    defer { complaint = nil }
    return complaint
  }

  /// Compares a log's last line with the time when the file was changed: both are of one moment.
  mutating func check(tail: [UInt8], modified: Timestamp) {
    guard local != nil else { return }
    var newest: Timestamp?
    var splitter = LineSplitter()
    var cleaner = TextCleaner()
    tail.withUnsafeBufferPointer { bytes in
      splitter.feed(bytes) { line, isCut in
        guard !isCut, let stamp = cleaner.clean(line).stamp else { return }
        if case .instant = stamp { return }
        if case .clock = stamp { return }
        // Of which year it is, nobody wrote.
        if case .yearless = stamp, let time = resolve(stamp, modified, isHistory: false),
          abs(modified - time) > 2 * 86_400
        {
          return
        }
        newest = resolve(stamp, modified, isHistory: false)
      }
    }
    guard let newest else { return }
    let delay = modified - newest
    if delay < -60 || Self.isWholeHours(delay) { complain(delay) }
  }

  /// Whether two clocks differ by hours or half hours, as those of two zones do.
  static func isWholeHours(_ seconds: Double, within margin: Double = 120) -> Bool {
    let halves = (abs(seconds) / 1800).rounded()
    return 1...52 ~= halves && abs(abs(seconds) - halves * 1800) < margin
  }

  private mutating func complain(_ delay: Double) {
    isDoubted = true
    guard !hasComplained else { return }
    hasComplained = true
    let side = delay < 0 ? "ahead of" : "behind"
    let amount = SI.duration(
      Self.isWholeHours(delay) ? (abs(delay) / 1800).rounded() * 1800 : abs(delay))
    let why =
      Self.isWholeHours(delay) ? ", as those of another time zone are" : ""
    complaint =
      "the times in the log are \(amount) \(side) this machine's clock\(why): "
      + "the time of arrival is used"
  }

  private func resolve(
    _ stamp: LogStamp, _ arrival: Timestamp, isHistory: Bool
  ) -> Timestamp? {
    if case .instant(let time) = stamp { return Timestamp(nanoseconds: time) }
    guard let local else { return nil }
    /// Of the times that fit, the one nearest to the arrival; of a past one the newest.
    func nearest(_ times: [Timestamp]) -> Timestamp? {
      if isHistory {
        return times.filter { $0 < arrival + 60 }.max() ?? times.min()
      }
      return times.min { abs($0 - arrival) < abs($1 - arrival) }
    }
    let day = 86_400 * LogStamp.second
    switch stamp {
    case .instant: return nil
    case .local(let shown):
      let times = Self.times(shown, local)
      guard isHistory, times.count > 1 else { return nearest(times) }
      return last.map { times[0] - $0 < -1800 } ?? false ? times[1] : times[0]
    case .yearless:
      let year = CivilDate(daysSince1970: Int(arrival.nanoseconds / day)).year
      return nearest(
        (year - 1...year + 1).flatMap { year in
          stamp.local(inYear: year).map { Self.times($0, local) } ?? []
        })
    case .clock(let sinceMidnight):
      // Of which day a past one is, nobody knows.
      guard !isHistory, sinceMidnight < day else { return nil }
      let today = arrival.nanoseconds / day
      return nearest(
        (today - 1...today + 1).flatMap { Self.times($0 * day + sinceMidnight, local) })
    }
  }

  /// The times at which a clock shows so many nanoseconds of its own calendar.
  static func times(_ shown: Int64, _ local: LocalTime) -> [Timestamp] {
    let seconds = shown.flooredQuotient(by: LogStamp.second)
    let rest = shown.flooredRemainder(by: LogStamp.second)
    return local.times(seconds).map { Timestamp(nanoseconds: $0 * LogStamp.second + rest) }
  }
}

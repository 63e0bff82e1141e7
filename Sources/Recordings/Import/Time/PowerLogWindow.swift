import Telemetry

/// A stretch of time of which only the mean power is told.
struct PowerLogWindow {
  var line: Int
  /// When it began, in nanoseconds since 1970, of UTC or of the wall's own zone.
  var start: Int64
  /// Its length in seconds.
  var seconds: Double
  /// Its mean power in watts.
  var watts: PowerLogValue.Content

  /// When it ended, in nanoseconds like its start.
  var end: Int64 { start + Int64(seconds * 1e9) }
}

extension PowerLogTable {
  /// Adds windows of a subject, each as rows of its mean power, so that what lies between two of them
  /// stays a hole.
  ///
  /// Windows within others, such as the steps of an epoch, would count twice and are left out; of one
  /// that begins within another counts what comes after that.
  ///
  /// - Parameter time: makes a time of nanoseconds, as the file tells times.
  mutating func add(
    _ windows: [PowerLogWindow], subject: PowerLogSubject, time: (Int64) -> PowerLogTime
  ) {
    let course = windowCourse(windows)
    // A mean would speak for the time before a window as well.
    var subject = subject
    if subject.method != .modelled { subject.method = .instant }
    subject.rowDistance = course.rowDistance
    let place = place(of: subject)
    var end = Int64.min
    var isTold = false
    var last = PowerLogValue.Content.absent("")
    for window in course.windows {
      let count = max(1, Int((window.seconds / course.rowDistance - 1e-6).rounded(.up)))
      let value = [PowerLogValue(.power, window.watts)]
      let isNext = isTold && window.start - end <= PowerLogWindowCourse.rounding
      let isSame = isNext && window.watts == last
      if isTold, !isNext, end != .min, course.isBridged(from: end, to: window.start) {
        for at in [end + 1000, window.start - 1000] {
          add(
            line: window.line, time: time(at), subject: place, [PowerLogValue(.power, .number(0))])
        }
      }
      last = window.watts
      isTold = window.watts.isNumber
      for step in 0...count where step > 0 || !isSame {
        // What begins where another ends has its own power from there on, and is not led up to.
        let at =
          step == 0 && isNext
          ? max(window.start, end) + 1000
          : window.start + Int64(window.seconds * 1e9 * Double(step) / Double(count))
        add(line: window.line, time: time(at), subject: place, value)
      }
      end = window.end
    }
    for words in course.assumptions where !assumptions.contains(words) { assumptions.append(words) }
  }

  /// Puts windows in order, and says of those that cannot be what is wrong with them.
  private mutating func windowCourse(_ windows: [PowerLogWindow]) -> PowerLogWindowCourse {
    var good: [PowerLogWindow] = []
    for window in windows {
      if window.seconds > 0, window.seconds < 1e8 {
        good.append(window)
      } else {
        addBroken(line: window.line, "a length of \(window.seconds) s")
      }
    }
    return PowerLogWindowCourse(good)
  }
}

/// Windows one after the other, and how far apart the rows are that stand for them.
struct PowerLogWindowCourse {
  /// Half a millisecond between two windows is rounding.
  static let rounding: Int64 = 500_000
  /// So many rows at most, for which pauses have to be long enough.
  private static let mostRows = 400_000.0

  /// In order, none of which begins before another ends.
  private(set) var windows: [PowerLogWindow] = []
  /// What was made of windows that are not one after the other, and of short pauses.
  private(set) var assumptions: [String] = []
  /// The distance of rows within a window, in seconds.
  private(set) var rowDistance = 1.0

  init(_ all: [PowerLogWindow]) {
    var end = Int64.min
    var inside = 0
    var overlapping = 0
    var shortest = Double.infinity
    for window in all.sorted(by: { ($0.start, $1.seconds) < ($1.start, $0.seconds) }) {
      var window = window
      if end != .min, window.start < end - Self.rounding {
        guard window.end > end + Self.rounding else {
          inside += 1
          continue
        }
        overlapping += 1
        window.seconds = Double(window.end - end) / 1e9
        window.start = end
      }
      if end != .min {
        let pause = Double(window.start - end) / 1e9
        if pause >= 0.35 { shortest = min(shortest, pause) }
      }
      windows.append(window)
      end = window.end
    }
    // Rows as far apart as a pause is long would pass for rows of one window.
    let total = windows.reduce(0) { $0 + $1.seconds }
    let fine = min(shortest / 1.5, shortest - 0.25) * 0.98
    rowDistance = max(min(max(1, total / 100_000), fine), total / Self.mostRows)
    note(inside, overlapping)
  }

  private mutating func note(_ inside: Int, _ overlapping: Int) {
    if inside > 0 {
      let noun = inside == 1 ? "window" : "windows"
      assumptions.append("\(inside) \(noun) within others not added again")
    }
    if overlapping > 0 {
      assumptions.append(
        overlapping == 1
          ? "of 1 window that begins within another what comes after that is added, by its mean power"
          : "of \(overlapping) windows that begin within another what comes after that is added, by their "
            + "mean power")
    }
    var bridged = 0
    var longest = 0.0
    for (one, next) in zip(windows, windows.dropFirst())
    where next.start - one.end > Self.rounding && isBridged(from: one.end, to: next.start) {
      bridged += 1
      longest = max(longest, Double(next.start - one.end) / 1e9)
    }
    guard bridged > 0 else { return }
    let length = (longest * 100).rounded(.up) / 100
    assumptions.append(
      "\(bridged) \(bridged == 1 ? "pause" : "pauses") between windows, of up to \(length) s and of "
        + "which it tells nothing, \(bridged == 1 ? "counts" : "count") as 0 W")
  }

  /// Whether a pause is too short to be told from the distance of rows.
  func isBridged(from end: Int64, to start: Int64) -> Bool {
    Double(start - end) / 1e9 <= max(1.5 * rowDistance, rowDistance + 0.25)
  }
}

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
}

extension PowerLogTable {
  /// Adds windows of a subject, each as rows of its mean power, so that what lies between two of them
  /// stays a hole.
  ///
  /// Windows within others, such as the steps of an epoch, would count twice and are left out.
  ///
  /// - Parameter time: makes a time of nanoseconds, as the file tells times.
  mutating func add(
    _ windows: [PowerLogWindow], subject: PowerLogSubject, time: (Int64) -> PowerLogTime
  ) {
    // A mean would speak for the time before a window as well.
    var subject = subject
    if subject.method != .modelled { subject.method = .instant }
    let order = windows.sorted { ($0.start, $1.seconds) < ($1.start, $0.seconds) }
    let place = place(of: subject)
    var end = Int64.min
    var inside = 0
    var isTold = false
    var last = PowerLogValue.Content.absent("")
    // Long windows have coarser rows, but all of one distance, so that no row is taken for a hole.
    let step = max(1, order.reduce(0) { $0 + min($1.seconds, 1e8) } / 100_000)
    for window in order {
      guard window.seconds > 0, window.seconds < 1e8 else {
        addBroken(line: window.line, "a length of \(window.seconds) s")
        continue
      }
      // Half a millisecond of difference is rounding.
      guard end == .min || window.start >= end - 500_000 else {
        inside += 1
        continue
      }
      let count = max(1, Int((window.seconds / step).rounded()))
      let value = [PowerLogValue(.power, window.watts)]
      let isNext = isTold && window.start - end <= 500_000
      let isSame = isNext && window.watts == last
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
      end = window.start + Int64(window.seconds * 1e9)
    }
    if inside > 0 {
      let words = "\(inside) window\(inside == 1 ? "" : "s") within others not added again"
      if !assumptions.contains(words) { assumptions.append(words) }
    }
  }
}

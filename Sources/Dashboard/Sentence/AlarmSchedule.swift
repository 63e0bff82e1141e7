import Telemetry

/// When which alarm stands on the second line, so that no two of them stand in turn for less than ten
/// seconds.
///
/// Time is cut into slots of ten seconds. What the machine is found in at the beginning of a slot
/// stands through it. A word of an alert comes at once where no alarm stands, else with the next slot,
/// and stays until a slot begins after ten seconds or more.
enum AlarmSchedule {
  /// The length of a slot in seconds.
  static let slot = 10.0
  /// What came earlier than this, in seconds, is over for sure.
  private static let reach = 120.0

  /// The beginning of the slot that a time lies in.
  static func slotStart(_ time: Timestamp, since start: Timestamp) -> Timestamp {
    start + ((time - start) / slot).rounded(.down) * slot
  }

  /// The word of an alert that stands at a time.
  ///
  /// - Parameters:
  ///   - words: what alerts said, in order of time.
  ///   - isAlarm: whether an alarm stands through the slot that begins at a time.
  static func word(
    _ words: [Event], at time: Timestamp, since start: Timestamp, isAlarm: (Timestamp) -> Bool
  ) -> Event? {
    let near = words.filter { $0.time <= time && $0.time >= time - reach }
    var shown: (event: Event, end: Timestamp)?
    var next = near.startIndex
    while next < near.endIndex {
      var begin = near[next].time
      if let shown, begin < shown.end {
        begin = shown.end
      } else {
        let slot = slotStart(begin, since: start)
        if begin > slot, isAlarm(slot) { begin = slot + Self.slot }
      }
      guard begin <= time else { break }
      while next + 1 < near.endIndex, near[next + 1].time <= begin { next += 1 }
      let earliest = begin + Self.slot
      let floor = slotStart(earliest, since: start)
      shown = (near[next], floor < earliest ? floor + Self.slot : floor)
      next += 1
    }
    return shown.flatMap { time < $0.end ? $0.event : nil }
  }
}

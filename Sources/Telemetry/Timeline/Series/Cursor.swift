/// The time the screen shows: live, playing or paused.
///
/// A pure state machine: time enters as elapsed seconds, nothing is read from a clock.
public struct Cursor: Sendable, Hashable {
  /// How the time shown moves.
  public enum Mode: Sendable, Hashable {
    /// Showing the newest reading.
    case live
    /// Moving through what is already known, at the cursor's speed.
    case playing
    /// Standing still.
    case paused
  }

  /// The speeds that `[` and `]` step through.
  public static let speeds: [Double] = [
    0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 60, 120, 300, 600, 1200, 3600, 10_000,
  ]

  /// How the time shown moves at present.
  public private(set) var mode: Mode
  /// Seconds of the session that pass in one second of the viewer's, while playing.
  public private(set) var speed: Double = 1
  /// Where the cursor stands when it is not live.
  private var place: Timestamp
  /// Whether the session is still going on; a finished recording never becomes live.
  public let canBeLive: Bool

  /// A cursor on a session that is still going on.
  public static let live = Cursor(
    mode: .live, place: Timestamp(nanoseconds: 0), canBeLive: true)

  /// A cursor at the start of a recording, playing.
  public static func replay(from start: Timestamp, paused: Bool = false) -> Cursor {
    Cursor(mode: paused ? .paused : .playing, place: start, canBeLive: false)
  }

  private init(mode: Mode, place: Timestamp, canBeLive: Bool) {
    self.mode = mode
    self.place = place
    self.canBeLive = canBeLive
  }

  /// The time shown; `bounds` is the span of the timeline.
  public func time(in bounds: TimeSpan) -> Timestamp {
    mode == .live ? bounds.end : min(max(place, bounds.start), bounds.end)
  }

  /// Lets `elapsed` seconds of the viewer's time pass.
  ///
  /// A live session becomes live again when its newest reading is reached; a recording pauses at
  /// its end.
  public mutating func advance(by elapsed: Double, in bounds: TimeSpan) {
    guard mode == .playing else { return }
    place = time(in: bounds) + elapsed * speed
    guard place >= bounds.end else { return }
    place = bounds.end
    mode = canBeLive ? .live : .paused
  }

  /// Plays when paused, pauses when playing or live; at the end of a recording starts again.
  public mutating func toggle(in bounds: TimeSpan) {
    switch mode {
    case .live, .playing:
      place = time(in: bounds)
      mode = .paused
    case .paused:
      if !canBeLive, place >= bounds.end { place = bounds.start }
      mode = .playing
    }
  }

  /// Moves by some seconds; a live cursor that moves back is paused there.
  public mutating func seek(by seconds: Double, in bounds: TimeSpan) {
    seek(to: time(in: bounds) + seconds, in: bounds)
  }

  /// Moves to a time; at the newest reading of a live session it becomes live.
  public mutating func seek(to time: Timestamp, in bounds: TimeSpan) {
    place = min(max(time, bounds.start), bounds.end)
    if canBeLive, time >= bounds.end {
      mode = .live
    } else if mode == .live {
      mode = .paused
    }
  }

  /// Goes to the next faster or slower speed.
  public mutating func changeSpeed(faster: Bool) {
    let next = faster ? Self.speeds.first { $0 > speed } : Self.speeds.last { $0 < speed }
    speed = next ?? speed
  }

  /// Sets a speed, limited to 0.1...10 000.
  public mutating func setSpeed(_ value: Double) {
    speed = min(max(value, Self.speeds[0]), Self.speeds[Self.speeds.count - 1])
  }
}

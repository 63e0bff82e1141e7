import Glibc
import SwiftOverlayShims
import Telemetry

/// The clock of a live session: the wall clock at its start, carried on by the boot clock.
///
/// It never steps, and it counts the time the machine slept.
struct SystemClock: SessionClock {
  /// The wall clock at the start, in nanoseconds since 1970.
  let wallStart: Int64
  /// The boot clock at the start, in nanoseconds.
  let monotonicStart: Int64

  init() {
    wallStart = Self.read(CLOCK_REALTIME)
    monotonicStart = Self.read(CLOCK_BOOTTIME)
  }

  /// In whole microseconds: what is finer no sensor tells, and in a recording it takes a byte more.
  var now: Timestamp {
    let time = wallStart + Self.read(CLOCK_BOOTTIME) - monotonicStart
    return Timestamp(nanoseconds: time - time % 1000)
  }

  /// The wall clock now, which may step.
  static var wall: Timestamp { Timestamp(nanoseconds: read(CLOCK_REALTIME)) }

  var start: Timestamp { Timestamp(nanoseconds: wallStart) }

  static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

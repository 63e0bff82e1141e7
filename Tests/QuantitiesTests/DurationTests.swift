import Quantities
import Testing

/// Lengths of time, as they are read and as they are written.
@Suite struct DurationTests {
  @Test(arguments: [
    ("100ms", 0.1), ("1s", 1), ("0.5", 0.5), (".5", 0.5), ("5min", 300), ("5m", 300), ("2h", 7200),
    ("1d", 86_400), ("250us", 250e-6), ("250µs", 250e-6), ("10 min", 600), ("0", 0),
    ("1.5h", 5400),
  ])
  func `People's ways to write it are read`(text: String, seconds: Double) throws {
    let duration = try #require(Duration(text: text))
    #expect(abs(duration.inSeconds - seconds) < 1e-9)
  }

  @Test(arguments: [
    "", "s", "ms", "-1s", "1x", "1 s now", "inf", "nan", "1e99", "1e8d", "five", "1,5s", "−1",
    "1ss",
    " 1s", "+1s",
  ])
  func `Everything else is refused`(text: String) {
    #expect(Duration(text: text) == nil)
  }

  @Test(
    arguments: [
      (0, "0 s"), (0.25, "250 ms"), (0.9994, "999 ms"), (0.9996, "1.00 s"), (9.996, "10.0 s"),
      (59.4, "59.4 s"), (59.5, "1 min"), (60, "1 min"), (185, "3 min 5 s"), (3599.6, "1 h"),
      (3600, "1 h"), (3660, "1 h 1 min"), (3605, "1 h"), (86_399.6, "1 d"), (86_400, "1 d"),
      (234_000, "2 d 17 h"), (-185, "−3 min 5 s"), (-0.25, "−250 ms"), (.nan, "–"),
      (.infinity, "–"), (1e300, "–"), (-1e300, "–"), (9.3e18, "–"),
    ] as [(Double, String)])
  func `The two largest parts are written`(seconds: Double, text: String) {
    #expect(SI.duration(seconds) == text)
  }

  @Test(
    arguments: [
      (0, "00:00:00"), (59.99, "00:00:59"), (3661, "01:01:01"), (86_399, "23:59:59"),
      (90_061, "1 d 01:01:01"), (-61, "−00:01:01"), (.nan, "--:--:--"), (.infinity, "--:--:--"),
      (1e300, "--:--:--"), (9.3e18, "--:--:--"),
    ] as [(Double, String)])
  func `A clock cuts off what is less than a second`(seconds: Double, text: String) {
    #expect(SI.clock(seconds) == text)
  }

  @Test func `A day has sixty times sixty times twenty-four seconds, each with its own clock`() {
    var seen: Set<String> = []
    for second in 0..<86_400 { seen.insert(SI.clock(Double(second))) }
    #expect(seen.count == 86_400)
    #expect(seen.allSatisfy { $0.utf8.count == 8 })
  }

  @Test(arguments: [
    (Unit.watt, Unit.joule), (.bytePerSecond, .byte), (.perSecond, .count), (.ratio, .second),
  ])
  func `Units know their integral`(unit: Quantities.Unit, integral: Quantities.Unit) {
    #expect(unit.integral == integral)
    #expect(integral.integral == nil)
  }
}

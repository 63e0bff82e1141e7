import Testing

@testable import Telemetry

/// What is said of a source between two of its answers.
@Suite struct LifecycleTests {
  private let denied = SourceFailure(.denied, "not allowed", remedy: "ask")

  private func fresh() -> SourceLifecycle { SourceLifecycle(source: "nvml", deadline: 3) }

  @Test func `The first call is announced as waiting, and only once`() {
    var life = fresh()
    #expect(life.state == nil)
    let first = life.ask(at: origin)
    #expect(first?.health == .waiting)
    #expect(first?.source == "nvml")
    #expect(first?.time == origin)
    #expect(life.ask(at: origin + 1) == nil)
  }

  @Test func `Answers are announced once`() {
    var life = fresh()
    _ = life.ask(at: origin)
    #expect(life.answer(at: origin + 0.1)?.health == .ok)
    _ = life.ask(at: origin + 1)
    #expect(life.answer(at: origin + 1.1) == nil)
    #expect(life.state?.time == origin + 0.1)
  }

  @Test func `What a source says of itself counts, until its call fails`() {
    var life = fresh()
    let own = SourceState(source: "nvml", time: origin, health: .failed, message: "no service")
    _ = life.ask(at: origin)
    #expect(life.answer(at: origin + 1, told: own) == nil)
    #expect(life.answer(at: origin + 2) == nil && life.state?.health == .failed)
    #expect(life.fail(denied, at: origin + 3)?.health == .denied)
    #expect(life.answer(at: origin + 4)?.health == .ok)
  }

  @Test func `A failure carries its reason and what to do`() {
    var life = fresh()
    _ = life.ask(at: origin)
    let state = life.fail(denied, at: origin + 1)
    #expect(
      state
        == SourceState(
          source: "nvml", time: origin + 1, health: .denied, message: "not allowed", remedy: "ask"))
    #expect(life.fail(denied, at: origin + 2) == nil)
    #expect(life.fail(SourceFailure(.denied, "still not"), at: origin + 3)?.message == "still not")
    #expect(life.answer(at: origin + 4)?.health == .ok)
  }

  @Test func `A call that does not come back is stalled since it began`() {
    var life = fresh()
    _ = life.ask(at: origin)
    _ = life.answer(at: origin + 0.1)
    _ = life.ask(at: origin + 10)
    #expect(life.check(at: origin + 12.9) == nil)
    #expect(life.check(at: origin + 13) == nil)
    let stalled = life.check(at: origin + 13.1)
    #expect(stalled?.health == .stalled)
    #expect(stalled?.time == origin + 10)
    #expect(life.check(at: origin + 60) == nil)
    #expect(life.answer(at: origin + 61)?.health == .ok)
  }

  @Test func `Nothing is stalled while nothing is asked`() {
    var life = fresh()
    #expect(life.check(at: origin + 1000) == nil)
    _ = life.ask(at: origin)
    _ = life.answer(at: origin + 1)
    #expect(life.check(at: origin + 1000) == nil)
    _ = life.ask(at: origin + 1001)
    _ = life.fail(denied, at: origin + 1002)
    #expect(life.check(at: origin + 2000) == nil)
  }

  @Test func `A source can stall a second time`() {
    var life = fresh()
    _ = life.ask(at: origin)
    #expect(life.check(at: origin + 5)?.health == .stalled)
    _ = life.answer(at: origin + 6)
    _ = life.ask(at: origin + 20)
    #expect(life.check(at: origin + 25)?.time == origin + 20)
  }

  @Test(
    arguments: [
      (0.1, [2, 4, 8, 16, 30, 30, 30]), (5, [10, 20, 30, 30, 30, 30, 30]),
    ] as [(Double, [Double])])
  func `Each failure doubles the wait up to half a minute`(interval: Double, waits: [Double]) {
    var life = fresh()
    #expect(life.delay(interval: interval) == nil)
    for wait in waits {
      _ = life.fail(denied, at: origin)
      #expect(life.delay(interval: interval) == wait)
    }
    for _ in 0..<100 { _ = life.fail(denied, at: origin) }
    #expect(life.delay(interval: interval) == 30)
    _ = life.answer(at: origin + 1)
    #expect(life.delay(interval: interval) == nil)
  }

  @Test(arguments: [(0.1, 5.0), (1, 5), (15, 15)])
  func `What is not there yet is looked for each five seconds`(interval: Double, wait: Double) {
    var life = fresh()
    for _ in 0..<20 { _ = life.fail(SourceFailure(.waiting, "waiting for x"), at: origin) }
    #expect(life.delay(interval: interval) == wait)
  }
}

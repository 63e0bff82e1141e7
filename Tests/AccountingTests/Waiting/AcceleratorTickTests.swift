import Testing

@testable import Accounting

/// What a second of an accelerator was for, by what is known of it.
@Suite struct AcceleratorTickTests {
  private typealias Trainer = AcceleratorTick.Trainer

  private let waits = Trainer(onQueue: 0.95, running: 0.05, onStore: 0, hasWorkers: true)
  private let steps = Trainer(onQueue: 0, running: 0.9, onStore: 0, hasWorkers: true)

  /// Levels of an accelerator that was seen idle with a model at 118 W and at work at 410 W.
  private var levels: PowerLevels {
    var levels = PowerLevels()
    for _ in 0..<2 { levels.note(118, isKernelFree: true, isHeld: true) }
    for _ in 0..<2 { levels.note(410, isKernelFree: false, isHeld: true) }
    return levels
  }

  private func tick(
    _ watts: Double, utilization: Double? = nil, activity: Double? = nil, trainer: Trainer? = nil
  ) -> AcceleratorTick {
    var tick = AcceleratorTick(joules: watts, activity: activity, utilization: utilization)
    tick.levels = levels
    tick.trainer = trainer
    return tick
  }

  @Test func `Idle power and a trainer on its queue are a wait for data`() throws {
    let split = try #require(tick(118, utilization: 0, trainer: waits).split())
    #expect(split.data == 1 && split.rung == .power && split.watts == 118)
    let active = try #require(tick(118, activity: 0.01, trainer: waits).split())
    #expect(active.data == 1 && active.rung == .activity)
  }

  @Test func `The same power with a trainer at work is no wait for data`() throws {
    let split = try #require(tick(118, utilization: 0, trainer: steps).split())
    #expect(split.data == 0 && split.host > 0.85)
  }

  @Test func `Idle power of which nobody knows why is a gap`() throws {
    let split = try #require(tick(118, utilization: 0).split())
    #expect(split.gap == 1 && split.data == 0)
  }

  @Test func `A share of time without a kernel accuses nobody by itself`() throws {
    #expect(tick(260, utilization: 0.5).split() == nil)
    let split = try #require(tick(400, utilization: 0.5, trainer: steps).split())
    #expect(split.data == 0 && split.gap == 0 && split.host == 0)
  }

  /// A trainer that runs nine tenths of a second of which half has no kernel ran for four of them without.
  @Test func `A share of time without a kernel that power confirms is the program's or a gap`()
    throws
  {
    let split = try #require(tick(264, utilization: 0.5, trainer: steps).split())
    #expect(split.data == 0 && abs(split.host - 0.4) < 1e-9 && abs(split.gap - 0.1) < 1e-9)
    let sleeps = Trainer(onQueue: 0, running: 0.2, onStore: 0, hasWorkers: true)
    let gap = try #require(tick(264, utilization: 0.5, trainer: sleeps).split())
    #expect(gap.data == 0 && gap.host == 0 && abs(gap.gap - 0.5) < 1e-9)
    let both = Trainer(onQueue: 0.2, running: 0, onStore: 0, hasWorkers: true)
    let mixed = try #require(tick(264, utilization: 0.5, trainer: both).split())
    #expect(abs(mixed.data - 0.2) < 1e-9 && abs(mixed.gap - 0.3) < 1e-9)
  }

  @Test(arguments: [0.38, 0.6, 0.1]) func `Steps shorter than a second are shared out`(
    share: Double
  ) throws {
    let trainer = Trainer(onQueue: share - 0.02, running: 0.05, onStore: 0, hasWorkers: true)
    let watts = 410 - share * (410 - 118)
    let split = try #require(tick(watts, utilization: 1 - share, trainer: trainer).split())
    #expect(abs(split.data - share) <= 0.03)
    #expect(split.watts == 118)
  }

  /// Work that is queued ahead goes on while the trainer already waits for its next batch.
  @Test func `A trainer that waits while kernels run keeps nobody waiting`() throws {
    let split = try #require(tick(405, utilization: 1, trainer: waits).split())
    #expect(split.data == 0)
  }

  @Test func `Without activity, utilization or levels nothing is told`() {
    var tick = AcceleratorTick(joules: 200)
    tick.trainer = waits
    #expect(tick.split() == nil)
  }

  /// A trainer may wait for a batch, or for its kernels in a blocking call, while the accelerator works.
  @Test func `Work that draws less is no wait where nothing tells of kernels`() throws {
    let sleeps = Trainer(onQueue: 0.9, running: 0, onStore: 0, hasWorkers: true)
    #expect(tick(340, trainer: sleeps).split() == nil)
    #expect(tick(340, activity: 0.4, trainer: sleeps).split() == nil)
    let agrees = Trainer(onQueue: 0.5, running: 0, onStore: 0, hasWorkers: true)
    let split = try #require(tick(264, trainer: agrees).split())
    #expect(abs(split.data - 0.5) < 0.01)
  }

  @Test func `What never told of work is not believed to have none`() {
    var silent = tick(118, trainer: waits)
    silent.isBelieved = false
    #expect(silent.split() == nil)
  }

  @Test func `Of an accelerator of nobody that tells only its power nothing is known`() {
    var tick = AcceleratorTick(joules: 60)
    tick.holder = .nobody
    #expect(tick.split() == nil)
  }

  @Test func `A server without requests is idle and not starved`() throws {
    var tick = tick(118, utilization: 0, trainer: waits)
    tick.holder = .server
    let split = try #require(tick.split())
    #expect(split.idle == 1 && split.data == 0)
    tick.holder = .nobody
    #expect(tick.split()?.idle == 1)
  }

  @Test func `Without workers the trainer's own reading is the wait`() throws {
    let reads = Trainer(onQueue: 0, running: 0.1, onStore: 0.85, hasWorkers: false)
    let split = try #require(tick(118, utilization: 0, trainer: reads).split())
    #expect(split.data >= 0.85)
    let decodes = Trainer(onQueue: 0, running: 0.98, onStore: 0, hasWorkers: false)
    let host = try #require(tick(118, utilization: 0, trainer: decodes).split())
    #expect(host.host >= 0.95 && host.data == 0)
  }

  @Test func `Light kernels at low power are work`() throws {
    let split = try #require(tick(130, utilization: 1, trainer: steps).split())
    #expect(split.data == 0 && split.gap == 0 && split.host == 0 && split.peer == 0)
  }

  @Test func `Power that only varies with the work is no idling`() {
    var levels = PowerLevels()
    for watts in [320.0, 330, 400, 410, 325, 322, 405, 402] {
      levels.note(watts, isKernelFree: false, isHeld: true)
    }
    #expect(levels.pair == nil)
    var unknown = PowerLevels()
    for watts in [320.0, 330, 400, 410, 325, 322] {
      unknown.note(watts, isKernelFree: nil, isHeld: true)
    }
    #expect(unknown.pair == nil)
  }

  @Test func `The watts without work follow from mixtures that differ`() throws {
    var course = WattsByWork()
    for second in 0..<40 {
      let share = 0.4 + 0.1 * Double(second % 5) / 4
      course.note(118 + share * 292 + Double(second % 3) - 1, share)
    }
    #expect(abs(try #require(course.withoutWork) - 118) < 8)
    var same = WattsByWork()
    for second in 0..<40 { same.note(230 + Double(second % 3), 0.4) }
    #expect(same.withoutWork == nil)
  }
}

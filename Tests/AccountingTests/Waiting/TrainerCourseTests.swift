import Testing

@testable import Accounting

/// What a trainer did over the last seconds, from few looks at it.
@Suite struct TrainerCourseTests {
  private func trainer(_ onQueue: Double, running: Double = 0, hasWorkers: Bool = true)
    -> AcceleratorTick.Trainer
  {
    AcceleratorTick.Trainer(
      onQueue: onQueue, running: running, onStore: 0, hasWorkers: hasWorkers)
  }

  @Test func `Seconds before the first step are no part of a mean`() throws {
    var course = TrainerCourse()
    for _ in 0..<10 { course.note(trainer(0), work: nil) }
    for _ in 0..<10 { course.note(trainer(0), work: 0) }
    course.note(trainer(0, running: 0.7), work: 0.3)
    #expect(try #require(course.smoothed).running == 0.7)
    course.note(trainer(0, running: 0.6), work: 0.28)
    #expect(abs(try #require(course.smoothed).running - 0.65) < 1e-9)
  }

  /// Looks that fall to either side of what is so tell it together.
  @Test func `A few looks a second add up to what is so`() throws {
    var course = TrainerCourse()
    for second in 0..<20 {
      course.note(trainer([0.1, 0.3, 0.2, 0.25, 0.15][second % 5]), work: 0.79)
    }
    #expect(abs(try #require(course.smoothed).onQueue - 0.2) < 1e-9)
    #expect(try #require(course.cover) >= 0.9)
    // Half of the time without a kernel is no four fifths of it, by two hundred looks.
    var half = TrainerCourse()
    for _ in 0..<20 { half.note(trainer(0.25), work: 0.5) }
    #expect(try #require(half.cover) < 0.6)
  }

  /// Without a processor it cannot take over what its workers have ready, since they have taken them all.
  @Test func `Time in the run queue is no work of the trainer's own`() throws {
    var (short, busy) = (TrainerCourse(), TrainerCourse())
    for _ in 0..<20 {
      var trainer = trainer(0.09, running: 0.14)
      busy.note(trainer, work: 0.82)
      trainer.queued = 0.1
      short.note(trainer, work: 0.82)
    }
    #expect(try #require(short.cover) >= 0.7)
    #expect(try #require(busy.cover) < 0.7)
  }

  @Test func `A trainer that begins to do something else is believed at once`() throws {
    var course = TrainerCourse()
    for _ in 0..<5 { course.note(trainer(0.1), work: nil) }
    course.note(trainer(0.9), work: nil)
    #expect(try #require(course.smoothed).onQueue == 0.9)
    course.note(nil, work: nil)
    #expect(course.smoothed == nil && course.cover == nil)
  }
}

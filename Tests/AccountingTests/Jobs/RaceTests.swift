import Quantities
import Telemetry
import Testing

@testable import Accounting

/// Two runs laid beside each other.
@Suite struct RaceTests {
  private let gpu = Books.id(.gpu)
  private let job = Books.id(.job, "7")

  /// A run of a step a second at so many watts, whose loss falls by `fall` a step from 10.
  private func run(
    _ name: String, watts: Double, seconds: Int, fall: Double, stepsASecond: Double = 1,
    _ change: (inout Books) -> Void = { _ in }
  ) throws -> RunProfile {
    var books = Books()
    books.count(gpu, watts: watts, at: (0...seconds).map(Double.init))
    let times = (0...seconds).map(Double.init)
    books.add(job, .step, .log, times.map { ($0, $0 * stepsASecond) })
    books.add(job, .tokens, .log, times.map { ($0, $0 * stepsASecond * 100) })
    books.add(job, .validationLoss, .log, times.map { ($0, 10 - fall * $0 * stepsASecond) })
    change(&books)
    let ledger = books.ledger
    let device = try #require(ledger.inventory.jobs.first)
    let span = try #require(books.timeline.span)
    return try #require(ledger.profile(of: device, over: span, name: name, withCourse: true))
  }

  @Test func `A course tells what was spent and done at each moment`() throws {
    let course = try #require(try run("a", watts: 50, seconds: 100, fall: 0.05).course)
    for second in stride(from: 0.0, through: 100, by: 3.7) {
      let point = try #require(course.point(at: origin + second))
      #expect(near(point.seconds, second) && near(point.joules, 50 * second))
      #expect(near(point.step, second) && near(point.tokens, 100 * second))
      let other = try #require(course.point(after: second))
      #expect(near(other.joules, 50 * second))
      let counted = try #require(course.point(of: second, \.step))
      #expect(near(counted.seconds, second))
    }
    #expect(course.point(at: origin - 1) == nil)
    #expect(course.point(after: 1000)?.seconds == 100)
    #expect(course.point(of: 101, \.step) == nil && course.point(of: 3, \.samples) == nil)
  }

  @Test func `A long course is as exact as a short one`() throws {
    let run = try run("a", watts: 50, seconds: 20_000, fall: 0.0001)
    let course = try #require(run.course)
    #expect(course.points.count <= 402)
    #expect(near(course.point(after: 10_000)?.joules, 500_000))
    #expect(near(course.point(after: 12_345)?.step, 12_345))
  }

  @Test func `Both stand where they had as much of what they are aligned by`() throws {
    let base = try run("base", watts: 100, seconds: 200, fall: 0.02)
    let quick = try run("quick", watts: 150, seconds: 100, fall: 0.04, stepsASecond: 2)
    let race = Race(quick, against: base)
    #expect(race.end == origin + 200)
    func moment(_ second: Double, _ alignment: RaceAlignment) -> Race.Moment {
      race.moment(at: origin + second, by: alignment)
    }
    let start = moment(40, .start)
    #expect(near(start.run?.point.joules, 6000) && near(start.baseline?.point.joules, 4000))
    let step = moment(40, .step)
    #expect(near(step.run?.point.step, 80) && near(step.baseline?.point.step, 80))
    #expect(near(step.baseline?.point.joules, 8000) && step.caution == nil)
    let tokens = moment(40, .tokens)
    #expect(near(tokens.baseline?.point.tokens, 8000))
    // After 40 s its loss is 6.8, which the other comes to after 160 s.
    let loss = moment(40, .loss)
    #expect(near(loss.run?.loss?.loss, 6.8) && near(loss.baseline?.point.seconds, 160))
    #expect(near(loss.baseline?.point.joules, 16_000))
    // What the baseline never came to is said, and it stands at its end.
    let short = Race(quick, against: try run("short", watts: 100, seconds: 50, fall: 0.02))
    for alignment in [RaceAlignment.step, .tokens, .loss] {
      let moment = short.moment(at: origin + 90, by: alignment)
      #expect(moment.absence != nil && moment.baseline?.isOver == true, "\(alignment)")
      #expect(moment.equalLoss != nil)
    }
    #expect(short.moment(at: origin + 100, by: .loss).equalLoss == short.equalLoss)
    // The run is over, and the other goes on.
    let late = moment(150, .start)
    #expect(late.run?.isOver == true && late.baseline?.isOver == false)
    #expect(near(late.run?.point.joules, 15_000) && near(late.baseline?.point.joules, 15_000))
  }

  @Test func `The end of a race is the comparison, and no moment before it tells another ratio`()
    throws
  {
    let base = try run("base", watts: 100, seconds: 200, fall: 0.02)
    let quick = try run("quick", watts: 150, seconds: 100, fall: 0.04, stepsASecond: 2)
    let race = Race(quick, against: base)
    let equal = try #require(Comparison(quick, against: base).equalLoss)
    #expect(race.equalLoss == equal)
    #expect(race.moment(at: origin + 200, by: .start).equalLoss == equal)
    #expect(equal.seconds != nil && equal.baselineSeconds == 199...200)
    for second in stride(from: 20.0, through: 200, by: 10) {
      let ratio = race.moment(at: origin + second, by: .start).equalLoss?.ratio
      #expect(ratio.map { abs($0 - 0.375) < 0.03 } ?? false, "\(second): \(ratio ?? .nan)")
    }
  }

  @Test func `A run that went on after a break takes its earlier part along, and not the break`()
    throws
  {
    func resumed(isToldLossLate: Bool) throws -> RunProfile {
      var books = Books()
      books.count(gpu, watts: 100, at: (0...300).map(Double.init))
      func rows(_ range: ClosedRange<Int>, from start: Int) -> [(Double, Double)] {
        range.map { (Double($0), Double($0 - start)) }
      }
      func losses(_ rows: [(Double, Double)]) -> [(Double, Double)] {
        rows.map { ($0.0, 10 - 0.02 * $0.1) }
      }
      let (first, second) = (rows(0...100, from: 0), rows(200...300, from: 120))
      books.add(job, .step, .log, first)
      books.add(job, .loss, .log, losses(Array(first.dropFirst(isToldLossLate ? 50 : 0))))
      books.timeline.apply(
        .event(
          Event(time: origin + 190, kind: .note, text: "again", device: job, cause: .resumed)))
      books.add(job, .step, .log, second)
      books.add(job, .loss, .log, losses(second))
      let ledger = books.ledger
      let device = try #require(ledger.inventory.jobs.first)
      return try #require(
        ledger.profile(of: device, over: span(0, 300), name: "run", withCourse: true))
    }
    for isLate in [false, true] {
      let run = try resumed(isToldLossLate: isLate)
      let course = try #require(run.course)
      #expect(near(course.end?.seconds, 200) && near(course.end?.joules, 20_000))
      #expect(near(course.point(at: origin + 150)?.seconds, 100))
      #expect(near(course.point(of: 100, \.step)?.joules, 10_000))
      // Joules count from the first report of progress, whenever the first loss was told.
      #expect(near(run.losses.last?.joules, 20_000), "\(isLate)")
      #expect(near(run.losses.last?.seconds, 200))
    }
  }

  @Test func `Losses of other vocabularies are not compared`() throws {
    func say(_ count: String) -> (inout Books) -> Void {
      { books in
        books.timeline.apply(
          .device(Device(id: self.job, label: "run", attributes: ["vocabulary": count])))
      }
    }
    let one = try run("a", watts: 100, seconds: 100, fall: 0.02, say("50257"))
    let other = try run("b", watts: 100, seconds: 100, fall: 0.02, say("65"))
    let comparison = Comparison(one, against: other)
    #expect(comparison.equalLoss == nil)
    #expect(comparison.equalLossAbsence?.hasPrefix("their models tell apart") == true)
    #expect(Race(one, against: other).subject == .steps)
    #expect(Comparison(one, against: one).equalLoss != nil)
  }

  @Test func `A padded vocabulary is the same, and the next larger one is not`() {
    func isSame(_ one: Double, _ other: Double) -> Bool {
      var (run, base) = (RunProfile(name: "a"), RunProfile(name: "b"))
      run.vocabulary = one
      base.vocabulary = other
      return Comparison(run, against: base).hasSameVocabulary
    }
    #expect(isSame(50_257, 50_304) && isSame(51_200, 50_257))
    #expect(!isSame(32_000, 32_768) && !isSame(65, 256))
  }

  @Test func `A race is about one kind of loss from its beginning to its end`() throws {
    // Evaluations are few; before the second one training losses are no stand-in.
    func run(_ name: String, watts: Double) -> RunProfile {
      func point(_ second: Double, _ loss: Double) -> RunProfile.LossPoint {
        RunProfile.LossPoint(
          progress: second, loss: loss, joules: watts * second, seconds: second)
      }
      var profile = RunProfile(name: name)
      profile.evaluations = [point(0, 9), point(50, 7), point(100, 5)]
      profile.losses = (0...100).map { point(Double($0), 8 - 0.05 * Double($0)) }
      profile.course = RunCourse(
        points: (0...100).map { second in
          var point = RunCourse.Point(time: origin + Double(second), seconds: Double(second))
          point.joules = watts * Double(second)
          return point
        })
      return profile
    }
    let (quick, slow) = (run("quick", watts: 100), run("slow", watts: 200))
    let race = Race(quick, against: slow)
    #expect(race.basis == .validation)
    for second in stride(from: 1.0, through: 100, by: 3) {
      let equal = race.moment(at: origin + second, by: .start).equalLoss
      #expect(equal.map { $0.basis == .validation } ?? true, "\(second)")
    }
    #expect(race.moment(at: origin + 30, by: .start).equalLoss == nil)
  }

  @Test func `A run that is watched is not over where it is`() throws {
    let base = try run("base", watts: 100, seconds: 50, fall: 0.02)
    let live = Race(
      try run("live", watts: 100, seconds: 100, fall: 0.02), against: base, isWhole: false)
    let moment = live.moment(at: origin + 100, by: .start)
    #expect(moment.run?.isOver == false && moment.baseline?.isOver == true)
  }

  @Test func `Without times only what is counted can be laid side by side`() throws {
    let untimed = try run("log", watts: 100, seconds: 100, fall: 0.02) { books in
      books.timeline.apply(
        .device(Device(id: self.job, label: "run", attributes: ["timing": "none"])))
    }
    let base = try run("base", watts: 100, seconds: 100, fall: 0.02)
    let race = Race(untimed, against: base)
    let start = race.moment(at: origin + 50, by: .start)
    #expect(start.baseline == nil && start.absence == "the log of log has no times")
    let step = race.moment(at: origin + 50, by: .step)
    #expect(near(step.baseline?.point.step, 50) && step.run?.point.joules == nil)
    #expect(race.end == origin + 100 && race.equalLoss == nil)
    #expect(race.equalLossAbsence == "no joules of log are known")
    #expect(race.absence(of: .time) != nil && race.absence(of: .joules) != nil)
    #expect(race.absence(of: .progress) == nil)
  }
}

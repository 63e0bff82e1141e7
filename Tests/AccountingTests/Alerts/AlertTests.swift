import Telemetry
import Testing

@testable import Accounting

/// When an alert speaks: a state machine that is told values and times.
@Suite struct AlertTests {
  private static let gpu = Books.id(.gpu)

  private func rule(
    _ side: AlertRule.Side = .above, _ limit: Double = 100, hold: Double = 0, margin: Double = 10,
    every: Double = 1
  ) -> AlertRule {
    var rule = AlertRule(.power, side, AlertLimit(limit, .watt), hold: hold, margin: margin)
    rule.every = every
    return rule
  }

  /// What an alert says of one device, each word with its second: `3 raised`.
  private func words(
    _ rule: AlertRule, _ values: [(second: Double, value: Double?)]
  ) -> [String] {
    var state = AlertState(rule)
    return values.flatMap { second, value in
      let known: AlertReading.State = value.map { .known($0) } ?? .unknown("it is silent")
      return state.judge(
        [AlertReading(Self.gpu, "GPU 0", known, .watt)], at: origin + second
      ).map { "\(Int(second)) \($0.kind)" }
    }
  }

  private func each(
    _ values: [Double?], every seconds: Double = 1
  ) -> [(second: Double, value: Double?)] {
    values.enumerated().map { (Double($0.offset) * seconds, $0.element) }
  }

  @Test(
    arguments: [
      // At once, and over at the margin.
      (0.0, [90, 101, 95, 91, 90], ["1 raised", "4 cleared"]),
      // The limit itself is not passed.
      (0, [100, 100], []),
      // It must hold, and a moment below begins anew.
      (3, [110, 110, 110, 110, 110], ["3 raised"]),
      (3, [110, 110, 99, 110, 110, 110, 110], ["6 raised"]),
      // What is not known is no part of the time that it must hold.
      (3, [110, 110, nil, 110, 110, 110, 110], ["6 raised"]),
      (3, [110, nil, nil, nil, nil], []),
      // It neither raises nor clears.
      (0, [110, nil, nil, nil, 110, nil, 90, nil], ["0 raised", "6 cleared"]),
      (0, [nil, nil, 90], []),
    ] as [(Double, [Double?], [String])])
  func `an alert is raised by what holds and cleared at its margin`(
    hold: Double, values: [Double?], expected: [String]
  ) {
    #expect(words(rule(hold: hold), each(values)) == expected)
    // The same on the other side of a limit.
    let mirrored = values.map { value in value.map { 200 - $0 } }
    #expect(words(rule(.below, hold: hold), each(mirrored)) == expected)
  }

  @Test func `between two words there is a time, and what is short in it is not told`() {
    let flapping = (0..<40).map { $0 % 2 == 0 ? 110.0 : 80.0 }
    #expect(
      words(rule(every: 15), each(flapping)) == [
        "0 raised", "1 cleared", "16 raised", "17 cleared", "32 raised", "33 cleared",
      ])
    // What was raised too soon is told when the time is over, if it still is.
    let again = [110, 80] + Array(repeating: 110.0, count: 20)
    #expect(words(rule(every: 15), each(again)) == ["0 raised", "1 cleared", "15 raised"])
  }

  @Test func `what fell back before it could be told must hold anew`() {
    // Again beyond the limit from 2 to 4, which is too soon for a word, then within the margin.
    let values: [Double?] =
      [110, 80, 110, 110, 110] + Array(repeating: 95, count: 15) + [110, 110]
    #expect(
      words(rule(every: 15), each(values)) == ["0 raised", "1 cleared", "20 raised"])
    #expect(
      words(rule(hold: 1, every: 15), each([110] + values)) == [
        "1 raised", "2 cleared", "22 raised",
      ])
  }

  @Test func `what was not looked at for a while does not hold`() {
    let slept: [(Double, Double?)] = [(0, 110), (1, 110), (400, 110), (401, 110), (460, 110)]
    #expect(words(rule(hold: 60), slept) == [])
    let steady = stride(from: 0.0, through: 70, by: 5).map { ($0, Double?.some(110)) }
    #expect(words(rule(hold: 60), steady) == ["60 raised"])
  }

  @Test func `a clock that is put back raises nothing early and silences nothing`() {
    let back: [(Double, Double?)] =
      [(1000, 110), (1001, 110), (5, 110), (6, 110), (7, 110), (8, 80), (9, 110), (12, 110)]
    #expect(words(rule(hold: 2, every: 5), back) == ["7 raised", "8 cleared", "12 raised"])
    let spoken: [(Double, Double?)] = [(1000, 110), (5, 80), (6, 110), (12, 110)]
    #expect(words(rule(every: 5), spoken) == ["1000 raised", "5 cleared", "12 raised"])
  }

  @Test func `each device holds for itself, and the worst is named`() {
    var state = AlertState(rule(hold: 2))
    func judge(_ second: Double, _ values: [Double?]) -> [AlertWord] {
      let readings = values.enumerated().map { index, value in
        AlertReading(
          Books.id(.gpu, "\(index)"), "GPU \(index)", value.map { .known($0) } ?? .unknown(nil),
          .watt)
      }
      return state.judge(readings, at: origin + second)
    }
    // One after the other is no second of either too long.
    for second in 0..<20 {
      #expect(judge(Double(second), second % 2 == 0 ? [110, 90] : [90, 110]).isEmpty)
    }
    _ = judge(20, [90, 90])
    _ = judge(21, [110, 120])
    #expect(judge(22, [110, 120]).isEmpty)
    let words = judge(23, [110, 120])
    #expect(words.map(\.text) == ["GPU 1 at 120 W for 2 s, and 1 more"])
    #expect(words.map(\.value) == [120])
    // One of them is well again; the alert is over with the other one.
    #expect(judge(24, [110, 80]).isEmpty)
    #expect(judge(25, [nil, 80]).isEmpty)
    #expect(judge(26, [80, 80]).map(\.kind) == [.cleared])
    #expect(!state.isRaised)
  }

  @Test func `another device that passes the limit later is a word of its own`() {
    var state = AlertState(rule(every: 10))
    func judge(_ second: Double, _ values: [Double]) -> [String] {
      state.judge(
        values.enumerated().map {
          AlertReading(
            Books.id(.gpu, "\($0.offset)"), "GPU \($0.offset)", .known($0.element), .watt)
        }, at: origin + second
      ).map(\.text)
    }
    #expect(judge(0, [110, 90]) == ["GPU 0 at 110 W"])
    #expect(judge(5, [110, 105]) == [])
    #expect(judge(10, [110, 105]) == ["GPU 1 at 105 W"])
    #expect(judge(21, [110, 105]) == [])
  }

  @Test func `what nothing measures is said once, and not at once`() {
    let silent = words(rule(), each(Array(repeating: nil, count: 40), every: 5))
    #expect(silent == ["30 unjudged"])
    var state = AlertState(rule())
    var texts: [String] = []
    for second in 0..<100 {
      texts += state.judge(
        [AlertReading(nil, "the machine", .unknown("nothing here tells its power"), .watt)],
        at: origin + Double(second)
      ).map(\.text)
    }
    #expect(texts == ["cannot be judged: nothing here tells its power"])
    // Only what goes on is complained of.
    var other = AlertState(rule())
    for second in 0..<200 {
      let state: AlertReading.State = second % 20 == 0 ? .unknown(nil) : .unknown("it is silent")
      #expect(
        other.judge([AlertReading(nil, "", state, .watt)], at: origin + Double(second)).isEmpty)
    }
    // What may still come is no reason for a word.
    for second in 100..<200 {
      #expect(
        state.judge([AlertReading(nil, "", .unknown(nil), .watt)], at: origin + Double(second))
          .isEmpty)
    }
  }

  @Test func `a job's end ends its alert`() {
    var state = AlertState(rule())
    func judge(_ second: Double, _ value: AlertReading.State) -> [String] {
      state.judge([AlertReading(Books.id(.job), "job a", value, .watt)], at: origin + second)
        .map { "\($0.kind): \($0.text)" }
    }
    #expect(judge(0, .known(110)) == ["raised: job a at 110 W"])
    #expect(judge(1, .unknown(nil)) == [])
    #expect(judge(3, .over) == ["cleared: over after 3 s: the job has ended"])
    #expect(judge(4, .over) == [])
  }

  // MARK: Baselines

  private func relative(_ baseline: Double? = nil, hold: Double = 0) -> AlertRule {
    var rule = AlertRule(
      .joulesPerStep, .above, AlertLimit(20, .percent, isRelative: true), hold: hold)
    rule.baseline = baseline
    return rule
  }

  private func judge(_ state: inout AlertState, _ second: Double, _ joules: Double) -> [AlertWord] {
    state.judge(
      [AlertReading(Books.id(.job), "job a", .known(joules), .joulePerStep)],
      at: origin + second)
  }

  @Test func `a job is measured by its own median since it settled`() {
    var state = AlertState(relative())
    var words: [String] = []
    var second = 0.0
    func run(_ joules: Double, until end: Double) {
      while second < end {
        words += judge(&state, second, joules).map { "\(Int(second)) \($0.kind): \($0.text)" }
        second += 5
      }
    }
    // What it takes while it compiles is neither judged nor counted.
    run(900, until: 115)
    run(100, until: 600)
    #expect(words.isEmpty)
    run(119, until: 700)
    #expect(words.isEmpty)
    run(130, until: 705)
    #expect(words == ["700 raised: job a at 130 J/step, 30 % above its median 100 J/step"])
    run(116, until: 800)
    #expect(words.count == 1, "within the margin it goes on")
    run(114, until: 810)
    #expect(words.count == 2)
  }

  @Test func `a baseline that is given needs no past`() {
    var state = AlertState(relative(50))
    #expect(judge(&state, 0, 55).isEmpty)
    #expect(judge(&state, 5, 65).map(\.text) == ["job a at 65.0 J/step, 30 % above 50.0 J/step"])
  }

  @Test func `a median of many days takes no more memory than one of two`() {
    var baseline = AlertBaseline()
    for minute in 0..<20_000 { baseline.take(100, at: origin + Double(minute) * 60) }
    #expect(baseline.median == 100)
    #expect(
      Mirror(reflecting: baseline).children.contains { child in
        (child.value as? [Double]).map { $0.count < 2880 } ?? false
      })
  }
}

import Accounting
import Telemetry
import Testing

@testable import Fleet

/// Selectors, columns, differences: what needs no store.
@Suite struct FleetPureTests {
  @Test(arguments: [
    ("", ""), ("{}", ""), ("cluster=\"a\"", "cluster=\"a\""),
    ("{ cluster = \"a\" , rack=~\"r1.*\" }", "cluster=\"a\",rack=~\"r1.*\""),
    ("{a!=\"}\\\"\", b!~\"x\",}", "a!=\"}\\\"\",b!~\"x\""),
  ])
  func `A selector is read`(text: String, matchers: String) throws {
    #expect(try FleetSelector(text).matchers == matchers)
  }

  @Test(arguments: [
    "{a=\"b\"", "a", "a=b", "a=\"b", "1a=\"b\"", "a=\"b\" c=\"d\"", "a=\"b\"} or up{b=\"c\"",
    "up{a=\"b\"}",
  ])
  func `What is no selector is refused with its reason`(text: String) {
    #expect(throws: FleetSelector.Fault.self) { _ = try FleetSelector(text) }
  }

  @Test func `A selector stands beside each name`() throws {
    let selector = try FleetSelector("{cluster=\"a\"}")
    #expect(selector.series(["up"]) == "up{cluster=\"a\"}")
    #expect(selector.series(["a", "b"]) == "{__name__=~\"a|b\",cluster=\"a\"}")
    #expect(FleetSelector().series(["up"]) == "up")
    #expect(FleetQueries.escaped("n1.a:9") == "n1\\\\.a:9")
  }

  @Test func `An account begins with a whole column and ends at the time`() {
    let view = FleetView(time: Timestamp(seconds: 1_800_004_737), window: 3600)
    #expect(view.step == 300)
    #expect(view.span.start == Timestamp(seconds: 1_800_001_200))
    #expect(view.rest == 237)
    #expect(view.whole?.upperBound == view.last - 1)
    let whole = FleetView(time: Timestamp(seconds: 1_800_004_800), window: 3600)
    #expect(whole.rest == nil)
    #expect(whole.columns.count == 13)
    #expect(FleetView(time: Timestamp(seconds: 6000), window: 60).columns.count == 2)
  }

  @Test(
    arguments: [
      ([100, 110, 130], 30), ([nil, 10, 30], 30), ([100, nil, 130], 30), ([100, 110, 5], 15),
      ([100, 110, nil], 10), ([100, 99.5, 130], 30),
    ] as [([Double?], Double)])
  func `Growth is the last value less the first`(values: [Double?], amount: Double) {
    let all = Array(repeating: true, count: values.count)
    #expect(CounterGrowth(values, wasThere: all, startsAtZero: true).total == amount)
  }

  @Test func `What began before anyone looked counts from the first look`() {
    let values: [Double?] = [nil, 1000, 1010]
    let absent = CounterGrowth(values, wasThere: [false, true, true], startsAtZero: true)
    #expect(absent.total == 10)
    let life = CounterGrowth(values, wasThere: [true, true, true], startsAtZero: false)
    #expect(life.total == 10)
    #expect(CounterGrowth([nil, 5], wasThere: [false, true], startsAtZero: true).total == nil)
  }

  @Test func `A counter that is told under the name of each job is theirs one after another`() {
    let growths = CounterGrowth.shared([
      [100, 110, 120, nil], [nil, nil, 125, 140], [nil, 112, nil, nil],
    ])
    #expect(growths.map(\.total) == [18, 20, 2])
    #expect(CounterGrowth.shared([[100, nil, 5], [nil, 120, nil]]).map(\.total) == [5, 20])
  }

  @Test func `What a counter had reached before it began anew is counted`() {
    let growth = CounterGrowth(
      [100, 110, 5], wasThere: [true, true, true], startsAtZero: true,
      details: [2: [112, 118, 2, 5]])
    #expect(growth.total == 23)
    #expect(growth.restarts == 1)
    let new = CounterGrowth(
      [nil, 1030, 1050], wasThere: [false, true, true], startsAtZero: true,
      details: [1: [1000, 1020, 1030]])
    #expect(new.total == 50)
  }

  @Test func `Each name of the catalogue answers one question`() {
    for question in FleetQuantity.Question.allCases {
      #expect(!FleetCatalogue.names(question).isEmpty)
      for name in FleetCatalogue.names(question) {
        #expect(FleetCatalogue.entry(name, question)?.series.name == name)
      }
    }
    #expect(FleetCatalogue.names(.waste).count == 1)
  }

  @Test(arguments: [
    ("n017:9400", "n017"), ("n017", "n017"), ("[::1]:9400", "::1"), ("::1", "::1"),
    ("10.0.0.1:9100", "10.0.0.1"),
  ])
  func `A target is its host and its port`(instance: String, host: String) {
    #expect(FleetLabels.host(of: instance) == host)
  }
}

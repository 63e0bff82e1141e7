import Telemetry
import Testing

@testable import Accounting

/// What the quantities of alerts are read from, and what is unknown of them.
@Suite struct AlertQuantityTests {
  private func quantity(_ name: String) throws -> AlertQuantity {
    try #require(AlertQuantity.all.first { $0.name == name })
  }

  private func readings(
    _ name: String, _ books: Books, at second: Double, device: String? = nil,
    limit: AlertLimit? = nil, side: AlertRule.Side = .above, tariff: Tariff? = nil,
    change: (inout AlertRule) -> Void = { _ in }
  ) throws -> [AlertReading] {
    let quantity = try quantity(name)
    var rule = AlertRule(quantity, side, limit ?? AlertLimit(100, .watt))
    rule.device = device
    change(&rule)
    return quantity.read(
      rule, AlertScene(books.ledger, session: span(0, second), tariff: tariff))
  }

  private let seconds = Array(stride(from: 0.0, through: 300, by: 1))

  @Test(arguments: [
    ("power", "7000", 7000.0, AlertUnit.watt), ("power", "7kW", 7000, .watt),
    ("power", "0.4 kW", 400, .watt), ("temperature", "85", 85, .celsius),
    ("temperature", "85 °C", 85, .celsius), ("waiting", "30%", 30, .percent),
    ("waiting", "30 %", 30, .percent), ("joules_per_token", "0.05", 0.05, .joulePerToken),
    ("joules_per_token", "50mJ", 0.05, .joulePerToken),
    ("joules_per_step", "1.5kJ", 1500, .joulePerStep), ("budget", "5kWh", 5, .kilowattHour),
    ("budget", "500 Wh", 0.5, .kilowattHour), ("budget", "800g", 800, .gram),
    ("budget", "1.2kg", 1200, .gram), ("budget", "2.50EUR", 2.5, .money("EUR")),
  ])
  func `a limit is a number with its unit`(
    name: String, text: String, value: Double, unit: AlertUnit
  ) throws {
    let limit = try #require(try quantity(name).limit(text, currency: "EUR"))
    #expect(near(limit.value, value) && limit.unit == unit && !limit.isRelative)
  }

  @Test(arguments: [
    ("power", "7kJ"), ("power", "much"), ("power", ""), ("power", "nan"), ("power", "1e400"),
    ("temperature", "85K"), ("waiting", "0.3"), ("waiting", "30"), ("waiting", "+30%W"),
    ("joules_per_token", "20%"), ("joules_per_token", "0x10"), ("budget", "5"),
    ("budget", "5kW"), ("budget", "5USD"), ("budget", "+5%"), ("idle", "5"),
  ])
  func `a limit that could mean two things is none`(name: String, text: String) throws {
    #expect(try quantity(name).limit(text, currency: "EUR") == nil)
  }

  @Test(arguments: [
    ("power", "5", "5 W"), ("power", "7.25kW", "7.25 kW"), ("budget", "5kWh", "5 kWh"),
    ("temperature", "85", "85 °C"), ("temperature", "85.5", "85.5 °C"),
    ("budget", "3.50EUR", "3.50 EUR"), ("joules_per_token", "50mJ", "50 mJ/token"),
    ("waiting", "30%", "30 %"),
  ])
  func `a limit is written as a person would`(name: String, text: String, expected: String) throws {
    #expect(try quantity(name).limit(text, currency: "EUR")?.text == expected)
  }

  @Test func `a limit against a baseline has a sign`() throws {
    let limit = try #require(try quantity("joules_per_token").limit("+20%", currency: nil))
    #expect(limit == AlertLimit(20, .percent, isRelative: true))
    #expect(limit.text == "+20 %")
  }

  @Test func `a machine's power is known where all of it is`() throws {
    var books = Books()
    books.draw(Books.id(.gpu, "0"), watts: 300, at: seconds)
    books.draw(Books.id(.gpu, "1"), watts: 200, at: Array(seconds.prefix(100)))
    #expect(try readings("power", books, at: 50).map(\.state) == [.known(500)])
    // Without one of two the sum may be anything above.
    #expect(
      try readings("power", books, at: 200, limit: AlertLimit(400, .watt)).map(\.state)
        == [.unknown("GPU 1 does not tell its power")])
    #expect(
      try readings("power", books, at: 200, limit: AlertLimit(400, .watt), side: .below)
        .map(\.state) == [.unknown("GPU 1 does not tell its power")])
    #expect(
      try readings("power", books, at: 200, limit: AlertLimit(250, .watt)).map(\.state)
        == [.known(300)])
    #expect(
      try readings("power", Books(), at: 200).map(\.state)
        == [.unknown("nothing here tells its power")])
  }

  @Test func `a device is called by its label, by its id, or by its kind and label`() throws {
    var books = Books()
    books.draw(Books.id(.gpu, "0"), watts: 300, at: seconds)
    books.draw(Books.id(.cpu, "0"), watts: 90, at: seconds)
    #expect(
      try readings("power", books, at: 50, device: "gpu 0").map(\.state) == [.known(300)])
    #expect(
      try readings("power", books, at: 50, device: "0").map(\.state)
        == [.unknown("several things are called “0”: write one of gpu 0, cpu 0")])
    #expect(
      try readings("power", books, at: 50, device: "7").map(\.state)
        == [.unknown("nothing called “7” tells its power")])
  }

  @Test func `each accelerator's temperature is read, and an old one is none`() throws {
    var books = Books()
    books.add(Books.id(.gpu, "0"), .temperature, .instant, seconds.map { ($0, 60) })
    books.add(Books.id(.gpu, "1"), .temperature, .instant, seconds.prefix(100).map { ($0, 90) })
    let known = try readings("temperature", books, at: 50, limit: AlertLimit(85, .celsius))
    #expect(known.map(\.state) == [.known(60), .known(90)])
    #expect(known.map(\.name) == ["GPU 0", "GPU 1"])
    let later = try readings("temperature", books, at: 200, limit: AlertLimit(85, .celsius))
    #expect(later.map(\.state) == [.known(60), .unknown("GPU 1 does not tell its temperature")])
  }

  /// Accelerators that waited for data, each for a share of its time; the first two are a job's.
  private func waits(_ shares: [Double], job: Bool) -> Books {
    var books = Books()
    for (index, share) in shares.enumerated() {
      let gpu = Books.id(.gpu, "\(index)")
      books.draw(gpu, watts: 300, at: seconds)
      let device = Books.id(.waiting, "\(index)")
      books.timeline.apply(.device(Device(id: device, label: "\(index)", parent: gpu)))
      books.add(device, .judgedTime, .counter, seconds.map { ($0, $0) })
      // Whoever never waited has no counter of it.
      guard share > 0 else { continue }
      books.add(device, .dataWaitTime, .counter, seconds.map { ($0, $0 * share) })
    }
    guard job else { return books }
    let id = Books.id(.job)
    books.timeline.apply(
      .device(Device(id: id, label: "train", attributes: [JobFacts.Key.gpus.rawValue: "0,1"])))
    books.add(id, .step, .log, seconds.map { ($0, $0) })
    return books
  }

  @Test func `waiting is the share of the judged time of a job's accelerators`() throws {
    let limit = AlertLimit(25, .percent)
    let books = waits([0.6, 0, 0.9], job: true)
    #expect(near(value(try readings("waiting", books, at: 200, limit: limit)), 30))
    let name = try readings("waiting", books, at: 200, limit: limit).map(\.words)
    #expect(name == ["job train waited for data for 30 % of the last 2 min"])
    // Without a job it is that of all.
    let all = waits([0.6, 0, 0.9], job: false)
    #expect(near(value(try readings("waiting", all, at: 200, limit: limit)), 50))
    // Too little was judged yet.
    #expect(try readings("waiting", books, at: 30, limit: limit).map(\.state) == [.unknown(nil)])
    #expect(
      try readings("waiting", Books(), at: 200, limit: limit).map(\.state)
        == [.unknown("nothing here tells what the accelerators wait for")])
  }

  @Test(
    arguments: [
      // Bytes in use, share of time with a kernel, bytes of a process on its list; held but idle.
      (34e9, 0.0, nil, 1.0), (34e9, 0.5, nil, 0), (3e8, 0, nil, 0), (6e8, 0, 5e8, 1),
      (6e8, 0, 1e8, 0),
    ] as [(Double, Double, Double?, Double)])
  func `an accelerator is held by memory and idle without a kernel`(
    memory: Double, work: Double, process: Double?, expected: Double
  ) throws {
    var books = Books()
    let gpu = Books.id(.gpu)
    books.draw(gpu, watts: 71, at: seconds)
    books.add(gpu, .memoryUsed, .instant, seconds.map { ($0, memory) })
    books.add(gpu, .utilization, .average, seconds.map { ($0, work) })
    if let process {
      let id = Books.id(.process, "0/4711")
      books.timeline.apply(.device(Device(id: id, label: "4711", parent: gpu)))
      books.add(id, .memoryUsed, .instant, seconds.map { ($0, process) })
    }
    #expect(try readings("idle", books, at: 200).map(\.state) == [.known(expected)])
  }

  @Test func `an accelerator that does not tell whether it works is not called idle`() throws {
    var books = Books()
    books.add(Books.id(.gpu), .memoryUsed, .instant, seconds.map { ($0, 34e9) })
    #expect(
      try readings("idle", books, at: 200).map(\.state)
        == [.unknown("GPU 0 does not tell whether it works")])
  }

  // MARK: Jobs

  /// A job of a step a second on a GPU of 100 W.
  private func job(steps: Double? = nil, tokens: Double? = nil) -> Books {
    var books = Books()
    books.count(Books.id(.gpu), watts: 100, at: seconds)
    let job = Books.id(.job)
    books.add(job, .step, .log, seconds.map { ($0, $0) })
    if let steps { books.add(job, .stepTotal, .log, [(0, steps)]) }
    if let tokens { books.add(job, .tokens, .log, seconds.map { ($0, $0 * tokens) }) }
    return books
  }

  private func value(_ readings: [AlertReading]) -> Double? {
    guard case .known(let value) = readings.first?.state else { return nil }
    return value
  }

  @Test func `a job's joules are those of its last reports, and no longer when they are old`()
    throws
  {
    let books = job(tokens: 1000)
    #expect(near(value(try readings("joules_per_step", books, at: 200)), 100))
    #expect(near(value(try readings("joules_per_token", books, at: 200)), 0.1))
    #expect(try readings("joules_per_step", books, at: 500).map(\.state) == [.unknown(nil)])
    #expect(
      try readings("joules_per_token", job(), at: 200).map(\.state)
        == [.unknown("job 0 does not tell its tokens")])
    var ended = books
    ended.timeline.apply(
      .event(
        Event(
          time: origin + 150, kind: .note, text: "ended", device: Books.id(.job), cause: .crashed)))
    // What it reports after that would be another run's.
    #expect(try readings("joules_per_step", job(), at: 0.5).map(\.state) == [.unknown(nil)])
  }

  @Test func `a budget is what a job has taken, or will have at its end`() throws {
    let books = job(steps: 1000)
    let energy = AlertLimit(0.01, .kilowattHour)
    let taken = value(try readings("budget", books, at: 200, limit: energy))
    #expect(near(taken, 200 * 100 / 3.6e6))
    let projected = value(
      try readings("budget", books, at: 200, limit: energy) { $0.isProjected = true })
    #expect(near(projected, 1000 * 100 / 3.6e6))
    let price = Tariff(currency: "EUR", perKilowattHour: 0.36)
    let money = value(
      try readings("budget", books, at: 200, limit: AlertLimit(1, .money("EUR")), tariff: price) {
        $0.isProjected = true
      })
    #expect(near(money, 1000 * 100 / 1e7))
    let machine = value(
      try readings("budget", books, at: 200, limit: energy) { $0.isOfMachine = true })
    #expect(near(machine, 200 * 100 / 3.6e6))
  }

  @Test func `grams follow the grid of the time, and without one they are unknown`() throws {
    var books = job()
    let limit = AlertLimit(1, .gram)
    #expect(
      try readings("budget", books, at: 200, limit: limit).map(\.state)
        == [.unknown("nothing here tells the grid's carbon intensity")])
    let grid = Books.id(.grid)
    books.add(grid, .renewableShare, .annual, [(0, 0.5)])
    books.add(grid, .carbonIntensity, .annual, [(0, 360)])
    #expect(near(value(try readings("budget", books, at: 200, limit: limit)), 200 * 100 / 1e4))
  }

  @Test func `a job without an end is not projected`() throws {
    #expect(
      try readings("budget", job(), at: 200, limit: AlertLimit(1, .kilowattHour)) {
        $0.isProjected = true
      }.map(\.state) == [.unknown("job 0 does not tell how long it will go on")])
  }

  @Test func `alerts of a quantity that changes slowly are looked at less often`() {
    let rule = AlertRule(.power, .above, AlertLimit(100, .watt))
    var watch = AlertWatch([rule])
    var books = Books()
    books.draw(Books.id(.gpu), watts: 300, at: seconds)
    func judge(_ second: Double) -> [AlertWord.Kind] {
      watch.judge(AlertScene(books.ledger, session: span(0, second))).map(\.word.kind)
    }
    #expect(judge(10) == [.raised])
    #expect(!watch.isDue(at: origin + 10.5) && watch.isDue(at: origin + 11))
    #expect(watch.isDue(at: origin + 3), "a clock that was put back")
  }
}

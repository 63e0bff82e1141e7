import Quantities
import Telemetry
import Testing

/// What is believed of an interval that was said more than once.
@Suite struct GridBookTests {
  private let grid = DeviceID(machine: "", kind: .grid, name: "gb:GB")
  private let zero = Timestamp(nanoseconds: 1_750_003_200_000_000_000)

  private func statement(
    _ said: Double, _ quality: GridStatement.Quality, _ values: [(Metric, Double)]
  ) -> GridStatement {
    var statement = GridStatement(
      device: grid, span: TimeSpan(zero, zero + 1800), said: zero + said, quality: quality)
    for (metric, value) in values { statement.set(metric, value) }
    return statement
  }

  @Test func `more values of an interval are no revision, and another value is one`() {
    var book = GridBook()
    book.take(statement(10, .measured, [(.renewableShare, 0.4)]))
    book.take(statement(20, .measured, [(.renewableShare, 0.4), (.carbonIntensity, 200)]))
    let span = TimeSpan(zero, zero + 1800)
    #expect(book.restated(of: grid, in: span) == 0)
    book.take(statement(30, .measured, [(.renewableShare, 0.5), (.carbonIntensity, 200)]))
    #expect(book.restated(of: grid, in: span) == 1)
    #expect(book.statement(of: grid, at: zero)?[.renewableShare] == 0.5)
  }

  @Test func `what is said again is not kept again`() {
    var book = GridBook()
    let isNew = book.take(statement(10, .measured, [(.renewableShare, 0.4)]))
    let isNewAgain = book.take(statement(20, .measured, [(.renewableShare, 0.4)]))
    #expect(isNew && !isNewAgain)
    #expect(book.editions(of: grid, at: zero).count == 1)
  }

  @Test func `a plan takes the forecast of the present, and an account what was measured`() {
    var book = GridBook()
    book.take(statement(0, .forecast, [(.renewableShareOfLoad, 0.9)]))
    book.take(statement(10, .measured, [(.renewableShare, 0.4)]))
    let span = TimeSpan(zero, zero + 1800)
    #expect(book.statements(of: grid, in: span).map(\.quality) == [.measured])
    #expect(
      book.statements(of: grid, in: span, prefersForecasts: true).map(\.quality) == [.forecast])
  }

  @Test func `an interval without length or of years is not kept`() {
    var book = GridBook()
    for seconds in [0, 1e9] {
      var statement = statement(0, .measured, [(.renewableShare, 0.4)])
      statement.span = TimeSpan(zero, zero + seconds)
      let isTaken = book.take(statement)
      #expect(!isTaken)
    }
    #expect(book.isEmpty)
  }

  @Test func `a statement goes by the name its device is given`() {
    var filter = PrivacyFilter(NeutralNames(machine: "box", user: "ada"))
    let named = DeviceID(machine: "", kind: .grid, name: "json:https://ada:pw@grid.example")
    var statement = statement(0, .measured, [(.renewableShare, 0.4)])
    statement.device = named
    var heard: [Observation] = []
    for observation: Observation in [
      .device(Device(id: named, label: "grid")), .grid(statement),
    ] { heard += filter.filtered([observation]) }
    let devices = heard.compactMap { observation -> DeviceID? in
      switch observation {
      case .device(let device): device.id
      case .grid(let statement): statement.device
      default: nil
      }
    }
    #expect(devices.count == 2 && devices[0] == devices[1])
    #expect(!devices[0].name.contains("pw@"))
  }
}

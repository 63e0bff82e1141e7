import Telemetry
import Testing

@testable import Recordings

/// What was said of the electricity is in a recording as it was said, revisions and forecasts too.
@Suite struct GridRoundTripTests {
  private let grid = DeviceID(machine: "", kind: .grid, name: "energy-charts:DE")

  private func statement(
    _ from: Double, _ said: Double, _ share: Double,
    _ quality: GridStatement.Quality = .measured
  ) -> GridStatement {
    var statement = GridStatement(
      device: grid, span: TimeSpan(origin + from, origin + from + 900), said: origin + said,
      quality: quality)
    statement.set(.renewableShare, share)
    statement.set(.carbonIntensity, 400 * (1 - share))
    return statement
  }

  @Test func `every edition comes back, and lengthens no session`() throws {
    let scratch = try Scratch()
    let said = [
      statement(0, 10, 0.3, .forecast), statement(900, 10, 0.5, .forecast),
      statement(90_000, 10, 0.9, .forecast), statement(0, 2000, 0.4),
      // Told in one answer with the measurement, and no part of it.
      statement(0, 2000, 0.7, .forecast),
      statement(0, 9000, 0.35),
    ]
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    let facts = GridFacts(
      provider: "Energy-Charts", zone: "DE", basis: .production, licence: "CC BY", cadence: 900)
    try writer.append(.device(Device(id: grid, label: "DE", attributes: facts.attributes)))
    for second in 0..<5 {
      var reading = Reading(device: .gpu, time: origin + Double(second))
      reading.set(.power, 300)
      try writer.append(.reading(reading))
    }
    for statement in said { try writer.append(.grid(statement)) }
    try writer.close()
    let reader = try RecordingReader(path: scratch.file())
    let timeline = try reader.timeline()
    #expect(
      Set(timeline.gridBook.editions(of: grid, at: origin)) == [said[0], said[3], said[4], said[5]])
    #expect(timeline.gridBook.statement(of: grid, at: origin + 950) == said[1])
    #expect(timeline.gridBook.statement(of: grid, at: origin, asOf: origin + 3000) == said[3])
    #expect(timeline.gridBook.restated(of: grid, in: TimeSpan(origin, origin + 900)) == 1)
    #expect(timeline.span == TimeSpan(origin, origin + 4))
    #expect(GridFacts(try #require(timeline.device(grid)).attributes) == facts)
    var heard: [GridStatement] = []
    try reader.observations { if case .grid(let statement) = $0 { heard.append(statement) } }
    // In the order they were said.
    let order = said.sorted {
      ($0.said, $0.span.start, $0.quality.rawValue) < ($1.said, $1.span.start, $1.quality.rawValue)
    }
    #expect(heard == order)
  }

  @Test func `a recording from before there was such a table opens`() throws {
    let scratch = try Scratch()
    let writer = try RecordingWriter(path: scratch.file(), header: .test)
    try writer.append(.device(Device(id: .gpu, label: "0")))
    try writer.close()
    try Database(scratch.file(), .write).run("DROP TABLE grid_statement")
    #expect(try RecordingReader(path: scratch.file()).timeline().gridBook.isEmpty)
  }
}

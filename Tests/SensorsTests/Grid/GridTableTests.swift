import Formats
import Telemetry
import Testing

@testable import Sensors

/// What a table of a user's own says, and what is refused with its line.
@Suite struct GridTableTests {
  private func time(_ text: String) -> Int64? { GridStamp.time(text)?.nanoseconds }

  @Test func `Columns are found by their titles, in any order`() throws {
    let table = try GridTable(
      """
      renewable %;time;marginal;forecast;intensity
      40;2026-03-10T10:00Z;500;false;200
      60;2026-03-10T11:00Z;;true;
      """)
    #expect(table.rows.map(\.time) == [time("2026-03-10T10:00:00Z"), time("2026-03-10T11:00:00Z")])
    #expect(table.rows.map(\.isForecast) == [false, true])
    let first = Dictionary(uniqueKeysWithValues: table.rows[0].values.map { ($0.metric, $0.value) })
    #expect(first == [.renewableShare: 0.4, .marginalIntensity: 500, .carbonIntensity: 200])
    #expect(table.rows[1].values.map(\.metric) == [.renewableShare])
  }

  @Test func `Dates without a zone need a declared one`() throws {
    let text = "time,intensity\n2026-03-10 10:00,100\n2026-03-10T11:00:30,200"
    let problem = #expect(throws: GridTable.Problem.self) { try GridTable(text) }
    #expect(problem?.line == 2 && problem?.text.contains("with its zone") == true)
    let east = try GridTable(text, zone: TimeZoneRule(offset: "+10:00"))
    #expect(
      east.rows.map(\.time) == [time("2026-03-10T00:00:00Z"), time("2026-03-10T01:00:30Z")])
    let titled = try GridTable("Time (UTC),intensity\n2026-03-10 10:00,100")
    #expect(titled.rows.first?.time == time("2026-03-10T10:00:00Z"))
    // A zone in the cell counts more than one that is declared.
    let stated = try GridTable(
      "time,intensity\n2026-03-10T10:00+01:00,100", zone: TimeZoneRule(offset: "+10:00"))
    #expect(stated.rows.first?.time == time("2026-03-10T09:00:00Z"))
  }

  @Test func `An hour that comes twice or never is no time`() throws {
    let zone = try #require(TimeZoneRule(posix: "CET-1CEST,M3.5.0,M10.5.0/3"))
    for (hour, word) in [("2026-10-25 02:30", "two times"), ("2026-03-29 02:30", "left out")] {
      let problem = #expect(throws: GridTable.Problem.self) {
        try GridTable("time,intensity\n\(hour),100", zone: zone)
      }
      #expect(problem?.text.contains(word) == true, "\(problem?.text ?? "")")
    }
  }

  @Test func `A column “forecast” of values is left alone, and a flag in between is wrong`() throws
  {
    let values = try GridTable("time,intensity,forecast\n2026-03-10T10:00Z,100,266")
    #expect(values.rows.first?.isForecast == nil)
    let problem = #expect(throws: GridTable.Problem.self) {
      try GridTable(
        "time,intensity,forecast\n2026-03-10T10:00Z,100,true\n2026-03-10T11:00Z,100,maybe")
    }
    #expect(problem?.line == 3)
  }

  @Test func `The last row holds no longer than the shortest step`() throws {
    let table = try GridTable(
      "time,intensity\n2026-03-10T00:00Z,1\n2026-03-10T11:00Z,2\n2026-03-11T11:00Z,3")
    #expect(table.dated.last?.span.seconds == 39_600)
  }

  @Test func `A band upside down is refused, renewable above low-carbon left out`() throws {
    let problem = #expect(throws: GridTable.Problem.self) {
      try GridTable("time,renewable %,low %,high %\n2026-03-10T10:00Z,50,60,40")
    }
    #expect(problem?.line == 2 && problem?.text.contains("above its “high %”") == true)
    let table = try GridTable(
      "time,renewable %,low-carbon %\n2026-03-10T10:00Z,60,30\n2026-03-10T11:00Z,60,59.5")
    #expect(table.rows.map { $0.values.map(\.metric) }.first == [.renewableShare])
    #expect(table.rows.last?.values.count == 2)
    #expect(table.remarks.count == 1 && table.remarks[0].hasPrefix("line 2: low-carbon"))
  }

  @Test func `A column in an unknown unit is named`() throws {
    let table = try GridTable("time,renewable %,intensity (kg/kWh)\n2026-03-10T10:00Z,50,0.3")
    #expect(table.remarks.first?.contains("“intensity (kg/kWh)” is not read") == true)
    let problem = #expect(throws: GridTable.Problem.self) {
      try GridTable("time,intensity (kg/kWh)\n2026-03-10T10:00Z,0.3")
    }
    #expect(problem?.text.contains("“intensity (kg/kWh)” is not read") == true)
  }

  @Test func `Grams in another unit are no grams`() throws {
    for title in ["intensity lb/MWh", "intensity kg/kWh", "marginal lbs_co2_per_mwh"] {
      #expect(throws: GridTable.Problem.self, "\(title)") {
        try GridTable("time,\(title)\n2026-03-10T10:00Z,100")
      }
    }
  }
}

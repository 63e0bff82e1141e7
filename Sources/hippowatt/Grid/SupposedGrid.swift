import Accounting
import ArgumentParser
import Dashboard
import Quantities
import Sensors
import Telemetry

/// Another grid than the recorded one.
struct SupposedGridOptions: ParsableArguments {
  @Option(
    name: .customLong("grid"),
    help: ArgumentHelp(
      "What if the run had drawn from another grid: a country's code such as DE, or a CSV with time and renewable % or intensity.",
      valueName: "code|file.csv"))
  var grid: String?

  @Option(
    name: .customLong("grid-start"),
    help: ArgumentHelp(
      "What if the run had begun at this time of the CSV, such as 03:00.", valueName: "time"))
  var start: String?

  func validate() throws {
    guard let start else { return }
    guard grid != nil else {
      throw ValidationError(
        "--grid-start \(start): name a course of the grid, as in --grid day.csv")
    }
    guard GridTable.timeOfDay(start) != nil || GridTable.date(start) != nil else {
      throw ValidationError(
        "--grid-start \(start): write a time of day such as 03:00, or 2026-11-29T03:00Z")
    }
  }

  /// Reads what is supposed; `nil` where nothing is.
  /// - Throws: `WrongUsage` for a country that is not known, `Failure` for a file that cannot be used.
  func load() throws -> SupposedGrid? {
    guard let grid else { return nil }
    if GridSource.knows(grid) {
      guard start == nil else {
        throw WrongUsage(
          "--grid-start: the mix of \(grid) is a yearly mean, the same at every hour; name a CSV")
      }
      return SupposedGrid(name: grid, kind: .country(grid), start: nil)
    }
    guard grid.contains(".") || grid.contains("/") else {
      throw WrongUsage(
        "--grid \(grid): write the code of a country that is known, such as FR, or name a CSV file")
    }
    let name = grid.split(separator: "/").last.map(String.init) ?? grid
    do {
      return SupposedGrid(
        name: name, kind: .table(try GridTable(try File.text(grid))), start: start)
    } catch {
      throw Failure("\(grid): \(error)")
    }
  }
}

/// A grid that a run is laid upon instead of the recorded one.
struct SupposedGrid {
  enum Kind {
    case country(String)
    case table(GridTable)
  }

  /// As the user named it.
  var name: String
  var kind: Kind
  /// When on the table's clock the run is supposed to begin.
  var start: String?

  /// What is said beside every number that follows from it.
  func words(_ timeline: Timeline) -> String {
    let device = timeline.devices.first { $0.id.kind == .grid }
    let model = device.map { $0.model.isEmpty ? $0.label : "\($0.label), \($0.model)" }
    let begun = start.map { ", begun at \($0)" } ?? ""
    var left = ""
    if case .table(let table) = kind { left = table.remarks.map { "; \($0)" }.joined() }
    return "the grid of \(model ?? name)\(begun); not what the run drew from\(left)"
  }
}

extension Accounts {
  /// The same session as if it had drawn from another grid.
  ///
  /// - Throws: `Failure` where the course does not cover the run.
  static func suppose(
    _ grid: SupposedGrid, in timeline: Timeline, over span: TimeSpan,
    offset: (Timestamp) -> Int
  ) throws(Failure) -> Timeline {
    var supposed = timeline.withoutGrids()
    switch grid.kind {
    case .country(let country):
      do throws(SourceFailure) {
        supposed.apply(try AnnualGrid.observations(of: country, over: span))
      } catch {
        throw Failure("--grid \(country): \(error.message)")
      }
    case .table(let table):
      guard table.rows.contains(where: { $0.values.contains { $0.metric == .renewableShare } })
      else {
        throw Failure(
          "\(grid.name): tells no renewable share, by which joules are matched; add “renewable %”")
      }
      // Whether production or consumption is meant a table does not tell, and so nothing says it.
      let device = DeviceID(machine: "", kind: .grid, name: "supposed")
      supposed.apply(
        .device(
          Device(
            id: device, label: grid.name,
            model: table.isDaily ? "a day's course" : "a course of dates")))
      let statements =
        table.isDaily
        ? table.statements(
          of: device, over: span, shift: try shift(grid, from: span.start, offset),
          offset: offset)
        : try dated(table, grid, device, span, offset)
      for statement in statements { supposed.apply(.grid(statement)) }
    }
    return supposed
  }

  /// By how many seconds the run is laid later on the day's clock.
  private static func shift(
    _ grid: SupposedGrid, from start: Timestamp, _ offset: (Timestamp) -> Int
  ) throws(Failure) -> Int64 {
    guard let text = grid.start else { return 0 }
    guard let second = GridTable.timeOfDay(text) else {
      throw Failure("\(grid.name) tells a day without a date: write --grid-start 03:00")
    }
    let civil = CivilTime(start, offset: offset(start))
    return Int64(second - civil.hour * 3600 - civil.minute * 60 - civil.second)
  }

  private static func dated(
    _ table: GridTable, _ grid: SupposedGrid, _ device: DeviceID, _ span: TimeSpan,
    _ offset: (Timestamp) -> Int
  ) throws(Failure) -> [GridStatement] {
    let all = table.statements(of: device, said: span.end, quality: .estimated)
    guard let first = all.first?.span.start, let last = all.last?.span.end else { return [] }
    var start = span.start
    if let text = grid.start {
      if let second = GridTable.timeOfDay(text) {
        let civil = CivilTime(first, offset: offset(first))
        let into = second - civil.hour * 3600 - civil.minute * 60 - civil.second
        // The first such time that the course tells.
        start = first + Double(into < 0 ? into + 86_400 : into)
      } else if let date = GridTable.date(text) {
        start = date
      }
    }
    guard first <= start, start + span.seconds <= last else {
      func text(_ time: Timestamp) -> String {
        let civil = CivilTime(time, offset: offset(time))
        return "\(civil.isoDate) \(civil.shortClock)"
      }
      throw Failure(
        "\(grid.name) tells of \(text(first)) to \(text(last)), not of the whole "
          + "\(SI.duration(span.seconds)) from \(text(start)); lay the run elsewhere with --grid-start"
      )
    }
    let shift = start - span.start
    return all.map { statement in
      var moved = statement
      moved.span = TimeSpan(statement.span.start - shift, statement.span.end - shift)
      return moved
    }
  }
}

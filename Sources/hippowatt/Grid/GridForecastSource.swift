import Linux
import Quantities
import Recordings
import Sensors
import Telemetry

/// What somebody forecasts of one grid.
struct GridForecast {
  /// Interval by interval, in order.
  var statements: [GridStatement]
  /// Whose it is, in words: `Energy-Charts · production · average, DE`.
  var source: String
  /// When it was said; `nil` where that is not known.
  var said: Timestamp?
  /// What is to be said of it, such as that it is guessed from the past; empty where nothing is.
  var remark = ""
  /// How its source stands; `nil` for a file.
  var state: SourceState?
}

/// Where forecasts of the electricity come from.
protocol GridForecastSource {
  /// Whether it may say something else when it is asked again.
  var isLive: Bool { get }
  /// What is forecast as of a time.
  /// - Throws: `Failure` where nothing can be read.
  func forecast(_ now: Timestamp) throws -> GridForecast
}

/// A forecast in a file: a table, or a recording in which a source said what is to come.
struct FileForecast: GridForecastSource {
  var path: String
  /// The zone that is wanted, where the recording tells several.
  var zone: String?
  let isLive = false

  func forecast(_ now: Timestamp) throws -> GridForecast {
    let head = File.readBytes(path, limit: 1 << 30).map { Array($0.prefix(15)) }
    return head == Array("SQLite format 3".utf8) ? try recorded(now) : try table()
  }

  private func table() throws -> GridForecast {
    do {
      let table = try GridTable(try File.text(path))
      guard !table.isDaily else {
        throw GridTable.Problem(
          line: 2, text: "a time of day is no forecast; write dates, such as 2026-11-29T08:00Z")
      }
      let device = DeviceID(machine: "", kind: .grid, name: "file")
      let statements = table.statements(
        of: device, said: Timestamp(nanoseconds: 0), quality: .forecast)
      return GridForecast(
        statements: statements, source: name, said: nil,
        remark: table.remarks.joined(separator: "; "))
    } catch {
      throw Failure("\(path): \(error)")
    }
  }

  private var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  private func recorded(_ now: Timestamp) throws -> GridForecast {
    let timeline: Timeline
    do {
      timeline = try RecordingReader(path: path).timeline()
    } catch {
      throw Failure("\(error)")
    }
    let future = TimeSpan(now, now + GridStatement.longest)
    let found = timeline.devices.compactMap { device -> (Device, [GridStatement])? in
      guard device.id.kind == .grid else { return nil }
      let facts = GridFacts(device.attributes)
      if let zone, facts?.zone.uppercased() != zone.uppercased() { return nil }
      let said = timeline.gridBook.statements(of: device.id, in: future, prefersForecasts: true)
      return said.isEmpty ? nil : (device, said)
    }
    guard let (device, statements) = found.first else {
      let here = zone.map { " for \($0)" } ?? ""
      return GridForecast(statements: [], source: "\(name)\(here)", said: nil)
    }
    guard found.count == 1 else {
      let zones = found.compactMap { GridFacts($0.0.attributes)?.zone }.joined(separator: ", ")
      throw Failure("\(path): tells several grids; choose one with --zone: \(zones)")
    }
    let words = GridFacts(device.attributes).map { "\($0.words), \($0.zone)" }
    return GridForecast(
      statements: statements, source: "\(words ?? device.label), from \(name)",
      said: statements.map(\.said).max(), remark: device.attributes["forecast_remark"] ?? "")
  }
}

import Glibc
import Recordings
import Sensors
import Telemetry
import Testing

@testable import hippowatt

/// When to run, and what if a run had drawn from another grid.
@Suite struct WhenTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  /// An hourly forecast from the present hour on.
  private func forecast(_ shares: [Double], name: String = "forecast.csv") -> String {
    let hour = Int64(time(nil)) / 3600 * 3600
    var text = "time,renewable %,intensity\n"
    for (place, share) in shares.enumerated() {
      let seconds = hour + Int64(place) * 3600
      var stamp = time_t(seconds)
      var parts = tm()
      gmtime_r(&stamp, &parts)
      func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
      text += "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T"
      text += "\(two(parts.tm_hour)):00Z,\(share),\(500 - 4 * share)\n"
    }
    return folder.write(text, to: name)
  }

  @Test func `A greener time ahead is told with status 1, and a flat forecast with 0`() throws {
    _ = forecast([20, 20, 20, 20, 80, 80, 80, 20])
    let ahead = try Program.run(
      ["when", "--hours", "2", "--watts", "1000", "--file", "forecast.csv"], in: folder)
    #expect(ahead.status == 1 && ahead.output.hasPrefix("greenest 2 h: "), "\(ahead.output)")
    #expect(ahead.output.contains("waiting saves 60.0 points of renewable share, 480 g"))
    let json = try Program.run(
      ["when", "--hours", "2", "--json", "--file", "forecast.csv"], in: folder)
    #expect(json.status == 1 && json.output.contains("\"intensity_kind\":\"lifecycle\""))
    _ = forecast([40, 40, 41, 40], name: "flat.csv")
    let flat = try Program.run(["when", "--hours", "1", "--file", "flat.csv"], in: folder)
    #expect(flat.status == 0 && flat.output.hasPrefix("flat: start when you like"))
  }

  @Test func `What is not forecast is unknown in one line`() throws {
    _ = forecast([20, 30])
    let short = try Program.run(["when", "--hours", "9", "--file", "forecast.csv"], in: folder)
    #expect(short.status == 1 && short.output.isEmpty)
    #expect(short.errors.contains("unknown: the forecast reaches to"), "\(short.errors)")
    let none = try Program.run(["when", "--hours", "2"], in: folder)
    #expect(none.status == 1 && none.errorLines.count == 1)
    #expect(none.errors.contains("unknown: no forecast"), "\(none.errors)")
    _ = folder.write("time,renewable\n2026-11-29T08:00Z,0.4\n", to: "vague.csv")
    let vague = try Program.run(["when", "--hours", "2", "--file", "vague.csv"], in: folder)
    #expect(vague.status == 1 && vague.errors.contains("vague.csv: line 1: “renewable” may be"))
    let started = try Program.run(["when", "--hours", "2", "--", "true"], in: folder)
    #expect(started.status == 2 && started.errors.contains("nothing is started without --wait"))
  }

  @Test func `With --wait the command runs when it is time, and its status is kept`() throws {
    _ = forecast([80, 20, 20, 20])
    let now = try Program.run(
      ["when", "--hours", "1", "--file", "forecast.csv", "--wait", "--", "sh", "-c", "exit 7"],
      in: folder)
    #expect(now.status == 7, "\(now.output)\(now.errors)")
    _ = forecast([20, 20, 80, 80])
    let later = try Program(
      ["when", "--hours", "1", "--file", "forecast.csv", "--wait", "--", "touch", "ran"], in: folder
    )
    #expect(later.wait { later.errorText.contains("waits until") })
    later.send(SIGINT)
    #expect(try later.finish().status == 128 + SIGINT)
    #expect(!folder.names.contains("ran"))
  }

  @Test func `The mix of a country is told by fuel`() throws {
    let result = try Program.run(["grid", "--zone", "FR"], in: folder)
    #expect(result.status == 0 && result.output.contains("% nuclear"), "\(result.output)")
    #expect(result.output.contains("annual mean"))
    #expect(try Program.run(["grid", "--zone", "QQ"], in: folder).status == 2)
  }

  @Test func `What if a run had drawn from another grid is labelled in every output`() throws {
    let log =
      "timestamp, power.draw [W]\n"
      + (0...60).map { "2026/01/01 00:\($0 < 10 ? "0" : "")\($0 % 60):00.000, 300 W\n" }.prefix(60)
      .joined()
    _ = folder.write(log, to: "gpu.csv")
    let made = try Program.run(
      ["import", "--country", "FR", "-o", "run.hippo", "gpu.csv"], in: folder)
    #expect(made.status == 0, "\(made.errors)")
    let own = try Program.run(["report", "run.hippo"], in: folder)
    #expect(own.output.contains("France, annual mean") && !own.output.contains("what if"))
    #expect(own.output.contains("carbon"), "\(own.output)")
    let other = try Program.run(["report", "run.hippo", "--grid", "DE"], in: folder)
    #expect(other.output.contains("what if") && other.output.contains("Germany"))
    #expect(!other.output.contains("France"))
    _ = folder.write(
      "time,renewable %,intensity\n00:00,20,400\n03:00,90,50\n04:30,20,400\n", to: "day.csv")
    for (format, label) in [("text", "what if"), ("markdown", "WHAT IF"), ("json", "\"what_if\"")] {
      let night = try Program.run(
        ["report", "run.hippo", "--grid", "day.csv", "--grid-start", "03:00", "--format", format],
        in: folder)
      #expect(night.status == 0 && night.output.contains(label), "\(night.output)\(night.errors)")
      // No model card states what never was.
      #expect(!night.output.contains("co2_eq_emissions"))
      let share = night.output.split(separator: "\"renewable_share\":").dropFirst().first
        .flatMap { Double($0.prefix { $0 != "," && $0 != "}" }) }
      #expect(format == "json" ? abs((share ?? 0) - 0.9) < 1e-9 : night.output.contains("90 %"))
    }
    let screen = try Session(
      ["replay", "run.hippo", "--paused", "--grid", "DE"], in: folder, width: 132, height: 40)
    #expect(screen.wait { screen.shows("what if") && screen.shows("Germany") }, "\(screen.screen)")
    #expect(!screen.shows("France"))
    #expect(try screen.quit() == 0)
    screen.expectClean()
    let form = try Program.run(
      ["report", "run.hippo", "--grid", "DE", "--format", "sci"], in: folder)
    #expect(form.status == 2 && form.errors.contains("leave out --grid"))
    let odd = try Program.run(["report", "run.hippo", "--grid", "QQ"], in: folder)
    #expect(odd.status == 2 && odd.errors.contains("--grid QQ"), "\(odd.errors)")
  }

  @Test func `A missing row of a course stays a hole, and a row that stands alone is refused`()
    throws
  {
    let table = try GridTable(
      "time,renewable %\n2026-01-01T00:00Z,10\n2026-01-01T01:00Z,20\n2026-01-01T03:00Z,40\n"
        + "2026-01-01T04:00Z,50\n")
    let device = DeviceID(machine: "", kind: .grid, name: "x")
    let said = table.statements(
      of: device, said: Timestamp(nanoseconds: 0), quality: .forecast)
    #expect(said.map(\.span.seconds) == [3600, 3600, 3600, 3600])
    for wrong in [
      "", "time,renewable %\n", "time,renewable %\n2026-01-01T00:00,10\n",
      "time,renewable %\n2026-01-01T00:00Z,110\n", "time,renewable %\n08:00,10\n07:00,10\n",
      "time,wind\n08:00,3\n",
    ] {
      #expect(throws: GridTable.Problem.self) { try GridTable(wrong) }
    }
  }
}

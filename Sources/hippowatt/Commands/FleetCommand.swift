import Accounting
import ArgumentParser
import Canvas
import Dashboard
import Fleet
import Quantities
import Telemetry

/// Shows many machines on one screen, as a store of Prometheus tells them.
struct FleetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fleet",
    abstract: "Show many machines on one screen, as Prometheus tells them.",
    discussion: """
      Asks a Prometheus, or a store that speaks its interface, for what the exporters of the machines told
      it: hippowatt exporter, dcgm-exporter, node-exporter, Kepler, CEEMS. Jobs come first, those that
      waste most on top.

        hippowatt fleet --prometheus http://127.0.0.1:9090
        hippowatt fleet --prometheus https://prom.example --token-env TOKEN --query '{cluster="a"}'
        hippowatt fleet --prometheus http://127.0.0.1:9090 --once --json --window 24h
      """)

  @OptionGroup var fleet: FleetOptions

  @Flag(help: "Print one frame as text and end.")
  var once = false

  @Flag(help: "Print the numbers as JSON and end.")
  var json = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The moment that is shown first: 14:32, -2h from now, \"2026-11-21 03:12\".",
      valueName: "time"))
  var at: String?

  @Option(help: ArgumentHelp("Columns and rows of the frame that is printed.", valueName: "132x40"))
  var size: String = "132x40"

  @Option(help: "What the frame is printed as: text, ansi or svg.")
  var format: String = "text"

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write what is printed to a file.", valueName: "file"))
  var output: String?

  @Option(help: .hidden)
  var config: String?

  @OptionGroup var display: DisplayOptions

  func validate() throws {
    if let at {
      do throws(Destination.Fault) { _ = try Destination(at) } catch {
        throw ValidationError("--at \(at): \(error.words)")
      }
    }
    if !["text", "ansi", "svg"].contains(format) {
      throw ValidationError("--format \(format): write text, ansi or svg")
    }
  }

  func run() throws {
    let host = HostEnvironment.current()
    let settings = try Settings.load(named: config, host)
    var reader = try fleet.reader(host)
    let now = SystemClock.wall
    let view = FleetView(time: now, window: FleetOptions.window)
    let moment: FleetMoment
    do throws(StoreFault) {
      moment = FleetAssembly(
        try reader.read(view, now: now), view, tariff: settings.tariff,
        utcOffset: HostEnvironment.utcOffset
      ).moment()
    } catch {
      throw Failure("\(error.words(reader.store.url)); \(error.remedy(reader.store.url))")
    }
    File.writeAll(Array(FleetJSON.text(moment, reader.cost).utf8), to: 1)
  }
}

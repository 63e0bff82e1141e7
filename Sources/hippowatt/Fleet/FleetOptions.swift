import ArgumentParser
import Fleet
import HTTP
import Quantities
import Telemetry

/// Which store is asked, and for what.
struct FleetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A store that speaks Prometheus' interface; user:password@ in it is shown nowhere.",
      valueName: "url"))
  var prometheus: String?

  @Option(
    help: ArgumentHelp(
      "Which series of it: labels, such as '{cluster=\"a\"}'.", valueName: "selector"))
  var query: String?

  @Option(help: ArgumentHelp("The environment variable that holds a token.", valueName: "variable"))
  var tokenEnv: String?

  @Option(
    help: ArgumentHelp("Authorities whose certificates are believed, as PEM.", valueName: "file"))
  var ca: String?

  @Option(help: ArgumentHelp("The label that names a machine's rack.", valueName: "name"))
  var rackLabel: String = "rack"

  @Option(help: ArgumentHelp("Time between two questions, such as 15s.", valueName: "time"))
  var every: String = "15s"

  @Option(
    help: ArgumentHelp("How far back the scrubber goes, such as 6h or 7d.", valueName: "time"))
  var history: String = "24h"

  func validate() throws {
    if let query {
      do throws(FleetSelector.Fault) { _ = try FleetSelector(query) } catch {
        throw ValidationError("--query \(Secrets.masked(query)): it \(error.words)")
      }
    }
    if !(1...3600 ~= Duration(text: every)?.inSeconds ?? 0) {
      throw ValidationError("--every \(every): write a time from 1s to 1h, such as 15s")
    }
    if !(600...Settings.longest ~= Duration(text: history)?.inSeconds ?? 0) {
      throw ValidationError("--history \(history): write a time from 10min to 366d, such as 24h")
    }
    let letters = rackLabel.utf8.allSatisfy {
      0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x5F
    }
    if rackLabel.isEmpty || !letters {
      throw ValidationError("--rack-label \(rackLabel): write the name of a label, such as rack")
    }
  }

  var interval: Double { Duration(text: every)?.inSeconds ?? 15 }
  var historySeconds: Double { Duration(text: history)?.inSeconds ?? 86_400 }

  /// The account's length where the user chooses none.
  static let window = 3600.0

  /// What asks the store.
  func reader(_ host: HostEnvironment) throws -> FleetReader {
    do {
      let token = try KeySource(environment: tokenEnv, command: nil, file: nil)
        .read(environment: host.environment, name: "token")?.revealed
      guard let prometheus else {
        throw WrongUsage("name a store by --prometheus, or machines by --hosts")
      }
      let store = try PromStore(prometheus, token: token, trust: ca.map { .file($0) } ?? .system)
      let selector = try query.map { text throws(FleetSelector.Fault) in try FleetSelector(text) }
      return FleetReader(store, selector ?? FleetSelector(), rackLabel: rackLabel)
    } catch let error as SourceRequestError {
      throw WrongUsage("--prometheus: \(error)")
    }
  }
}

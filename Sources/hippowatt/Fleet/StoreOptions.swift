import ArgumentParser
import Fleet
import HTTP
import Telemetry

/// Which store is asked, for which series, and with what right.
struct StoreOptions: ParsableArguments {
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

  func validate() throws {
    guard let query else { return }
    do throws(FleetSelector.Fault) { _ = try FleetSelector(query) } catch {
      throw ValidationError("--query \(Secrets.masked(query)): it \(error.words)")
    }
  }

  /// What asks the store.
  func reader(_ host: HostEnvironment, rackLabel: String = "rack") throws -> FleetReader {
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

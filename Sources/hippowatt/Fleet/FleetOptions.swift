import ArgumentParser
import Fleet
import Quantities

/// Which store is asked, and how.
struct FleetOptions: ParsableArguments {
  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("The label that names a machine's rack.", valueName: "name"))
  var rackLabel: String = "rack"

  @Option(help: ArgumentHelp("Time between two questions, such as 15s.", valueName: "time"))
  var every: String = "15s"

  @Option(
    help: ArgumentHelp("How far back the scrubber goes, such as 6h or 7d.", valueName: "time"))
  var history: String = "24h"

  func validate() throws {
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
    try store.reader(host, rackLabel: rackLabel)
  }
}

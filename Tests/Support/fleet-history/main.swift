import FleetHistory
import Glibc

/// Writes the history of a cluster that never was, for Prometheus.
///
///     fleet-history END HOSTS SECONDS SCRAPE FILE
///     promtool tsdb create-blocks-from openmetrics FILE DATA
func complain(_ text: String) { _ = write(2, text + "\n", text.utf8.count + 1) }

let words = CommandLine.arguments.dropFirst()
let numbers = words.dropLast().compactMap { Int($0) }
guard words.count == 5, numbers.count == 4, let path = words.last else {
  complain("usage: fleet-history END HOSTS SECONDS SCRAPE FILE")
  exit(2)
}
let script = FleetScript.cluster(hosts: numbers[1], seconds: numbers[2], scrape: numbers[3])
guard FleetHistory.write(script, start: numbers[0] - numbers[2], to: path) else {
  complain("fleet-history: \(path) cannot be written")
  exit(1)
}

import FleetHistory
import Glibc
import HTTP
import Linux
import TestSupport
import Testing

/// A real Prometheus with a scripted history, on a port of its own, that ends with the tests.
final class PrometheusServer: Sendable {
  let url: String
  /// When the script began, in seconds since 1970.
  let start: Int
  let script: FleetScript
  private let process: Held

  /// A child is used by one thread: whoever starts it.
  private final class Held: @unchecked Sendable {
    let child: ChildProcess
    init(_ child: ChildProcess) { self.child = child }
  }

  /// Where Prometheus is: installed, or where `make prometheus` unpacks it.
  private static let path =
    "/usr/local/bin:/usr/bin:/bin:\(Fixtures.folder)/../../.build/prometheus/usr/bin"

  struct Missing: Error, CustomStringConvertible {
    var description: String
  }

  init(_ script: FleetScript, start: Int) throws {
    self.script = script
    self.start = start
    let tools = try Self.run("command -v prometheus && command -v promtool")
    guard tools.succeeded else {
      throw Missing(
        description: "these tests need Prometheus: run `make prometheus`")
    }
    var template = Array("/tmp/hippowatt-prometheus-XXXXXX".utf8CString)
    guard let folder = mkdtemp(&template).map({ String(cString: $0) }),
      FleetHistory.write(script, start: start, to: folder + "/history.txt")
    else { throw Missing(description: "no folder could be made in /tmp") }
    let blocks = try Self.run(
      "cd \(folder) && promtool tsdb create-blocks-from openmetrics history.txt data && rm history.txt"
        + " && echo 'global: {}' > prometheus.yml")
    guard blocks.succeeded else { throw Missing(description: "promtool: \(blocks.output)") }
    let port = try Self.freePort()
    url = "http://127.0.0.1:\(port)"
    let child = try ChildProcess(
      command: "trap 'rm -rf \(folder)' EXIT; prometheus --config.file=\(folder)/prometheus.yml "
        + "--storage.tsdb.path=\(folder)/data --storage.tsdb.retention.time=20y "
        + "--web.listen-address=127.0.0.1:\(port) 2>&1 & wait",
      environment: ["PATH": Self.path])
    process = Held(child)
    var said = ""
    while !said.contains("ready to receive web requests") {
      child.wait(milliseconds: 1000)
      child.read { said += String(decoding: $0, as: UTF8.self) }
      if let end = child.ending() { throw Missing(description: "prometheus ended: \(end) \(said)") }
    }
  }

  private static func run(_ command: String) throws -> (succeeded: Bool, output: String) {
    let child = try ChildProcess(
      command: command + " 2>&1", environment: ["PATH": Self.path])
    var output = ""
    while child.ending() == nil {
      child.wait(milliseconds: 1000)
      child.read { output += String(decoding: $0, as: UTF8.self) }
    }
    return (child.hasSucceeded, output)
  }

  private static func freePort() throws -> Int {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, size) == 0 && getsockname(listener, $0, &size) == 0
      }
    }
    guard isBound else { throw Missing(description: "no port is free") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}

extension PrometheusServer {
  /// When the scripted fleet begins: a whole column of five minutes.
  static let beginning = 1_800_000_000

  /// Six machines of four for eighty minutes, read every quarter of a minute, and what goes wrong.
  static let troubled = Result {
    try PrometheusServer(
      FleetScript(
        hosts: 7, gpus: 4, seconds: 4800, scrape: 15,
        jobs: [
          FleetScript.Job(
            "100", "wide", user: "ada", account: "llm", hosts: 0..<3, gpus: 4, from: 0, to: 4800,
            watts: 600, waits: 0.3, tokens: 9600),
          FleetScript.Job(
            "101", "short", user: "bo", account: "vision", hosts: 3..<4, gpus: 4, from: 3000,
            to: 3301, watts: 500, waits: 0.1, cause: "peers"),
          FleetScript.Job(
            "102", "begun", user: "bo", account: "vision", hosts: 3..<4, gpus: 2, from: 4010,
            to: 4800, watts: 300),
          FleetScript.Job(
            "103", "lost", user: "cy", account: "llm", hosts: 4..<5, gpus: 4, from: 0, to: 4800,
            watts: 700),
          FleetScript.Job(
            "104", "gap", user: "cy", account: "llm", hosts: 5..<6, gpus: 4, from: 0, to: 4800,
            watts: 650, waits: 0.5, cause: "program"),
          FleetScript.Job(
            "105", "hollow", user: "di", account: "vision", hosts: 6..<7, gpus: 3, from: 0,
            to: 4800, watts: 0, isHollow: true),
        ],
        faults: [
          0: [.twin], 2: [.restarts(3333)], 4: [.vanishes(3900)], 5: [.gap(2500..<3100)],
        ]),
      start: beginning)
  }
}

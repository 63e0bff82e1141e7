import Glibc
import HTTP
import Terminals
import TestSupport

/// The exporter as it runs, with a driver that plays a script, and a way to ask it.
final class Agent {
  let program: Program
  private(set) var url = ""

  struct NotListening: Error { var words: String }

  /// Settings with the stand-in for the driver's library as their only source.
  static func settings(in folder: Folder, and more: String = "") -> String {
    folder.write(
      "[[source]]\nkind = \"nvml\"\nlibrary = \"\(builtProgram("libFakeNVML.so"))\"\n" + more,
      to: "fake.toml")
  }

  /// Starts it and waits until it tells its address; `pids` are on every accelerator, as batch jobs.
  init(
    _ arguments: [String] = [], in folder: Folder, listen: String = "127.0.0.1:0",
    state: String = "state.json", gpus: Int = 2, pids: [pid_t] = []
  ) throws {
    let settings = Self.settings(
      in: folder, and: pids.isEmpty ? "" : "[[source]]\nkind = \"scheduler\"\n")
    var environment = ["FAKE_NVML_GPUS": "\(gpus)"]
    environment["FAKE_NVML_PIDS"] =
      pids.isEmpty ? nil : pids.map(String.init).joined(separator: ",")
    program = try Program(
      [
        "exporter", "--listen", listen, "--config", settings, "--every", "100ms",
        "--state", folder.file(state),
      ] + arguments, in: folder, environment: environment)
    guard program.wait(until: { program.ended || text.contains("/metrics") }), !program.ended,
      let line = text.split(separator: "\n").last(where: { $0.hasSuffix("/metrics") }),
      let address = line.split(separator: " ").last
    else { throw NotListening(words: text) }
    url = String(address.dropLast("/metrics".count))
  }

  private var text: String { String(decoding: program.errors, as: UTF8.self) }

  /// Asks for a page; `accept` is what a store says it takes.
  func get(
    _ path: String = "/metrics", accept: String? = nil, token: String? = nil,
    trust: HTTPTrust = .system
  ) throws -> (status: Int, contentType: String, text: String) {
    var client = HTTPClient()
    client.timeout = 10
    client.trust = trust
    client.credentials = token.map { HTTPCredentials(token: $0) }
    let headers = accept.map { [HTTPHeader("Accept", $0)] } ?? []
    let response = try client.get(try HTTPURL(url + path), headers: headers)
    return (response.status, response.contentType, String(decoding: response.body, as: UTF8.self))
  }

  /// The value of a series of the page now; `nil` where it is not told.
  func value(_ series: String) throws -> Double? {
    try Self.value(series, in: get().text)
  }

  static func value(_ series: String, in text: String) -> Double? {
    text.split(separator: "\n").first { $0.hasPrefix(series + " ") }
      .flatMap { $0.split(separator: " ").last }.flatMap { Double($0) }
  }

  /// Waits until a page says something.
  func wait(for condition: (String) -> Bool) throws -> String {
    var page = ""
    let start = seconds()
    repeat {
      page = try get().text
      if condition(page) { return page }
      poll(nil, 0, 20)
    } while seconds() - start < 60
    throw NotListening(words: "the page never said it:\n" + page)
  }

  /// The first accelerator's energy, as a series.
  static let energy =
    "hippowatt_gpu_energy_joules_total{gpu=\"0\",uuid=\"GPU-00000000-0000-0000-0000-000000000000\"}"
}

import Formats
import Glibc
import Linux
import TestSupport

@testable import HTTP

/// A real Prometheus, started by a test: what it is told to scrape, and a way to ask it.
final class Prometheus {
  private let process: ChildProcess
  let url: String

  struct NotThere: Error, CustomStringConvertible {
    var description: String
  }

  /// Where a program of Prometheus lies: installed, or unpacked by `make prometheus`.
  static func path(_ name: String) throws -> String {
    let folders =
      ["/usr/bin", "/usr/local/bin", "\(Fixtures.folder)/../../.build/prometheus/usr/bin"]
    guard let folder = folders.first(where: { access($0 + "/" + name, X_OK) == 0 }) else {
      throw NotThere(description: "there is no \(name): run `make prometheus`")
    }
    return folder + "/" + name
  }

  /// A port that was free a moment ago.
  static func freePort() -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) + getsockname(descriptor, $0, &size)
      }
    }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  /// Starts one that scrapes some addresses, by default every half second, and waits until it answers.
  init(scraping configuration: String, in folder: Folder) throws {
    let port = Self.freePort()
    url = "http://127.0.0.1:\(port)"
    let file = folder.write(configuration, to: "prometheus.yml")
    let program = try Self.path("prometheus")
    process = try ChildProcess(
      command: "exec \(program) --config.file=\(file) --storage.tsdb.path=\(folder.file("tsdb"))"
        + " --web.listen-address=127.0.0.1:\(port) --log.level=error",
      environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path])
    let start = seconds()
    while (try? get("/-/ready").status) != 200 {
      guard seconds() - start < 60, process.ending() == nil else {
        process.read { _ in }
        throw NotThere(description: "prometheus does not answer: \(process.lastError)")
      }
      poll(nil, 0, 20)
    }
  }

  private func get(_ path: String) throws -> HTTPResponse {
    var client = HTTPClient()
    client.timeout = 10
    return try client.get(try HTTPURL(url + path))
  }

  /// The samples of an instant vector, by one of its labels.
  func samples(_ query: String, by label: String = "instance") throws -> [String: Double] {
    let text = HTTPURL.encoded([(name: "query", value: query)])
    let response = try get("/api/v1/query?" + text)
    let root = try JSONValue(Array(response.body))
    guard case .list(let list)? = JSONPointer("/data/result")?.value(in: root) else {
      throw NotThere(
        description: "\(query): \(String(decoding: response.body.prefix(300), as: UTF8.self))")
    }
    var result: [String: Double] = [:]
    for entry in list {
      var name = ""
      if case .scalar(.text(let text))? = JSONPointer("/metric/\(label)")?.value(in: entry) {
        name = text
      }
      guard case .scalar(.text(let value))? = JSONPointer("/value/1")?.value(in: entry) else {
        continue
      }
      result[name] = Double(value)
    }
    return result
  }

  /// Waits until a query has an answer that will do.
  func wait(
    for query: String, by label: String = "instance", _ condition: ([String: Double]) -> Bool
  )
    throws -> [String: Double]
  {
    let start = seconds()
    var last: [String: Double] = [:]
    while seconds() - start < 60 {
      last = try samples(query, by: label)
      if condition(last) { return last }
      poll(nil, 0, 50)
    }
    throw NotThere(description: "\(query) stayed \(last)")
  }

  /// What promtool says of a text on its standard input; empty where it has nothing to say.
  static func check(_ words: String, _ text: String, in folder: Folder) throws -> String {
    let file = folder.write(text, to: "checked")
    let process = try ChildProcess(
      command: "cd \(folder.path) && \(try path("promtool")) \(words) < \(file) 2>&1",
      environment: ["HOME": folder.path]
    )
    var output: [UInt8] = []
    while process.ending() == nil {
      process.wait(milliseconds: 100)
      process.read { output += $0 }
    }
    process.read { output += $0 }
    let said = String(decoding: output, as: UTF8.self)
    return process.hasSucceeded ? said : said.isEmpty ? "it failed" : said
  }
}

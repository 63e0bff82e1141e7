import Loopback
import Quantities
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import HTTP
@testable import Serving

/// Every metrics page torn at every byte: refused on its way, and no other number in it.
@Suite struct PageTornTests {
  static let pages = ServerTable.all.map(\.name) + exporters
  static let exporters = ["dcgm-exporter", "dcgm-exporter-mig"]

  private static let selection = PrometheusSelection(
    names: Set(ServerTable.selection.names).union(DCGMTable.byName.keys), prefixes: [])

  static func bytes(_ name: String) -> [UInt8] {
    Fixtures.readFile(Fixtures.path("pages/\(Fixtures.name(name)).prom"))
  }

  @Test(arguments: pages) func everyServerHasAPage(name: String) throws {
    let page = PrometheusText.read(Self.bytes(name), ServerTable.selection)
    #expect(page.kind == .metrics && page.strayLines == 0)
    #expect(ServerTable.of(page)?.name == (Self.exporters.contains(name) ? nil : name))
  }

  @Test(arguments: pages) func aTornPageIsRefused(name: String) throws {
    let page = String(decoding: Self.bytes(name), as: UTF8.self)
    let count = page.utf8.count
    let server = try LoopbackServer { path in
      let end = Int(path.dropFirst()) ?? 0
      return .raw("HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\n\r\n\(page.prefix(end))")
    }
    let client = HTTPClient()
    for end in stride(from: 0, to: page.count, by: max(1, page.count / 40)) {
      let url = try HTTPURL(server.url("/\(end)"))
      #expect(throws: HTTPFailure.endedEarly) { try client.get(url) }
    }
    let whole = try client.get(HTTPURL(server.url("/\(page.count)")))
    #expect(whole.body == Array(page.utf8))
  }

  @Test(arguments: pages) func theLinesBeforeATearAreRight(name: String) {
    let page = Self.bytes(name)
    let whole = PrometheusText.read(page, Self.selection).samples
    #expect(!whole.isEmpty)
    // How many samples there are before a line end.
    var count = 0
    for end in page.indices {
      let torn = PrometheusText.read(Array(page[..<end]), Self.selection).samples
      #expect(torn.prefix(count) == whole.prefix(count))
      #expect(torn.count <= count + 1)
      if page[end] == 0x0A { count = torn.count }
    }
    #expect(count == whole.count)
  }
}

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

  @Test(arguments: pages) func aTornPageIsRefused(name: String) {
    let page = Self.bytes(name)
    var parser = HTTPResponseParser()
    parser.feed(Array("HTTP/1.1 200 OK\r\nContent-Length: \(page.count)\r\n\r\n".utf8))
    for byte in page {
      var torn = parser
      torn.finish()
      #expect(torn.result == .failure(.endedEarly))
      parser.feed([byte])
    }
    parser.finish()
    #expect((try? parser.result?.get())?.body == page)
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

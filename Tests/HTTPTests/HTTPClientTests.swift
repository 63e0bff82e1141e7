import Glibc
import Linux
import Loopback
import Telemetry
import TestSupport
import Testing

@testable import HTTP

/// GETs over real sockets, to a server of the test's own.
@Suite struct HTTPClientTests {
  private func failure(_ text: String, _ client: HTTPClient = HTTPClient()) throws -> HTTPFailure? {
    let url = try HTTPURL(text)
    do throws(HTTPFailure) {
      _ = try client.get(url)
      return nil
    } catch {
      return error
    }
  }

  /// A port on which nothing listens: it was free a moment ago.
  static func deadPort() throws -> Int { try LoopbackServer { _ in .silence() }.port }

  @Test func `a page comes back`() throws {
    let server = try LoopbackServer { .page("path \($0)\n") }
    for path in ["", "/", "/metrics?x=1"] {
      let response = try HTTPClient().get(HTTPURL(server.url(path)))
      #expect(response.status == 200)
      let asked = path.isEmpty ? "/" : path
      #expect(String(decoding: response.body, as: UTF8.self) == "path \(asked)\n")
    }
    #expect(try HTTPClient().get(HTTPURL(server.url())).isLocal)
    let named = try HTTPClient().get(HTTPURL("localhost:\(server.port)/x"))
    #expect(named.status == 200)
  }

  @Test func `nobody at the port is told apart from silence`() throws {
    #expect(try failure("127.0.0.1:\(Self.deadPort())") == .refused)
    let server = try LoopbackServer { path in
      .silence(after: path == "/" ? "" : "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nvllm")
    }
    var client = HTTPClient()
    client.timeout = 0.05
    #expect(try failure(server.url(), client) == .timeout(0.05))
    #expect(try failure(server.url("/metrics"), client) == .timeout(0.05))
  }

  @Test func `a server that hangs up midway is told of`() throws {
    let server = try LoopbackServer { path in
      path == "/early"
        ? .raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nvllm:") : .raw("220 mail ready\r\n")
    }
    #expect(try failure(server.url("/early")) == .endedEarly)
    #expect(try failure(server.url("/mail")) == .notHTTP)
  }

  @Test func `fifty megabytes are refused before they are read`() throws {
    let server = try LoopbackServer { path in
      switch path {
      case "/said": .flood(50_000_000)
      case "/chunks": .flood(50_000_000, chunked: true)
      default: .raw("HTTP/1.1 200 OK\r\n\r\n" + Self.nineMegabytes)
      }
    }
    #expect(try failure(server.url("/said")) == .tooLarge(8 << 20))
    #expect(try failure(server.url("/chunks")) == .tooLarge(8 << 20))
    #expect(try failure(server.url("/unsaid")) == .tooLarge(8 << 20))
  }

  private static let nineMegabytes = String(repeating: "vllm:x 1\n", count: 1_000_000)

  @Test func `drops without end do not outlast the deadline`() throws {
    // Headers that never end are cut by their size, silence by the timer; both come back.
    let endless = String(repeating: "X: y\r\n", count: 20_000)
    let server = try LoopbackServer { _ in .raw("HTTP/1.1 200 OK\r\n" + endless) }
    #expect(try failure(server.url()) == .malformed("its headers have no end"))
  }

  @Test func `what came is told in words, with what to do`() throws {
    let url = try HTTPURL("127.0.0.1:8000/metrics")
    #expect(HTTPFailure.refused.words(url) == "nothing listens on 127.0.0.1:8000")
    #expect(HTTPFailure.timeout(2).words(url) == "no answer from 127.0.0.1:8000 within 2 s")
    #expect(
      HTTPFailure.tooLarge(8 << 20).words(url)
        == "http://127.0.0.1:8000/metrics answered more than 8 MiB")
    let all: [HTTPFailure] = [
      .unknownHost, .refused, .unreachable("x"), .timeout(0.3), .notHTTP, .malformed("x"),
      .tooLarge(1), .endedEarly, .compressed("gzip"), .noCurl, .secure("x"), .redirect("x"),
      .unsendable("x"),
    ]
    for failure in all { #expect(!failure.words(url).isEmpty && !failure.remedy(url).isEmpty) }
  }

  @Test(arguments: ["http", "https"])
  func `without the library it says what to install`(scheme: String) throws {
    var client = HTTPClient()
    client.curl = LibrarySearch(["libnowhere.so.4"], in: ["/nowhere"])
    let url = try HTTPURL("\(scheme)://127.0.0.1:1/metrics")
    #expect(try failure(url.description, client) == .noCurl)
    #expect(HTTPFailure.noCurl.words(url) == "\(scheme) needs libcurl.so.4, which is not installed")
    for way in ["libcurl4t64", "libcurl4 ", "dnf", "apk", "pacman"] {
      #expect(HTTPFailure.noCurl.remedy(url).contains(way))
    }
    #expect(HTTPFailure.noCurl.health == .absent)
  }

  @Test func `https fails in words where there is no TLS`() throws {
    let nobody = try failure("https://127.0.0.1:\(Self.deadPort())/")
    let server = try LoopbackServer { _ in .raw("no TLS here\r\n") }
    let plain = try failure("https://127.0.0.1:\(server.port)/")
    #expect(nobody == .refused)
    guard case .secure(let words) = plain else {
      Issue.record("a plain server passed for a secure one")
      return
    }
    #expect(!words.isEmpty)
  }
}

import Loopback
import Telemetry
import TestSupport
import Testing

@testable import HTTP

/// https to a server of the test's own, with certificates that are right and wrong.
@Suite(.enabled(if: LoopbackTLS.isThere)) struct HTTPSecureTests {
  private func server(
    _ certificate: String, keeps: Bool = false,
    _ play: @escaping @Sendable (String) -> LoopbackServer.Reply = { _ in .page("safe") }
  ) throws -> LoopbackServer {
    try LoopbackServer.hearing(
      .init(keepsConnections: keeps, certificate: Fixtures.path("tls/\(certificate).pem")), play)
  }

  private var client: HTTPClient {
    var client = HTTPClient()
    client.timeout = 5
    client.trust = .file(Fixtures.path("tls/authority.pem"))
    return client
  }

  private func failure(_ url: HTTPURL, _ client: HTTPClient) -> HTTPFailure? {
    do throws(HTTPFailure) { _ = try client.get(url) } catch { return error }
    return nil
  }

  @Test func `a certificate of an authority that is believed is believed`() throws {
    let server = try server("good")
    let response = try client.get(HTTPURL(server.url("/")))
    #expect(response.body == Array("safe".utf8) && response.isLocal)
  }

  @Test(arguments: ["elsewhere", "expired"])
  func `a wrong certificate is refused in words, and taken where any is`(name: String) throws {
    let server = try server(name)
    let url = try HTTPURL(server.url("/"))
    guard let failure = failure(url, client), case .secure(let words) = failure else {
      Issue.record("\(name) was believed")
      return
    }
    #expect(words.lowercased().contains(name == "expired" ? "expired" : "name"), "\(words)")
    #expect(failure.remedy(url).contains("certificate"))
    var careless = client
    careless.trust = .anything
    #expect(try careless.get(url).status == 200)
    // A handle that believed it once is not asked again.
    careless.trust = .file(Fixtures.path("tls/authority.pem"))
    #expect(self.failure(url, careless) != nil)
  }

  @Test func `an authority that nobody knows is not believed`() throws {
    let server = try server("good")
    var client = client
    client.trust = .system
    guard case .secure = failure(try HTTPURL(server.url("/")), client) else {
      Issue.record("it was believed")
      return
    }
  }

  @Test func `no redirect leads from https to http, and the other way it goes without secrets`()
    throws
  {
    let plain = try LoopbackServer { _ in .page("plain") }
    let away = plain.url("/")
    let heard = HTTPAdversityTests.Heard()
    let server = try server("good") { request in
      heard.add(request)
      return request.hasPrefix("GET /away") ? .status(302, ["Location: \(away)"]) : .page("safe")
    }
    var client = client
    client.redirects = 3
    let url = try HTTPURL(server.url("/away"))
    #expect(failure(url, client) == .redirect("sends on from https to http"))
    let home = server.url("/home")
    let start = try LoopbackServer { _ in .status(308, ["Location: \(home)"]) }
    client.credentials = HTTPCredentials(token: "hunter2")
    #expect(try client.get(HTTPURL(start.url("/"))).body == Array("safe".utf8))
    #expect(heard.requests.last?.contains("Authorization") == false)
  }

  @Test func `a connection that is kept says nothing of who asked before`() throws {
    let heard = HTTPAdversityTests.Heard()
    let server = try server("good", keeps: true) { request in
      heard.add(request)
      return .page("safe")
    }
    var client = client
    let url = try HTTPURL(server.url("/"))
    client.credentials = HTTPCredentials(user: "admin", password: "hunter2")
    client.credentials?.scheme = .basic
    _ = try client.get(url, headers: [HTTPHeader("X-Key", "hunter2", isSecret: true)])
    client.credentials = HTTPCredentials(token: "hunter2")
    _ = try client.get(url)
    client.credentials = nil
    _ = try client.post(url, form: [("a", "hunter2")])
    _ = try client.get(url)
    #expect(heard.requests.count == 4)
    #expect(heard.requests[0].contains("Authorization: Basic"))
    #expect(heard.requests[1].contains("Bearer hunter2") && !heard.requests[1].contains("X-Key"))
    let last = heard.requests[3]
    #expect(last.hasPrefix("GET /") && !last.contains("Authorization") && !last.contains("hunter2"))
  }

  @Test func `what breaks off is not taken for whole, and what is too much is not read`() throws {
    let server = try server("good") { request in
      request.hasPrefix("GET /early")
        ? .raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
        : .flood(50_000_000, chunked: true)
    }
    #expect(failure(try HTTPURL(server.url("/early")), client) == .endedEarly)
    #expect(failure(try HTTPURL(server.url("/flood")), client) == .tooLarge(8 << 20))
  }
}

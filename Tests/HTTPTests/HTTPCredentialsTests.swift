import Glibc
import Loopback
import Telemetry
import Testing

@testable import HTTP

/// Who asks, and that nobody else learns it.
@Suite struct HTTPCredentialsTests {
  /// What a server heard, one request after the other.
  private final class Heard: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var list: [String] = []
    init() {
      mutex.initialize(to: pthread_mutex_t())
      pthread_mutex_init(mutex, nil)
    }
    func add(_ request: String) {
      pthread_mutex_lock(mutex)
      list.append(request)
      pthread_mutex_unlock(mutex)
    }
    var requests: [String] {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      return list
    }
    static func authorization(_ request: String) -> String? {
      request.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Authorization: ") }
        .map { String($0.dropFirst(15)) }
    }
  }

  @Test(arguments: [
    ("http://box/x", "http://box/x", false), ("box:80", "box:80", false),
    ("http://u:p@box:80/x?y=a@b", "http://box:80/x?y=a@b", true),
    ("u:p@box", "box", true), ("https://u@[::1]:443", "https://[::1]:443", true),
    ("http://a:b@c:d@box/", "http://box/", true), ("http://box/@", "http://box/@", false),
  ])
  func `they are taken out of a URL`(text: String, url: String, isNamed: Bool) throws {
    let split = HTTPCredentials.split(text)
    #expect(split.url == url)
    #expect((split.credentials != nil) == isNamed)
    _ = try HTTPURL(split.url)
  }

  @Test func `what is escaped in a URL is the character, and a password may hold signs`() {
    let named = HTTPCredentials.split("http://ad%40min:p%3Ass%2@box").credentials
    #expect(named == HTTPCredentials(user: "ad@min", password: "p:ss%2"))
    #expect(named?.query(user: "user", password: "password") == "user=ad%40min&password=p%3Ass%252")
  }

  @Test func `nothing that prints them shows them`() {
    for who in [
      HTTPCredentials(user: "admin", password: "hunter2"), HTTPCredentials(token: "hunter2"),
    ] {
      for text in ["\(who)", String(reflecting: who), String(describing: Optional(who))] {
        #expect(!text.contains("hunter2") && !text.contains("admin"))
      }
      var client = HTTPClient()
      client.credentials = who
      var text = ""
      dump(client.credentials?.description, to: &text)
      #expect(!text.contains("hunter2"))
    }
    for url in [
      "http://admin:hunter2@box:0", "http://admin:hunt/hunter2@box", "http://admin:?hunter2@box",
    ] {
      var text = ""
      do { _ = try HTTPURL(HTTPCredentials.split(url).url) } catch { text = "\(error)" }
      #expect(!text.isEmpty && !text.contains("hunter2"), "\(text)")
    }
  }

  @Test func `a secret of a request is asked with and never shown`() throws {
    var url = try HTTPURL("http://box/cm?cmnd=Status")
    url.secret = "&password=hunter2"
    #expect(!url.description.contains("hunter2") && url.at("/x").secret.isEmpty)
    #expect(url.target == "/cm?cmnd=Status&password=hunter2")
    for failure in [HTTPFailure.tooLarge(1), .refused, .timeout(1), .secure("x"), .notHTTP] {
      #expect(!failure.words(url).contains("hunter2") && !failure.remedy(url).contains("hunter2"))
    }
  }

  @Test
  func `a server that wants a digest gets one, and never the password`() throws {
    let heard = Heard()
    let server = try LoopbackServer.hearing { request in
      heard.add(request)
      guard Heard.authorization(request) != nil else {
        let challenge =
          "WWW-Authenticate: Digest qop=\"auth\", realm=\"plug\", nonce=\"1725185413\", "
          + "algorithm=SHA-256"
        return .status(401, [challenge], "{\"no\":1}")
      }
      return .raw(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n")
    }
    var client = HTTPClient()
    client.credentials = HTTPCredentials(user: "admin", password: "hunter2")
    let response = try client.get(HTTPURL(server.url("/rpc/Switch.GetStatus?id=0")))
    #expect(response.status == 200 && String(decoding: response.body, as: UTF8.self) == "{\"a\":1}")
    let proof = heard.requests.compactMap(Heard.authorization)
    #expect(proof.count == 1 && proof[0].hasPrefix("Digest username=\"admin\""))
    #expect(proof[0].contains("SHA-256") && !proof[0].contains("hunter2"))
    // A second question over the same handle.
    #expect(try client.get(HTTPURL(server.url("/"))).status == 200)
  }

  @Test
  func `a server that wants a password gets it, and a wrong one is refused once`() throws {
    let heard = Heard()
    let server = try LoopbackServer.hearing { request in
      heard.add(request)
      // admin:hunter2
      return Heard.authorization(request) == "Basic YWRtaW46aHVudGVyMg=="
        ? .page("{}") : .status(401, ["WWW-Authenticate: Basic realm=\"x\""], "no")
    }
    var client = HTTPClient()
    client.credentials = HTTPCredentials(user: "admin", password: "hunter2")
    #expect(try client.get(HTTPURL(server.url("/"))).status == 200)
    client.credentials?.scheme = .basic
    let before = heard.requests.count
    #expect(try client.get(HTTPURL(server.url("/"))).status == 200)
    #expect(heard.requests.count == before + 1)
    var other = HTTPClient()
    other.credentials = HTTPCredentials(user: "admin", password: "wrong")
    #expect(try other.get(HTTPURL(server.url("/"))).status == 401)
    #expect(heard.requests.count == before + 3)
  }

  @Test
  func `a token is sent as one, to that host alone`() throws {
    let elsewhere = Heard()
    let other = try LoopbackServer.hearing { request in
      elsewhere.add(request)
      return .page("{}")
    }
    let away = other.url("/stolen")
    let heard = Heard()
    let server = try LoopbackServer.hearing { request in
      heard.add(request)
      return request.hasPrefix("GET /away") ? .status(302, ["Location: \(away)"]) : .page("{}")
    }
    var client = HTTPClient()
    client.credentials = HTTPCredentials(token: "hunter2")
    #expect(try client.get(HTTPURL(server.url("/"))).status == 200)
    #expect(heard.requests.compactMap(Heard.authorization) == ["Bearer hunter2"])
    let response = try client.get(HTTPURL(server.url("/away")))
    #expect(response.status == 302 && response.location == away)
    #expect(elsewhere.requests.isEmpty)
  }

  @Test
  func `with credentials the bounds are the same`() throws {
    let server = try LoopbackServer { path in
      switch path {
      case "/flood": .flood(50_000_000)
      case "/mail": .raw("220 mail ready\r\n")
      case "/early": .raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
      default: .silence(after: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")
      }
    }
    var client = HTTPClient()
    client.credentials = HTTPCredentials(user: "admin", password: "hunter2")
    client.timeout = 0.2
    func failure(_ path: String) throws -> HTTPFailure? {
      let url = try HTTPURL(server.url(path))
      do throws(HTTPFailure) { _ = try client.get(url) } catch { return error }
      return nil
    }
    #expect(try failure("/silent") == .timeout(0.2))
    client.timeout = 5
    #expect(try failure("/mail") == .notHTTP)
    #expect(try failure("/early") == .endedEarly)
    #expect(try failure("/flood") == .tooLarge(8 << 20))
    let nobody = try HTTPURL("http://127.0.0.1:\(HTTPClientTests.deadPort())/")
    #expect(throws: HTTPFailure.refused) { try client.get(nobody) }
  }
}

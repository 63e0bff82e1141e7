import Glibc
import Loopback
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import HTTP

/// Requests and answers as services on the internet have them, over real sockets.
@Suite struct HTTPAdversityTests {
  /// What a server heard, one request after the other.
  final class Heard: Sendable {
    private let list = Mutex<[String]>([])
    func add(_ request: String) { list.withLock { $0.append(request) } }
    var requests: [String] { list.withLock { $0 } }
  }

  private func failure(
    _ url: HTTPURL, _ client: HTTPClient, _ headers: [HTTPHeader] = []
  ) -> HTTPFailure? {
    do throws(HTTPFailure) { _ = try client.get(url, headers: headers) } catch { return error }
    return nil
  }

  private static let secret = HTTPHeader("X-Api-Key", "hunter2-swordfish", isSecret: true)

  @Test func `a page that has not changed has no body`() throws {
    let server = try LoopbackServer.hearing { request in
      request.contains("\r\nIf-None-Match: \"v1\"\r\n")
        ? .status(304, ["ETag: \"v1\""]) : .status(200, ["ETag: \"v1\""], "{}")
    }
    let (client, url) = (HTTPClient(), try HTTPURL(server.url("/x")))
    let first = try client.get(url)
    #expect(first.status == 200 && first.body == Array("{}".utf8))
    let again = try client.get(url, headers: [HTTPHeader("If-None-Match", first.etag ?? "")])
    #expect(again.status == 304 && again.body.isEmpty && again.etag == "\"v1\"")
  }

  @Test func `who asks too often is told when to ask again, and a fault has a body`() throws {
    let server = try LoopbackServer { path in
      switch path {
      case "/s": .status(429, ["Retry-After: 30"], "slow")
      case "/d": .status(429, ["Retry-After: Sun, 06 Nov 1994 08:49:37 GMT"], "slow")
      case "/n": .status(429, ["Retry-After: later"], "slow")
      default: .status(500, ["Content-Type: application/json"], "{\"error\":\"x\"}")
      }
    }
    let client = HTTPClient()
    func get(_ path: String) throws -> HTTPResponse { try client.get(HTTPURL(server.url(path))) }
    #expect(try get("/s").retryAfter == .seconds(30) && get("/s").status == 429)
    #expect(try get("/d").retryAfter == .date(Timestamp(seconds: 784_111_777)))
    #expect(try get("/n").retryAfter == nil)
    let fault = try get("/")
    #expect(fault.status == 500 && fault.contentType == "application/json")
    #expect(fault.body == Array("{\"error\":\"x\"}".utf8))
  }

  @Test func `nothing outlasts the deadline`() throws {
    let server = try LoopbackServer { path in
      switch path {
      case "/body": .drip(after: "HTTP/1.1 200 OK\r\n\r\n", milliseconds: 10)
      case "/headers": .drip(after: "HTTP/1.1 200 OK\r\nX: ", milliseconds: 10)
      case "/hangs": .silence(after: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
      default: .silence()
      }
    }
    var client = HTTPClient()
    client.timeout = 0.15
    for path in ["/", "/hangs", "/body", "/headers"] {
      #expect(failure(try HTTPURL(server.url(path)), client) == .timeout(0.15), "\(path)")
    }
  }

  @Test func `what breaks off is not taken for whole, and what is no HTTP not for an answer`()
    throws
  {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    let answers: [(String, HTTPFailure)] = [
      ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", .endedEarly),
      (chunked + "5\r\nhel", .endedEarly), (chunked + "5\r\nhello\r\n", .endedEarly),
      (chunked, .endedEarly), ("HTTP/1.1 200 OK\r\nX: y\r\n", .endedEarly), ("", .endedEarly),
      (chunked + "zz\r\nhello\r\n", .malformed("a chunk without a size")),
      ("SSH-2.0-OpenSSH_9.6\r\n", .notHTTP), ("\u{15}\u{3}\u{1}", .notHTTP),
      ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nx", .compressed("gzip")),
    ]
    let server = try LoopbackServer { path in .raw(answers[Int(path.dropFirst()) ?? 0].0) }
    for index in answers.indices {
      let failure = failure(try HTTPURL(server.url("/\(index)")), HTTPClient())
      #expect(failure == answers[index].1, "\(answers[index].0)")
    }
  }

  @Test func `IPv6 is spoken, and nobody's name is nobody`() throws {
    guard let server = try? LoopbackServer.hearing(.init(isIPv6: true), { _ in .page("six") })
    else { return }
    let response = try HTTPClient().get(HTTPURL(server.url("/x")))
    #expect(response.body == Array("six".utf8) && response.isLocal)
    #expect(failure(try HTTPURL("http://nobody.invalid/"), HTTPClient()) == .unknownHost)
  }

  @Test func `a form is sent as browsers do`() throws {
    let heard = Heard()
    let server = try LoopbackServer.hearing { request in
      heard.add(request)
      return .status(302, ["Location: /elsewhere"], "{}")
    }
    var client = HTTPClient()
    client.redirects = 3
    let form = [("grant_type", "client_credentials"), ("client_secret", "a b&c=é")]
    let url = try HTTPURL(server.url("/token"))
    #expect(try client.post(url, form: form).status == 302)
    #expect(heard.requests.count == 1)
    let request = try #require(heard.requests.first)
    #expect(request.hasPrefix("POST /token HTTP/1.1\r\n") && !request.contains("Expect"))
    #expect(request.contains("Content-Type: application/x-www-form-urlencoded\r\n"))
    #expect(
      request.hasSuffix(
        "\r\n\r\ngrant_type=client_credentials&client_secret=a%20b%26c%3D%C3%A9"))
    // And the next one is a question again.
    client.redirects = 0
    #expect(try client.get(url).status == 302)
    #expect(heard.requests.last?.hasPrefix("GET /token") == true)
    #expect(heard.requests.last?.contains("client_secret") == false)
  }

  @Test func `a header cannot smuggle another one in, and is never told`() throws {
    let server = try LoopbackServer { _ in .page("x") }
    let url = try HTTPURL(server.url("/"))
    for header in [
      HTTPHeader("X", "a\r\nY: b"), HTTPHeader("X\r\nY", "b"), HTTPHeader("X", "a\nb"),
      HTTPHeader("", "x"), HTTPHeader("X: y", "z"), HTTPHeader("X", "\0"),
      HTTPHeader("K", "hunter2-swordfish\n", isSecret: true),
    ] {
      guard let failure = failure(url, HTTPClient(), [header]), case .unsendable = failure else {
        Issue.record("\(header) was sent")
        continue
      }
      #expect(!(failure.words(url) + failure.remedy(url) + "\(failure)").contains("hunter2"))
    }
    let text = "\(Self.secret) \([Self.secret]) \(Self.secret.debugDescription)"
    #expect(!text.contains("hunter2") && text.contains("X-Api-Key: ***"))
  }

  // MARK: Redirects

  @Test func `redirects are followed on one server as often as is allowed, with what is secret`()
    throws
  {
    let heard = Heard()
    let server = try LoopbackServer.hearing { request in
      heard.add(request)
      if request.hasPrefix("GET /a/1") { return .status(307, ["Location: ../2?x"]) }
      if request.hasPrefix("GET /2") { return .status(301, ["Location: /3"]) }
      if request.hasPrefix("GET /loop") { return .status(302, ["Location: /loop"]) }
      return .page("there")
    }
    var client = HTTPClient()
    let url = try HTTPURL(server.url("/a/1")).withSecret(query: [("t", "swordfish")])
    #expect(try client.get(url).status == 307)
    client.redirects = 2
    #expect(try client.get(url, headers: [Self.secret]).body == Array("there".utf8))
    #expect(heard.requests.last?.hasPrefix("GET /3?t=swordfish HTTP/1.1") == true)
    #expect(heard.requests.suffix(3).allSatisfy { $0.contains("X-Api-Key: hunter2-swordfish") })
    let before = heard.requests.count
    let loop = try HTTPURL(server.url("/loop"))
    #expect(failure(loop, client) == .redirect("sends on more than 2 times"))
    #expect(heard.requests.count == before + 3)
  }

  @Test func `another server learns nothing of who asks, not even on the way back`() throws {
    let heard = Heard()
    let back = Mutex("")
    let other = try LoopbackServer.hearing { request in
      heard.add(request)
      return request.hasPrefix("GET /back")
        ? .status(302, ["Location: " + back.withLock { $0 }]) : .page("other")
    }
    let (away, returning) = (other.url("/stolen"), other.url("/back"))
    let own = Heard()
    let server = try LoopbackServer.hearing { request in
      own.add(request)
      switch request.split(separator: " ").dropFirst().first?.prefix(5) {
      case "/away": return .status(302, ["Location: \(away)"])
      case "/retu": return .status(302, ["Location: \(returning)"])
      case "/echo": return .status(302, ["Location: \(away)?t=swordfish"])
      default: return .page("own")
      }
    }
    back.withLock { $0 = server.url("/home") }
    var client = HTTPClient()
    client.redirects = 5
    client.credentials = HTTPCredentials(user: "admin", password: "hunter3")
    client.credentials?.scheme = .basic
    func get(_ path: String) throws -> HTTPResponse {
      let url = try HTTPURL(server.url(path)).withSecret(query: [("t", "swordfish")])
      return try client.get(url, headers: [Self.secret, HTTPHeader("X-Plain", "y")])
    }
    #expect(try get("/away").body == Array("other".utf8))
    #expect(try get("/return").body == Array("own".utf8))
    for request in heard.requests + own.requests.suffix(1) {
      #expect(request.contains("X-Plain: y"))
      for word in ["swordfish", "hunter", "Authorization", "X-Api-Key"] {
        #expect(!request.contains(word), "\(request)")
      }
    }
    #expect(own.requests.first?.contains("Authorization: Basic") == true)
    let before = heard.requests.count
    #expect(throws: HTTPFailure.self) { try get("/echo") }
    #expect(heard.requests.count == before)
    // Where it is not followed either, it is not told.
    client.redirects = 0
    #expect(try get("/echo").location == "\(away)?t=***")
  }

  /// A training that another thread starts meanwhile would hold the connection open for days.
  @Test func `no program inherits the connection`() throws {
    let port = Mutex<Int?>(nil)
    let flags = Mutex<[Int32]>([])
    let server = try LoopbackServer { _ in
      let own = (3..<4096).filter { Self.peer(of: $0) == port.withLock { $0 } }
      flags.withLock { $0 = own.map { fcntl($0, F_GETFD) } }
      return .page("")
    }
    port.withLock { $0 = server.port }
    _ = try HTTPClient().get(try HTTPURL(server.url("/")))
    #expect(flags.withLock { $0 } == [FD_CLOEXEC])
  }

  /// The port at the other end of a socket on IPv4.
  private static func peer(of descriptor: Int32) -> Int? {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &size) }
    }
    return status == 0 && address.sin_family == sa_family_t(AF_INET)
      ? Int(UInt16(bigEndian: address.sin_port)) : nil
  }

  @Test func `two clients on two threads do not mind each other`() throws {
    let servers = try (0..<2).map { index in try LoopbackServer { _ in .page("page \(index)") } }
    let urls = servers.map { $0.url("/") }
    final class Work: Sendable {
      let url: String
      let count = Mutex(0)
      init(_ url: String) { self.url = url }
    }
    let works = urls.map(Work.init)
    var threads: [pthread_t] = []
    for work in works {
      var thread = pthread_t()
      pthread_create(
        &thread, nil,
        { context in
          guard let context else { return nil }
          let work = Unmanaged<Work>.fromOpaque(context).takeUnretainedValue()
          let client = HTTPClient()
          for _ in 0..<50 {
            guard let url = try? HTTPURL(work.url), let page = try? client.get(url) else {
              continue
            }
            if page.body.count == 6 { work.count.withLock { $0 += 1 } }
          }
          return nil
        }, Unmanaged.passUnretained(work).toOpaque())
      threads.append(thread)
    }
    for thread in threads { pthread_join(thread, nil) }
    #expect(works.allSatisfy { $0.count.withLock { $0 } == 50 })
  }
}

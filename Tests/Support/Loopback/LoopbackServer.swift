import Glibc

/// A small HTTP server on this machine that plays what a test wants, on a thread of its own.
///
/// It listens on a port that the system picks and serves one connection after the other, each for one
/// request unless it is told to keep them.
public final class LoopbackServer: Sendable {
  /// What a request gets.
  public enum Reply: Sendable {
    /// A page with status 200.
    case page(String, type: String = "text/plain; version=0.0.4")
    /// Another status, with further header lines and a body.
    case status(Int, [String] = [], String = "")
    /// Exactly these bytes, then the end of the connection.
    case raw(String)
    /// Only these bytes, and nothing more until the other side gives up.
    case silence(after: String = "")
    /// A status line and so many bytes of a page; in chunks, so that nobody knows how many come.
    case flood(Int, chunked: Bool = false)
    /// These bytes, and then one more every so many milliseconds until the other side gives up.
    case drip(after: String, milliseconds: Int32)
  }

  /// How it listens and speaks.
  public struct Manner: Sendable {
    /// On `::1` instead of `127.0.0.1`.
    public var isIPv6 = false
    /// Several requests over one connection.
    public var keepsConnections = false
    /// TLS, with the key and the certificate in a file; needs OpenSSL's library.
    public var certificate: String?
    /// Plain, on `127.0.0.1`, one request a connection.
    public init(isIPv6: Bool = false, keepsConnections: Bool = false, certificate: String? = nil) {
      (self.isIPv6, self.keepsConnections) = (isIPv6, keepsConnections)
      self.certificate = certificate
    }
  }

  public let port: Int
  private let listener: Int32
  private let wake: (reading: Int32, writing: Int32)
  private let thread: pthread_t
  private let manner: Manner

  public struct NotStarted: Error {}

  private final class Box: Sendable {
    let listener: Int32
    let wake: Int32
    let keepsConnections: Bool
    let tls: LoopbackTLS?
    let play: @Sendable (String) -> Reply
    init(
      _ listener: Int32, _ wake: Int32, _ keepsConnections: Bool, _ tls: LoopbackTLS?,
      _ play: @escaping @Sendable (String) -> Reply
    ) {
      (self.listener, self.wake, self.play) = (listener, wake, play)
      (self.keepsConnections, self.tls) = (keepsConnections, tls)
    }
  }

  /// Starts it; `play` is asked with the path of each request, on the server's thread.
  public convenience init(_ play: @escaping @Sendable (_ path: String) -> Reply) throws {
    try self.init(hearing: { request in
      let words = request.split(separator: " ")
      return play(words.count > 1 ? String(words[1]) : "")
    })
  }

  /// Starts one whose `play` is asked with the whole text of each request, on the server's thread.
  public static func hearing(
    _ manner: Manner = Manner(), _ play: @escaping @Sendable (_ request: String) -> Reply
  ) throws -> LoopbackServer { try LoopbackServer(manner, hearing: play) }

  private static func bound<Address>(
    _ listener: Int32, _ address: inout Address
  ) -> Bool {
    var size = socklen_t(MemoryLayout<Address>.size)
    return withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, size) == 0 && listen(listener, 16) == 0
          && getsockname(listener, $0, &size) == 0
      }
    }
  }

  private init(
    _ manner: Manner = Manner(), hearing play: @escaping @Sendable (_ request: String) -> Reply
  ) throws {
    let family = manner.isIPv6 ? AF_INET6 : AF_INET
    let listener = socket(family, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    let isBound: Bool
    if manner.isIPv6 {
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_addr = in6addr_loopback
      isBound = Self.bound(listener, &address)
      port = Int(UInt16(bigEndian: address.sin6_port))
    } else {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      isBound = Self.bound(listener, &address)
      port = Int(UInt16(bigEndian: address.sin_port))
    }
    var tls: LoopbackTLS?
    if let certificate = manner.certificate {
      tls = LoopbackTLS(certificate)
      guard tls != nil else { throw NotStarted() }
    }
    self.manner = manner
    var ends: [Int32] = [-1, -1]
    guard listener >= 0, isBound, Self.pipe(&ends, O_CLOEXEC) == 0 else { throw NotStarted() }
    self.listener = listener
    wake = (ends[0], ends[1])
    var thread = pthread_t()
    let box = Box(listener, ends[0], manner.keepsConnections, tls, play)
    let status = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        LoopbackServer.run(Unmanaged<Box>.fromOpaque(context).takeRetainedValue())
        return nil
      }, Unmanaged.passRetained(box).toOpaque())
    guard status == 0 else { throw NotStarted() }
    self.thread = thread
  }

  deinit {
    _ = write(wake.writing, "x", 1)
    pthread_join(thread, nil)
    for descriptor in [listener, wake.reading, wake.writing] { close(descriptor) }
  }

  /// The URL of a path.
  public func url(_ path: String = "") -> String {
    let host = manner.isIPv6 ? "[::1]" : "127.0.0.1"
    return "\(manner.certificate == nil ? "http" : "https")://\(host):\(port)\(path)"
  }

  // MARK: The system's calls

  private typealias Pipe = @convention(c) (UnsafeMutablePointer<Int32>, Int32) -> Int32
  private typealias Accept =
    @convention(c) (Int32, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, Int32) -> Int32

  // Those that give no descriptor to a program another thread starts are hidden from Swift.
  private static let pipe = unsafeBitCast(dlsym(nil, "pipe2"), to: Pipe.self)
  private static let accept = unsafeBitCast(dlsym(nil, "accept4"), to: Accept.self)

  // MARK: The thread

  private static func run(_ box: Box) {
    while true {
      guard wait(box.listener, box.wake) else { return }
      // A program that another test starts must not keep the connection open.
      let connection = accept(box.listener, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
      guard connection >= 0 else { continue }
      let line = LoopbackConnection(connection, box.tls)
      if line.begin() { while serve(line, box), box.keepsConnections {} }
    }
  }

  /// Waits until a descriptor can be read; false when the server is to end.
  private static func wait(_ descriptor: Int32, _ wake: Int32, _ milliseconds: Int32 = -1) -> Bool {
    var entries = [descriptor, wake].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    while poll(&entries, 2, milliseconds) < 0 {}
    return entries[1].revents == 0
  }

  /// Answers a request; false where the connection is over.
  private static func serve(_ line: LoopbackConnection, _ box: Box) -> Bool {
    var request: [UInt8] = []
    var missing: Int?
    let end = Array("\r\n\r\n".utf8)
    while request.count < 65_536, missing ?? 1 > 0 {
      guard line.hasBytes || wait(line.number, box.wake) else { return false }
      let bytes = line.read()
      guard !bytes.isEmpty else { return false }
      request += bytes
      // A TLS handshake has no such end.
      if request.first == 0x16 { break }
      if request.suffix(4) == end[...] || missing != nil || request.contains(0x0A) {
        missing = left(request)
      }
    }
    return answer(box.play(String(decoding: request, as: UTF8.self)), line, box)
  }

  /// The bytes of a request that are still to come; `nil` where its headers are.
  private static func left(_ request: [UInt8]) -> Int? {
    let text = String(decoding: request, as: UTF8.self)
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
    guard let end = lines.dropLast().firstIndex(of: "") else { return nil }
    let length = lines[..<end].first { $0.lowercased().hasPrefix("content-length:") }
      .flatMap { Int($0.dropFirst(15).drop { $0 == " " }) }
    let head = lines[...end].reduce(0) { $0 + $1.utf8.count + 2 }
    return (length ?? 0) - (request.count - head)
  }

  private static func answer(_ reply: Reply, _ line: LoopbackConnection, _ box: Box) -> Bool {
    func head(_ status: Int, _ lines: [String]) -> String {
      let close = box.keepsConnections ? [] : ["Connection: close"]
      return (["HTTP/1.1 \(status) X"] + lines + close + ["", ""]).joined(separator: "\r\n")
    }
    switch reply {
    case .page(let body, let type):
      let lines = ["Content-Type: \(type)", "Content-Length: \(body.utf8.count)"]
      line.send(head(200, lines) + body)
      if box.keepsConnections { return true }
    case .status(let status, let lines, let body):
      let length = status == 304 ? [] : ["Content-Length: \(body.utf8.count)"]
      line.send(head(status, lines + length) + body)
      if box.keepsConnections { return true }
    case .raw(let text): line.send(text)
    case .silence(let text):
      line.send(text)
      while wait(line.number, box.wake), !line.read().isEmpty {}
    case .drip(let text, let milliseconds):
      guard line.send(text) else { return false }
      while wait(line.number, box.wake, milliseconds), line.send("x") {}
    case .flood(let count, let isChunked):
      let length = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(count)"
      guard line.send(head(200, [length])) else { return false }
      let piece = String(repeating: "vllm:filler 1\n", count: 4096)
      let size = String(piece.utf8.count, radix: 16)
      var left = count
      while left > 0, line.send(isChunked ? "\(size)\r\n\(piece)\r\n" : piece) {
        left -= piece.utf8.count
      }
    }
    line.endWriting()
    // What is closed with bytes unread resets the connection, and the answer with it.
    while wait(line.number, box.wake), !line.read().isEmpty {}
    return false
  }
}

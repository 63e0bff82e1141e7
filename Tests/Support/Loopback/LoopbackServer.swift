import Glibc

/// A small HTTP server on this machine that plays what a test wants, on a thread of its own.
///
/// It listens on a port that the system picks and serves one connection after the other.
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
    /// A status line and so many bytes of a page.
    case flood(Int)
  }

  public let port: Int
  private let listener: Int32
  private let wake: (reading: Int32, writing: Int32)
  private let thread: pthread_t

  public struct NotStarted: Error {}

  private final class Box: Sendable {
    let listener: Int32
    let wake: Int32
    let play: @Sendable (String) -> Reply
    init(_ listener: Int32, _ wake: Int32, _ play: @escaping @Sendable (String) -> Reply) {
      (self.listener, self.wake, self.play) = (listener, wake, play)
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
    _ play: @escaping @Sendable (_ request: String) -> Reply
  ) throws -> LoopbackServer { try LoopbackServer(hearing: play) }

  private init(hearing play: @escaping @Sendable (_ request: String) -> Reply) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, size) == 0 && listen(listener, 16) == 0
          && getsockname(listener, $0, &size) == 0
      }
    }
    var ends: [Int32] = [-1, -1]
    guard listener >= 0, isBound, pipe(&ends) == 0 else { throw NotStarted() }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    port = Int(UInt16(bigEndian: address.sin_port))
    self.listener = listener
    wake = (ends[0], ends[1])
    var thread = pthread_t()
    let box = Box(listener, ends[0], play)
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
  public func url(_ path: String = "") -> String { "http://127.0.0.1:\(port)\(path)" }

  // MARK: The thread

  private static func run(_ box: Box) {
    while true {
      guard wait(box.listener, box.wake) else { return }
      let connection = accept(box.listener, nil, nil)
      guard connection >= 0 else { continue }
      _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
      serve(connection, box)
      close(connection)
    }
  }

  /// Waits until a descriptor can be read; false when the server is to end.
  private static func wait(_ descriptor: Int32, _ wake: Int32) -> Bool {
    var entries = [descriptor, wake].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    while poll(&entries, 2, -1) < 0 {}
    return entries[1].revents == 0
  }

  private static func serve(_ connection: Int32, _ box: Box) {
    var request: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    let end = Array("\r\n\r\n".utf8)
    while request.count < 65_536, request.suffix(4) != end[...] {
      guard wait(connection, box.wake) else { return }
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      request += buffer[..<count]
      // A TLS handshake has no such end.
      if request.first == 0x16 { break }
    }
    answer(box.play(String(decoding: request, as: UTF8.self)), connection, box)
  }

  private static func answer(_ reply: Reply, _ connection: Int32, _ box: Box) {
    func head(_ status: Int, _ lines: [String]) -> String {
      (["HTTP/1.1 \(status) X"] + lines + ["Connection: close", "", ""]).joined(separator: "\r\n")
    }
    switch reply {
    case .page(let body, let type):
      let lines = ["Content-Type: \(type)", "Content-Length: \(body.utf8.count)"]
      send(head(200, lines) + body, connection)
    case .status(let status, let lines, let body):
      send(head(status, lines + ["Content-Length: \(body.utf8.count)"]) + body, connection)
    case .raw(let text): send(text, connection)
    case .silence(let text):
      send(text, connection)
      var byte: UInt8 = 0
      while wait(connection, box.wake), recv(connection, &byte, 1, 0) > 0 {}
    case .flood(let count):
      guard send(head(200, ["Content-Length: \(count)"]), connection) else { return }
      let piece = String(repeating: "vllm:filler 1\n", count: 4096)
      var left = count
      while left > 0, send(piece, connection) { left -= piece.utf8.count }
    }
    shutdown(connection, Int32(SHUT_WR))
    // What is closed with bytes unread resets the connection, and the answer with it.
    var rest = [UInt8](repeating: 0, count: 4096)
    while wait(connection, box.wake), recv(connection, &rest, rest.count, 0) > 0 {}
  }

  @discardableResult private static func send(_ text: String, _ connection: Int32) -> Bool {
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          connection, $0.baseAddress.map { $0 + done }, bytes.count - done, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }
}

import CSystem
import Glibc
import Linux

/// Fetches pages: a GET that comes back in time, whatever the other side does.
///
/// Plain http goes over a new socket each time, https and whatever needs credentials through libcurl,
/// opened when first needed and kept, since a handshake costs far more than a page. No redirect is followed and nothing
/// compressed is asked for. But for the look-up of a host's name, nothing waits longer than
/// `timeout`; deadlines are timers of the kernel, so no clock is read.
package struct HTTPClient {
  /// Seconds until a connection must stand.
  package var connectTimeout = 0.3
  /// Seconds until the whole answer must be there.
  package var timeout = 2.0
  /// The largest body taken, in bytes.
  package var limit = 8 << 20
  /// Who asks, where the server wants to know; sent to the host of the URL and to no other.
  package var credentials: HTTPCredentials?
  /// Which certificates of an https server are believed.
  package var trust = HTTPTrust.system
  /// The library to use for https and for whatever needs credentials.
  package var curl = CurlLibrary.search

  /// What requests say in their header `User-Agent`.
  package static let agent = "hippowatt"

  /// What is kept of libcurl: the library, its certificates and the connection.
  private let secure = Secure()

  private final class Secure {
    var library: CurlLibrary?
  }

  /// A client with the usual limits, which has opened nothing.
  package init() {}

  /// Fetches a page; any status counts as an answer.
  package func get(_ url: HTTPURL) throws(HTTPFailure) -> HTTPResponse {
    if url.isSecure || credentials != nil {
      let library: CurlLibrary
      if let open = secure.library { library = open } else { library = try CurlLibrary(curl) }
      secure.library = library
      return try library.get(url, self)
    }
    let deadline = try Timer(timeout)
    let socket = try connect(url, deadline)
    try send(Self.request(url), on: socket, deadline)
    var response = try receive(from: socket, deadline)
    response.isLocal = Self.isLocal(socket)
    return response
  }

  /// The bytes that ask for a page.
  package static func request(_ url: HTTPURL) -> [UInt8] {
    let lines = [
      "GET \(url.target) HTTP/1.1", "Host: \(url.authority)",
      "User-Agent: \(agent)", "Accept: text/plain;version=0.0.4, */*;q=0.5",
      "Accept-Encoding: identity", "Connection: close", "", "",
    ]
    return Array(lines.joined(separator: "\r\n").utf8)
  }

  // MARK: Steps

  private func connect(_ url: HTTPURL, _ deadline: Timer) throws(HTTPFailure) -> FileDescriptor {
    let list = try AddressList(url)
    var failure = HTTPFailure.refused
    for address in list.addresses {
      let number = socket(
        address.ai_family, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK | O_CLOEXEC, 0)
      guard number >= 0 else {
        failure = .unreachable(String(cString: strerror(errno)))
        continue
      }
      let socket = FileDescriptor(number)
      if Glibc.connect(number, address.ai_addr, address.ai_addrlen) == 0 { return socket }
      var code = errno
      if code == EINPROGRESS {
        guard wait(for: number, Int16(POLLOUT), try Timer(connectTimeout), deadline) else {
          failure = .timeout(min(connectTimeout, timeout))
          continue
        }
        var size = socklen_t(MemoryLayout<Int32>.size)
        code = 0
        getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &size)
      }
      switch code {
      case 0: return socket
      case ECONNREFUSED: failure = .refused
      default: failure = .unreachable(String(cString: strerror(code)))
      }
    }
    throw failure
  }

  private func send(
    _ bytes: [UInt8], on socket: FileDescriptor, _ deadline: Timer
  ) throws(HTTPFailure) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.send(
          socket.number, buffer.baseAddress.map { $0 + done }, buffer.count - done,
          Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        done += count
      } else if errno == EAGAIN {
        guard wait(for: socket.number, Int16(POLLOUT), deadline) else { throw .timeout(timeout) }
      } else if errno != EINTR {
        throw .endedEarly
      }
    }
  }

  private func receive(
    from socket: FileDescriptor, _ deadline: Timer
  ) throws(HTTPFailure) -> HTTPResponse {
    var parser = HTTPResponseParser(limit: limit)
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      // Asked each time, so that bytes without end do not make it wait without end.
      guard wait(for: socket.number, Int16(POLLIN), deadline) else { throw .timeout(timeout) }
      let count = recv(socket.number, &buffer, buffer.count, 0)
      if count < 0 {
        if errno == EAGAIN || errno == EINTR { continue }
        throw .endedEarly
      }
      if count == 0 {
        parser.finish()
      } else {
        buffer.withUnsafeBufferPointer { parser.feed(UnsafeBufferPointer(rebasing: $0[..<count])) }
      }
      if let result = parser.result { return try result.get() }
    }
  }

  /// Whether both ends of a connection have the same address.
  private static func isLocal(_ socket: FileDescriptor) -> Bool {
    func address(
      _ ask: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> String? {
      var storage = sockaddr_storage()
      var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      let isKnown = withUnsafeMutablePointer(to: &storage) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          ask(socket.number, $0, &size) == 0
            && getnameinfo(
              $0, size, &text, socklen_t(text.count), nil, 0, Int32(NI_NUMERICHOST)) == 0
        }
      }
      guard isKnown else { return nil }
      return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
    let own = address { getsockname($0, $1, $2) }
    return own != nil && own == address { getpeername($0, $1, $2) }
  }

  /// Waits until a socket is ready; false once any of the timers has run out.
  private func wait(for socket: Int32, _ events: Int16, _ timers: Timer...) -> Bool {
    var entries = [pollfd(fd: socket, events: events, revents: 0)]
    entries += timers.map { pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0) }
    while true {
      let count = poll(&entries, nfds_t(entries.count), -1)
      if count < 0, errno == EINTR { continue }
      return count > 0 && entries.dropFirst().allSatisfy { $0.revents == 0 }
    }
  }

  /// A descriptor that becomes readable when time is up.
  private struct Timer {
    private let descriptor: FileDescriptor
    var number: Int32 { descriptor.number }

    init(_ seconds: Double) throws(HTTPFailure) {
      let number = cs_timer_descriptor(Int32(min(max(seconds, 0), 3600) * 1000))
      guard number >= 0 else { throw .unreachable(String(cString: strerror(errno))) }
      descriptor = FileDescriptor(number)
    }
  }

  /// The addresses of a host; a name is looked up, a number is not.
  private final class AddressList {
    private let head: UnsafeMutablePointer<addrinfo>

    init(_ url: HTTPURL) throws(HTTPFailure) {
      var hints = addrinfo()
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
      hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
      var found: UnsafeMutablePointer<addrinfo>?
      var status = getaddrinfo(url.host, "\(url.port)", &hints, &found)
      if status == EAI_NONAME {
        hints.ai_flags = AI_NUMERICSERV
        status = getaddrinfo(url.host, "\(url.port)", &hints, &found)
      }
      guard status == 0, let found else {
        throw status == EAI_NONAME
          ? .unknownHost : .unreachable(String(cString: gai_strerror(status)))
      }
      head = found
    }

    deinit { freeaddrinfo(head) }

    var addresses: [addrinfo] {
      var result: [addrinfo] = []
      var next: UnsafeMutablePointer<addrinfo>? = head
      while let entry = next, result.count < 8 {
        result.append(entry.pointee)
        next = entry.pointee.ai_next
      }
      return result
    }
  }
}

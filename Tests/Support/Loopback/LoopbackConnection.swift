import Glibc

/// One connection of a server, plain or with TLS; it is closed with its last owner.
final class LoopbackConnection {
  let number: Int32
  private let tls: LoopbackTLS?
  private var session: OpaquePointer?

  init(_ number: Int32, _ tls: LoopbackTLS?) { (self.number, self.tls) = (number, tls) }

  deinit {
    if let session { tls?.free(session) }
    close(number)
  }

  /// Shakes hands, where that is done; false where the other side does not like what it sees.
  func begin() -> Bool {
    guard let tls else { return true }
    session = tls.accept(number)
    return session != nil
  }

  /// Whether bytes have been decrypted that nobody has read.
  var hasBytes: Bool { session.flatMap { session in tls.map { $0.pending(session) > 0 } } ?? false }

  /// The next bytes; none at the end.
  func read() -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count: Int
    if let session, let tls {
      count = Int(tls.read(session, &buffer, 4096))
    } else {
      count = recv(number, &buffer, buffer.count, 0)
    }
    return Array(buffer.prefix(max(0, count)))
  }

  @discardableResult func send(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer -> Int in
        let rest = buffer.baseAddress.map { $0 + done }
        guard let session, let tls else {
          return Glibc.send(number, rest, bytes.count - done, Int32(MSG_NOSIGNAL))
        }
        return Int(tls.write(session, rest, Int32(bytes.count - done)))
      }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }

  func endWriting() {
    if let session { tls?.shutdown(session) }
    Glibc.shutdown(number, Int32(SHUT_WR))
  }
}

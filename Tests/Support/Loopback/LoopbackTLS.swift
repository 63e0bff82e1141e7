import Glibc

/// The server's side of TLS by OpenSSL, where its library is there: opened at run time, as the program
/// opens libcurl.
public final class LoopbackTLS: @unchecked Sendable {
  private typealias Make = @convention(c) (OpaquePointer?) -> OpaquePointer?
  private typealias Method = @convention(c) () -> OpaquePointer?
  private typealias File = @convention(c) (OpaquePointer?, UnsafePointer<CChar>?, Int32) -> Int32
  private typealias Chain = @convention(c) (OpaquePointer?, UnsafePointer<CChar>?) -> Int32
  private typealias Call = @convention(c) (OpaquePointer?) -> Int32
  private typealias Free = @convention(c) (OpaquePointer?) -> Void
  private typealias Number = @convention(c) (OpaquePointer?, Int32) -> Int32
  private typealias Read = @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, Int32) -> Int32
  private typealias Write = @convention(c) (OpaquePointer?, UnsafeRawPointer?, Int32) -> Int32

  nonisolated(unsafe) private static let handle = dlopen("libssl.so.3", RTLD_NOW | RTLD_LOCAL)

  /// Whether the library is there.
  public static var isThere: Bool { handle != nil }

  private static func find<Function>(_ name: String, as type: Function.Type) -> Function? {
    handle.flatMap { dlsym($0, name) }.map { unsafeBitCast($0, to: type) }
  }

  private let context: OpaquePointer
  private let make: Make
  private let number: Number
  private let handshake: Call
  private let readBytes: Read
  private let writeBytes: Write
  private let count: Call
  private let end: Call
  private let freeSession: Free

  /// Reads key and certificate from a file in PEM form; `nil` where that cannot be.
  init?(_ path: String) {
    guard let method = Self.find("TLS_server_method", as: Method.self),
      let makeContext = Self.find("SSL_CTX_new", as: Make.self),
      let chain = Self.find("SSL_CTX_use_certificate_chain_file", as: Chain.self),
      let key = Self.find("SSL_CTX_use_PrivateKey_file", as: File.self),
      let make = Self.find("SSL_new", as: Make.self),
      let number = Self.find("SSL_set_fd", as: Number.self),
      let handshake = Self.find("SSL_accept", as: Call.self),
      let readBytes = Self.find("SSL_read", as: Read.self),
      let writeBytes = Self.find("SSL_write", as: Write.self),
      let count = Self.find("SSL_pending", as: Call.self),
      let end = Self.find("SSL_shutdown", as: Call.self),
      let free = Self.find("SSL_free", as: Free.self),
      let context = makeContext(method()), chain(context, path) == 1, key(context, path, 1) == 1
    else { return nil }
    // OpenSSL writes as write(2) does, also to who has gone.
    signal(SIGPIPE, SIG_IGN)
    (self.context, self.make, self.number, self.handshake) = (context, make, number, handshake)
    (self.readBytes, self.writeBytes, self.count) = (readBytes, writeBytes, count)
    (self.end, freeSession) = (end, free)
  }

  func accept(_ descriptor: Int32) -> OpaquePointer? {
    guard let session = make(context), number(session, descriptor) == 1 else { return nil }
    guard handshake(session) == 1 else {
      freeSession(session)
      return nil
    }
    return session
  }

  func read(_ session: OpaquePointer, _ bytes: UnsafeMutableRawPointer?, _ count: Int32) -> Int32 {
    readBytes(session, bytes, count)
  }

  func write(_ session: OpaquePointer, _ bytes: UnsafeRawPointer?, _ count: Int32) -> Int32 {
    writeBytes(session, bytes, count)
  }

  func pending(_ session: OpaquePointer) -> Int32 { count(session) }
  func shutdown(_ session: OpaquePointer) { _ = end(session) }
  func free(_ session: OpaquePointer) { freeSession(session) }
}

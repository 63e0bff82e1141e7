import Glibc
import SwiftOverlayShims
import Wire

/// The listener, as the measuring process sees it: a program that was started, and a socket to it.
final class PageServer {
  /// Readable when the listener says something.
  let descriptor: Int32
  private let pid: pid_t
  private var reader = Message.Reader()

  /// The name of the program that hears connections.
  static let program = "hippowatt-listener"

  /// Seconds that a page may wait for the listener to take it.
  private static let patience = 2

  /// Where the listener lies: beside this program, or in the folder of a prefix for programs that programs
  /// start, or where a source tree builds it.
  static func path(beside executable: String) -> String? {
    guard let slash = executable.lastIndex(of: "/") else { return nil }
    let folder = String(executable[..<slash])
    return [
      folder + "/" + program, folder + "/../libexec/hippowatt/" + program,
      folder + "/../../../Listener/.build/release/" + program,
      folder + "/../../Listener/.build/release/" + program,
    ].first { access($0, X_OK) == 0 }
  }

  /// Starts the listener.
  /// - Throws: `Failure` where it cannot be started.
  init(program: String, arguments: [String], token: String?) throws {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | 0o2000000, 0, &ends) == 0 else {
      throw Failure("no socket to the listener: \(String(cString: strerror(errno)))")
    }
    descriptor = ends[0]
    var wait = timeval(tv_sec: Self.patience, tv_usec: 0)
    setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGCHLD] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    // Nothing of our environment is of use to it, and there may be keys in it.
    var variables: [UnsafeMutablePointer<CChar>?] = [nil]
    defer { words.forEach { free($0) } }
    var child: pid_t = 0
    let error = posix_spawn(&child, program, &actions, &attributes, &words, &variables)
    close(ends[1])
    guard error == 0 else {
      close(ends[0])
      throw Failure("\(program): \(String(cString: strerror(error)))")
    }
    pid = child
    if let token { send(.token(Array(token.utf8))) }
  }

  deinit { stop() }

  /// Sends a message; whether it went out whole.
  @discardableResult
  func send(_ message: Message) -> Bool {
    var bytes = message.bytes[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      bytes = bytes.dropFirst(count)
    }
    return true
  }

  /// What the listener said since the last call; `nil` where it is gone or talks nonsense, once its last
  /// words have been told.
  func messages() -> [Message]? {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4096) { buffer in
      while true {
        let count = recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
        if count < 0, errno == EINTR { continue }
        if count < 0, errno == EAGAIN { break }
        guard count > 0 else {
          hasEnded = true
          break
        }
        reader.take(buffer[..<count])
      }
      var messages: [Message] = []
      do { while let next = try reader.next() { messages.append(next) } } catch { return nil }
      return hasEnded && messages.isEmpty ? nil : messages
    }
  }

  /// Whether the listener has closed its end.
  private var hasEnded = false
  private var isStopped = false

  /// Ends the listener and waits for that.
  func stop() {
    guard !isStopped else { return }
    isStopped = true
    // It ends by itself when its line does.
    close(descriptor)
    for _ in 0..<100 {
      if waitpid(pid, nil, WNOHANG) != 0 { return }
      poll(nil, 0, 5)
    }
    kill(pid, SIGKILL)
    waitpid(pid, nil, 0)
  }
}

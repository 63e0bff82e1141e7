import CSystem
import Linux
import Telemetry

/// The bytes that the TCP sockets of some processes have received, and who waits for an answer.
///
/// `rchar` of `/proc/PID/io` does not count what recv(2) brings, and a worker that waits for a socket
/// with a timeout sleeps in poll like one that has nothing to do. The kernel tells the bytes of each
/// socket and when it last sent and received any (sock_diag(7)); whose it is, the links in
/// `/proc/PID/fd` say. Sockets of another network namespace, such as a container's, are not seen.
struct SocketTraffic {
  private let context: SourceContext
  /// The bytes of each socket when it was last seen.
  private var known: [UInt64: UInt64] = [:]
  /// Sockets of which it was looked up whether their process opened them itself.
  private var isOwn: [UInt64: Bool] = [:]
  /// Whose sockets were looked up before: what they open afterwards is new.
  private var seen: Set<Int32> = []
  /// Bytes received by all of the processes' sockets since the first look.
  private(set) var received: Int64 = 0
  /// Whether sockets can be counted at all here.
  private(set) var isReadable = true

  /// Whether any of the processes had a socket when that was last looked into.
  private(set) var hasFound = true

  private static let most = 8192
  /// An answer that took longer than this, in milliseconds, is not waited for any more: a connection that
  /// is only kept open may have been asked for a sign of life last.
  private static let patience: UInt32 = 30_000

  /// What came so many milliseconds ago at most is a part of what is still coming.
  private static let lately: UInt32 = 1000

  init(_ context: SourceContext) { self.context = context }

  /// Looks at the sockets of some processes, and returns those of which one received bytes lately, or has
  /// sent something that is not answered yet.
  ///
  /// What `parent` has open as well was handed down when they were started: what comes there, such as the
  /// heartbeat of a distributed training, is not for them.
  mutating func look(at pids: Set<Int32>, startedBy parent: Int32) -> Set<Int32> {
    // Under another root there is another machine's `/proc`, and the sockets are ours.
    guard isReadable, context.root == "/" else { return [] }
    var owners: [UInt64: Int32] = [:]
    var shared: Set<UInt64> = []
    for pid in pids {
      // What a worker started fetches for it, such as a `curl` whose output it reads.
      for process in [pid] + children(of: pid) {
        Self.eachSocket(of: process, context) { inode in
          if let other = owners[inode], other != pid { shared.insert(inode) }
          owners[inode] = pid
        }
      }
    }
    for inode in shared { owners[inode] = nil }
    isOwn = isOwn.filter { owners[$0.key] != nil }
    if owners.keys.contains(where: { isOwn[$0] == nil }) {
      for inode in owners.keys where isOwn[inode] == nil { isOwn[inode] = true }
      Self.eachSocket(of: parent, context) { inode in
        if isOwn[inode] != nil { isOwn[inode] = false }
      }
    }
    owners = owners.filter { isOwn[$0.key] == true }
    hasFound = !owners.isEmpty
    guard hasFound else {
      // Those of others that are not looked up now are not over.
      seen.formUnion(pids)
      return []
    }
    guard let sockets = Self.sockets() else {
      isReadable = false
      return []
    }
    return take(sockets, owners, of: pids)
  }

  /// Takes in what the kernel tells of some sockets, and returns whose are in use.
  ///
  /// - Parameters:
  ///   - owners: of each socket that belongs to one of the processes, that process.
  ///   - pids: the processes whose sockets were looked up, whether or not they have any.
  mutating func take(
    _ sockets: [cs_tcp_socket], _ owners: [UInt64: Int32], of pids: Set<Int32>
  ) -> Set<Int32> {
    defer { seen.formUnion(pids) }
    var active: Set<Int32> = []
    var present: Set<UInt64> = []
    for socket in sockets {
      guard let pid = owners[socket.inode] else {
        if known[socket.inode] != nil { present.insert(socket.inode) }
        continue
      }
      present.insert(socket.inode)
      // What was there before the first look at a process came to nobody who was watched.
      let before = known[socket.inode] ?? (seen.contains(pid) ? 0 : socket.received)
      let came = socket.received > before ? socket.received - before : 0
      received += Int64(clamping: came)
      known[socket.inode] = socket.received
      if came > 0 && socket.since_received <= Self.lately
        || Self.isAwaited(sinceSent: socket.since_sent, sinceReceived: socket.since_received)
      {
        active.insert(pid)
      }
    }
    known = known.filter { present.contains($0.key) }
    return active
  }

  /// Whether what was sent last is not answered yet.
  ///
  /// - Parameters: milliseconds since a socket last sent and last received bytes.
  static func isAwaited(sinceSent: UInt32, sinceReceived: UInt32) -> Bool {
    sinceSent <= sinceReceived && sinceSent <= patience
  }

  /// What a process has started, and what that has, at most a few.
  private func children(of pid: Int32) -> [Int32] {
    func started(_ pid: Int32) -> [Int32] {
      guard let text = SystemFile.text(context.path("/proc/\(pid)/task/\(pid)/children")) else {
        return []
      }
      return text.split(separator: " ").prefix(8).compactMap { Int32($0) }
    }
    let own = started(pid)
    return own + own.prefix(4).flatMap(started)
  }

  private static func eachSocket(
    of pid: Int32, _ context: SourceContext, _ body: (UInt64) -> Void
  ) {
    OpenDescriptors.each(in: context.path("/proc/\(pid)")) { _, target in
      guard target.hasPrefix("socket:["), target.hasSuffix("]"),
        let inode = UInt64(target.dropFirst(8).dropLast())
      else { return }
      body(inode)
    }
  }

  private static func sockets() -> [cs_tcp_socket]? {
    var sockets = [cs_tcp_socket](repeating: cs_tcp_socket(), count: most)
    let count = Int(cs_tcp_sockets(&sockets, Int32(most)))
    guard count >= 0 else { return nil }
    sockets.removeLast(most - count)
    return sockets
  }
}

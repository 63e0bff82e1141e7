import CSystem
import Linux
import Telemetry

/// The bytes that the TCP sockets of some processes have received.
///
/// `rchar` of `/proc/PID/io` does not count what recv(2) brings, and a worker that waits for a socket
/// with a timeout sleeps in poll like one that has nothing to do. The kernel tells the bytes of each
/// socket (sock_diag(7)); whose it is, the links in `/proc/PID/fd` say. Sockets of another network
/// namespace, such as a container's, are not seen.
struct SocketTraffic {
  private let context: SourceContext
  /// The bytes of each socket when it was last seen.
  private var known: [UInt64: UInt64] = [:]
  private var hasLooked = false
  /// Bytes received by all of the processes' sockets since the first look.
  private(set) var received: Int64 = 0
  /// Whether sockets can be counted at all here.
  private(set) var isReadable = true

  /// Whether any of the processes had a socket when that was last looked into.
  private(set) var hasFound = true

  private static let most = 8192

  init(_ context: SourceContext) { self.context = context }

  /// Looks at the sockets of some processes, and returns those of which one received bytes since the last
  /// look, or was opened since.
  mutating func look(at pids: [Int32]) -> Set<Int32> {
    // Under another root there is another machine's `/proc`, and the sockets are ours.
    guard isReadable, context.root == "/" else { return [] }
    var owners: [UInt64: Int32] = [:]
    for pid in pids {
      OpenDescriptors.each(in: context.path("/proc/\(pid)")) { _, target in
        guard target.hasPrefix("socket:["), target.hasSuffix("]"),
          let inode = UInt64(target.dropFirst(8).dropLast())
        else { return }
        owners[inode] = pid
      }
    }
    hasFound = !owners.isEmpty
    guard hasFound else {
      known = [:]
      hasLooked = true
      return []
    }
    let counts = Self.counts()
    guard let counts else {
      isReadable = false
      return []
    }
    var active: Set<Int32> = []
    var now: [UInt64: UInt64] = [:]
    for (inode, bytes) in counts {
      guard let pid = owners[inode] else { continue }
      now[inode] = bytes
      let before = known[inode]
      if let before, bytes > before || before == 0 && bytes == 0 {
        received += Int64(clamping: bytes - before)
        active.insert(pid)
      } else if before == nil, hasLooked {
        received += Int64(clamping: bytes)
        active.insert(pid)
      }
    }
    known = now
    hasLooked = true
    return active
  }

  private static func counts() -> [(UInt64, UInt64)]? {
    var inodes = [UInt64](repeating: 0, count: most)
    var bytes = [UInt64](repeating: 0, count: most)
    let count = Int(cs_tcp_received(&inodes, &bytes, Int32(most)))
    guard count >= 0 else { return nil }
    return (0..<count).map { (inodes[$0], bytes[$0]) }
  }
}

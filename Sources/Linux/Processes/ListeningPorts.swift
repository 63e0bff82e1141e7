import Telemetry

/// The TCP ports that a process listens on.
package enum ListeningPorts {
  /// Ports of the given socket inodes, in ascending order.
  ///
  /// Layout of `/proc/PID/net/tcp` and `tcp6`: proc_pid_net(5). Column 2 is the local address and
  /// port in hexadecimal, column 4 the state, column 10 the inode.
  package static func ports(of pid: Int32, sockets: Set<UInt64>, in context: SourceContext)
    -> [UInt16]
  {
    guard !sockets.isEmpty else { return [] }
    var ports: Set<UInt16> = []
    for table in ["tcp", "tcp6"] {
      ProcFile.lines(context.path("/proc/\(pid)/net/\(table)"), limit: 8 << 20) { line in
        if let (port, inode) = listening(line), sockets.contains(inode) { ports.insert(port) }
        return ports.count < 64
      }
    }
    return ports.sorted()
  }

  /// `TCP_LISTEN` of the kernel's `tcp_states.h`, as the tables write it.
  private static let tcpListen = "0A"

  private static func listening(_ line: UnsafeRawBufferPointer) -> (UInt16, UInt64)? {
    var scanner = TextScanner(line)
    scanner.skipWords(1)
    guard let local = scanner.word() else { return nil }
    scanner.skipWords(1)
    guard scanner.word() == tcpListen, let colon = local.lastIndex(of: ":"),
      let port = UInt16(local[local.index(after: colon)...], radix: 16)
    else { return nil }
    scanner.skipWords(5)
    guard let inode = scanner.number().flatMap({ UInt64(exactly: $0) }) else { return nil }
    return (port, inode)
  }
}

import CSystem
import Telemetry
import Testing

@testable import Sensors

/// What came through the sockets of loader workers, counted once and for those who were watched.
@Suite struct SocketTrafficTests {
  private static let quiet: UInt32 = 60_000

  private func socket(_ inode: UInt64, _ received: UInt64, since: UInt32 = quiet) -> cs_tcp_socket {
    cs_tcp_socket(
      inode: inode, received: received, since_sent: Self.quiet * 2, since_received: since)
  }

  private var traffic: SocketTraffic { SocketTraffic(SourceContext(machine: "box")) }

  @Test func `What came before the first look counts for nothing, and what comes later once`() {
    var traffic = traffic
    #expect(traffic.take([socket(1, 5000)], [1: 7], of: [7]) == [])
    #expect(traffic.received == 0)
    #expect(traffic.take([socket(1, 5800, since: 10)], [1: 7], of: [7]) == [7])
    #expect(traffic.take([socket(1, 5800, since: 1010)], [1: 7], of: [7]) == [])
    #expect(traffic.received == 800)
  }

  @Test func `A connection that is new to a process that was looked at is all its own`() {
    var traffic = traffic
    _ = traffic.take([], [:], of: [7])
    _ = traffic.take([socket(2, 300, since: 10)], [2: 7], of: [7])
    #expect(traffic.received == 300)
    // Another process is looked at for the first time: its old connection is no news.
    _ = traffic.take([socket(2, 300), socket(3, 9_000_000)], [2: 7, 3: 8], of: [7, 8])
    #expect(traffic.received == 300)
    _ = traffic.take([socket(3, 9_000_050)], [3: 8], of: [8])
    #expect(traffic.received == 350)
  }

  @Test func `Who is not looked up this time is counted when it is, and strangers never`() {
    var traffic = traffic
    _ = traffic.take([socket(1, 100), socket(2, 100), socket(9, 100)], [1: 7, 2: 8], of: [7, 8])
    _ = traffic.take([socket(1, 150), socket(2, 400), socket(9, 900)], [1: 7], of: [7])
    #expect(traffic.received == 50)
    _ = traffic.take([socket(1, 150), socket(2, 500), socket(9, 900)], [2: 8], of: [8])
    #expect(traffic.received == 450)
  }

  @Test func `A number that another socket took over begins anew, and no count goes back`() {
    var traffic = traffic
    _ = traffic.take([socket(1, 100)], [1: 7], of: [7])
    _ = traffic.take([], [:], of: [7])
    _ = traffic.take([socket(1, 40)], [1: 7], of: [7])
    #expect(traffic.received == 40)
    _ = traffic.take([socket(1, 10)], [1: 7], of: [7])
    #expect(traffic.received == 40)
  }

  @Test func `Who asked and has no answer yet waits for a server`() {
    var traffic = traffic
    let asked = cs_tcp_socket(inode: 4, received: 10, since_sent: 200, since_received: 3000)
    #expect(traffic.take([asked, socket(5, 10)], [4: 7, 5: 8], of: [7, 8]) == [7])
  }
}

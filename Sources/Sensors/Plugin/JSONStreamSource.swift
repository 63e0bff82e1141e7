import Glibc
import Telemetry

/// Reads JSON lines from a descriptor that is open already, such as the standard input.
///
/// When the stream ends the source fails for good. The descriptor stays its owner's.
public struct JSONStreamSource: DataSource {
  /// `stdin`, whichever descriptor it reads.
  public let name = "stdin"
  /// A quarter of a second, so that a line is shown soon after it came.
  public let interval: Double? = 0.25

  private let descriptor: Int32
  private var inbox: LineInbox
  private var hasEnded = false

  /// A source that reads `descriptor`; `machine` is that of lines which name none.
  public init(descriptor: Int32, machine: String) {
    self.descriptor = descriptor
    inbox = LineInbox(machine: machine, source: "stdin", clock: .theirs)
  }

  public mutating func probe() -> Probe { Probe(.ok, "reads JSON lines") }

  public mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let now = clock.now
    var result: [Observation] = []
    var left = 16 << 20
    var inbox = inbox
    var hasEnded = hasEnded
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64 * 1024) { buffer in
      while !hasEnded, left > 0, isReadable {
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return }
        guard count > 0 else {
          hasEnded = true
          return
        }
        left -= count
        inbox.feed(UnsafeBufferPointer(rebasing: buffer[..<count]), now, into: &result)
      }
    }
    if hasEnded, !self.hasEnded { inbox.finish(now, into: &result) }
    (self.inbox, self.hasEnded) = (inbox, hasEnded)
    if result.isEmpty {
      if let failure = inbox.failure { throw failure }
      if hasEnded { throw SourceFailure(.failed, "the stream has ended", isFinal: true) }
    }
    return result
  }

  /// Whether a read would not wait; asked instead of making the descriptor non-blocking, which
  /// would change it for every process that shares it.
  private var isReadable: Bool {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&waiting, 1, 0) > 0
  }
}

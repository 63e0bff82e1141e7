import Glibc
import Linux
import Telemetry

/// Who runs, listed anew only where somebody may have come.
///
/// Listing thousands of processes is most of what it costs to find a job. The kernel counts them in the
/// links of `/proc`, which is one call: while their number stands still, the list is kept a while longer.
struct ProcessList {
  /// Seconds for which an unchanged number is believed: one may have come as another went.
  private static let trust = 14.0

  /// Those that were there when they were last listed, in order.
  private(set) var pids: [Int32] = []
  private var links: UInt64?
  private var listed: Timestamp?

  /// The links of `/proc`: some constant and the number of all processes.
  static func links(in context: SourceContext) -> UInt64? {
    ProcFile.status(context.path("/proc")).map { UInt64($0.st_nlink) }
  }

  /// Lists them if that is due; `nil` where the list is as it was.
  ///
  /// `links` are to be counted before, so that who comes in between makes a difference next time.
  mutating func renew(in context: SourceContext, now: Timestamp, links: UInt64?) -> [Int32]? {
    if let links, links == self.links, let listed, (0..<Self.trust).contains(now - listed) {
      return nil
    }
    pids = ProcessRecord.pids(in: context)
    // Where it is no count of processes, such as in a sandbox, it says nothing.
    self.links = links.flatMap { $0 >= pids.count ? $0 : nil }
    listed = now
    return pids
  }
}

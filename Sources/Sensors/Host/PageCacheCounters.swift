import Glibc
import Linux

/// What of `/proc/vmstat` tells how well the page cache serves.
///
/// `pgpgin` counts KiB that were read from block devices, whoever asked for them: for the cache, by
/// direct I/O or from swap. `workingset_refault_file` counts pages of files that had been pushed out of
/// the cache and were read again; before Linux 5.9 it was `workingset_refault`. Source: mm/vmstat.c.
struct PageCacheCounters {
  /// Bytes read from block devices.
  var missed: Int64?
  /// Bytes that were read again.
  var refaulted: Int64?

  /// Reads the whole table.
  static func read(_ text: inout TextScanner) -> PageCacheCounters {
    var counters = PageCacheCounters()
    while counters.missed == nil || counters.refaulted == nil, var line = text.line() {
      if line.skip("pgpgin ") {
        counters.missed = line.number().flatMap { bytes($0, 1024) }
      } else if line.skip("workingset_refault_file ") || line.skip("workingset_refault ") {
        counters.refaulted = line.number().flatMap { bytes($0, pageSize) }
      }
    }
    return counters
  }

  private static let pageSize = Int64(getpagesize())

  private static func bytes(_ count: Int64, _ unit: Int64) -> Int64? {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: unit)
    return overflow ? nil : bytes
  }
}

import Linux

/// What all processors together have done since the machine started, in clock ticks.
///
/// Layout: the `cpu` line of `/proc/stat`, proc_stat(5).
struct ProcessorTimes: Hashable {
  /// Clock ticks (1/100 s) not idle, waiting for I/O or stolen by the hypervisor.
  var busy: Int64
  /// All time, whoever had it.
  var total: Int64

  /// Reads the first line and counts the processors that follow it.
  static func read(_ text: inout TextScanner) -> (times: ProcessorTimes, count: Int64)? {
    guard var line = text.line(), line.skip("cpu ") else { return nil }
    // user nice system idle iowait irq softirq steal; guest and guest_nice follow, but they are
    // contained in user and nice already. Old kernels write fewer.
    var fields: [Int64] = []
    while fields.count < 8, let value = line.number() { fields.append(value) }
    guard fields.count >= 4 else { return nil }
    let total = fields.reduce(0, +)
    let away = fields[3] + (fields.count > 4 ? fields[4] : 0) + (fields.count > 7 ? fields[7] : 0)
    var count: Int64 = 0
    while var line = text.line(), line.skip("cpu") { count += 1 }
    return (ProcessorTimes(busy: total - away, total: total), count)
  }

  /// The share of time spent on work since an earlier look; `nil` when no time has passed.
  ///
  /// Stays in 0...1, though the kernel's iowait may run backwards.
  func busyShare(since earlier: ProcessorTimes) -> Double? {
    guard total > earlier.total else { return nil }
    return min(1, max(0, Double(busy - earlier.busy) / Double(total - earlier.total)))
  }
}

/// The sizes of main memory in bytes.
///
/// Layout: `/proc/meminfo`, proc_meminfo(5); its kB are 1024 bytes.
struct MemorySizes: Hashable {
  var total: Int64?
  /// What programs could still get without swapping.
  var available: Int64?

  var used: Int64? {
    guard let total, let available else { return nil }
    return total - available
  }

  static func read(_ text: inout TextScanner) -> MemorySizes {
    var sizes = MemorySizes()
    while var line = text.line(), sizes.used == nil {
      if line.skip("MemTotal:") {
        sizes.total = line.number().map { $0 * 1024 }
      } else if line.skip("MemAvailable:") {
        sizes.available = line.number().map { $0 * 1024 }
      }
    }
    return sizes
  }
}

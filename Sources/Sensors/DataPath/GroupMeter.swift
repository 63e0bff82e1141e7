import Linux
import Telemetry

/// What one control group counts: bytes of block devices, pressure, time it was held back.
///
/// Its files stay open. Of `io.stat` only devices that stand on no others are added up: what is written
/// to a volume is counted there and at its disks again. Paths of NVMe disks have no number in it, so
/// there the disk itself counts.
struct GroupMeter {
  let group: ControlGroup
  private let io: SystemFile
  private var pressures: [(metric: Metric, file: SystemFile)]
  private var throttling: SystemFile?
  private var held = ContinuedCounter()
  private(set) var processors: Double?
  /// The group whose limit holds, where it is one above.
  private(set) var limitedBy: String?
  private var counts: [String: Bool] = [:]
  /// Whether the bytes are counted for this group at all.
  private(set) var hasBytes = true

  init(_ group: ControlGroup) {
    self.group = group
    io = SystemFile(group.folder + "/io.stat", capacity: 8192)
    let files: [(Metric, String)] = [
      (.cpuPressure, "cpu"), (.memoryPressure, "memory"), (.ioPressure, "io"),
    ]
    pressures = files.map { ($0, SystemFile("\(group.folder)/\($1).pressure", capacity: 512)) }
    learnLimit()
  }

  /// Looks up anew what limits the group; whoever runs it may change that at any time.
  mutating func learnLimit() {
    let limit = group.limit
    processors = limit?.processors
    let folder = limit?.folder ?? group.folder
    if throttling?.path != folder + "/cpu.stat" {
      if throttling != nil { held.replace() }
      throttling = SystemFile(folder + "/cpu.stat", capacity: 2048)
    }
    let part = folder.split(separator: "/").last.map(String.init)
    limitedBy = folder == group.folder ? nil : part
    counts = [:]
  }

  /// Reads everything once; what the group does not count is missing.
  mutating func read(into reading: inout Reading, in context: SourceContext) {
    var counts = counts
    if let bytes = try? io.read({ Self.bytes(&$0, &counts, in: context) }) {
      hasBytes = true
      reading.set(.bytesRead, steps: bytes.read)
      reading.set(.bytesWritten, steps: bytes.written)
    } else {
      hasBytes = false
    }
    self.counts = counts
    for (metric, file) in pressures {
      let total = try? file.readPage { HostSource.pressureTotal(&$0) }
      reading.set(metric, steps: total ?? nil)
    }
    if let held = (try? throttling?.readPage { Self.throttled(&$0) }) ?? nil {
      reading.set(.throttledByCPULimit, steps: self.held.take(held))
    }
  }

  /// Sums `259:0 rbytes=1 wbytes=2 …` over the devices that count.
  private static func bytes(
    _ text: inout TextScanner, _ counts: inout [String: Bool], in context: SourceContext
  ) -> (read: Int64, written: Int64) {
    var sum = (read: Int64(0), written: Int64(0))
    while var line = text.line() {
      guard let number = line.word() else { continue }
      let isCounted = counts[number] ?? isCounted(number, in: context)
      counts[number] = isCounted
      guard isCounted else { continue }
      while let key = line.word(until: UInt8(ascii: "=")) {
        guard let value = line.number() else { break }
        if key == "rbytes" { sum.read &+= value }
        if key == "wbytes" { sum.written &+= value }
      }
    }
    return sum
  }

  private static func isCounted(_ number: String, in context: SourceContext) -> Bool {
    guard number.first?.isNumber == true,
      let target = SystemFile.linkTarget(context.path("/sys/dev/block/" + number)),
      let name = target.split(separator: "/").last
    else { return false }
    return WholeDisk(String(name.map { $0 == "!" ? "/" : $0 }), names: [], in: context) != nil
  }

  private static func throttled(_ text: inout TextScanner) -> Int64? {
    while var line = text.line() {
      if line.skip("throttled_usec ") { return line.number() }
    }
    return nil
  }
}

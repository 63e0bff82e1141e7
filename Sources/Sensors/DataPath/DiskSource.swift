import Linux
import Telemetry

/// Bytes read from and written to whole disks, as the kernel's block layer counts them.
///
/// Layout: `/proc/diskstats`, Documentation/admin-guide/iostats.rst; sectors are 512 bytes whatever
/// the disk's own are. What network file systems move is not in it. Which disks count is said at
/// `WholeDisk`.
struct DiskSource: DataSource {
  static let sourceName = "disk"

  let name = sourceName

  private struct Row {
    var name: String
    var sectorsRead: Int64
    var sectorsWritten: Int64
    var milliseconds: Int64
  }

  private let context: SourceContext
  private let table: SystemFile
  private var rows: [Row] = []
  /// Every name the table held when it was last looked into, and whether it counts.
  private var counts: [String: Bool] = [:]
  private var reporters: [String: DeviceReporter] = [:]

  init(_ context: SourceContext) {
    self.context = context
    table = SystemFile(context.path("/proc/diskstats"), capacity: 16384)
  }

  mutating func probe() -> Probe {
    do {
      try readTable()
    } catch {
      return Probe(error.health, error.words, remedy: Self.remedy)
    }
    classify()
    let names = rows.map(\.name).filter { counts[$0] == true }
    guard !names.isEmpty else { return Probe(.absent, Self.nothing, remedy: Self.remedy) }
    return Probe(.ok, "whole disks: " + names.joined(separator: ", "))
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let time = clock.now
    do {
      try readTable()
    } catch {
      throw error.failure()
    }
    if rows.contains(where: { counts[$0.name] == nil }) { classify() }
    let period = context.interval
    var observations: [Observation] = []
    for row in rows where counts[row.name] == true {
      var reading = Reading(device: context.device(.disk, row.name), time: time)
      reading.set(.bytesRead, steps: Self.bytes(row.sectorsRead))
      reading.set(.bytesWritten, steps: Self.bytes(row.sectorsWritten))
      reading.set(.ioTime, steps: row.milliseconds * 1000)
      reporters[row.name]?.report(reading, to: &observations) {
        Self.provenance(of: $0, every: period)
      }
    }
    if observations.isEmpty { throw SourceFailure(.absent, Self.nothing) }
    return observations
  }

  private static let nothing = "no whole disk with anything on it in /proc/diskstats"
  private static let remedy =
    "lsblk -d shows what disks there are; a container sees those of its machine"

  private static func bytes(_ sectors: Int64) -> Int64? {
    let (bytes, overflow) = sectors.multipliedReportingOverflow(by: WholeDisk.sectorSize)
    return overflow ? nil : bytes
  }

  private mutating func readTable() throws(SystemError) {
    // The rows are kept to reuse their memory; the closure must not hold `self` meanwhile.
    var rows = self.rows
    self.rows = []
    rows.removeAll(keepingCapacity: true)
    try table.read { text in
      while var line = text.line() {
        line.skipWords(2)
        guard let name = line.word() else { continue }
        line.skipWords(2)
        guard let read = line.number() else { continue }
        line.skipWords(3)
        guard let written = line.number() else { continue }
        line.skipWords(2)
        guard let busy = line.number() else { continue }
        rows.append(
          Row(name: name, sectorsRead: read, sectorsWritten: written, milliseconds: busy))
      }
    }
    self.rows = rows
  }

  /// Decides anew for every name in the table, so that names long gone are forgotten.
  private mutating func classify() {
    let names = rows.map(\.name)
    counts = [:]
    for name in names {
      let disk = WholeDisk(name, names: names, in: context)
      counts[name] = disk != nil
      if let disk, reporters[name] == nil { reporters[name] = DeviceReporter(describe(disk)) }
    }
  }

  private func describe(_ disk: WholeDisk) -> Device {
    var attributes = ["size": "\(disk.size)"]
    attributes["rotational"] = disk.isRotational.map { $0 ? "yes" : "no" }
    return Device(
      id: context.device(.disk, disk.name), label: disk.name, model: disk.model,
      attributes: attributes)
  }

  private static func provenance(of metric: Metric, every period: Double) -> Provenance {
    let note =
      switch metric {
      case .bytesRead: "/proc/diskstats, sectors read × 512 B; page cache hits are not in it"
      case .bytesWritten: "/proc/diskstats, sectors written × 512 B"
      default: "/proc/diskstats, milliseconds doing I/O"
      }
    return Provenance(
      source: sourceName, method: .counter, period: period,
      // The kernel prints this one as an unsigned 32-bit number of milliseconds.
      range: metric == .ioTime ? 4_294_967.296 : 0, note: note)
  }
}

extension DiskSource {
  /// The line of the catalogue: `disk`.
  package static let entry = SourceEntry(
    "disk", gives: "bytes read from and written to whole disks", feeds: [.disk]
  ) { _, context in DiskSource(context) }
}

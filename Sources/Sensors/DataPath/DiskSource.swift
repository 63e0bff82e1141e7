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

  private struct Disk {
    var reporter: DeviceReporter
    /// The number of the call in which the table held it last.
    var seen: Int
    var read = ContinuedCounter()
    var written = ContinuedCounter()
    var busy = ContinuedCounter()
  }

  /// How often what is known of disks is looked up again, in seconds: a card may be put into a
  /// reader, and a volume built on a disk, without a new name in the table.
  private static let lookPeriod = 60.0

  private let context: SourceContext
  private let table: SystemFile
  private var rows: [Row] = []
  /// The disks that count, and every other name the table held when it was last looked into.
  private var disks: [String: Disk] = [:]
  private var others: Set<String> = []
  private var rowCount = 0
  private var call = 0
  private var looked: Timestamp?

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
    let names = rows.map(\.name).filter { disks[$0] != nil }
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
    call += 1
    let isDue = looked.map { time - $0 >= Self.lookPeriod } ?? true
    let isNew = rows.contains { disks[$0.name] == nil && !others.contains($0.name) }
    if isDue || isNew || rows.count != rowCount {
      looked = time
      classify()
    }
    var observations: [Observation] = []
    for row in rows { report(row, at: time, &observations) }
    if observations.isEmpty { throw SourceFailure(.absent, Self.nothing) }
    return observations
  }

  private mutating func report(
    _ row: Row, at time: Timestamp, _ observations: inout [Observation]
  ) {
    guard var disk = disks.removeValue(forKey: row.name) else { return }
    if disk.seen < call - 1 {
      // It was gone for a while; whatever bears its name now counts from 0.
      disk.read.restart()
      disk.written.restart()
      disk.busy.restart()
    }
    disk.seen = call
    var reading = Reading(device: disk.reporter.device.id, time: time)
    reading.set(.bytesRead, steps: Self.bytes(row.sectorsRead).map { disk.read.take($0) })
    reading.set(.bytesWritten, steps: Self.bytes(row.sectorsWritten).map { disk.written.take($0) })
    reading.set(.ioTime, steps: disk.busy.take(row.milliseconds &* 1000))
    let period = context.interval
    disk.reporter.report(reading, to: &observations) { Self.provenance(of: $0, every: period) }
    disks[row.name] = disk
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

  /// Decides anew for every name in the table; a disk that is gone is remembered with its counts.
  private mutating func classify() {
    let names = rows.map(\.name)
    rowCount = rows.count
    others = []
    for name in names {
      guard let disk = WholeDisk(name, names: names, in: context) else {
        disks[name] = nil
        others.insert(name)
        continue
      }
      let device = describe(disk)
      if disks[name] == nil {
        disks[name] = Disk(reporter: DeviceReporter(device), seen: call)
      } else if disks[name]?.reporter.device != device {
        disks[name]?.reporter = DeviceReporter(device)
      }
    }
  }

  private func describe(_ disk: WholeDisk) -> Device {
    var attributes = ["size": "\(disk.size)"]
    attributes["rotational"] = disk.isRotational.map { $0 ? "yes" : "no" }
    attributes["network"] = disk.network
    let stack = DiskStack(on: disk.stackedName, in: context)
    attributes["carries"] = stack.names.isEmpty ? nil : stack.names.joined(separator: ", ")
    if disk.stackedName != disk.name { attributes["path_to"] = disk.stackedName }
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

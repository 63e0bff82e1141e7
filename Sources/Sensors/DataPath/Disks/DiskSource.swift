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
    enum Standing {
      /// It is in the table and counts.
      case counted
      /// It is in the table and does not count for now, such as a disk to which other paths appeared.
      case leftOut
      /// The table does not hold it; whatever bears its name next counts from 0.
      case gone
    }

    let name: String
    var reporter: DeviceReporter
    var standing = Standing.counted
    var read = ContinuedCounter()
    var written = ContinuedCounter()
    var busy = ContinuedCounter()

    /// Notes that it counts from now on.
    mutating func resume() {
      switch standing {
      case .counted: break
      case .leftOut: for path in Self.counters { self[keyPath: path].replace() }
      case .gone: for path in Self.counters { self[keyPath: path].restart() }
      }
      standing = .counted
    }

    private static var counters: [WritableKeyPath<Disk, ContinuedCounter>] {
      [\.read, \.written, \.busy]
    }
  }

  /// How often names that did not count are looked up again, in seconds.
  ///
  /// A card may be put into a reader without a new name in the table; a volume built on a disk is one.
  private static let lookPeriod = 60.0

  private let context: SourceContext
  private let table: SystemFile
  private var rows: [Row] = []
  /// The names of the table when it was last looked into, and the places of their disks in `disks`;
  /// `nil` for what does not count.
  private var names: [String] = []
  private var places: [Int?] = []
  /// Every disk that ever counted, also those that are gone.
  private var disks: [Disk] = []
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
    let counted = zip(names, places).filter { $0.1 != nil }.map(\.0)
    guard !counted.isEmpty else { return Probe(.absent, Self.nothing, remedy: Self.remedy) }
    return Probe(.ok, "whole disks: " + counted.joined(separator: ", "))
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let time = clock.now
    do {
      try readTable()
    } catch {
      throw error.failure()
    }
    let isChanged = rows.count != names.count || zip(rows, names).contains { $0.name != $1 }
    let isDue = looked.map { time - $0 >= Self.lookPeriod } ?? true
    if isDue { looked = time }
    if isChanged || isDue && hasNewDisk { classify() }
    var observations: [Observation] = []
    for (row, place) in zip(rows, places) {
      if let place { report(row, place, at: time, &observations) }
    }
    if observations.isEmpty { throw SourceFailure(.absent, Self.nothing) }
    return observations
  }

  /// Whether something that did not count does now.
  private var hasNewDisk: Bool {
    zip(names, places).contains { $1 == nil && WholeDisk($0, names: names, in: context) != nil }
  }

  private mutating func report(
    _ row: Row, _ place: Int, at time: Timestamp, _ observations: inout [Observation]
  ) {
    var reading = Reading(device: disks[place].reporter.device.id, time: time)
    reading.reserve(3)
    reading.set(
      .bytesRead, steps: Self.bytes(row.sectorsRead).map { disks[place].read.take($0) })
    reading.set(
      .bytesWritten, steps: Self.bytes(row.sectorsWritten).map { disks[place].written.take($0) })
    reading.set(.ioTime, steps: disks[place].busy.take(row.milliseconds &* 1000))
    let period = context.interval
    disks[place].reporter.report(reading, to: &observations) {
      Self.provenance(of: $0, every: period)
    }
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
    names = rows.map(\.name)
    places = names.map { name in
      guard let disk = WholeDisk(name, names: names, in: context) else { return nil }
      let device = describe(disk)
      if let place = disks.firstIndex(where: { $0.name == name }) {
        if disks[place].reporter.device != device {
          disks[place].reporter = DeviceReporter(device)
        }
        return place
      }
      disks.append(Disk(name: name, reporter: DeviceReporter(device)))
      return disks.count - 1
    }
    for place in disks.indices {
      if places.contains(place) {
        disks[place].resume()
      } else {
        disks[place].standing = names.contains(disks[place].name) ? .leftOut : .gone
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

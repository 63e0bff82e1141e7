import Linux
import Telemetry

/// Bytes that NFS mounts exchange with their servers.
///
/// Layout: `/proc/self/mountstats`, see `NFSMounts`. Reading it asks no server anything. Several mounts
/// of one file system share its counters, and so are one device: they have one device number in
/// `/proc/self/mountinfo`, whose rows come in the same order.
struct NFSSource: DataSource {
  static let sourceName = "nfs"

  let name = sourceName

  /// A file system: one superblock of the kernel.
  private struct Volume {
    var reporter: DeviceReporter
    /// The device number, or what else it was told from others by.
    var identity: String
    var age: Int64
    var read = ContinuedCounter()
    var written = ContinuedCounter()
  }

  /// A text of many mounts is long, and is read more rarely: bytes, and seconds between two reads.
  private static let long = (bytes: 512 * 1024, period: 5.0)
  private static let mostMounts = 1024

  private let context: SourceContext
  private let file: SystemFile
  private var paths: [String] = []
  /// Of each row of the table the device name of its file system; `nil` for one that is there already.
  private var names: [String?] = []
  private var volumes: [String: Volume] = [:]
  private var ages: [Int64] = []
  private var isUnsettled = false
  private var length = 0
  private var lastRead: Timestamp?

  init(_ context: SourceContext) {
    self.context = context
    file = SystemFile(context.path("/proc/self/mountstats"), capacity: 65536)
  }

  mutating func probe() -> Probe {
    do {
      let rows = try readRows(withOptions: false)
      guard !rows.isEmpty else { return Probe(.absent, Self.nothing, remedy: Self.remedy) }
      return Probe(.ok, "mounts: " + rows.prefix(8).map(\.path).joined(separator: ", "))
    } catch {
      return Probe(error.health, error.words, remedy: Self.remedy)
    }
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let time = clock.now
    if isLong, let lastRead, time - lastRead < Self.long.period - 0.1 { return [] }
    lastRead = time
    var rows: [NFSMounts.Row]
    do {
      rows = try readRows(withOptions: false)
      if isChanged(rows) {
        rows = try readRows(withOptions: true)
        arrange(rows)
      }
    } catch {
      throw error.failure(remedy: Self.remedy)
    }
    guard !rows.isEmpty else { throw SourceFailure(.absent, Self.nothing, remedy: Self.remedy) }
    ages = rows.map(\.age)
    var observations: [Observation] = []
    for (row, name) in zip(rows, names) {
      if let name { report(row, name, at: time, &observations) }
    }
    return observations
  }

  private var isLong: Bool { length > Self.long.bytes }

  private mutating func report(
    _ row: NFSMounts.Row, _ name: String, at time: Timestamp,
    _ observations: inout [Observation]
  ) {
    guard var volume = volumes.removeValue(forKey: name) else { return }
    if row.age < volume.age {
      // Mounted anew since the last call: its counters began at 0.
      volume.read.restart()
      volume.written.restart()
    }
    volume.age = row.age
    var reading = Reading(device: volume.reporter.device.id, time: time)
    reading.set(.bytesRead, steps: row.read.map { volume.read.take($0) })
    reading.set(.bytesWritten, steps: row.written.map { volume.written.take($0) })
    let period = isLong ? max(Self.long.period, context.interval) : context.interval
    volume.reporter.report(reading, to: &observations) { metric in
      Provenance(
        source: Self.sourceName, method: .counter, period: period,
        note: "/proc/self/mountstats, bytes "
          + (metric == .bytesRead ? "read from" : "written to")
          + " the server; what its client's cache holds is not in it")
    }
    volumes[name] = volume
  }

  private static let nothing = "no NFS mount"
  private static let remedy =
    "findmnt -t nfs,nfs4 lists the mounts; a container sees only its own"

  private mutating func readRows(withOptions: Bool) throws(SystemError) -> [NFSMounts.Row] {
    let (rows, length) = try file.read { text in
      (NFSMounts.rows(&text, withOptions: withOptions), text.count)
    }
    self.length = length
    return rows.count > Self.mostMounts ? Array(rows.prefix(Self.mostMounts)) : rows
  }

  /// Whether the mounts are others than before, as far as paths and ages show it.
  private func isChanged(_ rows: [NFSMounts.Row]) -> Bool {
    guard rows.count == paths.count, !isUnsettled else { return true }
    return rows.indices.contains { rows[$0].path != paths[$0] || rows[$0].age < ages[$0] }
  }

  /// Finds out which rows are of one file system, and gives each a name.
  private mutating func arrange(_ rows: [NFSMounts.Row]) {
    var devices: [String: [String]] = [:]
    for mount in (MountTable(in: context)?.mounts ?? []).reversed()
    where mount.type == "nfs" || mount.type == "nfs4" {
      devices[mount.path, default: []].append(mount.device)
    }
    paths = rows.map(\.path)
    ages = rows.map(\.age)
    names = []
    isUnsettled = false
    var known: Set<String> = []
    var mounted: [String: [String]] = [:]
    var identities: [String?] = []
    for row in rows {
      let path = MountTable.unescaped(row.path)
      // The nth row of a path is its nth mount: one over the other.
      let identity = devices[path]?.popLast()
      identities.append(identity)
      if let identity { mounted[identity, default: []].append(path) }
    }
    for (index, row) in rows.enumerated() {
      guard let identity = identities[index] else {
        // Mounted or unmounted just now: until it is known whose bytes these are, they are left out.
        names.append(nil)
        isUnsettled = true
        continue
      }
      guard known.insert(identity).inserted else {
        names.append(nil)
        continue
      }
      names.append(name(row, identity, mounted))
    }
  }

  /// The name of a file system's device: what is mounted, and where if that name is in use.
  ///
  /// - Parameter mounted: where each file system is mounted now, by its device number.
  private mutating func name(
    _ row: NFSMounts.Row, _ identity: String, _ mounted: [String: [String]]
  ) -> String {
    let paths = mounted[identity] ?? []
    let source = String(MountTable.unescaped(row.source).prefix(200))
    let inFull = "\(source) on \(MountTable.unescaped(row.path).prefix(100))"
    func isTaken(_ name: String) -> Bool {
      volumes[name].map { $0.identity != identity && mounted[$0.identity] != nil } ?? false
    }
    var name = volumes[inFull]?.identity == identity || isTaken(source) ? inFull : source
    // One over the other, at one place.
    if isTaken(name) { name = "\(inFull) (\(identity))" }
    let device = describe(row, name, source, paths)
    guard let known = volumes[name] else {
      volumes[name] = Volume(
        reporter: DeviceReporter(device), identity: identity, age: row.age)
      return name
    }
    if known.reporter.device != device { volumes[name]?.reporter = DeviceReporter(device) }
    if known.identity != identity {
      volumes[name]?.identity = identity
      volumes[name]?.read.restart()
      volumes[name]?.written.restart()
      volumes[name]?.age = row.age
    }
    return name
  }

  private func describe(
    _ row: NFSMounts.Row, _ name: String, _ source: String, _ paths: [String]
  ) -> Device {
    // An address of version 6 stands in brackets and holds colons; the path begins with a slash.
    let end = source.firstRange(of: ":/")?.lowerBound ?? source.firstIndex(of: ":")
    var attributes = ["type": row.type, "source": source]
    attributes["server"] = end.map { String(source[..<$0]) }
    attributes["path"] = paths.prefix(8).joined(separator: ", ")
    for option in row.options.split(separator: ",") {
      if option.hasPrefix("vers=") { attributes["version"] = String(option.dropFirst(5)) }
      if option.hasPrefix("proto=") { attributes["protocol"] = String(option.dropFirst(6)) }
    }
    return Device(
      id: context.device(.mount, name), label: paths.first ?? row.path, attributes: attributes)
  }
}

extension NFSSource {
  /// The line of the catalogue: `nfs`.
  package static let entry = SourceEntry(
    "nfs", gives: "bytes that NFS mounts exchange with their servers", feeds: [.mount],
    isRare: true
  ) { _, context in NFSSource(context) }
}

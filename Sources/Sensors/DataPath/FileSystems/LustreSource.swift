import Linux
import Telemetry

/// Bytes that programs read from and write to Lustre file systems.
///
/// Layout: `llite/NAME-ADDRESS/stats`, a line for each counter that is not 0:
///
///     read_bytes 3340631 samples [bytes] 4096 1048576 14421705314304
///
/// that is count, unit, least, most and sum; a sum of squares may follow. Source: lustre/llite,
/// lproc_llite.c. Newer clients keep it in debugfs, which only root may read.
struct LustreSource: DataSource {
  static let sourceName = "lustre"

  let name = sourceName

  private struct Client {
    var file: SystemFile
    var reporter: DeviceReporter
  }

  private static let folders = [
    "/proc/fs/lustre/llite", "/sys/kernel/debug/lustre/llite", "/sys/fs/lustre/llite",
  ]
  private static let lookPeriod = 30.0
  private static let most = 64

  private let context: SourceContext
  private var clients: [String: Client] = [:]
  private var looked: Timestamp?

  init(_ context: SourceContext) { self.context = context }

  mutating func probe() -> Probe {
    do {
      let names = try look()
      return Probe(.ok, "file systems: " + names.map(Self.fileSystem).joined(separator: ", "))
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let time = clock.now
    if clients.isEmpty || looked.map({ time - $0 >= Self.lookPeriod }) ?? true {
      looked = time
      _ = try look()
    }
    var observations: [Observation] = []
    var failure: SystemError?
    for (name, client) in clients.sorted(by: { $0.key < $1.key }) {
      var client = client
      var reading = Reading(device: client.reporter.device.id, time: time)
      do {
        guard let sums = try client.file.read({ Self.sums(&$0) }) else { continue }
        reading.set(.bytesRead, steps: sums.read)
        reading.set(.bytesWritten, steps: sums.written)
      } catch {
        // Unmounted; it is looked for again.
        failure = error
        clients[name] = nil
        continue
      }
      let period = context.interval
      client.reporter.report(reading, to: &observations) { metric in
        Provenance(
          source: Self.sourceName, method: .counter, period: period,
          note: "llite stats, \(metric == .bytesRead ? "read_bytes" : "write_bytes"): what programs"
            + " read and wrote, also from and to the client's cache")
      }
      clients[name] = client
    }
    if observations.isEmpty, let failure { throw failure.failure(remedy: Self.remedy) }
    return observations
  }

  /// The sums of both lines; one that is not there counts 0 so far, and another file gives `nil`.
  static func sums(_ text: inout TextScanner) -> (read: Int64, written: Int64)? {
    var sums = (read: Int64(0), written: Int64(0))
    var isStats = false
    while var line = text.line() {
      if line.skip("snapshot_time") { isStats = true }
      let isRead = line.skip("read_bytes ")
      guard isRead || line.skip("write_bytes ") else { continue }
      // A line with another number of fields, or in another unit, is not understood.
      guard line.number() != nil, line.word() == "samples", line.word() == "[bytes]",
        line.number() != nil, line.number() != nil, let sum = line.number()
      else { return nil }
      if isRead { sums.read = sum } else { sums.written = sum }
    }
    return isStats ? sums : nil
  }

  private static let remedy =
    "sudo hippowatt, where only root may read Lustre's counters; lfs df shows what is mounted"

  /// Finds the clients; each mount is one.
  private mutating func look() throws(SourceFailure) -> [String] {
    var isDenied = false
    for folder in Self.folders {
      let path = context.path(folder)
      guard let names = SystemFile.names(in: path, limit: Self.most) else {
        // Debugfs itself is closed to users, whatever is in it.
        isDenied = isDenied || SystemFile.exists(path)
        continue
      }
      let held = names.filter { SystemFile.exists("\(path)/\($0)/stats") }
      guard !held.isEmpty else { continue }
      let mounts = MountTable(in: context)?.mounts.filter { $0.type == "lustre" } ?? []
      for name in held where clients[name] == nil {
        let device = describe(name, mounts)
        clients[name] = Client(
          file: SystemFile("\(path)/\(name)/stats"), reporter: DeviceReporter(device))
      }
      return held
    }
    if isDenied || isMounted {
      throw SourceFailure(
        .denied, "Lustre is mounted, and its counters may not be read by this user",
        remedy: Self.remedy)
    }
    throw SourceFailure(.absent, "no Lustre mount", remedy: Self.remedy)
  }

  private var isMounted: Bool {
    MountTable(in: context)?.mounts.contains { $0.type == "lustre" } ?? false
  }

  /// The file system's name: the folder's without the address behind the last hyphen.
  private static func fileSystem(_ folder: String) -> String {
    folder.lastIndex(of: "-").map { String(folder[..<$0]) } ?? folder
  }

  private func describe(_ folder: String, _ mounts: [MountTable.Mount]) -> Device {
    let name = Self.fileSystem(folder)
    let own = mounts.filter { $0.source.hasSuffix(":/" + name) }
    var attributes = ["type": "lustre"]
    attributes["server"] = own.first.flatMap { mount in
      mount.source.firstRange(of: ":/").map { String(mount.source[..<$0.lowerBound]) }
    }
    // Two mounts of one file system have two clients, and nothing says which is whose.
    if own.count == 1 { attributes["path"] = own[0].path }
    return Device(
      id: context.device(.mount, folder), label: own.count == 1 ? own[0].path : name,
      attributes: attributes)
  }
}

extension LustreSource {
  /// The line of the catalogue: `lustre`.
  package static let entry = SourceEntry(
    "lustre", gives: "bytes that programs read from and write to Lustre", feeds: [.mount],
    isRare: true
  ) { _, context in LustreSource(context) }
}

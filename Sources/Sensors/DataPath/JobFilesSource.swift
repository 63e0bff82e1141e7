import Linux
import Telemetry

/// From which file systems the session's jobs read, as one device for each job.
///
/// It has no values of its own: what the file systems move is told by `disk`, `nfs` and `lustre`. Its
/// attribute `reads_from` names them, see `OpenFileSystems`.
struct JobFilesSource: DataSource {
  static let sourceName = "job-files"

  let name = sourceName
  var interval: Double? { max(5, context.interval) }

  private static let period = 30.0
  /// How many processes of a job are looked at.
  private static let mostPids = 64

  private let context: SourceContext
  private var entries: [JobRoster.Entry] = []
  private var looked: Timestamp?
  private var told: [DeviceID: Device] = [:]

  init(_ context: SourceContext) { self.context = context }

  mutating func probe() -> Probe {
    guard SystemFile.exists(context.path("/proc/self/mountinfo")) else {
      return Probe(
        .absent, "\(context.path("/proc/self/mountinfo")) does not exist",
        remedy: "mount /proc in this container or namespace")
    }
    return Probe(.ok, "open files of jobs, once they are found")
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let time = clock.now
    let entries = context.roster.entries
    let isNew = entries != self.entries
    if !isNew, let looked, time - looked < Self.period { return [] }
    self.entries = entries
    looked = time
    var observations: [Observation] = []
    var isReadable = entries.isEmpty
    for entry in entries {
      let systems = OpenFileSystems(
        of: Array(entry.pids.prefix(Self.mostPids)), in: context)
      isReadable = isReadable || systems.isReadable
      // What was read from a moment ago is read from still, as far as anyone can see.
      guard !systems.names.isEmpty else { continue }
      let device = Device(
        id: context.device(.mount, "files of " + entry.job.name), label: "reads from",
        parent: entry.job,
        attributes: ["reads_from": systems.names.prefix(8).joined(separator: ", ")])
      if told.updateValue(device, forKey: device.id) != device {
        observations.append(.device(device))
      }
    }
    guard isReadable else {
      throw SourceFailure(
        .denied, "the open files of the jobs' processes may not be looked at by this user",
        remedy: Remedy.otherUsers.text)
    }
    return observations
  }
}

extension JobFilesSource {
  /// The line of the catalogue: `job-files`.
  package static let entry = SourceEntry(
    "job-files", gives: "which file systems jobs read from", feeds: [.mount], isRare: true
  ) { _, context in JobFilesSource(context) }
}

import Linux
import Telemetry

/// What the control groups of the session's jobs count: bytes, pressure, and time in which a CPU limit
/// kept their processes from running.
///
/// The jobs and their processes are those of `SourceContext.roster`. The numbers are those of the whole
/// group, which may hold more than the job.
struct ControlGroupSource: DataSource {
  static let sourceName = "cgroup"

  let name = sourceName

  private struct Known {
    var meter: GroupMeter
    var jobs: [DeviceID]
    /// The nearest group above it that is read as well, and whose numbers contain its own.
    var above: String?
    var reporter: DeviceReporter?
  }

  private static let lookPeriod = 10.0
  /// How many processes of a job are asked for their group, and how many groups are read.
  private static let most = (pids: 64, groups: 64)

  private let context: SourceContext
  private var groups: [String: Known] = [:]
  private var entries: [JobRoster.Entry] = []
  private var looked: Timestamp?
  private var absence: ControlGroup.Absence?

  init(_ context: SourceContext) { self.context = context }

  mutating func probe() -> Probe {
    guard SystemFile.exists(context.path("/sys/fs/cgroup/cgroup.controllers")) else {
      let failure = Self.failure(.firstVersion)
      return Probe(failure.health, failure.message, remedy: failure.remedy)
    }
    return Probe(.ok, "control groups of version 2, for jobs once they are found")
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let time = clock.now
    let entries = context.roster.entries
    if entries != self.entries || looked.map({ time - $0 >= Self.lookPeriod }) ?? true {
      self.entries = entries
      looked = time
      look()
    }
    if groups.isEmpty, !entries.isEmpty, let absence { throw Self.failure(absence) }
    var observations: [Observation] = []
    for path in groups.keys.sorted() { report(path, at: time, &observations) }
    return observations
  }

  private mutating func report(
    _ path: String, at time: Timestamp, _ observations: inout [Observation]
  ) {
    guard var known = groups.removeValue(forKey: path) else { return }
    var reading = Reading(device: id(path), time: time)
    known.meter.read(into: &reading, in: context)
    reading.set(.cpuLimit, known.meter.processors)
    let device = describe(known)
    var reporter = DeviceReporter(device)
    if let old = known.reporter, old.device == device { reporter = old }
    let period = context.interval
    reporter.report(reading, to: &observations) { Self.provenance(of: $0, every: period) }
    known.reporter = reporter
    // A group that is gone has no files.
    if !reading.isEmpty { groups[path] = known }
  }

  /// Finds the groups of the jobs' processes.
  private mutating func look() {
    var jobs: [String: [DeviceID]] = [:]
    var found: [String: ControlGroup] = [:]
    absence = nil
    for entry in entries {
      for pid in entry.pids.prefix(Self.most.pids) {
        do {
          let group = try ControlGroup(of: pid, in: context)
          guard found[group.path] != nil || found.count < Self.most.groups else { continue }
          found[group.path] = group
          if jobs[group.path]?.contains(entry.job) != true {
            jobs[group.path, default: []].append(entry.job)
          }
        } catch {
          if absence == nil || error != .unknown { absence = error }
        }
      }
    }
    groups = groups.filter { found[$0.key] != nil }
    for (path, group) in found {
      if groups[path] == nil {
        groups[path] = Known(meter: GroupMeter(group), jobs: [])
      } else {
        groups[path]?.meter.learnLimit()
      }
      groups[path]?.jobs = jobs[path] ?? []
      groups[path]?.above = found.keys.filter { Self.contains($0, path) }
        .max { $0.utf8.count < $1.utf8.count }
    }
  }

  /// Whether a group is above another, and so contains all that it counts.
  private static func contains(_ path: String, _ other: String) -> Bool {
    other != path && (path == "/" || other.hasPrefix(path + "/"))
  }

  private func id(_ path: String) -> DeviceID {
    context.device(.controlGroup, String(path.prefix(300)))
  }

  private func describe(_ known: Known) -> Device {
    let (meter, jobs) = (known.meter, known.jobs)
    let path = meter.group.path
    var attributes = ["path": path]
    attributes["container"] = ProcessIdentity.container(in: path)
    attributes["job"] = ProcessIdentity.batchJob(in: path)
    attributes["limited_by"] = meter.limitedBy
    attributes["within"] = known.above
    if !meter.hasBytes { attributes["bytes"] = "its io controller is not enabled" }
    // What is of several jobs is no one's.
    if jobs.count > 1 { attributes["jobs"] = jobs.map(\.name).joined(separator: ", ") }
    let label = path.split(separator: "/").last.map(String.init) ?? "this container"
    return Device(
      id: id(path), label: label,
      parent: jobs.count == 1 ? jobs[0] : nil, attributes: attributes)
  }

  private static func failure(_ absence: ControlGroup.Absence) -> SourceFailure {
    switch absence {
    case .firstVersion:
      SourceFailure(
        .absent, "control groups of version 1 are in use; what they count is not read",
        remedy: "boot with systemd.unified_cgroup_hierarchy=1 to have version 2")
    case .root:
      SourceFailure(
        .absent, "the job is in the root control group, together with everything else",
        remedy: "start it with: systemd-run --scope, or in a container")
    case .outside:
      SourceFailure(
        .absent, "the job's control group lies outside of this container",
        remedy: "run hippowatt on the machine itself, or with --cgroupns=host")
    case .unknown:
      SourceFailure(
        .waiting, "the jobs' processes cannot be looked at",
        remedy: Remedy.otherUsers.text)
    }
  }

  private static func provenance(of metric: Metric, every period: Double) -> Provenance {
    let (method, note): (Provenance.Method, String) =
      switch metric {
      case .bytesRead, .bytesWritten:
        (
          .counter,
          "io.stat of the control group, over whole disks; network file systems are not in it"
        )
      case .cpuLimit: (.instant, "cpu.max of the control group or one above it, the least")
      case .throttledByCPULimit:
        (.counter, "cpu.stat throttled_usec of the group whose limit holds, over all processors")
      default: (.counter, "pressure of the control group, total of “some”")
      }
    return Provenance(source: sourceName, method: method, period: period, note: note)
  }
}

extension ControlGroupSource {
  /// The line of the catalogue: `cgroup`.
  package static let entry = SourceEntry(
    "cgroup", gives: "bytes, pressure and CPU limit of jobs' control groups",
    feeds: [.controlGroup], isRare: true
  ) { _, context in ControlGroupSource(context) }
}

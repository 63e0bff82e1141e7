import Glibc
import Linux
import Quantities
import Telemetry

/// A process as an accelerator's driver lists it.
struct GPUProcess: Hashable, Sendable {
  var pid: Int32
  /// Bytes of the accelerator's memory, if the driver tells.
  var memory: Int64?
  /// Share of the accelerator's processing time, 0...1, if the driver tells.
  var smShare: Double?
}

/// The processes on one accelerator, and the energy charged to each.
///
/// A process that has the accelerator for itself is charged all it draws (`energy`). Where several
/// share it, each is charged by its share of the processing time, which is an estimate and counted
/// apart (`sharedEnergy`); while none of them works, all are charged alike. Where the driver does
/// not tell shares nothing is charged: unknown is not zero.
///
/// Energy between two samples is charged to the processes of the second one. If none is left, it is
/// charged to the process of the first one, provided there was only one; otherwise to nobody. What
/// was charged outlives the process, since it is in the timeline.
struct ProcessRoster {
  fileprivate struct Entry {
    var reporter: DeviceReporter
    var microjoules = 0.0
    var sharedMicrojoules = 0.0
    var isSharer = false
    /// Whether anything could be charged to it; till then its energy is unknown, not zero.
    var isChargeable = false
  }

  /// The kernel's first pid namespace by its inode, `PROC_PID_INIT_INO` (0xEFFFFFFC).
  private static let initialNamespace = "pid:[4026531836]"

  private let context: SourceContext
  private let source: String
  private let gpu: DeviceID
  /// Whether the PIDs it is given are those of our own `/proc`.
  private let canResolvePIDs: Bool
  /// Whether the lists it is given are of everybody's processes: a driver's own list in a container
  /// names none of them, and `/proc` shows those of others to root alone.
  private let areListsWhole: Bool
  private var entries: [Int32: Entry] = [:]

  /// A roster for one accelerator; `source` is the name of the source that lists its processes.
  ///
  /// A driver gives the host's PIDs. Inside a container they mean other processes, or none:
  /// `areHostPIDs` says that they must not be looked up there.
  init(_ context: SourceContext, source: String, gpu: DeviceID, areHostPIDs: Bool = false) {
    let namespace = SystemFile.linkTarget(context.path("/proc/self/ns/pid"))
    canResolvePIDs = !areHostPIDs || namespace == nil || namespace == Self.initialNamespace
    areListsWhole = areHostPIDs ? canResolvePIDs : geteuid() == 0
    self.context = context
    self.source = source
    self.gpu = gpu
  }

  /// Reports who is on the accelerator at a time, and charges `joules` drawn since the last look.
  ///
  /// `joules` is `nil` where it is not known; then nothing is charged, and counters stand still.
  mutating func report(
    _ processes: [GPUProcess], joules: Double?, at time: Timestamp,
    to observations: inout [Observation]
  ) {
    let before = entries
    var present: [Int32: Entry] = [:]
    for process in processes where present[process.pid] == nil {
      present[process.pid] =
        before[process.pid] ?? Entry(reporter: DeviceReporter(device(process.pid)))
    }
    if present.count == 1 || processes.contains(where: { $0.smShare != nil }) {
      for pid in present.keys { present[pid]?.isChargeable = true }
    }
    if let joules, joules >= 0 {
      if present.isEmpty {
        charge(joules * 1e6, to: before, at: time, &observations)
      } else {
        Self.charge(joules * 1e6, to: &present, processes)
      }
    }
    for process in processes {
      guard var entry = present[process.pid] else { continue }
      var reading = Reading(device: entry.reporter.device.id, time: time)
      reading.set(.memoryUsed, steps: process.memory)
      reading.set(.smShare, process.smShare)
      // Where nobody ever knew what was drawn, a count of nothing would say that nothing was.
      if joules != nil || before[process.pid] == nil || entry.hasEnergy { entry.fill(&reading) }
      report(&entry, reading, &observations)
      present[process.pid] = entry
    }
    entries = present
    context.roster.accelerators.note(
      present.keys.sorted().map { pid in
        let attributes = present[pid]?.reporter.device.attributes
        return .init(pid: pid, started: attributes?[ProcessFacts.Key.started.rawValue])
      }, on: gpu, at: time, isWhole: areListsWhole)
  }

  /// Charges the energy since the last sample to the process that has ended; to nobody where several
  /// ended.
  private func charge(
    _ microjoules: Double, to gone: [Int32: Entry], at time: Timestamp,
    _ observations: inout [Observation]
  ) {
    guard gone.count == 1, var entry = gone.values.first else { return }
    entry.microjoules += microjoules
    var reading = Reading(device: entry.reporter.device.id, time: time)
    entry.fill(&reading)
    report(&entry, reading, &observations)
  }

  private static func charge(
    _ microjoules: Double, to present: inout [Int32: Entry], _ processes: [GPUProcess]
  ) {
    if present.count == 1, let pid = present.keys.first {
      present[pid]?.microjoules += microjoules
      return
    }
    var shares: [Int32: Double] = [:]
    for process in processes { shares[process.pid] = max(0, process.smShare ?? 0) }
    guard processes.contains(where: { $0.smShare != nil }) else { return }
    let sum = shares.values.reduce(0, +)
    for (pid, share) in shares {
      let part = sum > 0 ? share / sum : 1 / Double(shares.count)
      present[pid]?.sharedMicrojoules += microjoules * part
      present[pid]?.isSharer = true
    }
  }

  private func report(
    _ entry: inout Entry, _ reading: Reading, _ observations: inout [Observation]
  ) {
    let source = source
    let interval = context.interval
    entry.reporter.report(reading, to: &observations) { metric in
      switch metric {
      case .energy:
        Provenance(
          source: source, method: .counter, period: interval,
          note: "all the accelerator drew while the process had it for itself")
      case .sharedEnergy:
        Provenance(
          source: source, method: .modelled, period: interval,
          note: "of an accelerator shared with others, by share of processing time")
      case .smShare:
        Provenance(
          source: source, method: .average, period: interval,
          note: "share of the accelerator's processing time, as the driver samples it")
      default:
        Provenance(source: source, method: .instant, period: interval, note: "as the driver lists")
      }
    }
  }

  private func device(_ pid: Int32) -> Device {
    let identity = canResolvePIDs ? ProcessIdentity(pid: pid, in: context) : nil
    let started = identity.map { "\($0.started)" }
    let facts: [ProcessFacts.Key: String?] = [
      .pid: "\(pid)", .started: started, .command: identity?.command, .user: identity?.user,
      .container: identity?.container, .job: identity?.job,
    ]
    var attributes: [String: String] = [:]
    for (key, value) in facts { attributes[key.rawValue] = value }
    return Device(
      id: context.device(.process, "\(pid).\(started ?? "?")@\(gpu.name)"),
      label: identity?.name ?? "pid \(pid)", parent: gpu, attributes: attributes)
  }
}

extension ProcessRoster.Entry {
  /// Whether anything has been charged so far.
  fileprivate var hasEnergy: Bool { microjoules > 0 || sharedMicrojoules > 0 }

  /// Adds what has been charged so far.
  fileprivate func fill(_ reading: inout Reading) {
    if isChargeable { reading.set(.energy, steps: Int64(saturating: microjoules.rounded())) }
    if isSharer {
      reading.set(.sharedEnergy, steps: Int64(saturating: sharedMicrojoules.rounded()))
    }
  }
}

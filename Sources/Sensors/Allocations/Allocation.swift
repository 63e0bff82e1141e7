import Linux
import Telemetry

/// A scheduler's job as it is known so far, while it exists.
struct Allocation {
  let key: JobOwners.Key
  private(set) var facts = AllocationFacts()
  /// The name of its device, which stays as long as the job exists.
  private var deviceName: String?
  private var reporter: DeviceReporter?
  /// Whether its processes were seen where its numbers say that it holds nothing: then those do not mean
  /// what they seem to.
  private var hasWrongNumbers = false
  /// Whether a scheduler's environment was read.
  private(set) var hasEnvironment = false
  /// When its processes are looked for next, and after how many seconds again.
  var search = (next: Timestamp(nanoseconds: 0), wait: 2.0)
  /// Whether a job that somebody found is in it, or the program itself is.
  var hasJobs = false

  private static let mostPids = 512

  init(_ key: JobOwners.Key) {
    self.key = key
    facts.scheduler = key.scheduler
    facts.jobID = key.id
  }

  /// Whether it is known what it holds, or who works in it.
  var isTold: Bool { !facts.gpus.isEmpty || hasJobs }

  /// Takes over what a process on a machine says.
  mutating func take(_ owner: JobOwners.Owner, on machine: String) {
    // A helper of the scheduler's own runs as root; and a container's numbers of users are its own.
    if let user = owner.user, user != "root", user != "0", key.scheduler != "kubernetes" {
      take(user: user)
    }
    guard !hasEnvironment, let environment = owner.environment else { return }
    hasEnvironment = true
    switch key.scheduler {
    case "slurm":
      facts.user = facts.user ?? environment["SLURM_JOB_USER"]
      facts.account = environment["SLURM_JOB_ACCOUNT"]
      facts.name = environment["SLURM_JOB_NAME"]
      facts.partition = environment["SLURM_JOB_PARTITION"]
      facts.started = environment.slurmStart
      func number(_ name: String) -> String? {
        environment[name].flatMap { Int($0) != nil && $0.utf8.count <= 10 ? $0 : nil }
      }
      if let array = number("SLURM_ARRAY_JOB_ID"), let task = number("SLURM_ARRAY_TASK_ID") {
        (facts.arrayJob, facts.arrayTask) = (array, task)
      }
    default:
      facts.namespace = facts.namespace ?? environment["POD_NAMESPACE"]
      // A pod in the machine's own network has the machine's name.
      let named = environment["POD_NAME"] ?? environment["HOSTNAME"]
      facts.pod = facts.pod ?? (named == machine ? nil : named)
    }
  }

  /// Takes over the user of its control group.
  mutating func take(user: String?) { facts.user = facts.user ?? user }

  /// Takes over the names of its pod.
  mutating func take(namespace: String, pod: String) {
    (facts.namespace, facts.pod) = (namespace, pod)
  }

  /// Takes over what it holds, unless that is known better already.
  ///
  /// What it held it holds until it ends: an epilogue takes away one file after another.
  mutating func hold(_ gpus: [String]?, by origin: AllocationFacts.Origin) {
    guard let gpus, !gpus.isEmpty else { return }
    let order = AllocationFacts.Origin.allCases
    func rank(_ origin: AllocationFacts.Origin) -> Int { order.firstIndex(of: origin) ?? 0 }
    if hasWrongNumbers, origin == .environment || origin == .cgroup { return }
    if let known = facts.gpusFrom {
      if rank(known) < rank(origin) { return }
      if known == origin {
        facts.gpus += gpus.filter { !facts.gpus.contains($0) }
        return
      }
    }
    (facts.gpus, facts.gpusFrom) = (gpus, origin)
  }

  /// Takes over on which accelerators its processes are.
  mutating func occupy(_ gpus: [String]) {
    if facts.gpusFrom == .environment || facts.gpusFrom == .cgroup,
      gpus.contains(where: { !facts.gpus.contains($0) })
    {
      hasWrongNumbers = true
      (facts.gpus, facts.gpusFrom) = ([], nil)
    }
    hold(gpus, by: .processes)
  }

  /// Takes over one of its processes.
  mutating func take(pid: Int32) {
    if facts.pids.count < Self.mostPids { facts.pids.insert(Int(pid)) }
  }

  /// Reports what it holds at a time.
  ///
  /// - Parameters:
  ///   - processes: how many it has on its accelerators; `nil` where that is not known.
  ///   - unused: on how many of these it has none; `nil` where that is not known.
  mutating func report(
    at time: Timestamp, processes: Int?, unused: Int?, in context: SourceContext,
    period: Double, to observations: inout [Observation]
  ) {
    let name = deviceName ?? facts.deviceName
    deviceName = name
    let device = Device(
      id: context.device(.allocation, name), label: facts.number,
      model: facts.name ?? "", attributes: facts.attributes)
    var reporter = DeviceReporter(device)
    if let known = self.reporter, known.device == device { reporter = known }
    var reading = Reading(device: device.id, time: time)
    if !facts.gpus.isEmpty { reading.set(.heldGPUs, Double(facts.gpus.count)) }
    reading.set(.allocationProcesses, processes.map(Double.init))
    if !facts.gpus.isEmpty { reading.set(.unusedGPUs, unused.map(Double.init)) }
    let origin = facts.gpusFrom?.rawValue ?? "nothing"
    reporter.report(reading, to: &observations) { metric in
      Provenance(
        source: SchedulerSource.sourceName, method: .instant, period: period,
        note: metric == .heldGPUs
          ? "by \(origin)" : "the driver's lists of processes, by their control groups")
    }
    self.reporter = reporter
  }
}

import Linux
import Telemetry

/// The jobs of the machine's scheduler, SLURM or Kubernetes, and the accelerators that they hold.
///
/// No process is searched for: those on accelerators and those of found jobs are told by other sources of
/// the session. What a job holds without any process is told by the prologue's mapping folder, by the
/// control groups of jobs that still exist, and by the kubelet.
struct SchedulerSource: DataSource {
  static let sourceName = "scheduler"

  let name = sourceName
  var interval: Double? { period }

  /// Where to find the mapping folder if nobody names it: Base Command Manager's.
  private static let usualMapping = "/run/dcgm-job-map"
  /// How long a list of processes stands for the present, in seconds.
  private static let patience = 5.0
  /// The waits between two searches for the processes of a job, in seconds.
  private static let waits = 2.0...300.0
  private static let lookPeriod = 10.0

  private let context: SourceContext
  private let period: Double
  private let mapping: JobMappingFolder
  /// Whether the user named the folder.
  private let isMappingNamed: Bool
  private let own: JobOwners.Owner?
  private let pods: PodFolders
  private var groups: SlurmGroups
  private var kubelet: KubeletCheckpoint
  private var owners: JobOwners
  private var allocations: [JobOwners.Key: Allocation] = [:]
  private var accelerators: [Device] = []
  private var numbers: AcceleratorNumbers
  private var entries: [JobRoster.Entry] = []
  private var podNames: [String: (namespace: String, pod: String)] = [:]
  /// The pods whose names were looked for out of turn.
  private var askedPods: Set<String> = []
  private var looked: Timestamp?

  init(_ context: SourceContext, mapping named: String? = nil) {
    self.context = context
    period = max(1, context.interval)
    let told = named ?? context.environment["DCGM_HPC_JOB_MAPPING_DIR"]
    isMappingNamed = named != nil
    mapping = JobMappingFolder(path: context.path(told ?? Self.usualMapping))
    pods = PodFolders(context)
    groups = SlurmGroups(context)
    kubelet = KubeletCheckpoint(context)
    owners = JobOwners(context)
    numbers = AcceleratorNumbers([], in: context)
    let path = SystemFile.text(context.path("/proc/self/cgroup")).flatMap { SchedulerPath($0) }
    var own = JobOwners.owner(
      path, SchedulerEnvironment(context.environment), groupsAreUsed: path != nil)
    own?.user = context.user.map { ProcessIdentity.userName($0, in: context) }
    self.own = own
  }

  mutating func probe() -> Probe {
    if isMappingNamed, mapping.read() == nil {
      return Probe(
        .failed, "\(mapping.path) cannot be read",
        remedy: "name the folder that the scheduler's prologue writes, or leave out “mapping”")
    }
    var found: [String] = []
    let jobs = groups.jobs(at: Timestamp(nanoseconds: 0)).count
    if groups.isUsed { found.append("SLURM's control groups: \(jobs) job\(jobs == 1 ? "" : "s")") }
    if let own { found.append("this program is in \(own.job.scheduler) \(own.job.id)") }
    if mapping.read() != nil { found.append("job mapping in \(mapping.path)") }
    if SystemFile.exists(context.path(KubeletCheckpoint.path)) { found.append("a kubelet") }
    guard !found.isEmpty else {
      return Probe(
        .waiting, "no job of SLURM or Kubernetes; told once a process of one is on an accelerator")
    }
    return Probe(.ok, found.joined(separator: "; "))
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let time = clock.now
    refresh(at: time)
    var present: Set<JobOwners.Key> = []
    var occupied: [JobOwners.Key: [String: Set<Int32>]] = [:]
    takeGroups(at: time, &present)
    takeProcesses(at: time, &present, &occupied)
    takeMapping(&present)
    takePods(&present)
    if let own {
      note(own.job, &present)
      allocations[own.job]?.take(own, on: context.machine)
      allocations[own.job]?.hasJobs = true
      hold(own)
    }
    allocations = allocations.filter { present.contains($0.key) }
    var observations: [Observation] = []
    let names = allocations.keys.sorted {
      ($0.scheduler, $0.id.utf8.count, $0.id) < ($1.scheduler, $1.id.utf8.count, $1.id)
    }
    for key in names { report(key, occupied[key] ?? [:], at: time, &observations) }
    return observations
  }

  // MARK: What is told

  /// Looks anew at what seldom changes.
  private mutating func refresh(at time: Timestamp) {
    let known = context.roster.accelerators.accelerators
    let isDue = looked.map { time - $0 >= Self.lookPeriod } ?? true
    if known != accelerators {
      accelerators = known
      numbers = AcceleratorNumbers(known, in: context)
    }
    guard isDue else { return }
    looked = time
    askedPods = askedPods.intersection(allocations.keys.map(\.id))
    podNames = allocations.keys.contains { $0.scheduler == "kubernetes" } ? pods.names() : [:]
  }

  private mutating func note(_ key: JobOwners.Key, _ present: inout Set<JobOwners.Key>) {
    guard present.count < SlurmGroups.most.jobs || present.contains(key) else { return }
    present.insert(key)
    if allocations[key] == nil { allocations[key] = Allocation(key) }
  }

  /// The jobs that have a control group, whether or not a process of them is on an accelerator.
  private mutating func takeGroups(at time: Timestamp, _ present: inout Set<JobOwners.Key>) {
    for job in groups.jobs(at: time) {
      let key = JobOwners.Key(scheduler: "slurm", id: job.id)
      let isNew = allocations[key] == nil
      note(key, &present)
      guard var allocation = allocations[key] else { continue }
      if isNew {
        allocation.take(user: job.user.map { ProcessIdentity.userName($0, in: context) })
      }
      if allocation.search.next <= time, !allocation.hasEnvironment || allocation.facts.gpus.isEmpty
      {
        allocation.search.next = time + allocation.search.wait
        allocation.search.wait = min(Self.waits.upperBound, 2 * allocation.search.wait)
        allocation.hold(groups.devices(of: job).flatMap(numbers.byMinor), by: .cgroup)
        for pid in groups.pids(of: job) {
          guard
            let owner = owners.owner(of: pid, started: nil, groupsAreUsed: groups.isUsed),
            owner.job == key
          else { continue }
          allocation.take(owner, on: context.machine)
          allocation.hold(
            owner.environment?.slurmGPUs.flatMap(numbers.bySlurm), by: .environment)
          if allocation.hasEnvironment { break }
        }
        owners.forgetUnsure()
      }
      allocations[key] = allocation
    }
  }

  /// The processes on accelerators and those of found jobs.
  private mutating func takeProcesses(
    at time: Timestamp, _ present: inout Set<JobOwners.Key>,
    _ occupied: inout [JobOwners.Key: [String: Set<Int32>]]
  ) {
    for (device, listing) in context.roster.accelerators.listings
    where time - listing.time <= Self.patience {
      let card = numbers.card(device)
      for occupant in listing.occupants where occupant.started != nil {
        guard
          let owner = owners.owner(
            of: occupant.pid, started: occupant.started, groupsAreUsed: groups.isUsed)
        else { continue }
        take(owner, occupant.pid, &present)
        occupied[owner.job, default: [:]][card, default: []].insert(occupant.pid)
      }
    }
    for (key, cards) in occupied { allocations[key]?.occupy(cards.keys.sorted()) }
    let entries = context.roster.entries
    if entries != self.entries {
      self.entries = entries
      owners.forgetUnsure()
    }
    for entry in entries {
      for pid in entry.pids.prefix(64) {
        guard let pid = Int32(exactly: pid),
          let owner = owners.owner(of: pid, started: nil, groupsAreUsed: groups.isUsed)
        else { continue }
        take(owner, pid, &present)
        allocations[owner.job]?.hasJobs = true
      }
    }
  }

  private mutating func take(
    _ owner: JobOwners.Owner, _ pid: Int32, _ present: inout Set<JobOwners.Key>
  ) {
    note(owner.job, &present)
    allocations[owner.job]?.take(owner, on: context.machine)
    allocations[owner.job]?.take(pid: pid)
    hold(owner)
  }

  /// Takes over what a process was told of its job's accelerators.
  private mutating func hold(_ owner: JobOwners.Owner) {
    guard let environment = owner.environment else { return }
    let gpus =
      owner.job.scheduler == "slurm"
      ? environment.slurmGPUs.flatMap(numbers.bySlurm)
      : environment.visibleUUIDs.flatMap(numbers.byUUID)
    allocations[owner.job]?.hold(gpus, by: .environment)
  }

  private mutating func takeMapping(_ present: inout Set<JobOwners.Key>) {
    guard let jobs = mapping.read() else { return }
    for (name, ids) in jobs.sorted(by: { $0.key < $1.key }) {
      guard let gpu = numbers.byMapping(name) else { continue }
      for id in ids {
        let key = JobOwners.Key(scheduler: SchedulerPath.isNumber(id) ? "slurm" : "none", id: id)
        note(key, &present)
        allocations[key]?.hold([gpu], by: .mappingFolder)
      }
    }
  }

  private mutating func takePods(_ present: inout Set<JobOwners.Key>) {
    for (uid, devices) in kubelet.pods() {
      guard let gpus = numbers.byUUID(devices), pods.exists(uid) == true else { continue }
      let key = JobOwners.Key(scheduler: "kubernetes", id: uid)
      note(key, &present)
      allocations[key]?.hold(gpus, by: .kubelet)
    }
    for key in present where key.scheduler == "kubernetes" {
      if podNames[key.id] == nil, askedPods.insert(key.id).inserted { podNames = pods.names() }
      if let names = podNames[key.id] {
        allocations[key]?.take(namespace: names.namespace, pod: names.pod)
      }
    }
  }

  // MARK: What is reported

  private mutating func report(
    _ key: JobOwners.Key, _ occupied: [String: Set<Int32>], at time: Timestamp,
    _ observations: inout [Observation]
  ) {
    guard let allocation = allocations[key], allocation.isTold else { return }
    let held = allocation.facts.gpus
    let cards = held.isEmpty ? accelerators.map(\.id).filter { $0.kind == .gpu }.map(\.name) : held
    // Where one list is missing, or leaves out other users, nobody knows that there is no process.
    let listings = context.roster.accelerators.listings
    let areKnown = cards.allSatisfy { name in
      listings.contains { device, listing in
        device.kind == .gpu && device.name == name && listing.isWhole
          && time - listing.time <= Self.patience
      }
    }
    // A process on several accelerators is one.
    let count = occupied.values.reduce(into: Set<Int32>()) { $0.formUnion($1) }.count
    let unused = held.count { occupied[$0] == nil }
    allocations[key]?.report(
      at: time, processes: areKnown || count > 0 ? count : nil,
      unused: areKnown || unused == 0 ? unused : nil, in: context, period: period,
      to: &observations)
  }
}

extension SchedulerSource {
  /// The line of the catalogue: `scheduler`.
  package static let entry = SourceEntry(
    sourceName, gives: "jobs of SLURM and Kubernetes, and the GPUs they hold", feeds: [.allocation],
    isRare: true, options: ["mapping"]
  ) { request, context in SchedulerSource(context, mapping: request.options["mapping"]) }
}

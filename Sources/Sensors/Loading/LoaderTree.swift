import Formats
import Glibc
import Linux
import Telemetry

/// The trainers among some processes, and the processes and threads that load data for each.
struct LoaderTree {
  /// A process that trains, and who loads data for it.
  struct Trainer: Hashable {
    var pid: Int32
    /// When it began, in clock ticks since the machine started.
    var started: Int64
    /// What started it and how, which is the same for all ranks of a job; `nil` where a shell did.
    var launch: String?
    /// The job it is a part of.
    var job: DeviceID?
    /// Workers: processes with their own number as the thread's, threads with that of the trainer.
    var workers: [Worker]
    /// Whether a thread of the trainer hands batches over (`pt_data_pin`).
    var hasPin: Bool
    /// Whether the workers are known by their names, and not only by who started them.
    var isNamed: Bool

    /// Whether a thread of its own hands the batches over, so that it waits for them on a lock: that of
    /// pinned memory, or the one in which Python's pools take results.
    var handsOver: Bool { hasPin || !isNamed && !workers.isEmpty }
  }

  struct Worker: Hashable {
    var pid: Int32
    var thread: Int32
  }

  private struct Node {
    var record: ProcessRecord
    var children: [Int32] = []
    /// What its names say of it: asked again and again, as there may be a hundred workers.
    var isWorker: Bool
    var isHelper: Bool

    init(_ record: ProcessRecord) {
      self.record = record
      isWorker = LoaderNames.isWorker(process: record.shortName)
      isHelper = !isWorker && LoaderNames.isHelper(record.words)
    }
  }

  private let context: SourceContext
  /// What was found before, so that each process is read but once.
  private var records: [Int32: ProcessRecord] = [:]
  /// The names of threads that were looked at twice, by which they have their names.
  private var threadNames: [Int32: [Int32: String]] = [:]
  /// How often the trainers had run when they were last looked at.
  private var slices: [Int32: Int64] = [:]
  /// The children of trainers that ever ran since they were first looked at, and those that never did.
  private var busy: Set<Int32> = []
  private var still: Set<Int32> = []
  /// Threads other than the first of a process that have started others.
  private var starters: [Int32: [Int32]] = [:]
  /// The processes that this scan has met.
  private var met: Set<Int32> = []
  private var scans = 0

  init(_ context: SourceContext) { self.context = context }

  private static let most = 1024

  /// Ends a scan of all jobs: what was not met in it is forgotten.
  ///
  /// A loader may start new workers at each pass over its data, for weeks.
  mutating func endScan() {
    records = records.filter { met.contains($0.key) }
    threadNames = threadNames.filter { met.contains($0.key) }
    slices = slices.filter { met.contains($0.key) }
    starters = starters.filter { met.contains($0.key) }
    busy.formIntersection(met)
    still.formIntersection(met)
    met = []
    scans += 1
  }

  /// How many processes something is kept of.
  var kept: Int {
    Set(records.keys).union(threadNames.keys).union(slices.keys).union(starters.keys).count
  }

  /// Looks for the trainers among the processes of a job and all that these have started.
  mutating func trainers(among pids: [Int32], of job: DeviceID?) -> [Trainer] {
    // There may be hundreds of threads: those that never started anything are asked now and then, of all
    // jobs alike.
    let isDeep = scans % 6 == 0
    var nodes: [Int32: Node] = [:]
    var rest = pids
    while let pid = rest.popLast(), nodes.count < Self.most {
      guard nodes[pid] == nil, let record = record(pid) else { continue }
      var node = Node(record)
      // A worker starts nothing that matters here.
      if !node.isWorker {
        node.children = children(of: pid, ofAllThreads: isDeep)
      }
      nodes[pid] = node
      rest += node.children
    }
    met.formUnion(nodes.keys)
    var workers: [Int32: [Worker]] = [:]
    for (pid, node) in nodes where node.isWorker {
      if let trainer = Self.employer(of: node.record, nodes) {
        workers[trainer, default: []].append(Worker(pid: pid, thread: pid))
      }
    }
    var found: [Trainer] = []
    for (pid, node) in nodes.sorted(by: { $0.key < $1.key }) {
      guard !node.isWorker, !node.isHelper else { continue }
      let threads = threads(of: pid)
      let inside = threads.filter { LoaderNames.isWorker(thread: $0.value) }.keys
      let named =
        (workers[pid] ?? []) + inside.map { Worker(pid: pid, thread: $0) }
      let own = named.isEmpty ? started(by: pid, nodes) : named
      // Whoever has nobody load data is a trainer only where it does not start those that are.
      if own.isEmpty,
        still.contains(pid)
          || node.children.contains(where: { !still.contains($0) && Self.mayTrain($0, nodes) })
      {
        continue
      }
      found.append(
        Trainer(
          pid: pid, started: node.record.started, launch: launch(of: node.record), job: job,
          workers: own.sorted { ($0.pid, $0.thread) < ($1.pid, $1.thread) },
          hasPin: threads.contains { LoaderNames.isPin(thread: $0.value) } || !inside.isEmpty,
          isNamed: !named.isEmpty))
    }
    return found
  }

  /// The launcher of a rank and the words it was started with.
  ///
  /// A shell starts anything side by side; what a program starts several times with the same words
  /// belongs together.
  private func launch(of record: ProcessRecord) -> String? {
    guard record.parent > 1, let parent = ProcessRecord(pid: record.parent, in: context),
      let program = parent.words.first?.split(separator: "/").last,
      LoaderNames.isLauncher(String(program))
    else { return nil }
    var words = record.words
    if LoaderNames.isSpawned(words) { words = ["spawned"] }
    // A hash, since words may hold what is nobody's business.
    let hash = FNV1a.hash(words.joined(separator: " "))
    return "\(parent.pid)-\(String(hash, radix: 36))"
  }

  /// The nearest process above a worker that is neither a worker nor a helper.
  private static func employer(of record: ProcessRecord, _ nodes: [Int32: Node]) -> Int32? {
    var parent = record.parent
    for _ in 0..<8 {
      guard let node = nodes[parent] else { return nil }
      if !node.isHelper, !node.isWorker { return parent }
      parent = node.record.parent
    }
    return nil
  }

  /// Whether a child is one that may itself train: a Python that is neither a worker nor a helper.
  private static func mayTrain(_ pid: Int32, _ nodes: [Int32: Node]) -> Bool {
    guard let node = nodes[pid], !node.isWorker, !node.isHelper,
      let program = node.record.words.first?.split(separator: "/").last
    else { return false }
    let record = node.record
    return program.hasPrefix("python")
      && !record.words.contains { $0.contains("wandb") || $0.contains("tensorboard") }
  }

  /// The workers of a process that are known by nothing but that it started them to do its own work.
  ///
  /// They have its command line, as a fork has, or were started by Python's multiprocessing, and have
  /// no such children themselves. A process that only waits for its children to end is no trainer: it
  /// has not run since the last look. A child that never ran since it was first looked at loads nothing:
  /// it waits for something else, such as the time to write a checkpoint.
  private mutating func started(by pid: Int32, _ nodes: [Int32: Node]) -> [Worker] {
    guard let node = nodes[pid], !node.children.isEmpty else { return [] }
    let runs = hasRun(pid)
    func isPart(_ child: Int32, of parent: Node) -> Bool {
      guard let other = nodes[child], !other.isHelper else { return false }
      let record = other.record
      return record.words == parent.record.words || LoaderNames.isSpawned(record.words)
    }
    let own = node.children.flatMap { child -> [Int32] in
      guard let other = nodes[child] else { return [] }
      return other.isHelper ? other.children : [child]
    }.filter { child in
      guard isPart(child, of: node), let other = nodes[child],
        !other.children.contains(where: { isPart($0, of: other) })
      else { return false }
      note(child)
      return busy.contains(child)
    }
    // Who starts such as hold accelerators, and holds none itself, is the launcher of ranks.
    guard runs, !own.isEmpty,
      holdsAccelerator(pid) || !own.prefix(8).contains(where: holdsAccelerator)
    else { return [] }
    return own.map { Worker(pid: $0, thread: $0) }
  }

  /// Takes in whether a child ever ran; what was looked at once may have, or not.
  private mutating func note(_ child: Int32) {
    guard !busy.contains(child) else { return }
    let isKnown = slices[child] != nil
    if hasRun(child) {
      busy.insert(child)
      still.remove(child)
    } else if isKnown, !holdsAccelerator(child) {
      still.insert(child)
    }
  }

  /// Whether a process has the device file of an accelerator open, as far as that may be seen.
  private func holdsAccelerator(_ pid: Int32) -> Bool {
    var holds = false
    OpenDescriptors.each(in: context.path("/proc/\(pid)")) { _, target in
      holds = holds || LoaderNames.isAccelerator(file: target)
    }
    return holds
  }

  /// Whether a process was given a processor since this was last asked; not known at first.
  private mutating func hasRun(_ pid: Int32) -> Bool {
    guard let text = SystemFile.text(context.path("/proc/\(pid)/schedstat")),
      let count = text.split(separator: " ").last.flatMap({ Int64($0) })
    else { return false }
    defer { slices[pid] = count }
    return slices[pid].map { count > $0 } ?? false
  }

  private mutating func record(_ pid: Int32) -> ProcessRecord? {
    if let known = records[pid] {
      // A worker takes its name a moment after it was started.
      if LoaderNames.isWorker(process: known.shortName) {
        return SystemFile.exists(context.path("/proc/\(pid)")) ? known : nil
      }
    }
    guard let record = ProcessRecord(pid: pid, in: context) else {
      records[pid] = nil
      return nil
    }
    records[pid] = record
    return record
  }

  /// Layout: proc_pid_task_tid_children(5): the pids that a thread has started, with blanks between.
  private mutating func children(of pid: Int32, ofAllThreads isDeep: Bool) -> [Int32] {
    let folder = context.path("/proc/\(pid)/task")
    var found: [Int32] = []
    var others: [Int32] = []
    let threads =
      isDeep
      ? (SystemFile.names(in: folder, limit: 2048) ?? []).compactMap { Int32($0) }
      : [pid] + (starters[pid] ?? [])
    for thread in threads {
      guard let text = SystemFile.text("\(folder)/\(thread)/children"), !text.isEmpty else {
        continue
      }
      if thread != pid { others.append(thread) }
      found += text.split(separator: " ").compactMap { Int32($0) }
    }
    if isDeep { starters[pid] = others.isEmpty ? nil : others }
    return found
  }

  /// The names of a process's threads; of each it is read twice, since it takes its name late.
  private mutating func threads(of pid: Int32) -> [Int32: String] {
    let folder = context.path("/proc/\(pid)/task")
    let known = threadNames[pid] ?? [:]
    var names: [Int32: String] = [:]
    var settled: [Int32: String] = [:]
    for entry in SystemFile.names(in: folder, limit: 2048) ?? [] {
      guard let thread = Int32(entry) else { continue }
      if let name = known[thread], !name.isEmpty {
        names[thread] = name
        settled[thread] = name
      } else {
        let name = SystemFile.text("\(folder)/\(entry)/comm") ?? ""
        names[thread] = name
        // An empty text stands for one look.
        settled[thread] = known[thread] == nil ? "" : name
      }
    }
    threadNames[pid] = settled
    return names
  }
}

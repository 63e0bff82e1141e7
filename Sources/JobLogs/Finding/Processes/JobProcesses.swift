import Linux
import Telemetry

/// The processes behind a job that is followed by a file or through a pipe, and what they say of it.
///
/// The driver's list of processes tells which accelerators these are on, so that a job is charged
/// its own and no others.
public struct JobProcesses: Hashable, Sendable {
  /// The job's processes on this machine, in order; empty where none is known.
  public private(set) var pids: [Int32] = []
  /// Whether one of them holds an accelerator for computing; `nil` where that may not be seen.
  public private(set) var isOnGPU: Bool?
  /// The accelerators they were told to use.
  private var visible: VisibleAccelerators?
  /// Why not all can be known of them, in words.
  private var unseen: String?

  /// No processes.
  public init() {}

  /// Whoever writes a file, or any file in a folder, and all that they have started.
  ///
  /// A program such as `tee` only passes on what it reads from a pipe, so those who write into that
  /// pipe count as well.
  public init(writing path: String, in context: SourceContext) {
    guard let place = SafeFile.resolved(path) else {
      self.init()
      return
    }
    let table = ProcessTable(context)
    var roots: Set<Int32> = []
    for pid in table.pids {
      let folder = context.path("/proc/\(pid)")
      var holds = false
      OpenDescriptors.each(in: folder) { _, target in
        if target == place || target.hasPrefix(place + "/") { holds = true }
      }
      // Whoever only reads it, such as a pager or this program, does not write it.
      guard holds else { continue }
      let open = OpenDescriptors.sorted(of: pid, in: context)
      guard open.written.contains(where: { $0.target == place || $0.target.hasPrefix(place + "/") })
      else { continue }
      roots.insert(pid)
      // In `… | ts | tee train.log` each passes on what the one before it prints.
      var passing = [open.standard[0]].compactMap(\.self)
      var next = 0
      while next < min(passing.count, 4), passing[next].hasPrefix("pipe:[") {
        let writers = table.writers(of: passing[next], in: context)
        next += 1
        for writer in writers where roots.insert(writer).inserted {
          if let pipe = SystemFile.linkTarget(context.path("/proc/\(writer)/fd/0")),
            pipe.hasPrefix("pipe:["), !passing.contains(pipe)
          {
            passing.append(pipe)
          }
        }
      }
    }
    self.init(roots, table, context)
  }

  /// A process and all that it has started.
  public init(startedBy pid: Int32, in context: SourceContext) {
    self.init([pid], ProcessTable(context), context)
  }

  private init(_ roots: Set<Int32>, _ table: ProcessTable, _ context: SourceContext) {
    var all = table.descendants(of: roots)
    all.formUnion(table.rayWorkers(of: all, in: context))
    pids = Array(all.sorted().prefix(Self.most))
    var hidden = 0
    var isLearning = false
    var told: [(JobEnvironment, [String])] = []
    for pid in pids {
      guard let process = table.records[pid] else { continue }
      let evidence = JobEvidence(process, in: context)
      if evidence.isOnGPU { isOnGPU = true }
      // A logging service writes what others have done, and holds no accelerator itself.
      if evidence.isJob { isLearning = true }
      if evidence.isJob {
        told.append((JobEnvironment(pid: pid, in: context), process.words))
      }
      if !evidence.isReadable { hidden += 1 }
    }
    if isOnGPU == nil, hidden == 0, isLearning { isOnGPU = false }
    if hidden > 0 {
      unseen = "the open files of \(hidden) of its \(pids.count) processes may not be looked at"
    }
    if let list = VisibleAccelerators.of(told) {
      let own = ProcessRecord.own(in: context).flatMap { ProcessIdentity(pid: $0, in: context) }
      let view = pids.lazy.compactMap { ProcessIdentity(pid: $0, in: context) }.first
      if list.isUnique || view?.sharesView(with: own) == true { visible = list }
    }
  }

  private static let most = 256

  /// The same as attributes of the job's device.
  public var attributes: [String: String] {
    guard !pids.isEmpty else { return [:] }
    var attributes = [
      JobFacts.Key.pids.rawValue: pids.map(String.init).joined(separator: ",")
    ]
    attributes[JobFacts.Key.onGPU.rawValue] = isOnGPU.map { $0 ? "yes" : "no" }
    attributes[JobFacts.Key.unseen.rawValue] = unseen
    if let visible { attributes.merge(visible.attributes) { said, _ in said } }
    return attributes
  }
}

/// All processes of a machine at one moment, and who started whom.
private struct ProcessTable {
  private(set) var records: [Int32: ProcessRecord] = [:]
  private var children: [Int32: [Int32]] = [:]

  init(_ context: SourceContext) {
    let own = ProcessRecord.own(in: context)
    for pid in ProcessRecord.pids(in: context) where pid != own {
      guard let record = ProcessRecord(pid: pid, in: context), !record.words.isEmpty else {
        continue
      }
      records[pid] = record
      children[record.parent, default: []].append(pid)
    }
  }

  var pids: [Int32] { records.keys.sorted() }

  func descendants(of roots: Set<Int32>) -> Set<Int32> {
    var found: Set<Int32> = []
    var rest = roots.filter { records[$0] != nil }
    while let pid = rest.popFirst() {
      guard found.insert(pid).inserted else { continue }
      rest.formUnion(children[pid] ?? [])
    }
    return found
  }

  /// The workers of the Ray drivers among some processes; they are the children of the node's raylet.
  func rayWorkers(of processes: Set<Int32>, in context: SourceContext) -> Set<Int32> {
    let workers = pids.filter { records[$0]?.words.first?.hasPrefix("ray::") ?? false }
    guard !workers.isEmpty else { return [] }
    var drivers: [Int32: RayPlace] = [:]
    for pid in pids {
      guard let process = records[pid], !workers.contains(pid), !process.isRayService else {
        continue
      }
      let evidence = JobEvidence(process, in: context)
      if evidence.usesRay { drivers[pid] = evidence.ray }
    }
    return Set(
      workers.filter { pid in
        guard let process = records[pid] else { return false }
        let place = JobEvidence(process, in: context).ray
        return RayPlace.driver(of: place, ancestors: ancestors(of: pid), among: drivers)
          .map(processes.contains) ?? false
      })
  }

  private func ancestors(of pid: Int32) -> Set<Int32> {
    var found: Set<Int32> = []
    var current = pid
    while let parent = records[current]?.parent, parent > 1, found.insert(parent).inserted {
      current = parent
    }
    return found
  }

  /// The processes whose output or errors go into a pipe.
  func writers(of pipe: String, in context: SourceContext) -> Set<Int32> {
    Set(
      pids.filter { pid in
        [1, 2].contains {
          SystemFile.linkTarget(context.path("/proc/\(pid)/fd/\($0)")) == pipe
        }
      })
  }
}

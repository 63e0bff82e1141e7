import Telemetry

/// What a scheduler told a process about its job.
///
/// The block it stands in holds keys to other people's services. So only the names listed here are looked
/// for, and nothing else of it is kept. Every value is what a user may have changed: a text, and no proof.
///
/// Sources: sbatch(1), “output environment variables”; the usual names of the downward API of Kubernetes;
/// NVIDIA's container toolkit.
package struct SchedulerEnvironment: Hashable, Sendable {
  private var values: [String: String] = [:]

  private static let names: Set<String> = [
    "SLURM_JOB_ID", "SLURM_JOB_NAME", "SLURM_JOB_ACCOUNT", "SLURM_JOB_PARTITION",
    "SLURM_JOB_USER", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID", "SLURM_JOB_GPUS",
    "SLURM_STEP_GPUS", "SLURM_JOB_START_TIME", "POD_NAME", "POD_NAMESPACE", "POD_UID", "HOSTNAME",
    "KUBERNETES_PORT",
    "NVIDIA_VISIBLE_DEVICES",
  ]
  /// How much of a block is read.
  private static let most = 1 << 20

  /// Nothing is known.
  package init() {}

  /// Takes what is asked for from an environment.
  package init(_ environment: [String: String]) {
    for name in Self.names {
      values[name] = environment[name].map { Self.bounded($0, of: name) }
    }
  }

  /// The environment a process began with; `nil` where it may not be read, or there is none.
  package init?(pid: Int32, in context: SourceContext) {
    guard var block = ProcFile.bytes(context.path("/proc/\(pid)/environ"), limit: Self.most),
      !block.isEmpty
    else { return nil }
    for piece in block.split(separator: 0) {
      guard let equals = piece.prefix(32).firstIndex(of: UInt8(ascii: "=")) else { continue }
      let name = String(decoding: piece[..<equals], as: UTF8.self)
      guard Self.names.contains(name), values[name] == nil else { continue }
      let value = piece[piece.index(after: equals)...].prefix(4096)
      values[name] = Self.bounded(String(decoding: value, as: UTF8.self), of: name)
    }
    // What was not looked for is not left lying in memory either.
    for index in block.indices { block[index] = 0 }
  }

  /// Lists of devices may be longer than names.
  private static func bounded(_ text: String, of name: String) -> String {
    let isList = name.hasSuffix("_GPUS") || name.hasSuffix("_DEVICES")
    return AllocationFacts.bounded(text, to: isList ? 4096 : AllocationFacts.longest)
  }

  /// The value of one of the names that are read; `nil` where it is empty.
  package subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

  /// The number of the SLURM job; `nil` where there is none.
  package var slurmJob: String? {
    self["SLURM_JOB_ID"].flatMap { SchedulerPath.isNumber($0) ? $0 : nil }
  }

  /// When the SLURM job started; `nil` where it is not told, as before SLURM 22.05.
  package var slurmStart: Timestamp? {
    self["SLURM_JOB_START_TIME"].flatMap { Int64($0) }.flatMap {
      1_000_000_000...100_000_000_000 ~= $0 ? Timestamp(seconds: Double($0)) : nil
    }
  }

  /// The accelerators of the SLURM job by number: `0,1,2` or `0-3`; `nil` where they are not told.
  ///
  /// Those of the job where it says so, else those of the step, which may be fewer.
  package var slurmGPUs: [Int]? {
    guard let text = self["SLURM_JOB_GPUS"] ?? self["SLURM_STEP_GPUS"] else { return nil }
    var numbers: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let words = part.split(separator: "-", omittingEmptySubsequences: false)
      let ends = words.compactMap { Int($0) }
      guard (1...2).contains(words.count), ends.count == words.count,
        ends.allSatisfy({ 0...4095 ~= $0 }), ends[0] <= ends[ends.count - 1]
      else { return nil }
      numbers += ends[0]...ends[ends.count - 1]
      guard numbers.count <= 1024 else { return nil }
    }
    return numbers.isEmpty ? nil : numbers
  }

  /// The accelerators that a container was given by UUID; `nil` where that says nothing.
  package var visibleUUIDs: [String]? {
    let names = (self["NVIDIA_VISIBLE_DEVICES"] ?? "").split(separator: ",").map(String.init)
    let areUnique = names.allSatisfy { $0.hasPrefix("GPU-") || $0.hasPrefix("MIG-") }
    return names.isEmpty || !areUnique ? nil : names
  }
}

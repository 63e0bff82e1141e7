import Linux
import Telemetry

/// The few variables of a job's environment that tell its place among its ranks.
///
/// The block they stand in holds keys to other people's services. So only the names listed here are
/// looked for, and nothing else of it is kept, shown or written anywhere.
struct JobEnvironment: Hashable, Sendable {
  private var values: [String: String] = [:]

  /// The names that are read; any other is passed over.
  static let names: Set<String> = [
    "RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "MASTER_PORT",
    "SLURM_JOB_ID", "SLURM_STEP_ID", "SLURM_PROCID", "SLURM_NTASKS", "SLURM_NNODES",
    "SLURM_SUBMIT_DIR", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE",
    "OMPI_COMM_WORLD_LOCAL_RANK", "CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER",
    "ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "PYTHONUNBUFFERED", "RAY_JOB_ID",
  ]

  init() {}

  /// Reads a block of `NAME=value` pieces with zero bytes between them.
  init(_ block: some Collection<UInt8>) {
    for piece in block.split(separator: 0) {
      guard let equals = piece.firstIndex(of: UInt8(ascii: "=")),
        piece.distance(from: piece.startIndex, to: equals) <= 32
      else { continue }
      let name = String(decoding: piece[..<equals], as: UTF8.self)
      guard Self.names.contains(name) else { continue }
      let value = piece[piece.index(after: equals)...].prefix(1024)
      values[name] = String(decoding: value, as: UTF8.self)
    }
  }

  /// The environment a process began with; empty where it may not be read.
  init(pid: Int32, in context: SourceContext) {
    guard var block = ProcFile.bytes(context.path("/proc/\(pid)/environ"), limit: 1 << 20) else {
      self.init()
      return
    }
    self.init(block)
    // What was not looked for is not left lying in memory either.
    for index in block.indices { block[index] = 0 }
  }

  subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

  /// The process's number among all ranks; `nil` where nobody gave it one.
  var rank: Int? { first(["RANK", "OMPI_COMM_WORLD_RANK", "SLURM_PROCID"], 0...) }

  var localRank: Int? { first(["LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_RANK"], 0...) }

  /// The number of ranks, over all machines.
  var worldSize: Int? { first(["WORLD_SIZE", "OMPI_COMM_WORLD_SIZE", "SLURM_NTASKS"], 1...) }

  /// The number of machines.
  var nodes: Int? { first(["SLURM_NNODES"], 1...) }

  /// The variables that name the accelerators a process may see, the one that counts first.
  static let visibleNames = [
    "CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES",
  ]

  /// The accelerators the process may see, as it was told them.
  var visibleGPUs: String? { Self.visibleNames.lazy.compactMap { self[$0] }.first }

  private func first(_ names: [String], _ range: PartialRangeFrom<Int>) -> Int? {
    for name in names {
      if let value = self[name].flatMap({ Int($0) }), range.contains(value), value < 1 << 24 {
        return value
      }
    }
    return nil
  }
}

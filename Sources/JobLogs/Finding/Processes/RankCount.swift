import Linux
import Telemetry

/// How many ranks a job has over all machines, by what started them.
///
/// What the launcher put into a rank's environment counts first, then the launcher's own command
/// line; the launcher nearest to the rank is the one that made it, where one starts another.
struct RankCount: Hashable, Sendable {
  /// The number; `nil` where nobody tells it.
  var value: Int?

  /// The number of ranks of a job's group.
  init(of group: JobGroup, in context: SourceContext) {
    value = group.leader.environment.worldSize
    guard value == nil, group.launcher != nil else { return }
    var process = group.leader.process
    for _ in 0..<16 {
      guard process.parent > 1, let parent = ProcessRecord(pid: process.parent, in: context) else {
        return
      }
      if KnownProgram(parent.words, name: parent.name)?.role == .launcher {
        value = Self.ranks(startedBy: parent.words)
        return
      }
      process = parent
    }
  }

  /// How many ranks a launcher's command line asks for; `nil` where it leaves that to the machine.
  ///
  /// `torchrun --nproc_per_node=8 --nnodes=2`, `accelerate launch --num_processes 16`,
  /// `deepspeed --num_gpus 8 --num_nodes 2`, `mpirun -np 16`, `srun -n 16`.
  static func ranks(startedBy words: [String]) -> Int? {
    guard let program = program(words) else { return nil }
    let options = options(words)
    func number(_ names: [String]) -> Int?? {
      guard let text = names.lazy.compactMap({ options[$0] }).first else { return .none }
      return .some(Int(text).flatMap { 1..<(1 << 24) ~= $0 ? $0 : nil })
    }
    switch program {
    case .torchrun:
      // Without an option there is one; `gpu`, `auto` and a range such as `1:4` are open.
      let each = number(["nproc-per-node"]) ?? 1
      let nodes = number(["nnodes"]) ?? 1
      return product(each, nodes)
    case .accelerate: return number(["num-processes"]) ?? nil
    case .deepspeed:
      guard let each = number(["num-gpus"]) ?? nil, let nodes = number(["num-nodes"]) ?? nil else {
        return nil
      }
      return product(each, nodes)
    case .mpirun: return number(["np", "n", "c"]) ?? nil
    case .srun: return number(["n", "ntasks"]) ?? nil
    }
  }

  /// Sixteen million ranks are nobody's.
  private static func product(_ each: Int?, _ nodes: Int?) -> Int? {
    guard let each, let nodes, each * nodes < 1 << 24 else { return nil }
    return each * nodes
  }

  private enum Program {
    case torchrun, accelerate, deepspeed, mpirun, srun
  }

  private static func program(_ words: [String]) -> Program? {
    for word in words.prefix(4) {
      let name = word.split(separator: "/").last.map(String.init) ?? word
      switch name {
      case "torchrun", "torch.distributed.run", "torch.distributed.launch": return .torchrun
      case "accelerate", "accelerate.commands.launch": return .accelerate
      case "deepspeed": return .deepspeed
      case "mpirun", "mpiexec", "orterun", "prterun": return .mpirun
      case "srun": return .srun
      default: continue
      }
    }
    return nil
  }

  /// The launcher's own options, spelt with hyphens; those of the program it starts come later.
  private static func options(_ words: [String]) -> [String: String] {
    var result: [String: String] = [:]
    var place = words.count > 2 && words[1] == "-m" ? 3 : 1
    while place < words.count, result.count < 64 {
      let word = words[place]
      place += 1
      guard word.hasPrefix("-") else {
        // A word on its own is the value of the option before it, or a command such as `launch`;
        // a program ends the options.
        let name = word.split(separator: "/").last.map(String.init) ?? word
        if name.hasSuffix(".py") || name.hasPrefix("python") || name == "bash" || name == "sh" {
          return result
        }
        continue
      }
      if ["-m", "--module", "--"].contains(word) { return result }
      var name = String(word.drop { $0 == "-" })
      var value: String?
      if let equals = name.firstIndex(of: "=") {
        value = String(name[name.index(after: equals)...])
        name = String(name[..<equals])
      } else if !word.hasPrefix("--"), name.count > 1, name.first == "n",
        name.dropFirst().allSatisfy(\.isNumber)
      {
        // `srun -n16`.
        (value, name) = (String(name.dropFirst()), "n")
      } else if place < words.count, !words[place].hasPrefix("-") {
        value = words[place]
      }
      name = String(name.map { $0 == "_" ? "-" : $0 })
      if result[name] == nil { result[name] = value ?? "" }
    }
    return result
  }
}

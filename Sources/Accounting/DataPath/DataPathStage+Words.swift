import Quantities

extension DataPathStage {
  /// What a stage is called.
  public enum Name: Hashable, Sendable {
    /// One device, by its own name.
    case device(String)
    /// Several devices of a kind.
    case disks(Int), mounts(Int), links(Int)
    /// Where nothing is read.
    case storage
    /// The host's memory before the disks.
    case pageCache
    /// The loader's processes, as many as are seen.
    case loader, noWorkers, workers(Double)
    /// The way into the accelerator, its memory, and what computes there.
    case hostLink, deviceMemory, tensorCores, multiprocessors

    /// The name, for people.
    public var words: String {
      switch self {
      case .device(let label): label
      case .disks(let count): "\(count) disks"
      case .mounts(let count): "\(count) mounts"
      case .links(let count): "\(count) links"
      case .storage: "storage"
      case .pageCache: "page cache"
      case .loader: "loader"
      case .noWorkers: "no workers"
      case .workers(let count): count < 1.5 ? "1 worker" : SI.count(count) + " workers"
      case .hostLink: "host → GPU"
      case .deviceMemory: "GPU memory"
      case .tensorCores: "tensor cores"
      case .multiprocessors: "SMs"
      }
    }
  }

  /// What would have to be read where nothing tells how full a stage is; the raw value is for people.
  public enum Absence: String, Hashable, Sendable, CaseIterable {
    case store = "no disk or link is read"
    case accelerator = "no accelerator"
    case hostLink = "PCIe bytes are not read"
    case ceiling = "no ceiling known yet"
    case profiling = "GPM or DCGM would tell"
    case misses = "its misses are not read"
    case reads = "of how many is not known"
    case job = "no job is known"
    case workers = "its workers are not seen"
    case ownLoading = "the trainer loads itself"
    case workTime = "schedstat is not read"
    case runQueue = "their run queue is not read"
    case beyondCores = "more than a core each"
  }

  /// What flows through a stage, or what that is of.
  public enum Figure: Hashable, Sendable {
    /// Bytes a second: all of them, those that missed a cache, or those that it is a part of.
    case rate(Double), missed(Double), of(Double)
    /// Bytes a second that were pushed out of a cache and read again.
    case pushedOut(Double)
    /// The most there can be: by itself, or as what the rate is a part of.
    case ceiling(Ceiling), ofCeiling(Ceiling)
    /// Processors in use.
    case cores(Double)
    /// The share of the workers' time in the run queue.
    case runQueue(Double)
    /// The share of the multiprocessors at work.
    case multiprocessors(Double)

    /// The figure in a few words, the longest spelling first.
    public var words: [String] {
      func text(_ rate: Double) -> String { SI.dataRate(rate).joined }
      switch self {
      case .rate(let rate): return [text(rate)]
      case .missed(let rate): return [text(rate) + " missed"]
      case .of(let rate): return ["of " + text(rate)]
      case .pushedOut(let rate): return [text(rate) + " pushed out", text(rate) + " again"]
      case .ceiling(let ceiling): return ceiling.words
      case .ofCeiling(let ceiling): return ceiling.words.map { "of " + $0 }
      case .cores(let count):
        let text = SI.fixed(count, 1) + " cores"
        return [text + " used", text]
      case .runQueue(let share):
        return [SI.percent(share) + " % run queue", SI.percent(share) + " % queue"]
      case .multiprocessors(let share):
        let text = "SMs \(SI.percent(min(1, share))) %"
        return [text + " active", text]
      }
    }
  }
}

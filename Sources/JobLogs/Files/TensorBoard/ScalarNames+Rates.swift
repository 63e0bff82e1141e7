import Telemetry

/// Tokens a second, and what they are counted for.
///
/// A name that says neither for one device nor for the whole job tells nothing about a machine with
/// more than one: eight GPUs are a factor of eight. It counts as `unknown` then, unless a name beside
/// it tells: `tps` beside `tps_per_gpu` is the job's.
extension ScalarNames {
  /// What a name means, spelt as names are compared, if it is that of a rate of tokens in training.
  ///
  /// Rates of generating, of prefill and of evaluations are others, and so are names such as
  /// `train_tokens_per_second`, a mean since the start.
  static func rateOfTokens(_ name: String) -> ScalarUse? {
    guard name.utf8.count < 80 else { return nil }
    let stem = withoutDevice(name)
    let isOfDevice = stem != name || ofDevice.contains(name)
    guard isOfDevice && ofDevice.contains(name) || isRate(stem) else { return nil }
    var use = ScalarUse(metric: .tokenRate)
    if isOfDevice {
      (use.rank, use.scope) = (1, .device)
    } else if ofJob.contains(name) {
      (use.rank, use.scope) = (2, .job)
    } else {
      (use.rank, use.scope) = (3, .unknown)
    }
    return use
  }

  /// The same name without the words that make it one of a device.
  static func withoutDevice(_ name: String) -> String {
    for mark in ["_per_gpu", "_per_device", "_per_chip", "/sec/gpu", "/s/gpu", "/gpu", "/device"] {
      guard let place = name.range(of: mark) else { continue }
      let rest = name[name.index(place, offsetBy: mark.count)...]
      // A longer word that only begins so, such as `/gpu_memory`, is another one.
      guard rest.isEmpty || "_/()".contains(rest[rest.startIndex]) else { continue }
      let unit = mark.hasPrefix("/s") ? String(mark.dropLast("/gpu".count)) : ""
      return name[..<place] + unit + rest
    }
    return name
  }

  /// Names of frameworks that say elsewhere what they count.
  ///
  /// `throughput(tps)` is torchtitan's, of a device; Megatron's `tgs` are tokens per GPU and second.
  private static let ofDevice: Set<String> = [
    "throughput(tps)", "tokens_per_gpu_per_second_(tgs)", "tgs", "train/tgs", "perf/tgs",
  ]

  /// Levanter's and Composer's rates are of all devices.
  private static let ofJob: Set<String> = [
    "throughput/tokens_per_second", "throughput/tokens_per_sec",
  ]

  /// verl's and prime-rl's name for their rate of tokens, of a device or of the job.
  static let throughput = "perf/throughput"

  /// Names that verl alone writes beside its `perf/throughput`, which is of a device.
  static let namesOfVerl: Set<String> = ["perf/time_per_step", "timing_s/step"]

  private static func isRate(_ name: String) -> Bool {
    if name == throughput { return true }
    for folder in ["", "train/", "training/", "throughput/", "performance/", "metrics/", "speed/"]
    where name.hasPrefix(folder) && leaves.contains(String(name.dropFirst(folder.count))) {
      return true
    }
    return false
  }

  private static let leaves: Set<String> = [
    "tokens_per_second", "tokens_per_sec", "tokens_per_s", "token_per_second", "token_per_sec",
    "tok_per_sec", "tok_per_s", "toks_per_sec", "tokens/sec", "tokens/s", "tok/sec", "tok/s",
    "toks/s", "tps", "tokens/train_per_sec",
  ]
}

/// Which rates of tokens a job has given, and for what each of them counts.
struct RateNames: Sendable {
  private var heard: [String: ScalarUse] = [:]
  private var isVerl = false

  /// Takes a name of a rate; says whether anything new is known by it.
  mutating func hear(_ name: String, _ use: ScalarUse) -> Bool {
    guard heard[name] == nil, heard.count < 64 else { return false }
    heard[name] = use
    return true
  }

  /// Takes the name of anything else; says whether anything new is known by it.
  mutating func hear(other name: String) -> Bool {
    guard !isVerl, ScalarNames.namesOfVerl.contains(ScalarNames.normal(name)) else { return false }
    isVerl = true
    return true
  }

  /// The best rate, with what it counts for: of the job, else of a device, else of nobody knows what.
  var best: (name: String, scope: JobFacts.RateScope, rank: Int)? {
    heard.map { name, use in
      let scope = scope(name, use)
      let rank = use.scope == .unknown && scope == .job ? 0 : use.rank
      return (name: name, scope: scope, rank: rank)
    }.min { ($0.rank, $0.name) < ($1.rank, $1.name) }
  }

  private func scope(_ name: String, _ use: ScalarUse) -> JobFacts.RateScope {
    guard use.scope == .unknown else { return use.scope ?? .unknown }
    let own = ScalarNames.normal(name)
    let isBesideDevices = heard.contains { other, meaning in
      meaning.scope == .device && ScalarNames.withoutDevice(ScalarNames.normal(other)) == own
    }
    if isBesideDevices { return .job }
    return own == ScalarNames.throughput && isVerl ? .device : .unknown
  }
}

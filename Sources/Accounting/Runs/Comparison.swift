import Quantities
import Telemetry

/// One run compared with another: what it saves, and whether that is more than noise.
public struct Comparison: Hashable, Sendable {
  /// The run that is judged.
  public var run: RunProfile
  /// The run it is judged against.
  public var baseline: RunProfile
  /// What joules are divided by: tokens, samples, steps, epochs or requests, whichever both runs count.
  public var measure: RunProfile.Measure
  /// The share of the baseline's joules that the run saves; negative when it takes more.
  public var saving: Double?
  /// The middle 95 % of savings among resampled stretches of both runs.
  public var interval: ClosedRange<Double>?
  /// What keeps the two from being compared fairly, in words.
  public var cautions: [String] = []

  /// Whether the saving or extra cost is larger than the noise: the interval does not contain zero.
  public var isLargerThanNoise: Bool? {
    interval.map { $0.lowerBound > 0 || $0.upperBound < 0 }
  }

  /// How the run's joules differ from the baseline's.
  public enum Change: Sendable, Hashable {
    /// It takes fewer, by this share.
    case saves(Double)
    /// It takes more, by this share, up to twice as many.
    case costs(Double)
    /// It takes more than twice as many: this factor.
    case takes(Double)
  }

  /// The saving as a kind of change; `nil` when the two cannot be compared.
  public var change: Change? {
    saving.map { $0 < -1 ? .takes(1 - $0) : $0 < 0 ? .costs(-$0) : .saves($0) }
  }

  /// What it saves or costs in words: `saves 38 % (35 to 41 %) of the joules`,
  /// `takes 3.1 × (2.9 to 3.3 ×) the joules`.
  public var words: (amount: String, of: String)? {
    guard let change else { return nil }
    switch change {
    case .takes(let factor):
      let bounds = interval.map {
        " (\(SI.significant(1 - $0.upperBound, digits: 2)) to "
          + "\(SI.significant(1 - $0.lowerBound, digits: 2)) ×)"
      }
      return ("takes \(SI.significant(factor, digits: 2)) ×" + (bounds ?? ""), "the")
    case .saves(let share): return ("saves \(percent(share, 1))", "of the")
    case .costs(let share): return ("costs \(percent(share, -1))", "of the")
    }
  }

  /// A share in per cent with its interval; `sign` is -1 where extra cost is counted as positive.
  private func percent(_ share: Double, _ sign: Double) -> String {
    let bounds = interval.map { interval in
      let ends = [interval.lowerBound * sign, interval.upperBound * sign].sorted()
      return " (\(SI.percent(ends[0])) to \(SI.percent(ends[1])) %)"
    }
    // All of it is saved by what takes nothing.
    let words = share < 1 && share >= 0.995 ? "more than 99" : SI.percent(share)
    return "\(words) %" + (bounds ?? "")
  }

  /// The verdict in a few words.
  public var verdict: String {
    guard saving != nil else { return "cannot be compared" }
    guard let isLargerThanNoise else { return "too short to tell from noise" }
    return isLargerThanNoise ? "larger than the noise" : "within the noise"
  }

  /// The loss of both runs after as much progress as the shorter one made.
  public var lossAtEqualProgress: (progress: Double, run: Double, baseline: Double)? {
    guard run.progressUnit == baseline.progressUnit, let own = run.losses.last?.progress,
      let other = baseline.losses.last?.progress
    else { return nil }
    let progress = min(own, other)
    guard let a = run.loss(at: progress), let b = baseline.loss(at: progress) else { return nil }
    return (progress, a, b)
  }

  /// Stretches a run needs before its noise can be judged.
  static let leastBlocks = 8
  private static let resamples = 1000

  /// Compares two runs by what both count first; else by the first thing that both count at all.
  public init(_ run: RunProfile, against baseline: RunProfile) {
    self.run = run
    self.baseline = baseline
    let isSame = run.measure == baseline.measure
    let both = RunProfile.Measure.allCases.first {
      run.joules(per: $0) != nil && baseline.joules(per: $0) != nil
    }
    measure = isSame ? run.measure : both ?? .step
    if let own = run.joules(per: measure), let other = baseline.joules(per: measure) {
      saving = 1 - own / other
    }
    if isSame { interval = Self.interval(run.blocks, baseline.blocks) }
    if run.accelerator != baseline.accelerator || run.devices != baseline.devices {
      cautions.append("on other hardware")
    }
    if let own = run.parameters, let other = baseline.parameters, own != other {
      cautions.append(
        "another model: \(SI.text(own, "").joined) against \(SI.text(other, "").joined) parameters")
    }
    if !run.isTimed || !baseline.isTimed { cautions.append("a log has no times") }
    if measure == .step { cautions.append("per step: a step may hold another batch") }
    if run.isModelled || baseline.isModelled { cautions.append("energy is modelled") }
    if run.isSimulated || baseline.isSimulated { cautions.append("SIMULATED") }
    for profile in [run, baseline] {
      switch profile.ending {
      case .crashed: cautions.append("\(profile.name) ended by an error")
      case .cancelled: cautions.append("\(profile.name) was ended from outside")
      default: break
      }
      cautions += profile.caveats.map { "\(profile.name): \($0)" }
    }
    // A run beside itself has each of them twice.
    var said: Set<String> = []
    cautions = cautions.filter { said.insert($0).inserted }
    if run.measure != baseline.measure { cautions.append("they do not count the same") }
  }

  /// The interval of savings, by a circular block bootstrap with random numbers of its own.
  ///
  /// Neighbouring stretches resemble each other, so runs of about the cube root of their number
  /// are drawn together (Politis and Romano 1992).
  static func interval(
    _ run: [RunProfile.Block], _ baseline: [RunProfile.Block]
  ) -> ClosedRange<Double>? {
    guard run.count >= leastBlocks, baseline.count >= leastBlocks else { return nil }
    var random = SplitMix64(seed: 20_260_101)
    var savings: [Double] = []
    savings.reserveCapacity(resamples)
    for _ in 0..<resamples {
      let own = cost(of: run, &random)
      let other = cost(of: baseline, &random)
      if own.isFinite, other.isFinite, other > 0 { savings.append(1 - own / other) }
    }
    guard savings.count >= resamples * 9 / 10 else { return nil }
    savings.sort()
    return savings[savings.count / 40]...savings[savings.count - 1 - savings.count / 40]
  }

  /// The cost of one resampled run.
  private static func cost(of blocks: [RunProfile.Block], _ random: inout SplitMix64) -> Double {
    var length = 1
    while length * length * length < blocks.count { length += 1 }
    var (joules, count) = (0.0, 0.0)
    var taken = 0
    while taken < blocks.count {
      let start = random.below(blocks.count)
      for offset in 0..<min(length, blocks.count - taken) {
        let block = blocks[(start + offset) % blocks.count]
        joules += block.joules
        count += block.count
      }
      taken += length
    }
    return count > 0 ? joules / count : .nan
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.run == right.run && left.baseline == right.baseline
  }
  public func hash(into hasher: inout Hasher) {
    hasher.combine(run)
    hasher.combine(baseline)
  }
}

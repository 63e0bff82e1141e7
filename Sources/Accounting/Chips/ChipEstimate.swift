import Quantities
import Telemetry

/// The measured FLOP rate, memory traffic and power of a job on each of its devices.
public struct Workload: Hashable, Sendable {
  /// The chip it runs on.
  public var chip: Accelerator
  /// How many devices it runs on.
  public var devices: Double
  /// The precision of its arithmetic.
  public var precision: Precision
  /// Whether the job states that precision; otherwise it is a guess from the chip.
  public var isPrecisionKnown: Bool
  /// FLOP/s of one device, by formula or from tensor activity.
  public var flopRate: Double?
  /// Whether `flopRate` follows from the model and its tokens a second, and not from tensor
  /// activity.
  public var isFLOPRateModel = false
  /// Bytes a second between one device and its memory.
  public var byteRate: Double?
  /// Watts of one device.
  public var power: Double?
  /// Bytes in use on one device.
  public var memory: Double?

  /// A workload of which no rate is known yet.
  public init(chip: Accelerator, devices: Double, precision: Precision, isPrecisionKnown: Bool) {
    self.chip = chip
    self.devices = devices
    self.precision = precision
    self.isPrecisionKnown = isPrecisionKnown
  }

  /// The share of this chip's peak FLOP/s that is used.
  public var flopUtilization: Double? {
    guard let flopRate, let peak = chip.peaks[precision], peak > 0 else { return nil }
    return flopRate / peak
  }

  /// The share of this chip's memory bandwidth that is used.
  public var bandwidthUtilization: Double? { byteRate.map { $0 / chip.memoryBandwidth } }

  /// Arithmetic intensity in FLOP/B, of the roofline model.
  public var arithmeticIntensity: Double? {
    guard let flopRate, let byteRate, byteRate > 0 else { return nil }
    return flopRate / byteRate
  }

  /// The ridge point of this chip's roofline in FLOP/B: below it memory is the limit, above it
  /// arithmetic.
  public var ridgePoint: Double? { chip.peaks[precision].map { $0 / chip.memoryBandwidth } }
}

/// Bounds on the time and energy of a workload on another chip.
public struct ChipEstimate: Hashable, Sendable {
  /// The chip the bounds are for.
  public var chip: Accelerator
  /// Time for the same work on as many devices, over the time here.
  public var time: ClosedRange<Double>
  /// Energy for the same work over the energy here; `nil` where a power is not known.
  public var energy: ClosedRange<Double>?
  /// Whether a device's memory holds what a device here holds; `nil` when that is not known.
  public var fits: Bool?

  /// The bounds of a workload on a chip; `nil` without a peak for its arithmetic.
  ///
  /// If arithmetic is the limit, time scales with the ratio of peaks; if memory is, with the ratio
  /// of bandwidths. The bounds are these two, at the efficiency seen here, and never below the
  /// roofline (Williams et al. 2009, doi:10.1145/1498765.1498785). Power is between the share of
  /// the board's power that is drawn here and all of it.
  public init?(_ work: Workload, on chip: Accelerator) {
    guard let here = work.chip.peaks[work.precision], let there = chip.peaks[work.precision],
      there > 0, chip.memoryBandwidth > 0
    else { return nil }
    self.chip = chip
    let byArithmetic = here / there
    let byMemory = work.chip.memoryBandwidth / chip.memoryBandwidth
    let floor = max(
      (work.flopRate ?? 0) / there, (work.byteRate ?? 0) / chip.memoryBandwidth)
    let low = max(min(byArithmetic, byMemory), floor)
    time = low...max(low, max(byArithmetic, byMemory))
    fits = work.memory.map { $0 <= chip.memory }
    if let drawn = work.power, drawn > 0, let own = work.chip.power, let other = chip.power {
      let share = min(1, drawn / own)
      energy = time.lowerBound * share * other / drawn...time.upperBound * other / drawn
    }
  }

  /// The names of the chips a workload is estimated for, of all makers, for datacentre and desk.
  public static let usual = [
    "B200 SXM", "H200 SXM", "H100 SXM5 80GB", "H100 PCIe", "GH200 96GB HBM3", "A100 SXM4 80GB",
    "L40S", "L4", "A10G", "V100 SXM2/SXM3", "T4", "GeForce RTX 5090", "GeForce RTX 4090",
    "GeForce RTX 3090", "Instinct MI355X", "Instinct MI300X", "Instinct MI250X", "Gaudi 3 OAM",
    "TPU v6e Trillium", "TPU v5p", "TPU v5e", "AWS Trainium2", "RNGD",
  ]

  /// The bounds on the usual chips but the workload's own, the most frugal first.
  ///
  /// Those that do not hold the memory in use come last, chips of unpublished power before them.
  public static func all(_ work: Workload) -> [ChipEstimate] {
    let chips = usual.compactMap { name in Accelerator.all.first { $0.name == name } }
    let estimates = chips.filter { $0 != work.chip }.compactMap { ChipEstimate(work, on: $0) }
    func middle(_ estimate: ChipEstimate) -> Double {
      guard let energy = estimate.energy else { return .infinity }
      return (energy.lowerBound * energy.upperBound).squareRoot()
    }
    return estimates.sorted {
      if $0.fits != false, $1.fits == false { return true }
      if $0.fits == false, $1.fits != false { return false }
      let (a, b) = (middle($0), middle($1))
      return a == b ? $0.time.upperBound < $1.time.upperBound : a < b
    }
  }
}

extension Ledger {
  /// Why a workload cannot be placed elsewhere.
  public struct NoWorkload: Error, Hashable {
    /// In words, for people.
    public var reason: String
  }

  /// The workload of a job over a span, or that of the machine where there is no job.
  public func workload(of job: Device?, over span: TimeSpan) -> Result<Workload, NoWorkload> {
    let own = job.map { accelerators(of: $0.id) } ?? inventory.gpus
    guard let first = own.first else {
      return .failure(NoWorkload(reason: "no accelerator is read, so there is nothing to compare"))
    }
    guard let chip = Self.common(own) else {
      return .failure(
        NoWorkload(
          reason: Set(own.map(\.model)).count > 1
            ? "its accelerators differ" : "no peak rate is known for \(first.model)"))
    }
    let facts = job.map { timeline.facts(of: $0.id) }
    let precision = facts?.precision ?? [.bf16, .fp16, .fp32].first { chip.peaks[$0] != nil }
    guard let precision, chip.peaks[precision] != nil else {
      return .failure(
        NoWorkload(reason: "no peak rate of \(chip.name) is known for its arithmetic"))
    }
    var work = Workload(
      chip: chip, devices: facts?.worldSize ?? Double(own.count), precision: precision,
      isPrecisionKnown: facts?.precision != nil)
    let count = Double(own.count)
    func mean(_ metric: Metric) -> Double? {
      let values = own.compactMap { gpu in
        timeline.id(metric, of: gpu.id).flatMap { timeline.total($0, over: span).mean }
      }
      return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    if let job {
      let rate = cost(of: job.id, at: span.end)?.tokensPerSecond
      let mfu = mfu(of: job.id, tokensPerSecond: rate, over: span)
      if mfu.reason.isEmpty || mfu.precision == nil, let rate = mfu.flopRatePerDevice {
        work.flopRate = rate
        work.isFLOPRateModel = true
      }
      if let id = timeline.id(.reportedMemoryTraffic, of: job.id) {
        let total = timeline.total(id, over: span)
        if total.covered > 0, total.amount > 0 { work.byteRate = total.amount / total.covered }
      }
    }
    if work.flopRate == nil, let active = mean(.tensorActive), let peak = chip.peaks[precision] {
      work.flopRate = active * peak
    }
    if let active = mean(.dramActive) { work.byteRate = active * chip.memoryBandwidth }
    work.power = timeline.energy(of: own, over: span)?.meanPower.map { $0 / count }
    work.memory = own.compactMap { timeline.moment(at: span.end).known(.memoryUsed, of: $0.id) }
      .map(\.value).max()
    return .success(work)
  }
}

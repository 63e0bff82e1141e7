import Quantities
import Telemetry

/// Model FLOPs utilisation: the FLOPs a job's progress takes by formula, over the hardware's peak.
public struct MFU: Hashable, Sendable {
  /// Operations for a token, if the model is known.
  public var count: FLOPFormula.Count?
  /// Model FLOP/s over all devices of the job.
  public var flopRate: Double?
  /// Devices the job runs on.
  public var devices: Double
  /// The dense peak of all of them together in the job's precision, in FLOP/s.
  public var peak: Double?
  /// The product that the peak is of.
  public var accelerator: Accelerator?
  /// The precision that the peak is of.
  public var precision: Precision?
  /// Model FLOP/s over the peak, 0...1.1; `nil` when something it needs is not known.
  public var share: Double?
  /// Why there is no share; `nil` when there is one.
  public var absence: Absence?
  /// MFU as the job's framework states it.
  public var reported: Double?
  /// FLOP/s of one device as the framework states it.
  public var reportedRate: Double?
  /// Share of the cycles in which the tensor pipes were busy: an estimate of all operations.
  public var hardware: Double?

  /// Nothing known yet but the number of devices, and perhaps why.
  public init(devices: Double, absence: Absence? = nil) {
    self.devices = devices
    self.absence = absence
  }

  /// Why there is no share, in words; empty when there is one.
  public var reason: String { absence?.words ?? "" }

  /// FLOP/s of one device.
  public var flopRatePerDevice: Double? { flopRate.map { $0 / max(1, devices) } }

  /// The highest share that is stated; above it something that was assumed is wrong.
  static let limit = 1.1
}

extension Ledger {
  /// The MFU of a job by its tokens per second, over a stretch of its progress.
  ///
  /// Model FLOP/s over the dense peak of the precision in use, times the devices. Nothing is
  /// assumed for a device, a precision or a model that is not known: then the reason is given
  /// instead. With `withoutPauses` pauses are left out of tensor activity, as they are in the rate.
  public func mfu(
    of job: DeviceID, tokensPerSecond: Double?, over span: TimeSpan, withoutPauses: Bool = false
  ) -> MFU {
    let facts = timeline.facts(of: job)
    let own = accelerators(of: job)
    var mfu = MFU(devices: facts.worldSize ?? Double(max(1, own.count)))
    let formula = FLOPFormula(work: facts.isServing ? .inference : .training)
    mfu.count = formula.count(facts.shape)
    mfu.precision = facts.precision
    mfu.accelerator = Self.common(own)
    let moment = timeline.moment(at: span.end)
    mfu.reported = moment.known(.reportedMFU, of: job)?.value
    mfu.reportedRate = moment.known(.reportedFLOPRate, of: job)?.value
    let pauses = withoutPauses ? stepStatistics(of: job, at: span.end)?.pauses ?? [] : []
    let inside =
      pauses.map(\.span).filter { $0.start >= span.start && $0.end <= span.end }
      + (withoutPauses ? statedPauses(of: job, in: span).map(\.span) : [])
    let active = own.compactMap { gpu in
      timeline.id(.tensorActive, of: gpu.id).flatMap { meanActivity($0, over: span, but: inside) }
    }
    if !active.isEmpty { mfu.hardware = active.reduce(0, +) / Double(active.count) }
    if let count = mfu.count, let tokensPerSecond {
      mfu.flopRate = count.perToken * tokensPerSecond
    } else if let rate = mfu.reportedRate {
      mfu.flopRate = rate * mfu.devices
    }
    settle(&mfu, own)
    return mfu
  }

  /// The mean of a share over a span without some stretches of it.
  private func meanActivity(
    _ id: Timeline.SeriesID, over span: TimeSpan, but pauses: [TimeSpan]
  ) -> Double? {
    var whole = Total.none
    for stretch in span.parts(without: pauses) {
      let part = timeline.total(id, over: stretch)
      whole.amount += part.amount
      whole.covered += part.covered
      whole.asked += part.asked
    }
    return whole.mean
  }

  /// Sets the share, or the reason why there is none.
  private func settle(_ mfu: inout MFU, _ own: [Device]) {
    guard let rate = mfu.flopRate else {
      mfu.absence = mfu.count == nil ? .parameters : .tokens
      return
    }
    guard let accelerator = mfu.accelerator else {
      mfu.absence =
        own.isEmpty
        ? .accelerator
        : Set(own.map(\.model)).count > 1 ? .several : .peak(model: own[0].model)
      return
    }
    guard let precision = mfu.precision else {
      mfu.absence = .precision
      return
    }
    guard let peak = accelerator.peaks[precision] else {
      mfu.absence = .peakOf(precision, model: accelerator.name)
      return
    }
    mfu.peak = peak * mfu.devices
    let share = rate / (peak * mfu.devices)
    guard share <= MFU.limit else {
      mfu.absence = .impossible(share)
      return
    }
    mfu.share = share
  }

  /// The product all of some devices are; `nil` when they differ or are unknown.
  static func common(_ devices: [Device]) -> Accelerator? {
    let found = Set(devices.map(\.model)).map { Accelerator.find($0) }
    guard let first = found.first, let first, found.allSatisfy({ $0 == first }) else { return nil }
    return first
  }
}

import Quantities
import Telemetry

/// Processor power worked out from processor time, for machines that have no sensor.
///
/// Never on by itself: the user states what the processor draws idle and fully busy, and the
/// model is the straight line between. Every value is marked as modelled and shown with ≈.
public struct LinearPowerSource: DataSource {
  /// `model`, as in the catalogue.
  public let name = "model"
  private let context: SourceContext
  private let idle: Double
  private let busy: Double
  private var host: HostSource
  private var isAnnounced = false

  /// A model between two powers in watts.
  public init(_ context: SourceContext, idle: Double, busy: Double) {
    self.context = context
    self.idle = idle
    self.busy = busy
    host = HostSource(context)
  }

  public mutating func probe() -> Probe {
    Probe(.ok, "modelled, not measured: \(watts(idle)) idle to \(watts(busy)) busy")
  }

  public mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let device = context.device(.cpu, "package-model")
    var share: Double?
    for observation in try host.sample(clock) {
      guard case .reading(let reading) = observation else { continue }
      share = reading.values.first { $0.metric == .cpuUtilization }?.value
    }
    guard let share else { return [] }
    // The busy share is that of the time since the last call, and so is the power.
    var reading = Reading(device: device, time: clock.now)
    reading.set(.power, idle + (busy - idle) * min(1, max(0, share)))
    guard !isAnnounced else { return [.reading(reading)] }
    isAnnounced = true
    let note = "straight line from \(watts(idle)) idle to \(watts(busy)) busy, by processor time"
    let provenance = Provenance(
      source: name, method: .modelled, period: context.interval, note: note)
    return [
      .device(Device(id: device, label: "processor", model: "modelled")),
      .series(SeriesDescriptor(device: device, metric: .power, provenance: provenance)),
      .reading(reading),
    ]
  }

  private func watts(_ value: Double) -> String {
    (value == value.rounded() ? String(Int(saturating: value)) : String(value)) + " W"
  }

  /// The line of the catalogue: `model:IDLE-BUSY`.
  package static let entry = SourceEntry(
    "model", gives: "processor power worked out from its load, where there is no sensor",
    feeds: [.cpu],
    isDefault: false, usage: "model:IDLE-BUSY"
  ) { request, context throws(SourceRequestError) in
    let watts = request.argument
      .split(separator: "-", omittingEmptySubsequences: false).map { Double($0) }
    guard watts.count == 2, let idle = watts[0], let busy = watts[1], idle >= 0, busy > idle,
      busy <= 5000
    else {
      throw SourceRequestError(
        "source “model” needs the processor's watts idle and busy, such as model:10-65")
    }
    return LinearPowerSource(context, idle: idle, busy: busy)
  }
}

import Quantities
import Telemetry

extension AlertQuantity {
  /// Bytes (2 GiB) from which an accelerator's memory is held by something.
  ///
  /// Drivers keep up to some hundreds of MiB for themselves, and a desktop takes about 1 GiB.
  private static let heldBytes = 2_147_483_648.0
  /// The same for a process on its list: what a context without data takes is less.
  private static let heldByProcess = 268_435_456.0

  /// Whether an accelerator is held, by memory that is taken, and does no work.
  static let idle = AlertQuantity(
    "idle", example: "no limit", [], takesBelow: false, isYesOrNo: true, options: [.device],
    hold: 1800, marginShare: 0, every: 5
  ) { rule, scene in
    let inventory = scene.ledger.inventory
    let gpus = inventory.gpus.filter { gpu in
      rule.device.map { $0 == gpu.label || $0 == gpu.id.name || $0 == "gpu \(gpu.label)" } ?? true
    }
    guard !gpus.isEmpty else {
      let reason = rule.device.map { "no accelerator is called “\($0)”" } ?? "no accelerator here"
      return [AlertReading(nil, "the machine", .unknown(reason), .second)]
    }
    return gpus.map { gpu in
      let name = scene.name(gpu)
      guard let held = scene.heldMemory(of: gpu) else {
        return AlertReading(
          gpu.id, name, .unknown("\(name) does not tell its memory"), .second)
      }
      let isHeld =
        held.all >= heldBytes || held.processes >= heldByProcess
      guard isHeld else { return AlertReading(gpu.id, name, .known(0), .second) }
      guard let work = scene.work(of: gpu) else {
        return AlertReading(
          gpu.id, name, .unknown("\(name) does not tell whether it works"), .second)
      }
      let watts = scene.ledger.power(of: gpu.id, at: scene.time)
      let draw = watts.map { ", draws \(SI.string($0, "W"))" } ?? ""
      return AlertReading(
        gpu.id, name, .known(work < Ledger.idleThreshold ? 1 : 0), .second,
        words:
          "\(name) holds \(SI.memory(max(held.all, held.processes)).joined)\(draw) and has no work")
    }
  }
}

extension AlertScene {
  /// The memory of an accelerator that is taken, in all and by the processes on its list, in bytes.
  fileprivate func heldMemory(of gpu: Device) -> (all: Double, processes: Double)? {
    let moment = moment
    guard let all = moment.value(.memoryUsed, of: gpu.id) else { return nil }
    let processes = ledger.inventory.processes.filter { $0.parent == gpu.id }
      .compactMap { moment.value(.memoryUsed, of: $0.id) }
    return (all, processes.reduce(0, +))
  }

  /// The share of the last minute in which an accelerator ran a kernel; `nil` where less than half of
  /// the minute is known.
  fileprivate func work(of gpu: Device) -> Double? {
    let span = TimeSpan(last: 60, endingAt: time)
    guard let id = timeline.id(.utilization, of: gpu.id),
      moment.value(.utilization, of: gpu.id) != nil,
      timeline.total(id, over: span).coverage >= 0.5
    else { return nil }
    return ledger.utilization(of: gpu.id, over: span)
  }
}

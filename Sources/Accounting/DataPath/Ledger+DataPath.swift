import Quantities
import Telemetry

extension Ledger {
  /// The way of the bytes to a job's accelerators over a span, stage by stage.
  ///
  /// Without a job it is that to all accelerators of one machine. Every number is a mean over the span;
  /// the best that was seen is that of the session up to its end.
  public func dataPath(of job: DeviceID?, over span: TimeSpan) -> DataPath {
    DataPathQuery(self, job: job, span: span).path
  }
}

/// What a path is asked of, and the rates it is made of.
struct DataPathQuery {
  let ledger: Ledger
  let job: DeviceID?
  /// The part of the span asked about that lies in the session.
  let span: TimeSpan
  let session: TimeSpan
  let machine: String?
  let gpus: [Device]
  let loaders: [Device]

  var timeline: Timeline { ledger.timeline }

  init(_ ledger: Ledger, job: DeviceID?, span: TimeSpan) {
    let inventory = ledger.inventory
    self.ledger = ledger
    self.job = job
    let known = ledger.timeline.span ?? span
    session = TimeSpan(min(known.start, span.end), span.end)
    self.span = span.intersection(session) ?? span
    let machine =
      job?.machine ?? inventory.gpus.first?.id.machine ?? inventory.host?.id.machine
      ?? inventory.disks.first?.id.machine
    self.machine = machine
    gpus = job.map(ledger.accelerators) ?? inventory.gpus.filter { $0.id.machine == machine }
    loaders = ledger.loaders(of: job).filter { job != nil || $0.id.machine == machine }
  }

  var path: DataPath {
    let store = self.store()
    let wait = job.map { ledger.waiting(of: $0, over: span) } ?? ledger.waiting(over: span)
    return DataPath(
      span: span,
      stages: [store.stage, hostMemory(), workers(), hostLink(), deviceMemory(), cores()],
      beside: beside(without: store.devices), wait: wait,
      loader: job.flatMap { ledger.loader(of: $0, over: span) })
  }

  /// The mean of a gauge or the rate of a counter over the span, where at least half of it is known.
  func mean(_ metric: Metric, of device: DeviceID) -> Double? {
    guard let id = timeline.id(metric, of: device) else { return nil }
    let total = timeline.total(id, over: span)
    return total.coverage >= 0.5 ? total.mean : nil
  }

  /// The means of several devices added up, and how many of them tell one.
  func sum(_ metric: Metric, of devices: [Device]) -> (value: Double, devices: [Device])? {
    let known = devices.compactMap { device in mean(metric, of: device.id).map { (device, $0) } }
    return known.isEmpty ? nil : (known.reduce(0) { $0 + $1.1 }, known.map(\.0))
  }

  /// What stays as it is: the last value before the end of the span.
  func stated(_ metric: Metric, of device: DeviceID) -> Double? {
    timeline.moment(at: span.end).known(metric, of: device)?.value
  }

  /// The best minute up to the end of the span, added up over devices.
  func bestSeen(_ metric: Metric, of devices: [Device]) -> DataPathStage.Ceiling? {
    let best = devices.compactMap { device in
      timeline.id(metric, of: device.id).flatMap { timeline.greatestMinute($0, in: session) }
    }
    guard best.count == devices.count, case let rate = best.reduce(0, +), rate > 0 else {
      return nil
    }
    return DataPathStage.Ceiling(rate: rate, kind: .bestSeen)
  }

  static func text(_ rate: Double) -> String { SI.dataRate(rate).joined }
}

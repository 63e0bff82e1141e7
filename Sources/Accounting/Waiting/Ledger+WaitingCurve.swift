import Telemetry

extension Ledger {
  /// The share of judged time that was spent waiting for data in each of `columns` equal parts of a span;
  /// `nil` where nothing was judged.
  ///
  /// Without a job it is that of all accelerators.
  public func dataWaitCurve(
    of job: DeviceID?, over span: TimeSpan, columns: Int, until: Timestamp? = nil
  ) -> [Double?] {
    var judged = [Double](repeating: 0, count: max(0, columns))
    var waited = judged
    func add(_ metric: Metric, of device: DeviceID, to sums: inout [Double]) {
      guard let id = timeline.id(metric, of: device) else { return }
      let curve = timeline.curve(
        id, over: span, columns: columns, until: until, withExtremes: false)
      for (index, column) in curve.enumerated() { sums[index] += column?.mean ?? 0 }
    }
    for device in waitingDevices(of: job.map(accelerators) ?? inventory.gpus) {
      add(.judgedTime, of: device.id, to: &judged)
      add(.dataWaitTime, of: device.id, to: &waited)
    }
    return zip(judged, waited).map { $0 > 0 ? min(1, $1 / $0) : nil }
  }

  /// The devices that tell what some accelerators' time was for; each is a part of its accelerator.
  func waitingDevices(of gpus: [Device]) -> [Device] {
    let ids = Set(gpus.map(\.id))
    return timeline.devices(.waiting).filter { $0.parent.map(ids.contains) ?? false }
  }
}

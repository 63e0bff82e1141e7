import Telemetry

/// What a job's trainer and its loader's workers did over a span, as shares of the time they were looked
/// at.
public struct LoaderUse: Hashable, Sendable {
  /// The trainer, asleep where one waits for the next batch.
  public var trainerAsleep: Double?
  /// The workers while the trainer slept there: running or ready to, waiting for a disk, and for a
  /// server.
  public var running: Double?, onDisk: Double?, onNetwork: Double?
}

extension Ledger {
  /// What feeds a job did over a span; `nil` where nothing of it was looked at.
  public func loaderUse(of job: DeviceID, over span: TimeSpan) -> LoaderUse? {
    let loaders = timeline.devices(.loader).filter { $0.parent == job }
    func amount(_ metric: Metric) -> Double? {
      let known = loaders.compactMap { loader in
        timeline.id(metric, of: loader.id).map { timeline.total($0, over: span).amount }
      }
      return known.isEmpty ? nil : known.reduce(0, +)
    }
    func share(_ part: Metric, of whole: Metric) -> Double? {
      guard let part = amount(part), let whole = amount(whole), whole > 0 else { return nil }
      return min(1, part / whole)
    }
    let use = LoaderUse(
      trainerAsleep: share(.trainerQueueTime, of: .trainerTime),
      running: share(.starvedRunTime, of: .starvedWorkerTime),
      onDisk: share(.starvedDiskTime, of: .starvedWorkerTime),
      onNetwork: share(.starvedNetworkTime, of: .starvedWorkerTime))
    return use == LoaderUse() ? nil : use
  }
}

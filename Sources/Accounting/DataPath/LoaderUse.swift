import Telemetry

/// What a job's trainer and its loader's workers did over a span, as shares of the time they were looked
/// at.
public struct LoaderUse: Hashable, Sendable {
  /// The trainer, asleep where one waits for the next batch.
  public var trainerAsleep: Double?
  /// The trainer, waiting for a disk or a file server, and on a network socket.
  public var trainerOnDisk: Double?, trainerOnNetwork: Double?
  /// The workers while the trainer slept there: running or ready to, waiting for a disk, and for a
  /// server.
  public var running: Double?, onDisk: Double?, onNetwork: Double?

  /// The least share of time at which a wait is taken for the cause: buffered reads of a cold file keep a
  /// worker waiting for a third of its time and copying for the rest.
  private static let cause = 0.25

  /// Whether anybody was seen to wait for a disk or for a server; `nil` where nobody was looked at.
  func waits(forDisk isDisk: Bool) -> Bool? {
    let disk = [onDisk, trainerOnDisk]
    // A file server shows as a disk wait where its file system is a module of the kernel.
    let shares = (isDisk ? disk : disk + [onNetwork, trainerOnNetwork]).compactMap { $0 }
    return shares.max().map { $0 >= Self.cause }
  }
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
      trainerOnDisk: share(.trainerDiskTime, of: .trainerTime),
      trainerOnNetwork: share(.trainerSocketTime, of: .trainerTime),
      running: share(.starvedRunTime, of: .starvedWorkerTime),
      onDisk: share(.starvedDiskTime, of: .starvedWorkerTime),
      onNetwork: share(.starvedNetworkTime, of: .starvedWorkerTime))
    return use == LoaderUse() ? nil : use
  }
}

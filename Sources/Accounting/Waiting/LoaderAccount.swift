import Quantities
import Telemetry

/// What a job's trainers and loader workers did over a span.
public struct LoaderAccount: Hashable, Sendable {
  /// How many trainers were watched.
  public var trainers: Int
  /// How many loader workers they have now, or had last.
  public var workers: Int
  /// The share of time that the trainers slept on their queues.
  public var onQueue: Double
  /// The share that they ran themselves, and that they waited for disk or network themselves.
  public var running: Double
  /// The share that they waited for a disk or a file server themselves.
  public var onDisk: Double
  /// The share that they waited for a network socket themselves.
  public var onSocket: Double
  /// The processors that the workers kept busy, on average; `nil` without workers.
  public var cores: Double?
  /// The share of their time that workers ran or stood in the run queue.
  public var fullness: Double?
  /// The share of that which they stood in the run queue.
  public var queued: Double?
  /// What the workers did while their trainer was asleep on its queue and at least one of them had
  /// something to do, as shares; `nil` where that was not seen.
  public var inWait: InWait?
  /// Whether all of it is one job's, as far as is known.
  public var isOneJob = true
  /// Bytes that the job's sockets received a second; `nil` where that is not known.
  public var received: Double?
  /// Bytes that the job's processes read from and wrote to block devices, a second.
  public var read: Double?
  /// The same, written.
  public var written: Double?

  /// The least share of time at which a wait is taken for the cause: buffered reads of a cold file keep a
  /// worker waiting for a third of its time and copying for the rest.
  private static let leastWait = 0.25

  /// Whether trainers or workers were seen to wait for a disk, or else for a server.
  func waits(forDisk isDisk: Bool) -> Bool {
    let disk = [onDisk, inWait?.disk]
    // A file server shows as a disk wait where its file system is a module of the kernel.
    let shares = (isDisk ? disk : disk + [onSocket, inWait?.network]).compactMap { $0 }
    return shares.contains { $0 >= Self.leastWait }
  }

  /// What loader workers did while their trainer waited for them.
  public struct InWait: Hashable, Sendable {
    /// Seconds that were looked into and in which a worker had something to do.
    public var seconds: Double
    /// The share of the workers' time that they ran or were ready to.
    public var running: Double
    /// The share that they waited for a disk.
    public var disk: Double
    /// The share that they waited for a server.
    public var network: Double
    /// The share of the looks in which one was busy and two or more had nothing to do.
    public var head: Double
    /// The share of the looks in which none had anything to do: then the trainer waited for something else.
    public var allIdle = 0.0

    /// The share in which they had nothing to do, or something that is not known.
    public var idle: Double { max(0, 1 - running - disk - network) }
  }
}

extension Ledger {
  /// The trainers of a job: its own, or else those that the user named or that are on its accelerators.
  ///
  /// Where the driver says whose processes are on which accelerators, only those count: what a trainer forked
  /// for something else looks like one as well.
  func loaders(of job: DeviceID?) -> [Device] {
    let gpus: [Device] = job.map { self.accelerators(of: $0) } ?? inventory.gpus
    let accelerators = Set(gpus.map(\.id))
    let pids = Set(
      inventory.processes.filter { $0.parent.map(accelerators.contains) ?? false }
        .compactMap { timeline.processFacts(of: $0.id).pid })
    func isOn(_ device: Device) -> Bool {
      guard let pid = device.attributes["pid"].flatMap({ Int($0) }) else { return false }
      return pids.contains(pid)
        || timeline.formerAccelerators(of: pid).contains(where: accelerators.contains)
    }
    let all = timeline.devices(.loader)
    let own = job.map { job in all.filter { $0.parent == job } } ?? all
    if let job, own.isEmpty {
      return all.filter { device in
        device.parent == nil && device.id.machine == job.machine
          && (device.attributes["named"] == "yes" || isOn(device))
      }
    }
    let onThem = own.filter { device in
      isOn(device) && accelerators.contains { $0.machine == device.id.machine }
    }
    return onThem.isEmpty ? own : onThem
  }

  /// What a job's trainers and loader workers did over a span; `nil` where none was watched.
  public func loader(of job: DeviceID?, over span: TimeSpan) -> LoaderAccount? {
    let all = loaders(of: job)
    func sum(_ metric: Metric) -> Double {
      all.reduce(0) { sum, device in
        sum
          + (timeline.id(metric, of: device.id).map { timeline.total($0, over: span).amount } ?? 0)
      }
    }
    func rate(_ metric: Metric) -> Double? {
      guard all.contains(where: { timeline.id(metric, of: $0.id) != nil }), span.seconds > 0 else {
        return nil
      }
      return sum(metric) / span.seconds
    }
    let watched = sum(.trainerTime)
    guard watched > 0 else { return nil }
    let seen = all.filter { device in
      timeline.id(.trainerTime, of: device.id).map { timeline.total($0, over: span).amount > 0 }
        ?? false
    }
    let moment = timeline.moment(at: span.end)
    let workers = seen.reduce(0) { sum, device in
      sum + Int(saturating: moment.known(.workerCount, of: device.id)?.value ?? 0)
    }
    var account = LoaderAccount(
      trainers: seen.count, workers: workers, onQueue: min(1, sum(.trainerQueueTime) / watched),
      running: min(1, sum(.trainerRunTime) / watched),
      onDisk: min(1, sum(.trainerDiskTime) / watched),
      onSocket: min(1, sum(.trainerSocketTime) / watched))
    let time = sum(.workerTime)
    if time > 0 {
      let (run, queue) = (sum(.workerRunTime), sum(.workerQueueTime))
      account.cores = run / (watched / Double(max(1, seen.count)))
      account.fullness = min(1, (run + queue) / time)
      account.queued = run + queue > 0 ? queue / (run + queue) : 0
    }
    let starved = sum(.starvedWorkerTime)
    let looked = sum(.starvedLookTime)
    if starved > 0, looked > 0 {
      // Where none had anything to do, nobody waited for them.
      let idle = min(1, sum(.starvedIdleTime) / looked)
      let (waited, workers) = (looked * (1 - idle), starved * (1 - idle))
      func share(_ part: Metric, of whole: Double) -> Double {
        whole > 1e-6 ? min(1, sum(part) / whole) : 0
      }
      account.inWait = LoaderAccount.InWait(
        seconds: waited, running: share(.starvedRunTime, of: workers),
        disk: share(.starvedDiskTime, of: workers),
        network: share(.starvedNetworkTime, of: workers),
        head: share(.starvedHeadTime, of: waited), allIdle: idle)
    }
    account.isOneJob =
      job != nil || Set(seen.map { $0.attributes["launch"] ?? $0.id.name }).count <= 1
    account.received = rate(.socketReceived)
    account.read = rate(.bytesRead)
    account.written = rate(.bytesWritten)
    return account
  }
}

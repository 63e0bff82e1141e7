import Telemetry

/// How long accelerators waited for data, and what that drew, as it was decided while the session went on.
public struct DataWait: Hashable, Sendable {
  /// Seconds for which it was decided what the accelerators did, of all of them together.
  public var judged = 0.0
  /// Seconds asked about, of all of them together.
  public var asked = 0.0
  /// Seconds in which they waited for data.
  public var seconds = 0.0
  /// Seconds in which they had no work and did not wait for data: gaps of which the cause is not known,
  /// waits for other ranks, and times without a job.
  public var gaps = 0.0, peers = 0.0, idle = 0.0
  /// Joules drawn in the seconds judged.
  public var judgedEnergy = 0.0
  /// Joules drawn while they waited for data.
  public var energy = 0.0
  /// Seconds decided by the activity of the multiprocessors, by power, and by what the trainer did.
  public var byActivity = 0.0, byPower = 0.0, byTrainer = 0.0

  /// The share of the one that waited longest.
  public var greatest = 0.0

  /// A shorter wait than this share of the time is no news.
  public static let least = 0.05
  /// From this share of the time on, the wait is what matters most.
  public static let alarming = 0.1

  /// The share of the judged time in which they waited for data, 0...1.
  public var share: Double { judged > 0 ? min(1, seconds / judged) : 0 }
  /// The share of that time in which they had no work and nothing tells that it was for want of data.
  public var unexplainedShare: Double { judged > 0 ? min(1, (gaps + idle) / judged) : 0 }
  /// The share of the energy of that time, 0...1.
  public var energyShare: Double { judgedEnergy > 0 ? min(1, energy / judgedEnergy) : 0 }
  /// Whether at least half of the stretch was judged.
  public var isEnough: Bool { judged > 0 && judged >= 0.5 * asked }
  /// Whether all of them waited about alike, so that the job as a whole did.
  public var isEven: Bool { greatest <= share + 0.1 }
  /// Whether they are known to have waited.
  public var isWaiting: Bool { isEnough && share >= Self.least }
}

extension Ledger {
  /// The devices that tell what some accelerators' time was for.
  ///
  /// Each is a part of its accelerator, or of the job where it speaks of that as a whole.
  func waitingDevices(of gpus: [Device], job: DeviceID?) -> [Device] {
    let all = timeline.devices(.waiting)
    guard !all.isEmpty else { return [] }
    let ids = Set(gpus.map(\.id))
    let own = all.filter { $0.parent.map(ids.contains) ?? false }
    return own.isEmpty ? all.filter { $0.parent != nil && $0.parent == job } : own
  }

  /// How long a job's accelerators waited for data over a span; `nil` where nothing decided that.
  ///
  /// Without a job it is that of all accelerators.
  public func dataWait(of job: DeviceID?, over span: TimeSpan) -> DataWait? {
    let gpus = job.map(accelerators) ?? inventory.gpus
    let devices = waitingDevices(of: gpus, job: job)
    var wait = DataWait()
    // Of accelerators that nobody judged nothing is known, and that is a part of what was asked.
    let count = devices.first?.parent == job ? devices.count : max(devices.count, gpus.count)
    wait.asked = span.seconds * Double(count)
    for device in devices {
      func amount(_ metric: Metric) -> Double {
        timeline.id(metric, of: device.id).map { timeline.total($0, over: span).amount } ?? 0
      }
      let (judged, seconds) = (amount(.judgedTime), amount(.dataWaitTime))
      wait.judged += judged
      wait.seconds += seconds
      if judged > 0 { wait.greatest = max(wait.greatest, min(1, seconds / judged)) }
      wait.gaps += amount(.gapTime)
      wait.peers += amount(.peerWaitTime)
      wait.idle += amount(.idleTime)
      wait.judgedEnergy += amount(.judgedEnergy)
      wait.energy += amount(.dataWaitEnergy)
      wait.byActivity += amount(.judgedByActivity)
      wait.byPower += amount(.judgedByPower)
      wait.byTrainer += amount(.judgedByTrainer)
    }
    return wait.judged > 0 ? wait : nil
  }

  /// The share of judged time that was spent waiting for data in each of `columns` equal parts of a span;
  /// `nil` where nothing was judged.
  public func dataWaitCurve(
    of job: DeviceID?, over span: TimeSpan, columns: Int, until: Timestamp? = nil
  ) -> [Double?] {
    let gpus = job.map(accelerators) ?? inventory.gpus
    var judged = [Double](repeating: 0, count: max(0, columns))
    var waited = judged
    func add(_ metric: Metric, of device: DeviceID, to sums: inout [Double]) {
      guard let id = timeline.id(metric, of: device) else { return }
      let curve = timeline.curve(
        id, over: span, columns: columns, until: until, withExtremes: false)
      for (index, column) in curve.enumerated() { sums[index] += column?.mean ?? 0 }
    }
    for device in waitingDevices(of: gpus, job: job) {
      add(.judgedTime, of: device.id, to: &judged)
      add(.dataWaitTime, of: device.id, to: &waited)
    }
    return zip(judged, waited).map { $0 > 0 ? min(1, $1 / $0) : nil }
  }
}

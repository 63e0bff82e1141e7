import Glibc
import Telemetry

/// Answers that are computed once for each key and then kept.
///
/// A ledger keeps one for each question that several parts of a screen ask. Under a POSIX mutex,
/// because the thread sanitizer sees those; the work itself is done outside of it, since one answer
/// may need another.
final class Memo<Key: Hashable & Sendable, Answer: Sendable>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var known: [Key: Answer] = [:]

  init() {
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// The answer for a key; `work` is done for it the first time.
  func answer(_ key: Key, _ work: () -> Answer) -> Answer {
    pthread_mutex_lock(mutex)
    let before = known[key]
    pthread_mutex_unlock(mutex)
    if let before { return before }
    let new = work()
    pthread_mutex_lock(mutex)
    known[key] = new
    pthread_mutex_unlock(mutex)
    return new
  }
}

/// The answers a ledger has computed so far.
final class LedgerMemos: Sendable {
  struct JobKey: Hashable, Sendable {
    var job: DeviceID
    var time: Timestamp
    /// Seconds of the span, or the number of reports.
    var extent: Double
  }

  struct SpanKey: Hashable, Sendable {
    var job: DeviceID
    var span: TimeSpan
  }

  struct WaitingKey: Hashable, Sendable {
    /// `nil` for all accelerators, where no job is known.
    var job: DeviceID?
    var span: TimeSpan
  }

  struct CurveKey: Hashable, Sendable {
    /// The devices that are added up; `nil` for whatever stands for the machines.
    var devices: [DeviceID]?
    var span: TimeSpan
    var columns: Int
    var until: Timestamp?
  }

  struct DeviceKey: Hashable, Sendable {
    var device: DeviceID
    var time: Timestamp
  }

  let statistics = Memo<JobKey, StepStatistics?>()
  let costs = Memo<JobKey, JobCost?>()
  let curves = Memo<CurveKey, [Double?]>()
  let powers = Memo<DeviceKey, Double?>()
  let servings = Memo<DeviceKey, ServingCost?>()
  let floors = Memo<DeviceKey, IdleFloor?>()
  let choices = Memo<String, [MeterChoice]>()
  let restarts = Memo<DeviceID, [Event]>()
  let pauses = Memo<SpanKey, [JobPause]>()
  let totals = Memo<SpanKey, JobTotals?>()
  let accelerators = Memo<DeviceID, [Device]>()
  let grids = Memo<TimeSpan, GridAccount?>()
  let waitings = Memo<WaitingKey, WaitingAccount?>()
}

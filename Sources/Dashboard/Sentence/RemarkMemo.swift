import Glibc
import Telemetry

/// What was found worth a remark at the beginning of the last slots, so that it is not looked for anew
/// in every frame.
public final class RemarkMemo: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var known: [(slot: Timestamp, remark: Remark?)] = []

  /// A memo in which nothing is known.
  public init() {
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// The remark of a slot; `work` finds it the first time.
  func answer(_ slot: Timestamp, _ work: () -> Remark?) -> Remark? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if let found = known.first(where: { $0.slot == slot }) { return found.remark }
    let remark = work()
    if known.count >= 16 { known.removeFirst() }
    known.append((slot, remark))
    return remark
  }
}

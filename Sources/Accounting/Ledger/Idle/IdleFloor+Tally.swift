import Glibc
import Quantities
import Telemetry

/// The idle floors that ledgers of a session found, each as long as nothing that it rests on changed.
///
/// A floor is found among all minutes that were over, which are the same until the next one is.
final class IdleFloorTally: @unchecked Sendable {
  /// All that a floor is a function of.
  struct Basis: Hashable {
    /// What is known of a series up to the last whole minute.
    struct Source: Hashable {
      var series: Timeline.SeriesID
      var revision: Int
      var newest: Timestamp?
    }

    var minute: Int64
    var sources: [Source]
  }

  private static let capacity = 4096
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var known: [DeviceID: (basis: Basis, floor: IdleFloor?)] = [:]

  init() {
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// The floor of an accelerator; `work` is done for it where it rests on something else now.
  func floor(of gpu: DeviceID, _ basis: Basis, _ work: () -> IdleFloor?) -> IdleFloor? {
    pthread_mutex_lock(mutex)
    let before = known[gpu]
    pthread_mutex_unlock(mutex)
    if let before, before.basis == basis { return before.floor }
    let floor = work()
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if known.count >= Self.capacity { known = [:] }
    known[gpu] = (basis, floor)
    return floor
  }
}

extension Ledger {
  /// What an idle floor rests on at a time.
  func floorBasis(_ series: [Timeline.SeriesID], at time: Timestamp) -> IdleFloorTally.Basis {
    let minute = time.nanoseconds.flooredQuotient(by: 60_000_000_000)
    let (nanoseconds, overflows) = minute.multipliedReportingOverflow(by: 60_000_000_000)
    let start = Timestamp(nanoseconds: overflows ? time.nanoseconds : nanoseconds)
    return IdleFloorTally.Basis(
      minute: minute,
      sources: series.map { id in
        .init(
          series: id, revision: timeline.revision(of: id),
          newest: timeline.newest(id).map { min($0, start) })
      })
  }
}

import Glibc

/// Which series of a timeline were asked for.
///
/// A recording of weeks holds far more than a screen shows. Whoever draws from a timeline notes here,
/// by asking, what has to be read; what was not read yet seems to be unknown until it is. Under a POSIX
/// mutex, because the thread sanitizer sees those.
public final class SeriesDemand: @unchecked Sendable {
  /// The places of series among the descriptors of the timeline.
  public struct Asked: Sendable, Equatable {
    /// Those of which anything was asked.
    public var series: Set<Int> = []
    /// Those of which single minutes were asked, far back.
    public var minutes: Set<Int> = []
  }

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var asked = Asked()

  /// A demand for nothing.
  public init() {
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// What was asked for so far.
  public var all: Asked {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return asked
  }

  func note(_ place: Int) {
    pthread_mutex_lock(mutex)
    asked.series.insert(place)
    pthread_mutex_unlock(mutex)
  }

  func noteMinutes(_ place: Int) {
    pthread_mutex_lock(mutex)
    asked.minutes.insert(place)
    pthread_mutex_unlock(mutex)
  }
}

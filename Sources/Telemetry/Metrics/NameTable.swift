import Glibc

/// Gives every name a small whole number, once and for as long as the program runs.
///
/// Code that looks something up for every value compares these numbers instead of texts. A POSIX
/// mutex, because the thread sanitizer sees those.
final class NameTable: @unchecked Sendable {
  /// The names of metrics.
  static let metrics = NameTable()

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var handles: [String: Int] = [:]

  init() {
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// The number of a name, the same for the same name.
  func handle(_ name: String) -> Int {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if let known = handles[name] { return known }
    handles[name] = handles.count
    return handles.count - 1
  }
}

import Glibc

/// Which processes belong to the jobs of a session, from whoever finds them to whoever looks at them.
///
/// One for a session, shared by its sources. Under a POSIX mutex, because the thread sanitizer sees
/// those.
public final class JobRoster: @unchecked Sendable {
  /// A job and its processes.
  public struct Entry: Sendable, Hashable {
    /// The job's device.
    public var job: DeviceID
    /// Its processes, in order.
    public var pids: [Int]
    /// Whether it answers requests instead of training.
    public var isServing: Bool
  }

  /// The accelerators of the session and the processes on them.
  public let accelerators = AcceleratorRoster()

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var known: [Entry] = []
  private var seen: [Group] = []

  /// The processes of a job that was found and of which nothing is announced, since it tells no progress.
  public struct Group: Sendable, Hashable {
    /// Its processes, in order.
    public var pids: [Int]
    /// Whether it answers requests instead of training.
    public var isServing: Bool

    /// Processes that belong together.
    public init(pids: [Int], isServing: Bool) {
      self.pids = pids
      self.isServing = isServing
    }
  }

  /// A roster without jobs.
  public init() {
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// The jobs that run, in the order they were found.
  public var entries: [Entry] {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return known
  }

  /// Found jobs of which nothing is announced yet.
  public var unannounced: [Group] {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    let own = known.reduce(into: Set<Int>()) { $0.formUnion($1.pids) }
    return seen.filter { group in !group.pids.contains(where: own.contains) }
  }

  /// Takes over which jobs were found, whether or not they tell their progress.
  public func see(_ groups: [Group]) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    seen = Array(groups.prefix(256))
  }

  /// Takes from a source's observations which jobs there are and which have ended.
  public func take(_ observations: [Observation]) {
    accelerators.take(observations)
    for observation in observations {
      switch observation {
      case .device(let device) where device.id.kind == .job: take(device)
      case .event(let event):
        guard let job = event.device, job.kind == .job, let cause = event.cause, cause.isEnding,
          cause != .stalled
        else { continue }
        change { $0.removeAll { $0.job == job } }
      default: break
      }
    }
  }

  private func take(_ device: Device) {
    let facts = JobFacts(device.attributes)
    // What was written before anyone looked has no processes any more.
    guard !facts.pids.isEmpty, !facts.isHistory else { return }
    let entry = Entry(job: device.id, pids: facts.pids.sorted(), isServing: facts.isServing)
    change { entries in
      if let index = entries.firstIndex(where: { $0.job == device.id }) {
        entries[index] = entry
      } else if entries.count < 256 {
        entries.append(entry)
      }
    }
  }

  private func change(_ body: (inout [Entry]) -> Void) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    body(&known)
  }
}

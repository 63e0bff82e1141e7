import CSystem
import Glibc
import Linux

/// Threads that make calls which may never come back, at most one for each key at a time.
///
/// One thread does all the work while calls come back. When work has waited for a moment another
/// thread is put on it, so there are as many threads as calls that hang, and one: a GPU that does
/// not answer keeps nobody else waiting, and a machine of healthy ones is read by a single thread.
/// Nobody joins a thread; one whose call never returns dies with the process.
final class NVMLWorkerPool<Answer: Sendable> {
  typealias Work = @Sendable () -> Answer

  /// What the threads share; the last of them frees it.
  private final class WorkQueue: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var queue: [(key: Int, work: Work)] = []
    private var answers: [(key: Int, answer: Answer)] = []
    private var inFlight: Set<Int> = []
    private var idle = 0
    private var isClosed = false
    /// Counts up when the queue has been worked off.
    let done = cs_event_descriptor()

    init() {
      mutex.initialize(to: pthread_mutex_t())
      condition.initialize(to: pthread_cond_t())
      pthread_mutex_init(mutex, nil)
      pthread_cond_init(condition, nil)
    }

    deinit {
      pthread_cond_destroy(condition)
      pthread_mutex_destroy(mutex)
      condition.deallocate()
      mutex.deallocate()
      if done >= 0 { Glibc.close(done) }
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      return body()
    }

    /// Queues work unless some is in flight for its key.
    func add(_ key: Int, _ work: @escaping Work) -> Bool {
      locked {
        guard inFlight.insert(key).inserted else { return false }
        queue.append((key, work))
        return true
      }
    }

    func isInFlight(_ key: Int) -> Bool { locked { inFlight.contains(key) } }
    func areInFlight(_ keys: Set<Int>) -> Bool { locked { !inFlight.isDisjoint(with: keys) } }

    func takeAnswers() -> [(key: Int, answer: Answer)] {
      locked {
        defer { answers = [] }
        return answers
      }
    }

    /// Wakes a thread if work waits; says whether one has to be started for it.
    func wakeWorker() -> Bool {
      locked {
        guard !queue.isEmpty, !isClosed else { return false }
        if idle > 0 { pthread_cond_signal(condition) }
        return idle == 0
      }
    }

    func close() {
      locked {
        isClosed = true
        queue = []
        pthread_cond_broadcast(condition)
      }
    }

    /// Works until the queue is closed.
    func work() {
      pthread_mutex_lock(mutex)
      while !isClosed {
        guard !queue.isEmpty else {
          idle += 1
          pthread_cond_wait(condition, mutex)
          idle -= 1
          continue
        }
        let key = queue[0].key
        var work: Work? = queue.removeFirst().work
        pthread_mutex_unlock(mutex)
        guard let answer = work?() else { return }
        // Let go of before the answer is out, since whoever has it may want to close the library.
        work = nil
        pthread_mutex_lock(mutex)
        inFlight.remove(key)
        answers.append((key, answer))
        if queue.isEmpty {
          var one: UInt64 = 1
          _ = write(done, &one, 8)
        }
      }
      pthread_mutex_unlock(mutex)
    }
  }

  private let workQueue = WorkQueue()

  deinit { workQueue.close() }

  /// Has work done soon, unless earlier work for the same key has not come back.
  ///
  /// Says whether it will be done. Nothing begins before `wait`.
  func submit(_ key: Int, _ work: @escaping Work) -> Bool { workQueue.add(key, work) }

  /// Whether work for a key has not come back.
  func isInFlight(_ key: Int) -> Bool { workQueue.isInFlight(key) }

  /// Waits until the work for all keys has come back, or so many seconds have passed.
  func wait(for keys: Set<Int>, seconds: Double) {
    wakeWorker()
    let slice = Int32(max(1, min(10, seconds * 500)))
    var left = seconds
    while workQueue.areInFlight(keys), left > 0 {
      var entry = pollfd(fd: workQueue.done, events: Int16(POLLIN), revents: 0)
      if poll(&entry, 1, slice) > 0 {
        var count: UInt64 = 0
        _ = read(workQueue.done, &count, 8)
      } else {
        left -= Double(slice) / 1000
        wakeWorker()
      }
    }
  }

  /// What has come back since the last time.
  func takeAnswers() -> [(key: Int, answer: Answer)] { workQueue.takeAnswers() }

  /// Puts one more thread on work that waits.
  private func wakeWorker() {
    guard workQueue.wakeWorker() else { return }
    _ = DetachedThread.start(stack: DetachedThread.smallStack) { [workQueue] in workQueue.work() }
  }
}

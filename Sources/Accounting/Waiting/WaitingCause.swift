/// Why a job's accelerators waited.
public enum WaitingCause: String, Sendable, Hashable, CaseIterable {
  /// The loader workers are ready and do not get a processor.
  case processors = "out_of_processors"
  /// The loader workers compute all the time: there are too few of them, or each sample costs too much.
  case workers = "too_few_workers"
  /// The loader workers wait for a disk.
  case disk
  /// The loader workers wait for a server.
  case network
  /// One slow sample holds the line: one worker is busy, the others have nothing to do.
  case slowSample = "slow_sample"
  /// The job's main thread is busy itself.
  case host = "host_bound"
  /// Another rank of the job is late.
  case peer
  /// The job's main thread writes, as one does for a checkpoint.
  case writing
  /// A server has no requests.
  case noRequests = "no_requests"

  /// A cause is named only where it covers this much of the wait (TraceML's rule).
  static let leastCover = 0.8

  /// What workers did that were waited for, and so why: a pure rule.
  ///
  /// - Returns: the cause and how much of the wait it covers, or why no cause can be named.
  static func ofLoader(_ loader: LoaderAccount) -> Finding {
    guard loader.workers > 0 || loader.inWait != nil else { return ofTrainer(loader) }
    guard let wait = loader.inWait, wait.seconds >= 1 else {
      return .unknown("its loader workers were not seen at work while it waited")
    }
    if wait.head >= leastCover { return .named(.slowSample, covers: wait.head) }
    let queued = loader.queued ?? 0
    // A worker that waits for a disk runs in between, to bring the bytes in.
    let parts = [
      (
        wait.running >= leastCover ? (queued > 0.1 ? WaitingCause.processors : .workers) : nil,
        wait.running
      ),
      (WaitingCause.disk, share(wait.disk, beside: wait, queued)),
      (.network, share(wait.network, beside: wait, queued)),
    ]
    if let (cause, cover) = parts.first(where: { $0.0 != nil && $0.1 >= leastCover }), let cause {
      return .named(cause, covers: cover)
    }
    if wait.idle >= leastCover {
      return .unknown("what its loader workers wait for is not known")
    }
    let found = [
      ("on processors or ready", wait.running), ("on a disk", wait.disk),
      ("on a server", wait.network),
      ("without work", wait.idle),
    ].filter { $0.1 >= 0.1 }.sorted { $0.1 > $1.1 }
    let words = found.map { "\(percent($0.1)) % \($0.0)" }.joined(separator: ", ")
    return .unknown("no cause covers four fifths: its loader workers were \(words)")
  }

  /// How much a kind of waiting covers beside the running that goes with it, as long as that is no
  /// shortage of processors.
  private static func share(
    _ part: Double, beside wait: LoaderAccount.InWait, _ queued: Double
  ) -> Double {
    let work = wait.running * (1 - queued)
    let shortage = wait.running * queued
    guard part >= 0.4, shortage < 0.3, wait.idle < 0.2 else { return part }
    return part / (part + work)
  }

  private static func ofTrainer(_ loader: LoaderAccount) -> Finding {
    let all = loader.running + loader.onDisk + loader.onSocket
    guard all > 0 else { return .unknown("its main thread was asleep, and not on a queue") }
    // Its reading takes processor time too, with nobody else to spend it.
    if loader.onDisk / all >= 0.6 { return .named(.disk, covers: loader.onDisk / all) }
    if loader.onSocket / all >= leastCover {
      return .named(.network, covers: loader.onSocket / all)
    }
    if loader.running / all >= leastCover { return .named(.host, covers: loader.running / all) }
    return .unknown("its main thread did several things")
  }

  private static func percent(_ share: Double) -> Int { Int((share * 100).rounded()) }

  /// A cause, or why none is named.
  enum Finding: Hashable, Sendable {
    case named(WaitingCause, covers: Double)
    case unknown(String)
  }
}

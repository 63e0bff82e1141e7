import Linux
import Telemetry

/// A trainer and its loader workers, watched from outside.
///
/// The trainer is looked at ten times a second, its workers only while it sleeps on its queue, so that
/// 64 of them cost no more than four.
struct TrainerWatch {
  private(set) var trainer: LoaderTree.Trainer
  /// Whether the user named it.
  private let isNamed: Bool
  private let main: WatchedThread
  private var workers: [WatchedThread] = []
  private(set) var times = LoaderTimes()
  private var reporter: DeviceReporter
  private var hasHandover: Bool
  private var lastLook: Timestamp?
  private var lastWorkers: Timestamp?
  private var lastReport: Timestamp?
  private var lastSockets: Timestamp?
  private var socketLooks = 0
  private var lastCounters: Timestamp?
  private var sockets: SocketTraffic
  private(set) var hasLostWorkers = false

  /// The looks at workers that are made in a second, over all of them.
  private static let workerLooks = 16.0
  /// A longer time than this between two looks is not told: the machine slept, or we did.
  private static let longest = 1.0
  /// The workers whose counters are read in a second.
  private static let workerCounters = 16.0
  private static let mostWorkers = 128
  /// The workers whose sockets are looked up at once; more of those that never were.
  private static let mostSockets = 8
  private static let mostNewSockets = 64

  init(_ trainer: LoaderTree.Trainer, isNamed: Bool = false, in context: SourceContext) {
    self.trainer = trainer
    self.isNamed = isNamed
    main = WatchedThread(pid: trainer.pid, thread: trainer.pid, in: context)
    hasHandover = trainer.handsOver
    sockets = SocketTraffic(context)
    reporter = DeviceReporter(
      Self.device(
        trainer, context.device(.loader, "\(trainer.pid)-\(trainer.started)"), isNamed: isNamed))
    update(trainer, in: context)
  }

  var isGone: Bool { main.isGone }

  /// Whether it can be seen what the trainer waits for; else nothing is told of it.
  var isSeen: Bool { main.isPlaceSeen }

  private static func device(
    _ trainer: LoaderTree.Trainer, _ id: DeviceID, isNamed: Bool
  ) -> Device {
    var attributes = ["pid": "\(trainer.pid)"]
    if isNamed { attributes["named"] = "yes" }
    attributes["launch"] = trainer.launch
    // Those that are known by their parent alone may turn out to compute on accelerators themselves.
    if !trainer.isNamed, !trainer.workers.isEmpty {
      attributes["worker_pids"] = trainer.workers.prefix(64).map { "\($0.pid)" }
        .joined(separator: ",")
    }
    return Device(
      id: id, label: "pid \(trainer.pid)", parent: trainer.job, attributes: attributes)
  }

  /// Takes over who its workers are now.
  mutating func update(_ found: LoaderTree.Trainer, in context: SourceContext) {
    hasHandover = found.handsOver
    let device = Self.device(found, reporter.device.id, isNamed: isNamed)
    // Its job may be announced later than it is found.
    if device != reporter.device { reporter = DeviceReporter(device) }
    trainer = found
    let wanted = Set(found.workers.prefix(Self.mostWorkers))
    workers.removeAll { !wanted.contains(.init(pid: $0.pid, thread: $0.thread)) || $0.isGone }
    let known = Set(workers.map { LoaderTree.Worker(pid: $0.pid, thread: $0.thread) })
    for worker in found.workers.prefix(Self.mostWorkers) where !known.contains(worker) {
      workers.append(WatchedThread(pid: worker.pid, thread: worker.thread, in: context))
    }
    hasLostWorkers = false
  }

  /// Looks at the trainer, and at its workers where it waits for them.
  mutating func look(at now: Timestamp) {
    defer { lastLook = now }
    guard let state = main.look(), let lastLook, main.isPlaceSeen else { return }
    let elapsed = now - lastLook
    guard elapsed > 0, elapsed <= Self.longest else { return }
    times.note(
      trainer: state, seconds: elapsed, hasWorkers: !workers.isEmpty, hasHandover: hasHandover)
    guard
      LoaderTimes.isOnQueue(state, hasWorkers: !workers.isEmpty, hasHandover: hasHandover)
    else { return }
    let due = Double(workers.count) / Self.workerLooks
    guard lastWorkers.map({ now - $0 >= due - 0.01 }) ?? true else { return }
    lastWorkers = now
    lookAtWorkers(now, seconds: max(elapsed, due))
  }

  private mutating func lookAtWorkers(_ now: Timestamp, seconds: Double) {
    let states = workers.map { $0.look() }
    if states.contains(nil) { hasLostWorkers = true }
    lookAtSockets(states, now)
    times.note(
      workers: zip(workers, states).compactMap { worker, state in
        state.map { doing(worker, $0) }
      }, seconds: seconds)
  }

  private func doing(_ worker: WatchedThread, _ state: ThreadState) -> LoaderTimes.WorkerDoing {
    LoaderTimes.WorkerDoing(
      state, isOnSocket: worker.isOnSocket,
      // PyTorch's own processes wait for their next order in poll: on a lock they wait for a thread of
      // theirs, and on a pipe for a program that they started, which fetch or decode.
      isIdleOnOthers: !trainer.isNamed || worker.pid == trainer.pid)
  }

  /// Finds out which of the workers that sleep in poll wait for a network socket there, once a second.
  private mutating func lookAtSockets(_ states: [ThreadState?], _ now: Timestamp) {
    // Many workers without any socket seldom come to have one, and each has files to look through.
    let pause = sockets.hasFound || workers.count <= 8 ? 0.95 : 3.95
    guard lastSockets.map({ now - $0 >= pause }) ?? true else { return }
    lastSockets = now
    let sleeping = zip(workers, states).filter { $1?.mayBeOnSocket == true }.map(\.0)
    // Who was never looked into comes first, and then whoever was longest ago.
    let order = sleeping.sorted { $0.socketLook < $1.socketLook }
    let new = order.prefix(Self.mostNewSockets).prefix { $0.socketLook == 0 }
    let chosen = Array(new) + order.dropFirst(new.count).prefix(Self.mostSockets)
    let active = sockets.look(at: Set(chosen.map(\.pid)), startedBy: trainer.pid)
    socketLooks += 1
    for worker in chosen {
      worker.isOnSocket = active.contains(worker.pid)
      worker.socketLook = socketLooks
    }
    times.received = sockets.received
  }

  /// Adds up what the kernel counts, and tells it once a second.
  mutating func report(at now: Timestamp, to observations: inout [Observation]) {
    let elapsed = lastReport.map { now - $0 }
    guard isSeen, elapsed.map({ $0 >= 0.95 }) ?? true else { return }
    lastReport = now
    if let spent = main.schedule() { times.trainerRunQueue += spent.queue }
    reportWorkers(at: now)
    var reading = Reading(device: reporter.device.id, time: now)
    times.set(in: &reading, workers: workers.count)
    if sockets.isReadable { reading.set(.socketReceived, steps: times.received) }
    if main.bytes != nil {
      reading.set(.bytesRead, steps: times.read)
      reading.set(.bytesWritten, steps: times.written)
      reading.set(.readCalls, steps: times.calls)
    }
    reporter.report(reading, to: &observations) { Self.provenance(of: $0) }
  }

  /// Adds up what the kernel counts for each, less often where there are many: they are counters.
  private mutating func reportWorkers(at now: Timestamp) {
    let elapsed = lastCounters.map { now - $0 }
    guard elapsed.map({ $0 >= Double(workers.count) / Self.workerCounters - 0.05 }) ?? true else {
      return
    }
    lastCounters = now
    for worker in workers {
      if let spent = worker.schedule(), let elapsed {
        times.workerRun += spent.run
        times.workerQueue += spent.queue
        times.workerTime += elapsed
      }
    }
    var seen: Set<Int32> = []
    for thread in [main] + workers where seen.insert(thread.pid).inserted {
      guard let moved = thread.traffic() else { continue }
      times.read &+= moved.read
      times.written &+= moved.written
      times.calls &+= moved.calls
    }
  }

  private static func provenance(of metric: Metric) -> Provenance {
    let (method, note): (Provenance.Method, String) =
      switch metric {
      case .workerCount: (.instant, "processes and threads that load data, by name or by parent")
      case .workerRunTime, .workerQueueTime, .workerTime, .trainerRunQueueTime:
        (.counter, "/proc/PID/schedstat of the main threads")
      case .socketReceived:
        (
          .counter,
          "sock_diag tcpi_bytes_received, sockets of workers looked at while they were waited for"
        )
      case .bytesRead, .bytesWritten, .readCalls:
        (
          .counter,
          "/proc/PID/io of trainer and workers; network file systems are not in read_bytes"
        )
      default: (.counter, "sampled ten times a second: state and wchan of /proc/PID/task/TID")
      }
    return Provenance(source: LoaderSource.sourceName, method: method, period: 1, note: note)
  }
}

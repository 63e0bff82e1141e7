import Quantities

/// What the processes of a job do that feed it with data, as counters of time.
///
/// Two kinds: times that the kernel counts exactly (`schedstat`), and times that were sampled, in which
/// each look stands for the time since the last one. The latter are parts of `trainerTime` and, for the
/// workers, of `starvedWorkerTime`.
extension Metric {
  private static func time(
    _ stem: String, _ title: String, label: String, _ meaning: String
  ) -> Metric {
    Metric(stem, .second, stored: "us", counter: true, title, label: label, meaning)
  }

  /// Seconds in which a trainer's main thread was looked at, as a counter.
  public static let trainerTime = time(
    "trainer_time", "trainer watched", label: "watched",
    "time in which the trainer's main thread was looked at, the whole of its shares")
  /// Seconds in which it slept where one waits for the next batch, as a counter.
  public static let trainerQueueTime = time(
    "trainer_queue", "trainer asleep on its queue", label: "on queue",
    "time the trainer's main thread slept in poll, a pipe, a socket between processes, or on the pin thread"
  )
  /// Seconds in which it ran or was ready to run, as a counter (sampled state R).
  public static let trainerRunTime = time(
    "trainer_running", "trainer running", label: "running",
    "time the trainer's main thread ran or was ready to run (state R)")
  /// Seconds in which it stood in the run queue, as a counter (`schedstat`); they are a part of those in
  /// which it was ready to run.
  public static let trainerRunQueueTime = time(
    "trainer_runqueue", "trainer in the run queue", label: "run queue",
    "time the trainer's main thread was ready and had no processor (schedstat)")
  /// Seconds in which it waited for a disk or a file server, as a counter (sampled state D, or asleep in
  /// a network file system).
  public static let trainerDiskTime = time(
    "trainer_io", "trainer in disk wait", label: "disk",
    "time the trainer's main thread waited for a disk or a file server (state D)")
  /// Seconds in which it slept on a network socket, as a counter.
  public static let trainerSocketTime = time(
    "trainer_socket", "trainer on a socket", label: "socket",
    "time the trainer's main thread slept in the receipt of a network socket")
  /// How many loader workers a trainer has.
  public static let workerCount = Metric(
    "workers", .count, "loader workers", label: "workers", style: .count, in: 0...1e6,
    "processes or threads that load data for the trainer")
  /// Seconds of processor time of all its loader workers, as a counter (`schedstat`).
  public static let workerRunTime = time(
    "worker_run", "workers on processors", label: "run",
    "processor time of all loader workers (/proc/PID/schedstat, first field)")
  /// Seconds in which its loader workers were ready and waited for a processor, as a counter.
  public static let workerQueueTime = time(
    "worker_runqueue", "workers in the run queue", label: "run queue",
    "time all loader workers were ready and waited for a processor (/proc/PID/schedstat, second field)"
  )
  /// Seconds that its loader workers lived, one after the other, as a counter.
  public static let workerTime = time(
    "worker_time", "workers watched", label: "worker time",
    "time all loader workers were watched, added up: the whole of their run and run-queue times")
  /// Seconds of workers that were looked at while their trainer was asleep on its queue, as a counter.
  public static let starvedWorkerTime = time(
    "starved_time", "workers watched in a wait", label: "in wait",
    "time of workers looked at while the trainer slept on its queue, added up")
  /// Seconds of it in which the workers ran or waited for a processor, as a counter (state R).
  public static let starvedRunTime = time(
    "starved_running", "workers running in a wait", label: "running",
    "time workers ran or were ready to while the trainer slept on its queue")
  /// Seconds of it in which they waited for a disk, as a counter (state D, no network file system).
  public static let starvedDiskTime = time(
    "starved_disk", "workers in disk wait", label: "disk",
    "time workers waited for a disk while the trainer slept on its queue (state D)")
  /// Seconds of it in which they waited for a server: a socket or a network file system.
  public static let starvedNetworkTime = time(
    "starved_network", "workers waiting for a server", label: "network",
    "time workers waited for a socket or a network file system while the trainer slept on its queue"
  )
  /// Seconds in which one worker was busy, and two or more others had nothing to do, while the trainer
  /// was asleep on its queue, as a counter.
  public static let starvedHeadTime = time(
    "starved_head", "one slow sample in a wait", label: "one slow",
    "time the trainer slept on its queue while one worker was busy and two or more had nothing to do"
  )
  /// Seconds in which no worker had anything to do while the trainer slept where it waits for batches, as
  /// a counter: then it waited for something else.
  public static let starvedIdleTime = time(
    "starved_idle", "no worker at work in a wait", label: "none at work",
    "time the trainer slept where its queue is while none of its workers had anything to do")
  /// Seconds in which the trainer was asleep on its queue and its workers were looked at, as a counter.
  public static let starvedLookTime = time(
    "starved_looked", "waits looked into", label: "looked",
    "time the trainer slept on its queue in which its workers were looked at")
  /// Bytes that the TCP sockets of a job's processes received, as a counter (sock_diag
  /// `tcpi_bytes_received`).
  public static let socketReceived = Metric(
    "socket_received", .byte, stored: "b", counter: true, "received by the job's sockets",
    label: "sockets", "bytes the TCP sockets of the job's processes received (sock_diag)")
  /// Bytes that a job's processes read by calls of read(2) and its like, as a counter.
  public static let readCalls = Metric(
    "read_calls", .byte, stored: "b", counter: true, "read by calls", label: "rchar",
    "bytes the job's processes read by read(2) and its like, from the cache too (/proc/PID/io rchar)"
  )

  static let loading: [Metric] = [
    trainerTime, trainerQueueTime, trainerRunTime, trainerRunQueueTime, trainerDiskTime,
    trainerSocketTime, workerCount,
    workerRunTime, workerQueueTime, workerTime, starvedWorkerTime, starvedRunTime, starvedDiskTime,
    starvedNetworkTime, starvedHeadTime, starvedIdleTime, starvedLookTime, socketReceived,
    readCalls,
  ]
}

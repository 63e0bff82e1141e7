import Quantities

/// What an accelerator's time and energy were for, second by second, as counters.
///
/// They are decided once, while the session goes on, and kept like any reading: a replay, a report and
/// any stretch of both say the same. Every watched second goes to at most one of the kinds below; the
/// rest of it was work.
extension Metric {
  private static func time(_ stem: String, _ title: String, label: String, _ meaning: String)
    -> Metric
  {
    Metric(stem, .second, stored: "us", counter: true, title, label: label, meaning)
  }

  private static func energy(_ stem: String, _ title: String, label: String, _ meaning: String)
    -> Metric
  {
    Metric(stem, .joule, stored: "mj", counter: true, title, label: label, meaning)
  }

  /// Seconds for which it was decided what the accelerator did, as a counter.
  public static let judgedTime = time(
    "judged_time", "time judged", label: "judged",
    "time for which it was decided what the accelerator did; the whole of the times beside it")
  /// Joules drawn in those seconds, as a counter.
  public static let judgedEnergy = energy(
    "judged_energy", "energy judged", label: "judged J",
    "joules drawn in the time judged; the whole of the energies beside it")
  /// Seconds in which it waited for data, as a counter.
  public static let dataWaitTime = time(
    "data_wait", "waited for data", label: "for data",
    "time the accelerator had no work because its job waited for data")
  /// Joules drawn meanwhile, as a counter.
  public static let dataWaitEnergy = energy(
    "data_wait_energy", "energy of waiting for data", label: "for data J",
    "joules drawn while the accelerator waited for data")
  /// Seconds in which it waited for other ranks of its job, as a counter.
  public static let peerWaitTime = time(
    "peer_wait", "waited for others", label: "for others",
    "time the accelerator waited for another rank of its job")
  /// Joules drawn meanwhile, as a counter.
  public static let peerWaitEnergy = energy(
    "peer_wait_energy", "energy of waiting for others", label: "for others J",
    "joules drawn while the accelerator waited for another rank of its job")
  /// Seconds in which it had no work because its job's own program was busy: launching, preparing data
  /// without workers, or writing; as a counter.
  public static let hostWaitTime = time(
    "host_wait", "waited for the host", label: "for host",
    "time the accelerator had no work while its job's main thread was busy itself")
  /// Joules drawn meanwhile, as a counter.
  public static let hostWaitEnergy = energy(
    "host_wait_energy", "energy of waiting for the host", label: "for host J",
    "joules drawn while the accelerator waited for its job's main thread")
  /// Seconds that others of its job waited for it, added up over them, as a counter.
  public static let blamedTime = time(
    "blamed_time", "others waited for it", label: "blamed",
    "time other accelerators of its job waited for this one, added up over them")
  /// Joules that those drew meanwhile, as a counter.
  public static let blamedEnergy = energy(
    "blamed_energy", "energy of others waiting for it", label: "blamed J",
    "joules other accelerators of its job drew while they waited for this one")
  /// Seconds in which its job ran and it had no work, of which the cause is not known, as a counter.
  public static let gapTime = time(
    "gap", "gaps", label: "gaps",
    "time a job held the accelerator, it had no work, and why is not known")
  /// Joules drawn meanwhile, as a counter.
  public static let gapEnergy = energy(
    "gap_energy", "energy of gaps", label: "gaps J",
    "joules drawn while a job held the accelerator and it had no work, for a reason not known")
  /// Seconds in which no job wanted anything of it, as a counter.
  public static let idleTime = time(
    "idle", "idle", label: "idle",
    "time no job held the accelerator, or its server had no requests")
  /// Joules drawn meanwhile, as a counter.
  public static let idleEnergy = energy(
    "idle_energy", "energy of idling", label: "idle J",
    "joules drawn while no job held the accelerator, or its server had no requests")
  /// Joules drawn while heat or the board held the clocks of a working accelerator down, as a counter.
  public static let heldBackEnergy = energy(
    "held_back_energy", "energy while held back", label: "held back J",
    "joules drawn while heat, the board's limit or a power brake held the clocks down")
  /// Seconds in which a job held an accelerator and nothing told what it did, as a counter.
  public static let undecidedTime = time(
    "undecided_time", "time not judged", label: "not judged",
    "time a job held the accelerator and nothing told whether it worked or waited")
  /// Seconds without work of which it is not known what was drawn in them, as a counter.
  public static let unpricedTime = time(
    "unpriced_time", "waits of unknown power", label: "unpriced",
    "time without work of which it is not known what the accelerator drew in it")
  /// Seconds that were decided by the activity inside the chip, as a counter.
  public static let judgedByActivity = time(
    "judged_by_activity", "judged by activity", label: "by activity",
    "time decided by the activity of the multiprocessors (GPM, below 5 %)")
  /// Seconds that were decided by power against idle and busy, as a counter.
  public static let judgedByPower = time(
    "judged_by_power", "judged by power", label: "by power",
    "time decided by power: below idle and a quarter of the way to busy")
  /// Seconds that were decided by what the trainer's main thread did, as a counter.
  public static let judgedByTrainer = time(
    "judged_by_trainer", "judged by the trainer", label: "by trainer",
    "time decided by how long the trainer slept on its queue")

  static let waiting: [Metric] = [
    judgedTime, judgedEnergy, dataWaitTime, dataWaitEnergy, peerWaitTime, peerWaitEnergy,
    hostWaitTime,
    hostWaitEnergy, blamedTime, blamedEnergy, gapTime,
    gapEnergy, idleTime, idleEnergy, heldBackEnergy, undecidedTime, unpricedTime, judgedByActivity,
    judgedByPower,
    judgedByTrainer,
  ]
}

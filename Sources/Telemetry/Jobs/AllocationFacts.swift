/// What a scheduler says of a job that holds accelerators, decoded from the attributes of its device.
///
/// One device for each of a scheduler's jobs on a machine. A timeline decodes them when the device is
/// announced or changes, and never again.
public struct AllocationFacts: Hashable, Sendable {
  /// The names of the attributes that the facts of the same names are decoded from.
  public enum Key: String, Sendable, CaseIterable {
    case scheduler, user, account, name, partition, namespace, pod, gpus, pids
    case jobID = "job_id"
    /// When the scheduler started it, in seconds since 1970.
    case started
    case arrayJob = "array_job"
    case arrayTask = "array_task"
    /// How it is known which accelerators it holds: one of `Origin`.
    case gpusFrom = "gpus_from"
  }

  /// How it is known which accelerators a job holds, the surest first.
  public enum Origin: String, Sendable, Hashable, CaseIterable {
    /// A file for each accelerator that the scheduler's prologue writes, as dcgm-exporter reads them.
    case mappingFolder = "mapping folder"
    /// The kubelet's own list of what it gave to which pod.
    case kubelet
    /// The devices that the job's control group may open.
    case cgroup
    /// What the scheduler told the job's processes, such as `SLURM_JOB_GPUS`.
    case environment
    /// On whose lists of processes its own are; it may hold more.
    case processes
  }

  /// Who gave it the accelerators: `slurm`, `kubernetes`, or `none` where that is not known.
  public var scheduler = "none"
  /// The job's number as the scheduler counts, or a pod's UID; empty where it was taken out.
  public var jobID = ""
  /// Who submitted it.
  public var user: String?
  /// The account that its use is booked on.
  public var account: String?
  /// What its owner calls it.
  public var name: String?
  /// The partition or queue it was submitted to.
  public var partition: String?
  /// The number of the array that it is a task of.
  public var arrayJob: String?
  /// Its number in that array.
  public var arrayTask: String?
  /// The Kubernetes namespace of its pod.
  public var namespace: String?
  /// The name of its pod.
  public var pod: String?
  /// When the scheduler started it, if it says so.
  public var started: Timestamp?
  /// The names of the GPU devices of its machine that it holds; empty where they are not known.
  public var gpus: [String] = []
  /// How these are known; `nil` where they are not.
  public var gpusFrom: Origin?
  /// Its processes that were seen on accelerators or as a found job's.
  public var pids: Set<Int> = []

  /// The longest text that is kept of a scheduler's or a user's words, in bytes.
  public static let longest = 200

  /// Nothing is known.
  public init() {}

  /// Decodes the attributes.
  public init(_ attributes: [String: String]) {
    func text(_ key: Key) -> String? {
      attributes[key.rawValue].flatMap { $0.isEmpty ? nil : Self.bounded($0) }
    }
    func list(_ key: Key) -> [String] {
      (attributes[key.rawValue] ?? "").split(separator: ",").prefix(1024).map(String.init)
    }
    scheduler = text(.scheduler) ?? "none"
    jobID = text(.jobID) ?? ""
    user = text(.user)
    account = text(.account)
    name = text(.name)
    partition = text(.partition)
    arrayJob = text(.arrayJob)
    arrayTask = text(.arrayTask)
    namespace = text(.namespace)
    pod = text(.pod)
    started = text(.started).flatMap { Double($0) }.flatMap {
      1e9...1e11 ~= $0 ? Timestamp(seconds: $0) : nil
    }
    gpus = list(.gpus)
    gpusFrom = text(.gpusFrom).flatMap(Origin.init(rawValue:))
    pids = Set(list(.pids).compactMap { Int($0) })
  }

  /// The same as attributes of a device.
  public var attributes: [String: String] {
    let texts: [(Key, String?)] = [
      (.scheduler, scheduler), (.jobID, jobID), (.user, user), (.account, account),
      (.name, name), (.partition, partition), (.arrayJob, arrayJob), (.arrayTask, arrayTask),
      (.namespace, namespace), (.pod, pod), (.started, started.map { "\(Int64($0.seconds))" }),
      (.gpusFrom, gpusFrom?.rawValue),
      (.gpus, gpus.joined(separator: ",")),
      (.pids, pids.sorted().map(String.init).joined(separator: ",")),
    ]
    var attributes: [String: String] = [:]
    for (key, text) in texts { attributes[key.rawValue] = text.flatMap { $0.isEmpty ? nil : $0 } }
    return attributes
  }

  /// What people call it: `4711`, `4711_3` for a task of an array, `namespace/pod`.
  public var number: String {
    if let arrayJob, let arrayTask { return "\(arrayJob)_\(arrayTask)" }
    if let pod { return namespace.map { "\($0)/\(pod)" } ?? pod }
    return jobID
  }

  /// The name of its device: `slurm-4711_3`, `kubernetes-<pod uid>`, `job-<id>`.
  public var deviceName: String {
    switch scheduler {
    case "slurm": "slurm-" + (arrayJob != nil && arrayTask != nil ? number : jobID)
    case "kubernetes": "kubernetes-" + jobID
    default: "job-" + jobID
    }
  }

  /// What the processes of it are said to belong to, as `ProcessFacts.job` has it.
  public var batchJob: String { "\(scheduler) \(jobID)" }

  /// Whether a user means this job by a word: its number, its array's, its pod or its name in full.
  public func isCalled(_ word: String) -> Bool {
    guard !word.isEmpty else { return false }
    return [jobID, number, arrayJob, pod, batchJob, deviceName, name].contains(word)
      || word == "\(scheduler) \(number)"
  }

  /// The beginning of a text, with blanks for control characters.
  public static func bounded(_ text: String, to limit: Int = longest) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8.prefix(limit) {
      bytes.append(byte < 0x20 || byte == 0x7F ? UInt8(ascii: " ") : byte)
    }
    var result = String(decoding: bytes, as: UTF8.self)
    // A letter that was cut in two leaves a mark of it.
    if text.utf8.count > limit, result.last == "\u{FFFD}" { result.removeLast() }
    result.unicodeScalars.removeAll { (0x80...0x9F).contains($0.value) }
    return result
  }
}

import Accounting
import Dashboard
import Recordings
import Telemetry

/// What a run is compared with, read: other runs, a price, a target loss.
struct Accounts {
  var baselines: [RunProfile] = []
  /// Attributes of jobs that the user states.
  var facts: [String: String] = [:]
  var price: Price?
  var targetLoss: Double?
  /// The whole run of a recording against each of the baselines.
  var races: [Race] = []
  /// What is said of both beside each race.
  var raceNotes: [[String]] = []

  /// When all races are over, in the time of the recording.
  var end: Timestamp? { races.compactMap(\.end).max() }

  /// Leaves out what is known of the electricity of both runs of a race.
  mutating func forgetElectricity() {
    raceNotes = []
    for index in races.indices { races[index].intensities = nil }
  }

  /// Puts them into what a frame is drawn from.
  func fill(_ input: inout FrameInput) {
    Self.tell(facts, to: &input.timeline)
    input.baselines = baselines
    input.price = price
    input.targetLoss = targetLoss
    input.races = races
    input.raceNotes = raceNotes
  }

  /// Sets attributes of every job of a timeline.
  static func tell(_ facts: [String: String], to timeline: inout Timeline) {
    guard !facts.isEmpty else { return }
    for var job in timeline.devices(.job) {
      job.attributes.merge(facts) { _, told in told }
      timeline.apply(.device(job))
    }
  }

  /// A recording as results are drawn from it.
  struct Opened {
    var timeline: Timeline
    var span: TimeSpan
    var machine: String
    /// What in the file cannot be as it was written, in words.
    var damages: [String]
  }

  /// A whole recording, with single values for its last hour; what is damaged in it is said.
  ///
  /// With `asking`, which asks of it all that will be asked, only that is read.
  static func open(
    _ path: String, verify: Bool = false, asking: ((Opened) throws -> Void)? = nil
  ) throws -> Opened {
    do {
      let pages = try RecordingPages(path: path)
      let reader = pages.reader
      var timeline = try pages.open()
      guard var span = timeline.span else {
        throw ReplayFeed.empty(path, isComplete: reader.header.isComplete)
      }
      if !reader.header.isComplete {
        printError(
          "hippowatt: \(path) is being written, or was cut off: its last second may be missing")
      }
      // A silent end belongs to the session as well.
      if let end = timeline.events.last(where: { $0.cause == .recordingEnded })?.time {
        span = TimeSpan(span.start, max(span.end, end))
      }
      let damages = damages(of: reader, path, verify: verify)
      for damage in damages {
        printError("hippowatt: \(path) is damaged, its totals may be wrong: \(damage)")
      }
      // Before the last hour, values are kept by the minute.
      let hour = TimeSpan(max(span.start, span.end - 3600), span.end)
      func disguised() -> Opened {
        var shown = timeline
        var privacy = PrivacyFilter()
        privacy.disguise(&shown)
        return Opened(
          timeline: shown, span: span, machine: reader.header.machine, damages: damages)
      }
      if let asking {
        // Beyond a week, minutes would need more memory than they are worth.
        let week = TimeSpan(max(span.start, span.end - 7 * 86_400), span.end)
        let view = RecordingPages.View(singles: hour, minutes: week, history: week)
        repeat { try asking(disguised()) } while try pages.supply(&timeline, for: view)
      } else {
        timeline = try reader.timeline()
        try reader.load(page: hour, into: &timeline)
      }
      return disguised()
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure("\(error)")
    }
  }

  /// Recordings up to so many bytes are compared with their totals whenever results are drawn from them.
  private static let quicklyVerified = 64 << 20

  /// What is damaged in a recording; a large one is looked through only where that is asked for, since
  /// all of it has to be read.
  private static func damages(
    of reader: RecordingReader, _ path: String, verify: Bool
  ) -> [String] {
    if verify || reader.header.schema < 3 || File.size(path) <= quicklyVerified {
      return reader.damages()
    }
    return reader.findings
  }

  /// What recordings are called in a comparison: by their files, and by their paths where two files of one
  /// name lie in different folders.
  static func titles(of paths: [String]) -> [String] {
    func bare(_ path: Substring) -> String {
      String(path.hasSuffix(".hippo") ? path.dropLast(6) : path)
    }
    func file(_ path: String) -> String { bare(path.split(separator: "/").last ?? path[...]) }
    return paths.map { path in
      paths.contains { $0 != path && file($0) == file(path) } ? bare(path[...]) : file(path)
    }
  }

  /// The profile of the job of a recording, or of the one of that name, and the electricity of the whole
  /// recording.
  static func run(
    _ path: String, title: String? = nil, job name: String? = nil, withCourse: Bool = false,
    facts: [String: String] = [:], damages: ([String]) -> Void = { _ in }
  ) throws -> (profile: RunProfile, electricity: RunElectricity) {
    var recording = try open(path)
    damages(recording.damages)
    tell(facts, to: &recording.timeline)
    let span = recording.span
    let ledger = Ledger(recording.timeline)
    let job = try Self.job(name, in: ledger, path: path)
    let title = title ?? titles(of: [path])[0]
    guard
      let profile = ledger.profile(
        of: job, over: span, name: title, withCourse: withCourse)
    else {
      throw Failure("\(path): the job “\(job.label)” did not tell its progress twice")
    }
    return (profile, RunElectricity(title, ledger, over: span))
  }

  /// The job of that name, else the one that reported last.
  static func job(_ name: String?, in ledger: Ledger, path: String) throws -> Device {
    let jobs = ledger.inventory.jobs
    let scheduled = AllocationCommand.names(in: ledger.timeline)
    let others =
      scheduled.isEmpty
      ? "" : "; jobs of a scheduler: \(scheduled.prefix(64).joined(separator: ", "))"
    guard !jobs.isEmpty else {
      throw Failure(
        "\(path): no job was recorded"
          + (name == nil || others.isEmpty ? "" : " by that name" + others))
    }
    guard let name else {
      let end = ledger.timeline.span?.end ?? Timestamp(nanoseconds: .max)
      let moment = ledger.timeline.moment(at: end)
      func newest(_ job: Device) -> Int64 {
        Ledger.progressMetrics.compactMap { moment.known($0, of: job.id) }
          .map(\.time.nanoseconds).max() ?? 0
      }
      return jobs.max { newest($0) < newest($1) } ?? jobs[0]
    }
    let found = jobs.filter { job in
      job.label == name || job.id.name == name
        || job.attributes[JobFacts.Key.pid.rawValue] == name
        || job.id.name.hasSuffix("/" + name)
    }
    guard found.count == 1 else {
      func full(_ job: Device) -> String {
        let pid = job.attributes[JobFacts.Key.pid.rawValue]
        return "\(job.label) (\(pid ?? job.id.name))"
      }
      let names = (found.isEmpty ? jobs : found).map(full).joined(separator: ", ")
      let problem =
        found.isEmpty ? "there is no job “\(name)”" : "several jobs are called “\(name)”"
      throw Failure("\(path): \(problem); there are: \(names)\(others)")
    }
    return found[0]
  }
}

import HTTP
import Linux
import Serving
import Telemetry

/// A job that runs, and the reader that follows its best file.
struct WatchedJob {
  private(set) var job: FoundJob
  private(set) var file: FoundFile?
  /// Where its server is asked, which the user has allowed.
  private(set) var server: String?
  private var reader: (any DataSource)?
  private var nextRead: Timestamp?
  private var nextInspection: Timestamp?
  private var wait = 5.0
  private var inspections = 0
  private var lastHeard: Timestamp?
  /// What the reader said of its job, to be said again when more is known.
  private var device: Device?
  /// Whether the user follows the job's file already, by a source of its own.
  private(set) var isFollowedElsewhere = false
  private var isAnnounced = false
  /// Whether what stands in the file already is not taken for the job's own.
  private var isHistorySkipped = false
  /// How much of it had been read before this look, while it is being skipped.
  private var historyRead: Int?
  private var followedSince: Timestamp?
  private var stall = StallWatch()

  init(_ job: FoundJob) { self.job = job }

  var isFollowed: Bool { file != nil || server != nil }

  /// Whether it is on an accelerator and says nothing that could be read, for long enough to tell.
  var isSilent: Bool {
    !isFollowed && !isFollowedElsewhere && job.isLearning && (job.isOnGPU || job.isOnTrial)
      && inspections > (job.isOnTrial ? 3 : 1)
  }

  /// Whether all that its file says may be of a run before, so that its own progress is not known.
  var isHistoryOnly: Bool { file?.format != nil && isHistorySkipped && lastHeard == nil }

  /// Whether nothing in its file was understood, for long enough to tell.
  var isUnheard: Bool {
    server == nil && file?.format == nil && lastHeard == nil && inspections > 2
  }

  func isInspectionDue(_ now: Timestamp) -> Bool {
    !isFollowedElsewhere && nextInspection.map { now >= $0 } ?? true
  }

  /// Takes what a new look at the processes tells; files stay as they are.
  mutating func update(_ found: FoundJob) {
    let last = job
    job = found
    (job.files, job.ports, job.skipped, job.output) = (
      last.files, last.ports, last.skipped, last.output
    )
  }

  /// Takes what was found in the job's files, and chooses the one to follow.
  ///
  /// A choice stands while the reader hears something; a file that says nothing gives way to one
  /// that is understood.
  mutating func choose(
    _ inspected: FoundJob, at now: Timestamp, in context: SourceContext,
    to observations: inout [Observation]
  ) {
    job = inspected
    inspections += 1
    nextInspection = now + wait
    // What is on trial shows itself within some looks, or hardly ever.
    if !(inspected.isOnTrial && inspections < 24) { wait = min(60, wait * 2) }
    if file == nil, isFollowed(in: context) {
      isFollowedElsewhere = true
      return
    }
    if let best = job.best, isBetter(best, at: now) {
      follow(best, at: now, in: context, &observations)
    } else if context.mayAskServers, !isFollowed, let url = job.metrics {
      server = url.authority
      reader = ServeSource(url, context)
      isAnnounced = true
      note(
        "found job \(job.title), asking \(url.authority), as the settings allow", .found, at: now,
        &observations)
    } else if isSilent, !isAnnounced {
      isAnnounced = true
      note("found job \(job.silence): \(job.advice)", .found, at: now, &observations)
    }
  }

  /// Whether another source of the session follows one of its files, or asks its server.
  private func isFollowed(in context: SourceContext) -> Bool {
    context.followed.contains { place in
      if !job.ports.isEmpty, let url = try? HTTPURL(place) {
        return job.ports.contains { Int($0.port) == url.port }
      }
      guard let status = ProcFile.status(place) else { return false }
      return job.files.contains { $0.identity == FileIdentity(status) }
    }
  }

  private func isBetter(_ best: FoundFile, at now: Timestamp) -> Bool {
    guard let file else { return true }
    guard best.identity != file.identity || best.path != file.path, best.format != nil else {
      return false
    }
    return lastHeard.map { now - $0 > 120 } ?? true
  }

  private mutating func follow(
    _ best: FoundFile, at now: Timestamp, in context: SourceContext,
    _ observations: inout [Observation]
  ) {
    guard let kind = FileReaders.named(best.reader) else { return }
    let isFirst = file == nil
    file = best
    reader = kind.make(best.path, context)
    (nextRead, lastHeard, device) = (nil, nil, nil)
    (followedSince, stall) = (now, StallWatch())
    isHistorySkipped = best.mayHoldOlder
    historyRead = best.mayHoldOlder ? 0 : nil
    isAnnounced = true
    let verb = isFirst ? "found job \(job.title), following" : "\(job.title): now following"
    note("\(verb) \(best.shown): \(best.why)", .found, at: now, &observations)
  }

  /// Reads on in the file that is followed.
  mutating func read(_ clock: any SessionClock, to observations: inout [Observation]) {
    let now = clock.now
    guard var reader, nextRead.map({ now >= $0 }) ?? true else { return }
    // What stood there may have become a pipe, which must not be opened.
    if let file, !SafeFile.isRegular(file.path), SystemFile.exists(file.path) {
      letGo(at: now)
      return
    }
    do throws(SourceFailure) {
      let said = try reader.sample(clock)
      self.reader = reader
      nextRead = now + max(0.5, (reader.interval ?? 1) - 0.1)
      let isHistory = historyRead != nil
      if let before = historyRead {
        // A long log is read in pieces.
        let read = (reader as? LogSource)?.bytesRead ?? 0
        historyRead = read - before >= LogSource.budget ? read : nil
      }
      for observation in said where !isHistory || !isProgress(observation) {
        pass(observation, at: now, &observations)
      }
      if let words = stall.look(at: now) { note(words, .stalled, at: now, &observations) }
    } catch {
      // A server that is still loading its model answers later.
      if server == nil { letGo(at: now) } else { nextRead = now + 5 }
    }
  }

  /// Forgets the file, so that another look finds one.
  private mutating func letGo(at now: Timestamp) {
    (file, reader, device) = (nil, nil, nil)
    nextInspection = now + 5
  }

  /// Whether an observation tells how far a job is, rather than what it is.
  private func isProgress(_ observation: Observation) -> Bool {
    switch observation {
    case .reading, .event: true
    default: false
    }
  }

  private mutating func pass(
    _ observation: Observation, at now: Timestamp, _ observations: inout [Observation]
  ) {
    switch observation {
    case .device(let described):
      device = described
      observations.append(.device(enriched(described)))
    case .reading:
      lastHeard = now
      if let words = stall.hear(at: now) { note(words, .continued, at: now, &observations) }
      observations.append(observation)
    case .series(var series):
      // Users look for the one who found it, whoever reads it.
      series.provenance.source = JobSource.sourceName
      observations.append(.series(series))
    case .state: break
    default: observations.append(observation)
    }
  }

  /// Says again what the job is, where a look at its processes told more than was known.
  mutating func describeAnew(since before: FoundJob, to observations: inout [Observation]) {
    guard let device, Self.attributes(of: before, file) != Self.attributes(of: job, file) else {
      return
    }
    observations.append(.device(enriched(device)))
  }

  /// What the reader says of its job, with what its processes tell; the reader knows better.
  private func enriched(_ device: Device) -> Device {
    var device = device
    device.label = job.name
    device.attributes.merge(Self.attributes(of: job, file)) { said, _ in said }
    return device
  }

  private static func attributes(of job: FoundJob, _ file: FoundFile?) -> [String: String] {
    var attributes = ["pid": "\(job.pid)", "command": job.command]
    attributes["pids"] = job.members.prefix(256).map(String.init).joined(separator: ",")
    // What may not be looked at may hold one.
    attributes["on_gpu"] = job.isOnGPU ? "yes" : job.unseen == nil ? "no" : nil
    attributes[JobFacts.Key.unseen.rawValue] = job.unseen
    if var visible = job.visible {
      // By their names, where the driver's files tell them.
      if !job.gpus.isEmpty { visible.names = job.gpus }
      attributes.merge(visible.attributes) { said, _ in said }
    }
    attributes["kind"] = job.engine == nil ? "training" : "serving"
    attributes["user"] = job.user
    attributes["world_size"] = job.worldSize.map(String.init)
    attributes["path"] = file?.path
    let framework = file.flatMap { $0.reader == FileReaders.text.name ? $0.format : nil }
    attributes["framework"] = framework ?? job.library
    attributes["job"] = job.batchJob
    attributes["container"] = job.container
    return attributes
  }

  /// Reads what is left and says that the job is over.
  mutating func end(_ clock: any SessionClock, to observations: inout [Observation]) {
    nextRead = nil
    read(clock, to: &observations)
    guard isAnnounced else { return }
    let ending = ending
    let words = ending == .unknown || device == nil ? "\(ending.words): \(job.title)" : ending.words
    note(words, ending.cause, at: clock.now, &observations)
  }

  /// How the job ended, by the last lines of what it printed.
  private var ending: JobEnding {
    guard let file, file.reader == FileReaders.text.name, let log = SafeFile(file.path) else {
      return .unknown
    }
    // The last lines may be of a run before.
    if isHistorySkipped, lastHeard == nil, log.changed < followedSince?.seconds ?? .infinity {
      return .unknown
    }
    return LogEnding.of(log.tail(LogEnding.length)) ?? .unknown
  }

  private func note(
    _ text: String, _ cause: Event.Cause, at now: Timestamp, _ observations: inout [Observation]
  ) {
    observations.append(
      .event(Event(time: now, kind: .note, text: text, device: device?.id, cause: cause)))
  }
}

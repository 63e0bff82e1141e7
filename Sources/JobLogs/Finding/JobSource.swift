import Linux
import Telemetry

/// Finds the training or serving job by itself and follows its best file of progress.
///
/// Every five seconds it looks for jobs (`JobFinder`), and reads on in their files every second,
/// through the same readers that a user would name. Nothing of a job is touched. Files that the
/// user follows already are left to the source that does.
public struct JobSource: DataSource {
  static let sourceName = "jobs"

  /// `jobs`, as in the catalogue.
  public let name = sourceName
  /// One second: files are read on in each, jobs looked for in every fifth.
  public let interval: Double? = 1

  private struct Key: Hashable {
    var pid: Int32
    var started: Int64
  }

  private let context: SourceContext
  private var finder: JobFinder
  private var watched: [Key: WatchedJob] = [:]
  private var nextLook: Timestamp?
  private var lastState: SourceState?

  /// A source that has looked for nothing yet.
  public init(_ context: SourceContext) {
    self.context = context
    finder = JobFinder(context)
  }

  public mutating func probe() -> Probe {
    guard SystemFile.linkTarget(context.path("/proc/self")) != nil else {
      return Probe(.absent, "no /proc to find jobs in", remedy: "mount /proc in this container")
    }
    var finder = JobFinder(context)
    let jobs = finder.look(FixedClock(Timestamp(nanoseconds: 0)))
    guard !jobs.isEmpty else { return Probe(.ok, "no job runs now; looks every 5 s") }
    let titles = jobs.prefix(4).map(\.title).joined(separator: ", ")
    return Probe(.ok, titles + (jobs.count > 4 ? " and \(jobs.count - 4) more" : ""))
  }

  public mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let now = clock.now
    var observations: [Observation] = []
    if nextLook.map({ now >= $0 }) ?? true {
      // A little less than five seconds, since ticks are not exact.
      nextLook = now + 4.9
      look(clock, &observations)
    }
    for key in keys where watched[key]?.isInspectionDue(now) == true {
      inspect(key, clock, &observations)
    }
    for key in keys { watched[key]?.read(clock, to: &observations) }
    let state = state(at: now)
    if state.health != lastState?.health || state.message != lastState?.message {
      lastState = state
      observations.append(.state(state))
    }
    return observations
  }

  private var keys: [Key] { watched.keys.sorted { $0.pid < $1.pid } }

  private mutating func look(_ clock: any SessionClock, _ observations: inout [Observation]) {
    var present: Set<Key> = []
    let jobs = finder.look(clock)
    context.roster.see(
      jobs.map { .init(pids: $0.members.map(Int.init), isServing: $0.engine != nil) })
    for job in jobs {
      let key = Key(pid: job.pid, started: job.started)
      present.insert(key)
      guard let known = watched[key] else {
        watched[key] = WatchedJob(job)
        continue
      }
      watched[key]?.update(job)
      watched[key]?.describeAnew(since: known.job, to: &observations)
    }
    for key in keys where !present.contains(key) {
      watched[key]?.end(clock, to: &observations)
      watched[key] = nil
    }
  }

  private mutating func inspect(
    _ key: Key, _ clock: any SessionClock, _ observations: inout [Observation]
  ) {
    guard var entry = watched[key] else { return }
    let others = watched.filter { $0.key != key }.values
    var job = entry.job
    finder.inspect(&job, clock, others: others.map(\.job))
    // Two jobs that write one file are followed once.
    job.files.removeAll { file in others.contains { $0.file?.identity == file.identity } }
    entry.choose(job, at: clock.now, in: context, to: &observations)
    watched[key] = entry
  }

  /// What there is to say of all jobs in one line.
  private func state(at now: Timestamp) -> SourceState {
    var state = SourceState(source: name, time: now, health: .ok)
    let entries = keys.compactMap { watched[$0] }
    let followed = entries.filter(\.isFollowed)
    if let entry = followed.first(where: { !$0.isUnheard && !$0.isHistoryOnly }) ?? followed.first,
      let place = entry.file?.shown ?? entry.server
    {
      let more = followed.count > 1 ? ", and \(followed.count - 1) more" : ""
      state.message = "following \(place) of \(entry.job.title)\(more)"
      if entry.isHistoryOnly {
        state.health = .absent
        state.message =
          "\(entry.job.title): job found, its progress isn't: \(place) has said nothing since it began"
        state.remedy = "what stands in that file is of a run before; it is shown once it goes on"
      } else if entry.isUnheard {
        state.health = .waiting
        state.message = "\(place) of \(entry.job.title) says nothing that is understood yet"
        state.remedy = "--log FILE names another file; docs/sources.md lists what is understood"
      }
    } else if let entry = entries.first(where: \.isSilent) {
      state.health = .absent
      state.message = entry.job.silence
      state.remedy = entry.job.advice
    } else if entries.contains(where: \.isFollowedElsewhere) {
      state.message = "the job is followed already, as it was asked for"
    } else {
      state.health = .waiting
      state.message = "no job found that tells its progress"
      state.remedy = "hippowatt jobs says what was looked at; --log FILE names a log"
    }
    return state
  }

  /// The line of the catalogue: `jobs`.
  package static let entry = SourceEntry(
    sourceName, gives: "jobs that train or serve, found by themselves, and their progress",
    feeds: [.job]
  ) { _, context in
    JobSource(context)
  }
}

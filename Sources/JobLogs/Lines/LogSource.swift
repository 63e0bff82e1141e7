import Quantities
import Telemetry

/// Follows the log file of a training job.
///
/// The file may be missing, rotated, truncated or rewritten while we look (`LineFollower`); what
/// it says is found out by `LogParser`. Lines that carry no time of their own count from the
/// moment they are read, so of a log that is old already they give one row: its last state.
public struct LogSource: DataSource {
  /// `log`, unless another source reads its log through this one.
  public let name: String
  /// One second, however quick the session is.
  public let interval: Double? = 1

  private var follower: LineFollower
  private var parser: LogParser

  private var lastLook: Timestamp?
  /// Whether the end of the log was compared with the time it was changed.
  private var isChecked = false
  /// Whether all that was read so far was said long ago.
  private var isOld = false
  private var wasBehind = false

  /// A source that follows the file at `path`; `local` says what times without a zone mean in it.
  public init(path: String, machine: String, name: String = "log", local: LocalTime? = nil) {
    self.name = name
    follower = LineFollower(path: path)
    let label = path.split(separator: "/").last.map(String.init) ?? path
    parser = LogParser(
      machine: machine, name: path, label: label, source: name, facts: ["path": path],
      local: local)
  }

  /// A log that has not changed for so many seconds is no news.
  private static let oldAfter = 60.0

  /// At most so many bytes are read at once, and a little more.
  static let budget = 16 << 20

  /// How many bytes of the log have been read.
  var bytesRead: Int { follower.bytesRead }

  public mutating func probe() -> Probe {
    var looking = LineFollower(path: follower.path)
    do throws(SourceFailure) {
      try looking.poll(budget: 0) { _, _ in }
      let count = ProgressFormats.all.count
      return Probe(.ok, "\(follower.path) is there; \(count) kinds of job logs are known")
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  public mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let now = clock.now
    if !isChecked { check(at: now) }
    let before = follower.bytesRead
    var parser = parser
    var failure: SourceFailure?
    var isBehind = false
    do throws(SourceFailure) {
      isBehind = try follower.poll { line, isCut in
        parser.take(line, isCut: isCut, arrival: now)
      }
    } catch {
      failure = error
    }
    // After the first look all of it is news.
    if isOld, before > 0, !wasBehind, follower.bytesRead > before {
      isOld = false
      parser.know([JobFacts.Key.lastSaid.rawValue: ""])
    }
    wasBehind = isBehind
    let passedOver = follower.takePassedOver()
    if passedOver > 0 {
      parser.say(
        "\(SI.data(Double(passedOver)).joined) in the middle of the log were passed over: "
          + "`import` reads all of it", at: now)
    }
    let result = parser.flush(arrival: written(before: now), isBehind: isBehind)
    self.parser = parser
    // The end of a file that was removed is still worth hearing; its absence comes next time.
    if let failure, result.isEmpty { throw failure }
    return result
  }

  /// When the newest line was written, where the file tells: after the last look and before this.
  private mutating func written(before now: Timestamp) -> Timestamp {
    defer { lastLook = now }
    guard let modified = follower.modified, modified <= now,
      lastLook.map({ modified > $0 }) ?? (now - modified < 5)
    else { return now }
    return modified
  }

  /// Looks at the end of a log that is there already, before its times are believed.
  private mutating func check(at now: Timestamp) {
    var file = GrowingFile(path: follower.path)
    guard (try? file.look()) != nil else { return }
    isChecked = true
    if now - file.modified > Self.oldAfter {
      isOld = true
      parser.know([JobFacts.Key.lastSaid.rawValue: "\(file.modified.nanoseconds / 1_000_000_000)"])
    }
    parser.check(tail: file.end(16_384), modified: file.modified)
  }

  /// The line of the catalogue: `log:PATH`.
  package static let entry = SourceEntry(
    "log", gives: "step, loss, tokens and MFU from the log of a training job", feeds: [.job],
    isDefault: false,
    usage: "log:PATH"
  ) { request, context throws(SourceRequestError) in
    guard !request.argument.isEmpty else {
      throw SourceRequestError("“log” needs a file: log:PATH")
    }
    return LogSource(
      path: request.argument, machine: context.machine, local: context.localTime)
  }
}

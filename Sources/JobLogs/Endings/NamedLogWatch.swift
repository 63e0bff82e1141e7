import Linux
import Telemetry

/// Sees how the job behind a log ends that the user named, or that it stands still.
///
/// Who writes the log may be known or not. Once all who did are gone, or a log of nobody's has not
/// changed for a minute, its last lines tell.
struct NamedLogWatch: Sendable {
  private static let quiet = 60.0

  private var stall = StallWatch()
  private var nextLook: Timestamp?
  /// When the file had last been changed as its end was judged.
  private var judged: Double?

  /// What there is to say after a look at the log; `owners` are the processes that write it.
  mutating func look(
    _ path: String, hasNews: Bool, owners: [Int32], at now: Timestamp, in context: SourceContext
  ) -> Event? {
    if hasNews, let words = stall.hear(at: now) {
      return Event(time: now, kind: .note, text: words, cause: .continued)
    }
    guard nextLook.map({ now >= $0 }) ?? true, let status = ProcFile.status(path),
      status.isRegular
    else { return nil }
    nextLook = now + 2
    let isAlive = owners.contains { ProcessRecord(pid: $0, in: context) != nil }
    if isAlive {
      return stall.look(at: now).map {
        Event(time: now, kind: .note, text: $0, cause: .stalled)
      }
    }
    let age = now.seconds - status.changed
    guard judged != status.changed, !owners.isEmpty || age > Self.quiet else { return nil }
    judged = status.changed
    guard let file = SafeFile(path, followsLinks: true) else { return nil }
    let ending = LogEnding.of(file.tail(LogEnding.length)) ?? (owners.isEmpty ? nil : .unknown)
    return ending.map { Event(time: now, kind: .note, text: $0.words, cause: $0.cause) }
  }
}

import Quantities
import Recordings
import Telemetry

/// What is to be recorded and is not safe in the file yet, oldest first.
///
/// What could not be written is written again when there is room. It is bounded: when the disk
/// stays full for hours the oldest readings go, and from when to when is remembered, so that the
/// recording says so where they are missing.
struct RecordingBacklog {
  private var waiting: [Observation] = []
  private var lost: (count: Int, span: TimeSpan)?
  private let limit: Int

  /// 100 000 observations are about three hours of eight GPUs, and 20 MB.
  init(limit: Int = 100_000) { self.limit = limit }

  var isEmpty: Bool { waiting.isEmpty }

  /// How many readings were given up, and of what time.
  var loss: (count: Int, span: TimeSpan)? { lost }

  /// Adds what came, and gives up the oldest readings if it becomes too much.
  mutating func add(_ observations: [Observation]) {
    waiting += observations
    guard waiting.count > limit else { return }
    // A tenth more goes, so that it is not done for each.
    let surplus = waiting.count - limit + limit / 10
    let rest = surplus - drop(surplus) { if case .reading = $0 { true } else { false } }
    // What describes devices is always kept; what happened goes only where it is too much as well.
    guard waiting.count > limit else { return }
    _ = drop(rest) {
      switch $0 {
      case .event, .state, .grid: true
      case .reading, .device, .series: false
      }
    }
  }

  /// Gives up the oldest of a kind, at most so many; returns how many those were.
  private mutating func drop(_ most: Int, _ isKind: (Observation) -> Bool) -> Int {
    var count = 0
    waiting.removeAll { observation in
      guard count < most, isKind(observation) else { return false }
      count += 1
      if let time = observation.time {
        let span = lost.map {
          TimeSpan(min($0.span.start, time), max($0.span.end, time))
        }
        lost = ((lost?.count ?? 0) + 1, span ?? TimeSpan(time, time))
      }
      return true
    }
    return count
  }

  /// Writes all of it, and commits.
  ///
  /// - Throws: what `keep` or the writer throws; then what the file does not hold safely is kept.
  mutating func write(
    to writer: RecordingWriter, keep: (Observation) throws -> Void
  ) throws {
    guard !waiting.isEmpty else { return }
    var (safe, commits) = (0, writer.commits)
    do {
      for (place, observation) in waiting.enumerated() {
        try keep(observation)
        // It commits by itself before it takes the next one in.
        if writer.commits != commits { (safe, commits) = (place, writer.commits) }
      }
      if let lost { try writer.append(.event(Self.event(lost))) }
      try writer.commit()
    } catch {
      waiting.removeSubrange(..<safe)
      throw error
    }
    waiting = []
    lost = nil
  }

  private static func event(_ lost: (count: Int, span: TimeSpan)) -> Event {
    let text =
      "\(lost.count) values lost from \(clock(lost.span.start)) to \(clock(lost.span.end)) UTC: "
      + "there was no room for the recording"
    return Event(time: lost.span.start, kind: .note, text: text, cause: .failed)
  }

  /// Date and time of day in UTC, to the second.
  private static func clock(_ time: Timestamp) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let seconds = Int(time.nanoseconds.flooredQuotient(by: 1_000_000_000))
    let date = CivilDate(daysSince1970: seconds.flooredQuotient(by: 86_400))
    let rest = seconds.flooredRemainder(by: 86_400)
    return "\(date.year)-\(two(date.month))-\(two(date.day)) "
      + "\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
  }
}

extension Observation {
  /// When it was; `nil` for what describes something.
  fileprivate var time: Timestamp? {
    switch self {
    case .reading(let reading): reading.time
    case .grid(let statement): statement.said
    case .event(let event): event.time
    case .state(let state): state.time
    case .device, .series: nil
    }
  }
}

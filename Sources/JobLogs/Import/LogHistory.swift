import Quantities
import Telemetry

/// The rows of a finished log in their order, with what each says of its time.
///
/// When each was is found out at the end (`LogLayout`): a year that nobody wrote follows from the
/// last line, and so does whether times are those of a day or since a beginning.
struct LogHistory: Sendable {
  /// What a row says of its time.
  struct Row: Sendable {
    /// Whether the latest time before it is its own.
    var isStamped: Bool
    /// The place of the latest time among those kept; -1 when there is none before it.
    var before: Int
    var elapsed: Double?
    var step: Int64?
    var stepTime: Double?
    /// What the job did besides steps, since the row before or with this row.
    var pauses: Set<PauseKind> = []
    /// Whether the time of a step leaves that out.
    var isTimeWithoutPauses = false
  }

  /// The numbers of a row, at a time that is filled in later.
  struct Numbers: Sendable {
    var reading: Reading
    var fields: Progress.Fields
    var isRedoing: Bool
  }

  /// A word about a row.
  struct Word: Sendable {
    var row: Int
    var text: String
    var cause: Event.Cause?
  }

  /// The time on a line.
  struct Heard: Sendable {
    var stamp: LogStamp
    /// The sum of all times of a clock up to here, in nanoseconds: what `ts -i` writes adds up.
    var sum: Int64
  }

  private(set) var rows: [Row] = []
  /// The numbers of the rows, in pieces that are let go of one by one.
  private var pieces: [[Numbers]] = []
  private(set) var words: [Word] = []
  /// The times on lines, in the order of the lines: those of rows and those around them.
  private(set) var stamps: [Heard] = []
  /// How many words were too many to be kept.
  private(set) var wordsLeftOut = 0
  /// How often the time of a clock stepped back by less than half a day.
  private(set) var clockDrops = 0
  /// The first and the longest time of a clock, in nanoseconds.
  private(set) var firstClock: Int64?
  private(set) var longestClock: Int64 = 0

  /// What the log shows of its own zone.
  private(set) var zone = ZoneEvidence()

  private let device: DeviceID
  private let arrival: Timestamp
  private var latest: LogStamp?
  private var isLatestKept = false
  private var lastClock: Int64?
  private var clockSum: Int64 = 0
  /// Whether the next time is to be kept, as it ends a stretch without.
  private var isOpen = false
  private var pending: Pending?
  private var kinds: Set<PauseKind> = []

  private struct Pending {
    var progress: Progress
    var isStamped: Bool
    var before: Int
    var redone: Int64
  }

  /// How many words are kept: more nobody reads.
  private static let mostWords = 1000

  init(device: DeviceID, arrival: Timestamp) {
    self.device = device
    self.arrival = arrival
  }

  /// Hears the time of any line, whether it says something else or not.
  mutating func hear(_ stamp: LogStamp) {
    if let latest { zone.look(at: latest, stamp) }
    latest = stamp
    isLatestKept = false
    if case .clock(let time) = stamp {
      if let lastClock, time < lastClock, lastClock - time < 43_200 * LogStamp.second {
        clockDrops += 1
      }
      firstClock = firstClock ?? time
      longestClock = max(longestClock, time)
      lastClock = time
      clockSum &+= time
    }
    if isOpen {
      _ = keep()
      isOpen = false
    }
  }

  /// The place of the latest time among those kept.
  private mutating func keep() -> Int {
    if let latest, !isLatestKept {
      stamps.append(Heard(stamp: latest, sum: clockSum))
      isLatestKept = true
    }
    return stamps.count - 1
  }

  /// Adds what a line says; lines of the same step and time are one row.
  mutating func add(_ progress: Progress, stamp: LogStamp?, redone: Int64) {
    if let stamp, stamp != latest { hear(stamp) }
    if let waiting = pending, isSame(waiting, progress, stamp) {
      pending?.progress.update(with: progress)
      pending?.redone = redone
      return
    }
    flush()
    let place = keep()
    isOpen = stamp == nil
    pending = Pending(
      progress: progress, isStamped: stamp != nil, before: place, redone: redone)
  }

  private func isSame(_ waiting: Pending, _ next: Progress, _ stamp: LogStamp?) -> Bool {
    guard waiting.isStamped ? stamps[waiting.before].stamp == stamp : stamp == nil else {
      return false
    }
    if let step = waiting.progress.step, let other = next.step { return step == other }
    if let epoch = waiting.progress.epoch, let other = next.epoch, epoch != other { return false }
    return waiting.progress.fields.isDisjoint(with: next.fields)
  }

  /// Hears that the job did something besides steps.
  mutating func hear(_ kind: PauseKind) {
    flush()
    kinds.insert(kind)
  }

  /// Adds a word about the row at hand.
  mutating func say(_ text: String, _ cause: Event.Cause?) {
    guard words.count < Self.mostWords else {
      wordsLeftOut += 1
      return
    }
    words.append(Word(row: rows.count + (pending == nil ? 0 : 1), text: text, cause: cause))
  }

  /// Makes a row of what is at hand.
  mutating func flush() {
    guard let waiting = pending else { return }
    pending = nil
    var reading = Reading(device: device, time: arrival, arrival: arrival)
    waiting.progress.fill(&reading)
    guard !reading.isEmpty else { return }
    if waiting.redone > 0 { reading.set(.redoneSteps, steps: waiting.redone) }
    rows.append(
      Row(
        isStamped: waiting.isStamped, before: waiting.before, elapsed: waiting.progress.elapsed,
        step: waiting.progress.step, stepTime: waiting.progress.stepTime,
        pauses: kinds.union(waiting.progress.pause.map { [$0] } ?? []),
        isTimeWithoutPauses: waiting.progress.isTimeWithoutPauses))
    kinds = []
    if pieces.last.map({ $0.count == Self.piece }) ?? true {
      pieces.append([])
      pieces[pieces.count - 1].reserveCapacity(min(Self.piece, max(16, rows.count)))
    }
    pieces[pieces.count - 1].append(
      Numbers(
        reading: reading, fields: waiting.progress.fields, isRedoing: waiting.redone > 0))
  }

  private static let piece = 16_384

  /// Hands on the numbers of each row in order, and lets go of them.
  mutating func forEachRow(_ body: (Int, inout Numbers) -> Void) {
    var place = 0
    for index in pieces.indices {
      var piece: [Numbers] = []
      swap(&piece, &pieces[index])
      for row in piece.indices {
        body(place, &piece[row])
        place += 1
      }
    }
    pieces = []
  }
}

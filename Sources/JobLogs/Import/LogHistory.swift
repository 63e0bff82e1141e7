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
    /// Whose clock that is; 0 for that of the lines.
    var clock: UInt64 = 0
    var step: Int64?
    var stepTime: Double?
    /// What the job did besides steps, since the row before or with this row.
    var pauses = HeardPauses()
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
  /// The newest step and the newest total.
  private(set) var last: (step: Int64?, total: Int64?)
  /// The times on lines, in the order of the lines: those of rows and those around them.
  private(set) var stamps: [Heard] = []
  /// How many words were too many to be kept.
  private(set) var wordsLeftOut = 0
  /// How often the time of a clock stepped back by less than half a day.
  private(set) var clockDrops = 0
  /// The first and the longest time of a clock, in nanoseconds.
  private(set) var firstClock: Int64?
  private(set) var longestClock: Int64 = 0

  /// Whether the first date is one with strokes, whose day and month may change places.
  private(set) var hasStrokes: Bool?
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
  private var pauses = HeardPauses()

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

  /// Hears the time of a line as it stands in the file.
  mutating func hear(_ stamp: LogStamp, in line: UnsafeBufferPointer<UInt8>) {
    if hasStrokes == nil { hasStrokes = SlashDate.isWritten(in: line) }
    hear(stamp)
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
  mutating func keep() -> Int {
    if let latest, !isLatestKept {
      stamps.append(Heard(stamp: latest, sum: clockSum))
      isLatestKept = true
    }
    return stamps.count - 1
  }

  /// Adds what a line says; lines of the same step and time are one row.
  mutating func add(_ progress: Progress, stamp: LogStamp?, redone: Int64) {
    if let stamp, stamp != latest, progress.heardAt < 0 { hear(stamp) }
    if let waiting = pending, isSame(waiting, progress, stamp) {
      pending?.progress.update(with: progress)
      pending?.redone = redone
      return
    }
    flush()
    let place = progress.heardAt >= 0 ? progress.heardAt : keep()
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
  mutating func hear(_ told: HeardPauses) {
    flush()
    pauses.formUnion(told)
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
    pauses.formUnion(waiting.progress.heardPauses)
    let row = Row(
      isStamped: waiting.isStamped, before: waiting.before, elapsed: waiting.progress.elapsed,
      clock: waiting.progress.clock, step: waiting.progress.step,
      stepTime: waiting.progress.stepTime,
      pauses: pauses,
      isTimeWithoutPauses: waiting.progress.isTimeWithoutPauses)
    pauses = HeardPauses()
    if let step = waiting.progress.step { last.step = step }
    if let total = waiting.progress.stepTotal { last.total = total }
    let numbers = Numbers(
      reading: reading, fields: waiting.progress.fields, isRedoing: waiting.redone > 0)
    if waiting.progress.isBesideBar, insert(row, numbers) { return }
    rows.append(row)
    if pieces.last.map({ $0.count >= Self.piece }) ?? true {
      pieces.append([])
      pieces[pieces.count - 1].reserveCapacity(min(Self.piece, max(16, rows.count)))
    }
    pieces[pieces.count - 1].append(numbers)
  }

  /// Puts a line that was kept back before what the bar beside it has shown since; false where that is
  /// nothing.
  private mutating func insert(_ row: Row, _ numbers: Numbers) -> Bool {
    guard row.step != nil, let elapsed = row.elapsed else { return false }
    var place = rows.count
    while place > 0, rows.count - place < 10_000, rows[place - 1].clock == row.clock,
      let other = rows[place - 1].elapsed, other > elapsed
    {
      place -= 1
    }
    guard place < rows.count else { return false }
    rows.insert(row, at: place)
    for word in words.indices where words[word].row >= place { words[word].row += 1 }
    for piece in pieces.indices {
      if place <= pieces[piece].count {
        pieces[piece].insert(numbers, at: place)
        break
      }
      place -= pieces[piece].count
    }
    return true
  }

  /// Takes back what was told as steps, and what was said of their going back.
  mutating func retractSteps() {
    flush()
    for row in rows.indices { (rows[row].step, rows[row].stepTime) = (nil, nil) }
    for piece in pieces.indices {
      for row in pieces[piece].indices {
        for metric in [Metric.step, .stepTotal, .stepTime, .redoneSteps] {
          pieces[piece][row].reading.remove(metric)
        }
        pieces[piece][row].isRedoing = false
      }
    }
    last = (nil, nil)
    words.removeAll { $0.cause == .resumed || $0.cause == .restarted }
    removeEmptyRows()
  }

  /// Lets go of rows that say nothing any more; a word about one is about what stands in its place.
  private mutating func removeEmptyRows() {
    var kept: [Numbers] = []
    var places: [Int] = []
    var left: [Row] = []
    for numbers in pieces.joined() {
      places.append(kept.count)
      guard !numbers.reading.isEmpty else { continue }
      left.append(rows[places.count - 1])
      kept.append(numbers)
    }
    guard left.count < rows.count else { return }
    for word in words.indices {
      let row = words[word].row
      words[word].row = row < places.count ? places[row] : left.count + row - places.count
    }
    rows = left
    pieces = stride(from: 0, to: kept.count, by: Self.piece).map {
      Array(kept[$0..<min($0 + Self.piece, kept.count)])
    }
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

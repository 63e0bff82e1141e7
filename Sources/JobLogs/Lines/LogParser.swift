import Formats
import Quantities
import Telemetry

/// Turns the output of a training job into observations, whoever reads the output.
///
/// Give it bytes as they come, from a file or from the pipe of a program one has started; the
/// format is found by its lines. Values that cannot be true are left out: an MFU below 0 or above
/// 1.1, a step that took no time, a loss that is no number (which is an event, once).
public struct LogParser: Sendable {
  let device: DeviceID
  let label: String
  let source: String
  var splitter = LineSplitter()
  var cleaner = TextCleaner()
  var readers = ProgressFormats.all.map { $0.init() }
  /// The reader whose format the log has; its lines are tried first.
  var primary: Int?
  /// How many lines with a loss others understood since the primary reader last did.
  var othersInARow = 0
  /// What each reader has said so far.
  var said = [Progress.Fields](repeating: [], count: ProgressFormats.all.count)

  /// What the line at hand says.
  var found = Progress()
  var model = ProgressModel()
  /// Which readers state the steps themselves.
  var counting: UInt64 = 0
  /// Lines of a format that is not yet sure, and the place of their reader.
  var held: (reader: Int, lines: [HeldLine]) = (0, [])
  /// What bars said of which it is not known yet whether they count the steps of the run.
  var undecided: [HeldLine] = []
  static let mostUndecided = 8192
  /// A loss that may be of the step at which the bar is drawn next, and the bar before it.
  var waiting: HeldLine?
  var waitingAfter: Progress?
  var latestBar: Progress?
  var isHeldBack = false
  /// What the bar showed last that goes along with the steps.
  var barClock = BarClock()
  /// Whether the line at hand was printed behind a bar, which is not drawn again for it.
  var isBehindBar = false
  /// A bar that is not drawn again for so many seconds is not that of the loss.
  static let longestWait = 0.9
  /// A lone step back, which may be the first of another life.
  var aside: HeldLine?
  /// The reader that knows the batch.
  var completing: Int?
  /// The last line that nobody understood, whose words may be about the bar below it.
  var before: [UInt8] = []
  var deduplicator = StepDeduplicator()
  /// Whether another life began of which nothing was said yet: its first row may tell how.
  var hasBegunUnsaid = false
  /// Whether a traceback stands behind the bar at hand.
  private var hasDied = false
  var pauses = ToldPauses()
  /// The time of the newest line of a past that had one.
  var lastTime: Timestamp?
  /// The time on the line before, of a finished log.
  var lastStamp: LogStamp?
  var burst = LineBurst()
  /// What carries a time of its own and is known at the same time, waiting to go out as one row.
  var row: (time: Timestamp, steps: [Progress])?
  /// When we last looked: nothing that comes now is older.
  var floor: Timestamp?
  /// The time of the newest row that was told.
  var newestTold: Timestamp?
  var live: LiveStamps
  /// The rows of a finished log, which are told at the end; `nil` while a job is followed.
  var history: LogHistory?
  /// Lines in the form of JSON that are none, by the number of the first.
  private(set) var brokenLines = BrokenLines()
  var lastArrival: Timestamp?
  var output: [Observation] = []
  /// How many events are in the output.
  var events = 0
  static let mostEvents = 32
  var announcement = Announcement()

  var lastNote: String?
  var lastFacts: [String: String] = [:]
  var isLossBroken = false
  /// The first and the newest pass of a log without steps.
  var passes: (first: Double, last: Double)?
  /// Whether a step was told that was not taken back.
  var hasSteps = false
  var complaints: Progress.Fields = []
  /// How many rows had no time and were not kept one by one.
  var untimedRows = 0
  /// The number of lines that said something.
  public private(set) var understood = 0

  /// A parser for the output of a job.
  ///
  /// `name` is the file's path or the command, `label` what people call it, `facts` what is known
  /// of the job beforehand, under the keys of a job's attributes. `local` says what times without
  /// a zone mean. `since` is when the job began, if all it says is to come after that; what a file
  /// holds at the first look may be of any time.
  public init(
    machine: String, name: String, label: String, source: String = "log",
    facts: [String: String] = [:], local: LocalTime? = nil, since: Timestamp? = nil
  ) {
    live = LiveStamps(local, isFromStart: since != nil)
    floor = since
    device = DeviceID(machine: machine, kind: .job, name: name)
    self.label = label
    self.source = source
    announcement.facts.merge(facts) { _, new in new }
  }

  /// Takes up what is known of the job from elsewhere, under the keys of a job's attributes.
  public mutating func know(_ facts: [String: String]) {
    let all = announcement.facts.merging(facts) { _, new in new }
    guard all != announcement.facts else { return }
    announcement.facts = all
    announcement.hasNewFacts = true
  }

  /// The framework whose lines were found, if any were.
  public var format: String? { announcement.format }

  /// Takes bytes of the job's output and returns what they say.
  public mutating func consume(
    _ bytes: UnsafeBufferPointer<UInt8>, arrival: Timestamp
  ) -> [Observation] {
    var splitter = splitter
    splitter.feed(bytes) { line, isCut in take(line, isCut: isCut, arrival: arrival) }
    splitter.peekBar { line, isCut in take(line, isCut: isCut, arrival: arrival) }
    self.splitter = splitter
    return flush(arrival: arrival)
  }

  /// Takes bytes of the job's output and returns what they say.
  public mutating func consume(_ bytes: [UInt8], arrival: Timestamp) -> [Observation] {
    bytes.withUnsafeBufferPointer { consume($0, arrival: arrival) }
  }

  /// Reads the last line, which had no end: the job has ended.
  public mutating func finish(arrival: Timestamp) -> [Observation] {
    var splitter = splitter
    splitter.finish { line, isCut in take(line, isCut: isCut, arrival: arrival) }
    self.splitter = splitter
    releaseWaiting(arrival, redrawn: nil)
    return flush(arrival: arrival)
  }

  /// Takes one line.
  ///
  /// `number` is that of the line in its file, where it is to be named if it is broken.
  mutating func take(
    _ bytes: UnsafeBufferPointer<UInt8>, isCut: Bool, number: Int = 0, arrival: Timestamp
  ) {
    guard !isCut else {
      if history != nil { brokenLines.cutOff(number: number) }
      return
    }
    // Whoever prints while a bar stands on the line, prints behind it.
    if let end = ProgressBar.end(in: bytes) {
      take(.init(rebasing: bytes[..<end]), isCut: false, number: number, arrival: arrival)
      isBehindBar = true
      take(.init(rebasing: bytes[end...]), isCut: false, number: number, arrival: arrival)
      isBehindBar = false
      return
    }
    let (line, stamp) = cleaner.clean(bytes)
    if let stamp { history?.hear(stamp, in: bytes) }
    guard line.message < line.bytes.count else { return }
    let candidates = ProgressFormats.byFirstByte[Int(line.bytes[line.message])]
    if let primary, candidates & 1 << UInt64(primary) != 0, read(line, primary, stamp, arrival) {
      return
    }
    var rest = candidates
    if let primary { rest &= ~(1 << UInt64(primary)) }
    while rest != 0 {
      let index = rest.trailingZeroBitCount
      rest &= rest - 1
      if read(line, index, stamp, arrival) { return }
    }
    if history != nil { brokenLines.look(at: line, number: number) }
    passOver(line)
  }

  /// Returns what the lines taken so far say.
  ///
  /// While more of the past is still to be read, only what carries its own time comes out.
  mutating func flush(arrival: Timestamp, isBehind: Bool = false) -> [Observation] {
    if let complaint = live.takeComplaint() { say(complaint, at: arrival) }
    if let waiting, arrival - waiting.arrival >= Self.longestWait {
      releaseWaiting(arrival, redrawn: nil)
    }
    emitStamped(arrival)
    if hasBegunUnsaid, !isBehind {
      hasBegunUnsaid = false
      say("began anew", at: arrival, .restarted)
    }
    if isBehind {
      burst.collapse()
    } else if !burst.isEmpty {
      // Rows of an earlier look that were kept until now have been told by here.
      let oldest = floor.map { max($0, min(newestTold ?? $0, arrival)) }
      let rows = burst.take(arrival: arrival, floor: oldest)
      tellMerged()
      for (time, progress) in rows { emit(progress, at: time, arrival) }
    }
    if !isBehind { floor = max(arrival, floor ?? arrival) }
    if events >= Self.mostEvents {
      let rest = events - Self.mostEvents + 1
      output.append(
        .event(
          Event(
            time: arrival, kind: .note, text: "\(rest) more such events were left out",
            device: device)))
    }
    events = 0
    defer { output = [] }
    return output
  }

  /// Lets one reader look at a line; false when it is not of its format.
  private mutating func read(
    _ line: LogLine, _ index: Int, _ stamp: LogStamp?, _ arrival: Timestamp
  ) -> Bool {
    found.clear()
    guard readers[index].read(line, into: &found) else { return false }
    understood += 1
    if readers[index].isProvisional {
      if held.reader != index { held = (index, []) }
      held.lines.append(hold(ownStamp(line, stamp), .init(line), arrival))
      return true
    }
    // A traceback may stand behind a bar that does not tell where it ends.
    let isBar = readers[index].authority == .bar
    if isBar, line.find("Traceback (most recent call last)", from: line.message) != nil {
      hasDied = true
    }
    if let stated = found.step, found.count == nil { hearStated(stated) }
    if !held.lines.isEmpty, held.reader == index {
      let now = found
      let lines = held.lines
      held.lines = []
      for line in lines {
        found = line.progress
        // What a bar has told meanwhile is further on.
        if let step = found.step, deduplicator.isBehind(step) { found.drop(.counting) }
        settle(
          index, line.stamp, line.mark, line.arrival, isLate: line.arrival < arrival, isHeld: true)
      }
      found = now
    }
    settle(index, ownStamp(line, stamp), .init(line), arrival)
    if hasDied {
      hasDied = false
      model.end()
    }
    return true
  }

  /// The time that counts for a line: the reader's, that of an entry, or that of the prefix.
  private func ownStamp(_ line: LogLine, _ stamp: LogStamp?) -> LogStamp? {
    if let time = found.time { return .instant(time.nanoseconds) }
    guard line.bytes[line.message] == 0x7B else { return stamp }
    return LogStamp.better(LogStamp.inEntries(of: line), stamp)
  }

  /// The time to take for a line that is being followed; `nil` for that of its arrival.
  mutating func liveTime(_ stamp: LogStamp?, _ arrival: Timestamp) -> Timestamp? {
    guard history == nil, let stamp else { return nil }
    let time = live.time(stamp, arrival: arrival, isHistory: floor == nil)
    if let complaint = live.takeComplaint() { say(complaint, at: arrival) }
    return time
  }

  /// Compares the end of a log with the time it was changed, before the log is read.
  mutating func check(tail: [UInt8], modified: Timestamp) {
    live.check(tail: tail, modified: modified)
  }
}

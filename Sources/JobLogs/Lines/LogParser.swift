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
  private var counting: UInt64 = 0
  /// Lines of a format that is not yet sure, and the place of their reader.
  private var held: (reader: Int, lines: [HeldLine]) = (0, [])
  /// What bars said of which it is not known yet whether they count the steps of the run.
  private var undecided: [HeldLine] = []
  private static let mostUndecided = 8192
  /// A loss that may be of the step at which the bar is drawn next, and the bar before it.
  private var waiting: HeldLine?
  private var waitingAfter: Progress?
  private var latestBar: Progress?
  private var isHeldBack = false
  /// A bar that is not drawn again for so many seconds is not that of the loss.
  private static let longestWait = 0.9
  /// The reader that knows the batch.
  private var completing: Int?
  /// The last line that nobody understood, whose words may be about the bar below it.
  private var before: [UInt8] = []
  var deduplicator = StepDeduplicator()
  var burst = LineBurst()
  /// What carries a time of its own and is known at the same time, waiting to go out as one row.
  var row: (time: Timestamp, steps: [Progress])?
  /// When we last looked: nothing that comes now is older.
  var floor: Timestamp?
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
    let (line, stamp) = cleaner.clean(bytes)
    if let stamp { history?.hear(stamp) }
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
    passOver(line, arrival)
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
    if isBehind {
      burst.collapse()
    } else if !burst.isEmpty {
      let rows = burst.take(arrival: arrival, floor: floor)
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

  /// What programs say as they begin, whose bars are read.
  private static let banners: [StaticString] = ["Starting training for ", "running training"]

  /// Keeps what may matter of a line that no reader understands.
  private mutating func passOver(_ line: LogLine, _ arrival: Timestamp) {
    if line.find("Traceback (most recent call last)", from: line.message) != nil { model.end() }
    for banner in Self.banners where line.starts(with: banner, at: line.message) {
      if deduplicator.hasBegun { beginAnew(arrival) }
    }
    before.removeAll(keepingCapacity: true)
    before.append(contentsOf: line.bytes[line.message...].prefix(120))
  }

  /// What the words of the last line say that nobody understood.
  private func wordsBefore() -> Caption.Words {
    guard !before.isEmpty else { return [] }
    return Caption(LogLine(before), 0..<before.count).words
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
      held.lines.append(HeldLine(found, ownStamp(line, stamp), .init(line), arrival))
      return true
    }
    if !held.lines.isEmpty, held.reader == index {
      let now = found
      let lines = held.lines
      held.lines = []
      for line in lines {
        found = line.progress
        settle(index, line.stamp, line.mark, line.arrival, isLate: line.arrival < arrival)
      }
      found = now
    }
    settle(index, ownStamp(line, stamp), .init(line), arrival)
    return true
  }

  /// Makes of what a reader found in a line what is told.
  private mutating func settle(
    _ index: Int, _ stamp: LogStamp?, _ mark: StepDeduplicator.Mark, _ arrival: Timestamp,
    isLate: Bool = false
  ) {
    if found.isBanner {
      if deduplicator.hasBegun { beginAnew(arrival) }
      model.hearBanner()
      choose(index, [])
    }
    if !found.facts.isEmpty {
      if found.facts != lastFacts { learn(found.facts) }
      if found.facts["global_batch"] != nil { completing = index }
      if let steps = found.facts["steps"].flatMap({ Int64($0) }) { model.statedTotal = steps }
    }
    let isCount = found.count != nil
    let wasBeginning = model.isBeginning
    if isCount {
      let isBare = found.count?.caption.name == 0
      if model.place(&found, before: isBare ? wordsBefore() : []) == .undecided {
        if undecided.count >= Self.mostUndecided { undecided.removeFirst(Self.mostUndecided / 2) }
        undecided.append(HeldLine(found, stamp, mark, arrival))
        return
      }
    } else {
      model.hear(found)
    }
    if let total = model.takeDecided() { tellUndecided(total, arrival) }
    if model.isBeginning, !wasBeginning { sayAnew(arrival) }
    found.facts = [:]
    if found.fields.isEmpty, found.note == nil { return }
    let own = found.fields
    choose(index, own)
    if !isCount, own.contains(.step) { counting |= 1 << UInt64(index) }
    let primary = primary ?? index
    let primaryCounts = counting & 1 << UInt64(primary) != 0
    if index != primary {
      // Another format counts something else, or says in its own words what is known already.
      var known = said[primary]
      if !isCount || primaryCounts && !model.goesWithStated { known.formUnion(.counting) }
      found.drop(known)
    } else if !isCount, !primaryCounts, found.step == nil {
      (found.step, found.stepTotal) = (model.step, model.stepTotal)
    }
    if let completing, found.step != nil { readers[completing].complete(&found) }
    if found.isEnd { model.end() }
    said[index].formUnion(own)
    if isCount, found.step != nil {
      releaseWaiting(arrival, redrawn: found)
    } else if !isCount, own.contains(.loss) || own.has(.validationLoss) {
      releaseWaiting(arrival, redrawn: nil, isNext: own.contains(.loss))
      if index == primary, !primaryCounts, !isLate, latestBar != nil, own.contains(.loss),
        !own.contains(.step)
      {
        waiting = HeldLine(found, stamp, mark, arrival)
        waitingAfter = latestBar
        return
      }
    }
    if isCount, found.step != nil { latestBar = found }
    if let beginning = model.beginning, found.step != nil {
      model.beginning = nil
      deduplicator.begin(beginning)
    }
    note(stamp: stamp, mark, arrival, isLate: isLate)
  }

  /// Tells a loss that waited for the bar to be drawn again below it.
  ///
  /// A bar is drawn again at once, at the step the loss is of and with the rate it had before; drawn
  /// later, it has gone on.
  mutating func releaseWaiting(
    _ arrival: Timestamp, redrawn bar: Progress?, isNext: Bool = false
  ) {
    guard let line = waiting else { return }
    waiting = nil
    // Two losses without a bar between them were held back in a buffer: of which step nobody knows.
    let wasHeldBack = isHeldBack
    isHeldBack = isNext
    let now = found
    found = line.progress
    if wasHeldBack || isHeldBack {
      found.drop([.step, .stepTotal, Progress.Fields(.samples)])
    } else if let bar, let before = waitingAfter, isRedrawn(bar, before) {
      (found.step, found.stepTotal) = (bar.step, bar.stepTotal)
    }
    if let completing, found.step != nil {
      found.drop(Progress.Fields(.samples))
      readers[completing].complete(&found)
    }
    note(stamp: line.stamp, line.mark, line.arrival, isLate: line.arrival < arrival)
    found = now
  }

  /// Whether a bar was drawn again without having gone on: its rate is the same to the last digit.
  ///
  /// A bar is drawn ten times a second at most. At slower steps each of them was drawn already.
  private func isRedrawn(_ bar: Progress, _ before: Progress) -> Bool {
    guard !model.isRecounted, let each = bar.stepTime, each == before.stepTime,
      let now = bar.step, let last = before.step
    else { return false }
    return now > last && (each < 0.1 || now - last > 1)
  }

  /// Tells what a bar counted before it was known to be the run's.
  private mutating func tellUndecided(_ total: Int64, _ arrival: Timestamp) {
    let lines = undecided
    undecided = []
    let now = found
    for line in lines where line.progress.stepTotal == total {
      found = line.progress
      if let completing { readers[completing].complete(&found) }
      note(stamp: line.stamp, line.mark, line.arrival, isLate: line.arrival < arrival)
    }
    found = now
  }

  /// A program says once more what it is about to do: another life begins.
  private mutating func beginAnew(_ arrival: Timestamp) {
    guard !model.isBeginning else { return }
    model.beginAnew()
    deduplicator.begin(.fresh)
    sayAnew(arrival)
  }

  private mutating func sayAnew(_ arrival: Timestamp) {
    say("began anew", at: arrival, .restarted)
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

  /// A line of a format that is not yet sure.
  private struct HeldLine: Sendable {
    var progress: Progress
    var stamp: LogStamp?
    var mark: StepDeduplicator.Mark
    var arrival: Timestamp

    init(
      _ progress: Progress, _ stamp: LogStamp?, _ mark: StepDeduplicator.Mark, _ arrival: Timestamp
    ) {
      (self.progress, self.stamp, self.mark, self.arrival) = (progress, stamp, mark, arrival)
    }
  }

  /// Makes a reader the primary one, if its line is a reason to.
  private mutating func choose(_ index: Int, _ fields: Progress.Fields) {
    if index == primary {
      othersInARow = 0
      return
    }
    let isBetter: Bool
    if let primary {
      let hasLoss = said[primary].contains(.loss)
      if fields.contains(.loss) { othersInARow += 1 }
      isBetter =
        fields.contains(.loss) && (!hasLoss || othersInARow > 16)
        || readers[index].authority > readers[primary].authority
    } else {
      isBetter = true
    }
    guard isBetter else { return }
    primary = index
    othersInARow = 0
    let type = Swift.type(of: readers[index])
    announcement.adopt(format: type.format, caution: type.caution)
  }
}

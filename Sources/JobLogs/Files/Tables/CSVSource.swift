import Formats
import Telemetry

/// Follows the table that a job writes, or reads a finished one.
///
/// Rows that tell their time get it: seconds since the start are counted back from the moment the
/// file was last written. Rows without a time are true when the file was written: of several that
/// come at once only the last state is shown, since nobody knows when the others were.
///
/// Lightning writes the whole table anew when a column is added. Then it is read from its start, and
/// the rows that were heard before are not said again.
struct CSVSource: JobFileSource {
  let name: String
  let interval: Double? = 1

  private let context: SourceContext
  private var file: GrowingFile
  private var reader: CSVReader
  private var splitter = LineSplitter(cap: CSVReader.longestLine, splitsAtReturns: false)
  private var rows: JobRows
  private var memory = CSVMemory()
  private var anchor: Timestamp?
  private var isBadRowTold = false
  private var isMissedTimeTold = false
  /// Whether a row has told its time.
  private var isTimed = false
  private var isFinished = false
  /// The rows without a time that are to be told at the end, when a finished table is read.
  private var untimed: [JobRow]?

  init(path: String, context: SourceContext, name: String = "csv") {
    self.name = name
    self.context = context
    file = GrowingFile(path: path)
    reader = CSVReader(file: file.name, local: context.localTime)
    rows = JobRows(context, source: name, kind: "table", path: path)
  }

  var isAtEnd: Bool { file.isAtEnd }

  mutating func readHistory(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    untimed = []
    defer { untimed = nil }
    let study = try study()
    guard !study.mixesRuns else {
      throw SourceFailure(
        .failed, "\(file.path): its rows are of several runs in turn, as a column says",
        remedy: "give a table of one run")
    }
    reader = CSVReader(file: file.name, local: context.localTime, study: study)
    var result = try sample(clock)
    while !isAtEnd { result += try sample(clock) }
    let now = clock.now
    switch reader.clock {
    case .elapsed, .duration:
      // Of the table's end nobody knows more than when the file was written.
      rows.learn([JobFacts.Key.timing.rawValue: JobFacts.Timing.durations.rawValue], to: &result)
    case .none, .doubtful, .wall: break
    }
    // A last line without an end is complete when nobody has added to it for long.
    result += try sample(clock)
    if splitter.hasRest {
      rows.note(
        "\(file.path): the last line has no end, may be cut and is passed over", .refused,
        at: now, to: &result)
    }
    if let rest = untimed, !rest.isEmpty, !isTimed {
      rows.sayUntimed(
        rest, runtime: nil, written: min(file.modified, now), arrival: now, to: &result)
    }
    return result
  }

  /// Looks through the whole table before anything is told of it.
  private func study() throws(SourceFailure) -> CSVStudy {
    var study = CSVStudy()
    var file = GrowingFile(path: file.path)
    _ = try file.look()
    var reader = CSVReader(file: file.name, local: context.localTime)
    var splitter = LineSplitter(cap: CSVReader.longestLine, splitsAtReturns: false)
    while file.read(
      budget: 8 << 20,
      { bytes in splitter.feed(bytes) { reader.look(at: $0, isCut: $1, &study) } }) > 0
    {}
    study.finish()
    return study
  }

  mutating func probe() -> Probe {
    do throws(SourceFailure) {
      var looking = GrowingFile(path: file.path)
      _ = try looking.look()
      return Probe(.ok, "\(file.path) is there")
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let now = clock.now
    if case .fresh = try file.look(), untimed == nil {
      reader = CSVReader(file: file.name, local: context.localTime)
      splitter.reset()
      memory.rewind()
      isFinished = false
    }
    var fresh: [CSVRow] = []
    var reader = reader
    var memory = memory
    var splitter = splitter
    func take(_ line: UnsafeBufferPointer<UInt8>, _ isCut: Bool) {
      if let row = reader.take(line, isCut: isCut), memory.isNew(row) { fresh.append(row) }
    }
    let count = file.read(budget: 64 << 20) { splitter.feed($0) { take($0, $1) } }
    if count > 0 {
      isFinished = false
    } else if !isFinished, file.isAtEnd, now - file.modified > 30 {
      // Nobody has added to the last line for long: it has no end, but is complete.
      isFinished = true
      splitter.finish { take($0, $1) }
    }
    (self.reader, self.memory, self.splitter) = (reader, memory, splitter)
    guard !reader.isForeign else {
      throw SourceFailure(
        .failed, "\(file.path): the first line names no column that is known",
        remedy: "name a table with columns such as step, epoch, loss")
    }
    var result: [Observation] = []
    if let framework = reader.header?.framework, !framework.isEmpty {
      rows.learn(["framework": framework], to: &result)
    }
    say(fresh, now, &result)
    if reader.badRows > 0, !isBadRowTold {
      isBadRowTold = true
      rows.note(
        "\(file.path): a row has another number of cells than the first line; such rows are "
          + "passed over", .refused, at: now, to: &result)
    }
    return result
  }

  private mutating func say(
    _ fresh: [CSVRow], _ now: Timestamp, _ result: inout [Observation]
  ) {
    guard let last = fresh.last else { return }
    let written = min(file.modified, now)
    var hasClock = true
    switch reader.clock {
    case .none, .doubtful: hasClock = false
    case .wall: anchor = Timestamp(nanoseconds: 0)
    case .elapsed, .duration:
      guard let clock = last.clock else { break }
      // A job that began again counts from its own start.
      let start = written - clock
      if anchor.map({ abs($0 - start) > max(10, 0.2 * clock) }) ?? true { anchor = start }
    }
    var state: JobRow?
    var timed: [JobRow] = []
    func keep(_ row: JobRow) {
      if untimed != nil {
        untimed?.append(row)
      } else if state == nil {
        state = row
      } else {
        state?.update(with: row)
      }
    }
    for row in fresh {
      var next = JobRow(time: written)
      next.entries = row.entries
      next.run = row.run
      if hasClock {
        guard let anchor, let clock = row.clock else {
          // A table none of whose times can be read has its rows all the same.
          if untimed != nil || !isTimed { keep(next) }
          missTime(now, &result)
          continue
        }
        isTimed = true
        // A time since 1970 needs nothing to count from.
        next.time = clock > 946_684_800 ? Timestamp(seconds: clock) : anchor + clock
      }
      if hasClock { timed.append(next) } else { keep(next) }
    }
    Self.spread(&timed)
    rows.say(timed, by: reader.choice, arrival: now, to: &result)
    if let state { rows.say([state], by: reader.choice, arrival: now, to: &result) }
  }

  /// Moves rows of one time apart, as of a clock of whole seconds: in a recording they would be one.
  private static func spread(_ rows: inout [JobRow]) {
    var start = 0
    while start < rows.count {
      let time = rows[start].time
      let end = rows[start...].firstIndex { $0.time != time } ?? rows.count
      if end - start > 1 {
        // Before the next row, and within the second that the clock shows.
        let room = end < rows.count ? min(1, max(0, rows[end].time - time)) : 0.001
        for place in start..<end {
          rows[place].time = time + room * Double(place - start) / Double(end - start)
        }
      }
      start = end
    }
  }

  /// Says once that rows have times that cannot be read.
  private mutating func missTime(_ now: Timestamp, _ result: inout [Observation]) {
    guard !isMissedTimeTold else { return }
    isMissedTimeTold = true
    rows.note(
      "\(file.path): the time of a row cannot be read; such rows are passed over where others have one",
      .refused, at: now, to: &result)
  }

  /// The line of the catalogue: `csv:FILE`.
  package static let entry = SourceEntry(
    "csv", gives: "step, epoch and loss from the table of a training job", feeds: [.job],
    isDefault: false,
    usage: "csv:FILE"
  ) { request, context throws(SourceRequestError) in
    guard !request.argument.isEmpty else {
      throw SourceRequestError("“csv” needs a file: csv:FILE")
    }
    return CSVSource(path: request.argument, context: context)
  }
}

/// Remembers which rows of a table have been said, in case the table is written anew.
///
/// Bounded: a mark of eight bytes for each of the first 262 144 rows; of those beyond only the last
/// step is remembered.
struct CSVMemory: Sendable {
  private static let bound = 1 << 18
  private var marks: [UInt64] = []
  private var place = 0
  private var lastStep = -Double.infinity

  /// Begins at the first row again.
  mutating func rewind() { place = 0 }

  /// Takes the next row of the table; says whether it has not been said before.
  mutating func isNew(_ row: CSVRow) -> Bool {
    let step = row[.step] ?? row[.epoch]
    guard place < Self.bound else {
      let isNew = step.map { $0 > lastStep } ?? true
      lastStep = max(lastStep, step ?? lastStep)
      return isNew
    }
    defer { place += 1 }
    let mark = row.mark
    if place < marks.count {
      if marks[place] == mark { return false }
      // From here on it is another table.
      marks.removeSubrange(place...)
      lastStep = -Double.infinity
    }
    marks.append(mark)
    lastStep = max(lastStep, step ?? lastStep)
    return true
  }
}

extension GrowingFile {
  /// The last part of the path.
  var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}

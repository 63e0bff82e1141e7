import Formats
import Telemetry

/// Reads a finished training log from its first line to its last.
///
/// All rows are kept, each at the time the log states, or as `LogLayout` places them. What had to be
/// taken from elsewhere is said, and kept with the job.
public struct LogImport: Sendable {
  /// Everything the log says; empty when it is of no known format.
  public private(set) var observations: [Observation] = []
  /// What whoever imports it should know, in sentences.
  public private(set) var remarks: [String] = []
  /// The first and the last time of a row.
  public private(set) var span: TimeSpan?
  /// How the times are known.
  public private(set) var timing = JobFacts.Timing.stamped

  /// Where times without a zone are to be read, and who said so.
  public struct Zone: Sendable {
    /// What clocks showed where the log was written.
    public var local: LocalTime
    /// Whether the user named it.
    public var isNamed: Bool

    /// A zone.
    public init(_ local: LocalTime, isNamed: Bool) {
      self.local = local
      self.isNamed = isNamed
    }
  }

  /// Reads the log at a path, in blocks, as the job of this name.
  /// - Throws: `SourceFailure` when it cannot be read.
  public init(
    path: String, machine: String, label: String, zone: Zone, now: Timestamp
  ) throws(SourceFailure) {
    var file = GrowingFile(path: path)
    _ = try file.look()
    var parser = LogParser(machine: machine, name: path, label: label, source: "import")
    parser.history = LogHistory(device: parser.device, arrival: now)
    let length = file.length
    var done: Int64 = 0
    var splitter = LineSplitter()
    var ends = LineEnds()
    while file.read(
      budget: 1 << 20,
      { bytes in
        done += Int64(bytes.count)
        splitter.feedNumbered(bytes) { line, isCut, number in
          ends.hear(line)
          parser.take(line, isCut: isCut, number: number, arrival: now)
        }
      }) > 0
    {}
    guard done >= length else {
      throw SourceFailure(.failed, "only \(done) of \(length) bytes can be read")
    }
    splitter.finishNumbered { line, isCut, number in
      parser.take(ends.believed(line), isCut: isCut, number: number, arrival: now)
    }
    parser.releaseWaiting(now, redrawn: nil)
    guard parser.format != nil, var history = parser.history else { return }
    parser.history = nil
    history.flush()
    tell(&history, &parser, zone: zone, modified: min(file.modified, now))
    let isTotalKnown = history.last.step.map { $0 <= history.last.total ?? .max } ?? true
    tellEnding(
      LogEnding.of(file.end(LogEnding.length), isTotalKnown: isTotalKnown), of: parser.device)
  }

  /// Says how the job ended, if the log's last lines do.
  private mutating func tellEnding(_ ending: JobEnding?, of device: DeviceID) {
    guard let ending, let last = span?.end else { return }
    observations.append(
      .event(
        Event(time: last, kind: .note, text: ending.words, device: device, cause: ending.cause)))
  }

  private mutating func tell(
    _ history: inout LogHistory, _ parser: inout LogParser, zone: Zone, modified: Timestamp
  ) {
    let stamps = StampTimes(
      history, local: zone.local, isNamed: zone.isNamed, modified: modified)
    let words = history.words
    let left = history.wordsLeftOut
    let rows = history.rows
    guard !rows.isEmpty else { return }
    let layout = LogLayout(rows, stamps, modified: modified)
    timing = layout.timing
    let isZoned = stamps.usesZone && (timing == .stamped || timing == .anchored)
    remark(stamps, zone, layout, isZoned: isZoned, modified)
    remark(parser.brokenLines, left)
    parser.learn(facts(stamps, zone, isZoned: isZoned))
    if let first = layout.times.min(), let last = layout.times.max() {
      span = TimeSpan(first, last)
    }
    var word = 0
    func say(upTo place: Int) {
      while word < words.count, words[word].row <= place {
        let row = min(words[word].row, rows.count - 1)
        observations.append(
          .event(
            Event(
              time: layout.times[row], kind: .note, text: words[word].text,
              device: parser.device, cause: words[word].cause)))
        word += 1
      }
    }
    observations.reserveCapacity(rows.count + words.count + 64)
    var pauses = ToldPauses()
    history.forEachRow { place, row in
      let isPlaced = timing == .stamped || timing == .anchored
      for pause in isPlaced ? pauses.hear(rows[place], at: layout.times[place]) : [] {
        let told = Progress(pause)
        var reading = Reading(device: parser.device, time: pause.end, arrival: pause.end)
        told.fill(&reading)
        observations += parser.announce(reading, told.fields, isRedoing: false)
        observations.append(.reading(reading))
      }
      row.reading.time = layout.times[place]
      row.reading.arrival = row.reading.time
      observations += parser.announce(row.reading, row.fields, isRedoing: row.isRedoing)
      observations.append(.reading(row.reading))
      say(upTo: place)
    }
    say(upTo: .max)
    for text in remarks {
      observations.append(
        .event(Event(time: layout.times[0], kind: .note, text: text, device: parser.device)))
    }
  }

  private func facts(_ stamps: StampTimes, _ zone: Zone, isZoned: Bool) -> [String: String] {
    typealias Key = JobFacts.Key
    var facts = [Key.timing.rawValue: timing.rawValue]
    if isZoned {
      let own = stamps.ownOffset.map(TimeZoneRule.name(offset:))
      facts[Key.timeZone.rawValue] = own ?? zone.local.zone
      facts[Key.isTimeZoneAssumed.rawValue] = zone.isNamed || own != nil ? "no" : "yes"
      if stamps.usesYear || stamps.usesDate { facts[Key.isDateFromFile.rawValue] = "yes" }
    }
    return facts
  }

  /// Says how the times are known, and what is odd about them.
  private mutating func remark(
    _ stamps: StampTimes, _ zone: Zone, _ layout: LogLayout, isZoned: Bool, _ modified: Timestamp
  ) {
    if isZoned {
      if let offset = stamps.ownOffset {
        remarks.append(
          "times without zone, read as \(TimeZoneRule.name(offset: offset)), as the log's times "
            + "with zone show"
            + (stamps.contradictsNamed ? ", and not as \(zone.local.zone)" : ""))
      } else {
        let who = zone.isNamed ? "" : ", this machine's zone; --timezone names another"
        remarks.append("times without zone, read as \(zone.local.zone)\(who)")
      }
      if stamps.readsDayFirst {
        remarks.append("dates are read with the day before the month, as the log's nights show")
      }
      if stamps.usesYear || stamps.usesDate {
        let what = stamps.usesDate ? "date" : "year"
        remarks.append(
          "times without \(what), which is taken from the time the file was last changed")
      }
    }
    switch timing {
    case .stamped: break
    case .anchored:
      remarks.append("rows without time, placed between the lines that have one")
    case .durations:
      remarks.append(
        "the log has no times: laid out by what its steps took, ending when the file was last "
          + "changed")
    case .none:
      remarks.append(
        "the log has no times and says nothing of durations: its rows are kept in order, without "
          + "time, and no energy can be told for them")
    }
    guard isZoned, !zone.isNamed, stamps.ownOffset == nil, let last = layout.times.max() else {
      return
    }
    let delay = modified - last
    if LiveStamps.isWholeHours(delay, within: 30), abs(delay) < 14.5 * 3600 {
      let hours = (delay / 1800).rounded() / 2
      let side = hours < 0 ? "after" : "before"
      let amount = abs(hours).rounded() == abs(hours) ? "\(Int(abs(hours)))" : "\(abs(hours))"
      remarks.append(
        "the last line is \(amount) h \(side) the file was last changed: is the log of another "
          + "zone? --timezone names it")
    } else if delay < -60 {
      remarks.append(
        "the last line is later than the file was last changed: is the log of another zone? "
          + "--timezone names it")
    }
  }

  private mutating func remark(_ broken: BrokenLines, _ wordsLeftOut: Int) {
    if broken.count > 0 {
      let others = broken.count > 1 ? " and \(broken.count - 1) more are" : " is"
      remarks.append("line \(broken.first)\(others) broken and passed over")
    }
    if broken.tooLong.count > 0 {
      let others = broken.tooLong.count > 1 ? " and \(broken.tooLong.count - 1) more are" : " is"
      remarks.append(
        "line \(broken.tooLong.first)\(others) longer than 64 KiB and passed over")
    }
    if wordsLeftOut > 0 { remarks.append("\(wordsLeftOut) more events were left out") }
  }
}

extension ToldPauses {
  /// Hears a row of a finished log, whose time is known; returns the pauses before it.
  fileprivate mutating func hear(_ row: LogHistory.Row, at time: Timestamp) -> [Pause] {
    hear(row.pauses)
    guard row.isTimeWithoutPauses, row.isStamped, let step = row.step, let seconds = row.stepTime
    else { return [] }
    return hear(step, seconds: seconds, at: time)
  }
}

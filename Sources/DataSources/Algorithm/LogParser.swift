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
  private var splitter = LineSplitter()
  private var readers = ProgressFormats.all.map { $0.init() }

  /// What is known at the same time, waiting to go out as one row.
  private var row: (time: Timestamp, progress: Progress)?
  private var output: [Observation] = []
  var announcement = Announcement()

  /// The last few things that were said, to tell copies of other ranks from a resumed job.
  private var recent: [Progress] = []
  private var lastStep: Int64?
  private var lastNote: String?
  private var isLossBroken = false
  /// The number of lines that said something.
  public private(set) var understood = 0

  /// What has been announced, and under which format.
  struct Announcement: Sendable {
    var format: String?
    var caution = ""
    var metrics: Set<Metric> = []
    /// What is known of the job besides its numbers; goes out again when there is more of it.
    var facts: [String: String] = [:]
    var hasNewFacts = false
    var period = 10.0
    var lastArrival: Timestamp?
  }

  /// A parser for the output of a job.
  ///
  /// `name` is the file's path or the command, `label` what people call it.
  public init(machine: String, name: String, label: String, source: String = "log") {
    device = DeviceID(machine: machine, kind: .job, name: name)
    self.label = label
    self.source = source
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
    return flush(arrival: arrival)
  }

  /// Takes one line.
  mutating func take(_ bytes: UnsafeBufferPointer<UInt8>, isCut: Bool, arrival: Timestamp) {
    guard !isCut else { return }
    let (line, stamp) = TextCleaner.clean(bytes)
    for index in readers.indices {
      guard let progress = readers[index].read(line) else { continue }
      understood += 1
      let type = Swift.type(of: readers[index])
      if announcement.format != type.format {
        // A progress bar in the log of a known framework counts something else.
        guard progress.loss != nil || announcement.format == nil else { return }
        announcement.format = type.format
        announcement.caution = type.caution
        announcement.metrics = []
      }
      // A clock ahead of ours must not put readings into the future.
      note(progress, at: min(stamp ?? arrival, arrival), arrival)
      return
    }
  }

  /// Returns what the lines taken so far say.
  mutating func flush(arrival: Timestamp) -> [Observation] {
    emit(arrival)
    defer { output = [] }
    return output
  }

  private mutating func note(_ raw: Progress, at time: Timestamp, _ arrival: Timestamp) {
    var progress = raw.plausible
    if recent.contains(raw) { return }
    learn(raw.facts)
    progress.facts = [:]
    recent.append(raw)
    if recent.count > 64 { recent.removeFirst(32) }
    if let step = progress.step {
      if let last = lastStep, step < last {
        emit(arrival)
        output.append(.event(Event(time: time, kind: .note, text: "resumed at step \(step)")))
        recent = [raw]
      }
      lastStep = step
    }
    if let loss = raw.loss {
      if !loss.isFinite, !isLossBroken {
        let step = progress.step.map { " at step \($0)" } ?? ""
        output.append(
          .event(Event(time: time, kind: .note, text: "the loss is no number\(step)")))
      }
      isLossBroken = !loss.isFinite
    }
    if let text = progress.note, text != lastNote {
      lastNote = text
      output.append(.event(Event(time: time, kind: .note, text: text)))
    }
    progress.note = nil
    if let waiting = row, waiting.time == time {
      row?.progress = waiting.progress.updated(with: progress)
    } else {
      emit(arrival)
      row = (time, progress)
    }
  }

  private mutating func learn(_ facts: [String: String]) {
    for (key, value) in facts where announcement.facts[key] != value {
      announcement.facts[key] = value
      announcement.hasNewFacts = true
    }
  }

  private mutating func emit(_ arrival: Timestamp) {
    guard let waiting = row else { return }
    row = nil
    var reading = Reading(device: device, time: waiting.time, arrival: arrival)
    waiting.progress.fill(&reading)
    guard !reading.isEmpty else { return }
    output += announce(reading)
    output.append(.reading(reading))
  }
}

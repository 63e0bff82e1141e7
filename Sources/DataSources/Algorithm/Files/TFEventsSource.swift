import Telemetry

/// Reads the event files of TensorBoard while a job writes them, or afterwards.
///
/// Given a folder it follows the run below it that is written to, all its files together. Times are
/// those the job wrote, since it may keep events back for minutes. Where a run was resumed, the new
/// file holds from its first step on: what the old one says of those steps, and wrote before, is
/// left out if it has not been heard yet.
struct TFEventsSource: JobFileSource {
  let name = "tensorboard"
  let interval: Double? = 1

  private struct Following {
    var file: GrowingFile
    var reader: TFEventsReader
    var isDamageTold = false
  }

  private let path: String
  private let context: SourceContext
  private var run: TFEventsRun?
  private var rows: JobRows?
  private var choice = ScalarChoice()
  private var files: [Following] = []
  private var lastLook: Timestamp?
  private(set) var isAtEnd = false

  init(path: String, context: SourceContext) {
    self.path = path
    self.context = context
  }

  mutating func probe() -> Probe {
    guard let run = TFEventsRun(below: path), let first = run.files.first else {
      return Probe(.waiting, "no event file in \(path)", remedy: "name the folder the job logs to")
    }
    var file = GrowingFile(path: first)
    do throws(SourceFailure) {
      _ = try file.look()
      return Probe(.ok, "\(run.path): \(run.files.count) event file(s)")
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let now = clock.now
    if lastLook.map({ now - $0 >= 5 || now < $0 }) ?? true || files.isEmpty {
      lastLook = now
      try findFiles()
    }
    var result: [Observation] = []
    var failure: SourceFailure?
    var heard: [[TFEventsReader.Row]] = []
    var budget = 64 << 20
    isAtEnd = true
    for index in files.indices {
      var fresh: [TFEventsReader.Row] = []
      do throws(SourceFailure) {
        budget -= try read(index, budget: budget, into: &fresh)
      } catch {
        failure = failure ?? error
      }
      heard.append(fresh)
      tellDamage(index, now, &result)
    }
    say(heard, now, &result)
    if let failure, result.isEmpty {
      files = []
      throw failure
    }
    return result
  }

  private mutating func findFiles() throws(SourceFailure) {
    guard let found = TFEventsRun(below: path) else {
      throw SourceFailure(
        .waiting, "waiting for an event file in \(path)",
        remedy: "name the folder that the job logs to")
    }
    if run?.path != found.path {
      rows = JobRows(
        context, source: name, kind: "TensorBoard event file", path: found.path,
        framework: "TensorBoard")
      choice = ScalarChoice()
      files = []
    }
    let known = Set(files.map(\.file.path))
    for path in found.files where !known.contains(path) && files.count < 256 {
      let folder = path.split(separator: "/").dropLast().last.map(String.init) ?? ""
      files.append(
        Following(file: GrowingFile(path: path), reader: TFEventsReader(folder: folder)))
    }
    run = found
  }

  private mutating func read(
    _ index: Int, budget: Int, into fresh: inout [TFEventsReader.Row]
  ) throws(SourceFailure) -> Int {
    if case .fresh = try files[index].file.look() {
      files[index].reader = TFEventsReader(folder: files[index].reader.folder)
      files[index].isDamageTold = false
    }
    var file = files[index].file
    var reader = TFEventsReader()
    swap(&reader, &files[index].reader)
    let used = file.read(budget: max(0, budget)) { reader.feed($0, &choice, into: &fresh) }
    if file.isAtEnd { reader.flush(into: &fresh) } else { isAtEnd = false }
    swap(&reader, &files[index].reader)
    files[index].file = file
    return used
  }

  private mutating func say(
    _ heard: [[TFEventsReader.Row]], _ now: Timestamp, _ result: inout [Observation]
  ) {
    guard var rows else { return }
    var all: [JobRow] = []
    for (index, fresh) in heard.enumerated() {
      for row in fresh where !isDoneAgain(row, after: index) { all.append(row.row) }
    }
    let scope = files.lazy.map(\.reader.rateScope).first { !$0.isEmpty }
    if let scope { rows.learn(["rate_scope": scope], to: &result) }
    // Rows of one file are in order already; equal times keep the order of the files.
    for row in all.sorted(by: { $0.time < $1.time }) {
      rows.say(row, arrival: now, to: &result)
    }
    self.rows = rows
  }

  /// Whether a newer file of the same folder begins at or before the step of a row.
  private func isDoneAgain(_ row: TFEventsReader.Row, after index: Int) -> Bool {
    let folder = files[index].file.path.split(separator: "/").dropLast()
    return files[(index + 1)...].contains { newer in
      guard let first = newer.reader.firsts[row.counting] else { return false }
      return first.step <= row.step && first.time >= row.row.time
        && newer.file.path.split(separator: "/").dropLast() == folder
    }
  }

  private mutating func tellDamage(_ index: Int, _ now: Timestamp, _ result: inout [Observation]) {
    guard let damage = files[index].reader.damage, !files[index].isDamageTold else { return }
    files[index].isDamageTold = true
    let words =
      damage.isSearching
      ? "no sound record found behind it" : "passed over, reading on behind it"
    rows?.note(
      "\(files[index].file.path): damaged at byte \(damage.offset); \(words)", at: now, to: &result)
  }

  static let entry = Catalogue.Entry(
    "tensorboard", gives: "step, loss, tokens and MFU from TensorBoard's event files",
    isDefault: false, usage: "tensorboard:FOLDER"
  ) { request, context throws(SourceRequestError) in
    guard !request.argument.isEmpty else {
      throw SourceRequestError("“tensorboard” needs a folder or file: tensorboard:FOLDER")
    }
    return TFEventsSource(path: request.argument, context: context)
  }
}

import Telemetry

/// Reads the event files of TensorBoard while a job writes them, or afterwards.
///
/// Given a folder it follows the run below it that is written to, all its files together. Times are
/// those the job wrote, since it may keep events back for minutes. Where a run was resumed, the new
/// file holds from its first step on: what the old one says of those steps, and wrote before, is
/// left out if it has not been heard yet.
struct TFEventsSource: JobFileSource {
  let name: String
  /// Shorter than events come, for the sake of a long file that is read for the first time.
  let interval: Double? = 0.25

  private struct Following {
    var file: GrowingFile
    var reader: TFEventsReader
    /// Rows that wait until all older files have been read.
    var held: [TFEventsReader.Row] = []
    var isDamageTold = false
    var isFailureTold = false

    var folder: Substring {
      file.path.prefix(upTo: file.path.lastIndex(of: "/") ?? file.path.startIndex)
    }
  }

  /// How many bytes are read at a time: few enough that their rows take little memory.
  private static let budget = 8 << 20

  private let path: String
  private let context: SourceContext
  private var isWhole = false
  private var run: TFEventsRun?
  private var rows: JobRows?
  private var choice = ScalarChoice()
  private var files: [Following] = []
  private var lastLook: Timestamp?
  private(set) var isAtEnd = true

  /// The run, where its files are known and no others are to be looked for.
  private var given: TFEventsRun?

  init(path: String, context: SourceContext, name: String = "tensorboard") {
    self.name = name
    self.path = path
    self.context = context
  }

  /// Reads the event files of one run, and no others beside them.
  init(_ run: TFEventsRun, context: SourceContext) {
    self.init(path: run.path, context: context)
    given = run
  }

  mutating func probe() -> Probe {
    guard let run = TFEventsRun(below: path), let first = run.files.first else {
      return Probe(.waiting, "no event file in \(path)", remedy: "name the folder the job logs to")
    }
    var file = GrowingFile(path: first)
    do throws(SourceFailure) {
      _ = try file.look()
      let count = run.files.count
      return Probe(.ok, "\(run.path): \(count == 1 ? "an event file" : "\(count) event files")")
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
    var budget = Self.budget
    isAtEnd = true
    var ready: [Int: [TFEventsReader.Row]] = [:]
    var unreadable: [Int: SourceFailure] = [:]
    for index in files.indices {
      // A newer file is only begun before the older ones are done: to learn its first step.
      if !isAtEnd, !files[index].reader.firsts.isEmpty { continue }
      let isNext = isAtEnd
      do throws(SourceFailure) {
        budget -= try read(index, budget: max(1, budget))
      } catch {
        failure = failure ?? error
        unreadable[index] = error
      }
      if isNext {
        ready[index] = files[index].held
        files[index].held = []
      }
      tellDamage(index, now, &result)
    }
    say(ready, now, &result)
    if let failure, unreadable.count == files.count, result.isEmpty { throw failure }
    for (index, failure) in unreadable where !files[index].isFailureTold {
      files[index].isFailureTold = true
      rows?.note(
        "\(failure.message); the run's other files are read", .refused, at: now, to: &result)
    }
    return result
  }

  mutating func expectWhole() { isWhole = true }

  mutating func finish(_ clock: any SessionClock) -> [Observation] {
    var result: [Observation] = []
    rows?.finish(arrival: clock.now, to: &result)
    return result
  }

  private mutating func findFiles() throws(SourceFailure) {
    guard let found = given ?? TFEventsRun(below: path) else {
      throw SourceFailure(
        .waiting, "waiting for an event file in \(path)",
        remedy: "name the folder that the job logs to")
    }
    if run?.path != found.path {
      rows = JobRows(
        context, source: name, kind: "TensorBoard event file", path: found.path,
        framework: "TensorBoard", isOfTracker: true, isWhole: isWhole)
      choice = ScalarChoice()
      files = []
    }
    let known = Set(files.map(\.file.path))
    // Of a run that was resumed hundreds of times the newest files matter.
    for path in found.files.suffix(256) where !known.contains(path) && files.count < 1024 {
      let folder = path.lastIndex(of: "/").map { TFEventsRun.data(in: String(path[..<$0])) } ?? ""
      files.append(
        Following(file: GrowingFile(path: path), reader: TFEventsReader(folder: folder)))
    }
    run = found
  }

  private mutating func read(_ index: Int, budget: Int) throws(SourceFailure) -> Int {
    if case .fresh = try files[index].file.look() {
      files[index].reader = TFEventsReader(folder: files[index].reader.folder)
      files[index].isDamageTold = false
    }
    var following = files[index]
    files[index].held = []
    files[index].reader = TFEventsReader()
    let used = following.file.read(budget: budget) {
      following.reader.feed($0, &choice, into: &following.held)
    }
    if following.file.isAtEnd {
      following.reader.flush(into: &following.held)
    } else {
      isAtEnd = false
    }
    files[index] = following
    return used
  }

  private mutating func say(
    _ ready: [Int: [TFEventsReader.Row]], _ now: Timestamp, _ result: inout [Observation]
  ) {
    guard var rows else { return }
    var all: [JobRow] = []
    for index in ready.keys.sorted() {
      let folder = files[index].folder
      let newer = files[(index + 1)...].filter { $0.folder == folder }.map(\.reader.firsts)
      for row in ready[index] ?? [] where !Self.isDoneAgain(row, in: newer) { all.append(row.row) }
    }
    // Rows of one file are in order already; equal times keep the order of the files.
    rows.say(all.sorted { $0.time < $1.time }, by: choice, arrival: now, to: &result)
    self.rows = rows
  }

  /// Whether a newer file of the same folder begins at or before the step of a row.
  private static func isDoneAgain(
    _ row: TFEventsReader.Row,
    in newer: [[ScalarUse.Counting: (step: Int64, time: Timestamp)]]
  ) -> Bool {
    newer.contains { firsts in
      firsts[row.counting].map { $0.step <= row.step && $0.time >= row.row.time } ?? false
    }
  }

  private mutating func tellDamage(_ index: Int, _ now: Timestamp, _ result: inout [Observation]) {
    guard let damage = files[index].reader.damage, !files[index].isDamageTold else { return }
    files[index].isDamageTold = true
    let words =
      damage.isSearching
      ? "no sound record found behind it" : "passed over, reading on behind it"
    rows?.note(
      "\(files[index].file.path): damaged at byte \(damage.offset); \(words)", .refused,
      at: now, to: &result)
  }

  /// The line of the catalogue: `tensorboard:FOLDER`.
  package static let entry = SourceEntry(
    "tensorboard", gives: "step, loss, tokens and MFU from TensorBoard's event files",
    feeds: [.job],
    isDefault: false, usage: "tensorboard:FOLDER"
  ) { request, context throws(SourceRequestError) in
    guard !request.argument.isEmpty else {
      throw SourceRequestError("“tensorboard” needs a folder or file: tensorboard:FOLDER")
    }
    return TFEventsSource(path: request.argument, context: context)
  }
}

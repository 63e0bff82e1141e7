import ArgumentParser
import Glibc
import JobLogs
import Linux
import Quantities
import Recordings
import Sensors
import Telemetry

/// Makes a recording from files of other tools.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a recording of power logs and training logs that other tools wrote.",
    discussion: """
      Power logs: \(PowerLogs.names.joined(separator: ", ")), and this program's own JSON lines.
      What is broken or impossible in them is left out, counted and said.
      Training logs: every format that --log reads, and the files of TensorBoard, W&B, MLflow, tables.
      Together they make one recording, in which energy and progress of the same seconds meet:

        hippowatt import -o run.hippo result_0.txt node_0.txt
        hippowatt report run.hippo

      Each row of a training log has the time its lines state. Without a zone that is this machine's
      time, or that of --timezone; without times, rows are laid out by what steps took, ending when
      the file was last changed. What was taken from where is said, and stands in the report. Where
      a log says neither, its steps and losses are kept and no energy is told for them.
      """)

  @Option(name: .shortAndLong, help: ArgumentHelp("The recording to write.", valueName: "file"))
  var output: String?

  @Option(
    name: .customLong("machine"),
    help: ArgumentHelp(
      "The machine's name in it; NAME=FILE names that of one file.", valueName: "name"))
  var machines: [String] = []

  @Option(
    help: ArgumentHelp(
      "The country whose grid fed the machine; its yearly mean tells share and grams.",
      valueName: "code"))
  var country: String?

  @OptionGroup var zoneOptions: TimeZoneOptions

  @OptionGroup var shiftOptions: ShiftOptions

  @Option(
    name: .customLong("map"),
    help: ArgumentHelp(
      "What the columns of other tables are: time=COLUMN,gpu0.power=COLUMN,W,wall.energy=COLUMN,kWh.",
      valueName: "columns"))
  var map: String?

  @Flag(help: "No bar of how far it is.")
  var quiet = false

  @Flag(help: "Only say what the columns of tables look like, as --map takes it.")
  var guess = false

  @Argument(help: ArgumentHelp("Files of other tools.", valueName: "file"))
  var files: [String]

  func validate() throws {
    if output == nil, !guess { throw ValidationError("write where to: -o FILE") }
    if let map {
      do throws(ImportError) { _ = try PowerLogMapping(map) } catch {
        throw ValidationError("--map: \(error)")
      }
    }
    if output == "-" { throw ValidationError("-o -: a recording is a file; give it a name") }
    if let country, !GridSource.knows(country) {
      throw ValidationError(
        "--country \(country): write the code of a country that is known, such as FR")
    }
    try shiftOptions.check(files)
    _ = try machineNames()
  }

  func run() throws {
    guard let output, !guess else { return try tellGuesses() }
    let clock = SystemClock()
    let names = try machineNames()
    let mapping = try mapping()
    var observations: [Observation] = []
    var powerLogs: [PowerLogFile] = []
    let progress = ImportProgress(files, clock, isQuiet: quiet)
    defer { progress.clear() }
    let store = PowerLogStore(folder: Self.folder(of: output))
    var ownLines: [String] = []
    let runs = JobFileImport.runs(among: files)
    for path in files {
      if let run = runs[path] {
        guard !run.isEmpty else { continue }
        observations += shiftOptions.shifted(
          try readRun(run, machine: names.name(of: path), clock), of: path)
        continue
      }
      if var log = try powerLog(path, names, mapping, store, progress) {
        log.shift = shiftOptions.seconds(of: path)
        powerLogs.append(log)
      } else if isJSONLines(path) {
        ownLines.append(path)
      } else {
        let found = shiftOptions.shifted(
          try readTraining(path, machine: names.name(of: path), clock), of: path)
        // A long log is large, and is not copied where it is alone.
        if observations.isEmpty { observations = found } else { observations += found }
      }
    }
    progress.clear()
    let assembled = try assemble(powerLogs, names)
    powerLogs = []
    // What stands behind this place comes after the readings of the power logs, where times are the same.
    let split = observations.count
    observations += assembled?.descriptions ?? []
    observations += assembled?.events ?? []
    observations += try jsonLines(ownLines, names)
    var secondHand = SecondHandDevices()
    observations += secondHand.demotions(after: observations)
    let clocks = ImportClocks(observations, power: assembled?.powerSpan)
    for remark in clocks.remarks { printError(remark) }
    observations = clocks.placed(observations)
    var first = assembled?.span?.start
    var last = assembled?.span?.end
    for case .reading(let reading) in observations {
      first = min(first ?? reading.time, reading.time)
      last = max(last ?? reading.time, reading.time)
    }
    guard let first, let last else {
      throw Failure("nothing in these files has a time and a value")
    }
    if let country { try add(country, over: TimeSpan(first, last), to: &observations) }
    var isOurs = false
    progress.holdSignals()
    defer { progress.releaseSignals() }
    do {
      let writer = try RecordingWriter(
        path: output,
        header: RecordingHeader(
          machine: names.common ?? Self.defaultMachine, programVersion: Version.string,
          startedAt: first,
          note: "imported from " + files.map(Self.name).joined(separator: ", ")))
      isOurs = true
      writer.isBulk = true
      try write(observations, split, assembled, to: writer, progress)
      try writer.close()
      try progress.checkSignals()
    } catch {
      // Half an import would be taken for the whole.
      if isOurs { for suffix in ["", "-wal", "-shm"] { unlink(output + suffix) } }
      if error is EndedBySignal { throw error }
      throw Failure("\(error)")
    }
    progress.clear()
    let jobs = observations.compactMap { observation -> Device? in
      if case .device(let device) = observation, device.id.kind == .job { device } else { nil }
    }
    let isTimed =
      assembled?.span != nil || !ownLines.isEmpty || jobs.isEmpty
      || jobs.contains { JobFacts($0.attributes).timing != JobFacts.Timing.none }
    let what = isTimed ? SI.duration((last - first).rounded()) : "rows without times,"
    print("\(output): \(what) from \(files.count) \(files.count == 1 ? "file" : "files")")
  }

  /// Adds the yearly mean of a country, unless the files tell of a grid themselves.
  private func add(
    _ country: String, over span: TimeSpan, to observations: inout [Observation]
  ) throws {
    let tellsGrid = observations.contains { observation in
      if case .device(let device) = observation { device.id.kind == .grid } else { false }
    }
    guard !tellsGrid else {
      printError("--country \(country): left out, since the files tell of a grid themselves")
      return
    }
    do throws(SourceFailure) {
      observations += try AnnualGrid.observations(of: country, over: span)
    } catch {
      throw Failure("--country \(country): \(error.message)")
    }
  }

  /// The folder of a file; where that is made, others can be made as well.
  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}

import ArgumentParser
import Glibc
import JobLogs
import Linux
import Recordings
import Telemetry

/// Makes a recording from files of other tools.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a recording of power logs and training logs that other tools wrote.",
    discussion: """
      Power logs: \(PowerLogs.names.joined(separator: ", ")), and this program's own JSON lines.
      What is broken or impossible in them is left out, counted and said.
      Training logs: every format that --log reads, as far as its lines carry their own time, and
      the files of TensorBoard, W&B, MLflow, tables.
      Together they make one recording, in which energy and progress of the same seconds meet:

        hippowatt import -o run.hippo result_0.txt node_0.txt
        hippowatt report run.hippo
      """)

  @Option(name: .shortAndLong, help: ArgumentHelp("The recording to write.", valueName: "file"))
  var output: String

  @Option(
    name: .customLong("machine"),
    help: ArgumentHelp(
      "The machine's name in it; NAME=FILE names that of one file.", valueName: "name"))
  var machines: [String] = []

  @OptionGroup var zoneOptions: TimeZoneOptions

  @Argument(help: ArgumentHelp("Files of other tools.", valueName: "file"))
  var files: [String]

  func validate() throws {
    if output == "-" { throw ValidationError("-o -: a recording is a file; give it a name") }
    _ = try machineNames()
  }

  func run() throws {
    let clock = SystemClock()
    let names = try machineNames()
    var observations: [Observation] = []
    var powerLogs: [PowerLogFile] = []
    var ownLines: [String] = []
    for path in files {
      if let log = try powerLog(path, names) {
        powerLogs.append(log)
      } else if isJSONLines(path) {
        ownLines.append(path)
      } else {
        observations += try read(path, machine: names.name(of: path), clock)
      }
    }
    observations += try assemble(powerLogs, names) + jsonLines(ownLines, names)
    var secondHand = SecondHandDevices()
    observations += secondHand.demotions(after: observations)
    var first: Timestamp?
    var last: Timestamp?
    for case .reading(let reading) in observations {
      first = min(first ?? reading.time, reading.time)
      last = max(last ?? reading.time, reading.time)
    }
    guard let first, let last else {
      throw Failure("nothing in these files has a time and a value")
    }
    var isOurs = false
    do {
      let writer = try RecordingWriter(
        path: output,
        header: RecordingHeader(
          machine: names.common ?? Self.defaultMachine, programVersion: Version.string,
          startedAt: first,
          note: "imported from " + files.map(Self.name).joined(separator: ", ")))
      isOurs = true
      for observation in Self.ordered(observations) { try writer.append(observation) }
      try writer.close()
    } catch {
      // Half an import would be taken for the whole.
      if isOurs { for suffix in ["", "-wal", "-shm"] { unlink(output + suffix) } }
      throw Failure("\(error)")
    }
    print("\(output): \(last - first >= 1 ? Int(last - first) : 0) s from \(files.count) files")
  }

  private func read(
    _ path: String, machine: String, _ clock: SystemClock
  ) throws -> [Observation] {
    guard let text = File.read(path, limit: 1 << 30) else {
      throw Failure("\(path): cannot be read")
    }
    do throws(SourceFailure) {
      if let found = try JobFileImport.read(path, machine: machine, clock) { return found }
    } catch {
      throw Failure("\(path): \(error.message)")
    }
    var parser = LogParser(machine: machine, name: path, label: Self.name(path), source: "import")
    let now = clock.now
    let found = parser.consume(Array(text.utf8), arrival: now) + parser.finish(arrival: now)
    guard parser.format != nil else {
      throw Failure("\(path): neither a power log nor a training log that is known")
    }
    return found
  }

  private static func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// Descriptions first, then all that has a time, in its order.
  private static func ordered(_ observations: [Observation]) -> [Observation] {
    var described: [Observation] = []
    var timed: [(time: Timestamp, observation: Observation)] = []
    for observation in observations {
      switch observation {
      case .device, .series: described.append(observation)
      case .reading(let reading): timed.append((reading.time, observation))
      case .event(let event): timed.append((event.time, observation))
      case .state(let state): timed.append((state.time, observation))
      }
    }
    // Stable: observations of the same time keep their order.
    let order = timed.indices.sorted {
      (timed[$0].time, $0) < (timed[$1].time, $1)
    }
    return described + order.map { timed[$0].observation }
  }
}

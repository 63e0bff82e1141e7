import Accounting
import Canvas
import Dashboard
import Quantities
import Telemetry

/// Several recordings that are added up for one form; none of them counts anything of another.
struct RunSet: Sendable {
  /// One recording of the set.
  struct Run: Sendable {
    /// What was recorded: only a part of it is what a form asks for.
    enum Kind { case training, serving, mixed, power }

    /// The file, as the user named it.
    var path: String
    /// The results of the recording, the same that `report` tells of it alone.
    var report: RunReport
    /// The machines whose energy is in it.
    var machines: Set<String>
    /// How the grid's intensity is known; `nil` where none was recorded.
    var intensity: Provenance?
    /// The joules of each hour since 1970 that the recording reaches into, by the hour's number; empty
    /// where nobody asked for them.
    var hours: [Int64: Double] = [:]

    var kind: Kind {
      let serving = report.jobs.count(where: \.isServing)
      guard serving > 0 else { return report.jobs.isEmpty ? .power : .training }
      return serving == report.jobs.count ? .serving : .mixed
    }

    /// Whether nothing tells what its energy was for: it recorded no job, and nobody stated a training.
    var isOfUnknownPurpose: Bool { kind == .power && report.trainingType == nil }

    /// Whether its times are those that steps took, laid out to end when the log was last changed.
    var isLaidOut: Bool {
      report.energy == nil && report.jobs.contains { $0.facts.timing == .durations }
    }

    /// The file's name without its folders, safe to print.
    var name: String { sanitized(path.split(separator: "/").last.map(String.init) ?? path) }
    /// The jobs that train.
    var trainers: [RunReport.Job] { report.jobs.filter { !$0.isServing } }
    /// The jobs that serve.
    var servers: [RunReport.Job] { report.jobs.filter(\.isServing) }

    /// How it ended, as far as it was recorded.
    var ending: String {
      let endings = report.jobs.map { job in
        job.ending.map { sanitized($0.text) } ?? "end not recorded"
      }
      return endings.isEmpty ? "no job was recorded" : endings.joined(separator: "; ")
    }

    /// Gathers what forms need of an opened recording.
    ///
    /// The joules of its hours are added up only `withHours`.
    init(
      _ path: String, _ recording: Accounts.Opened, _ report: RunReport, withHours: Bool = false
    ) {
      self.path = path
      self.report = report
      let timeline = recording.timeline
      let ledger = Ledger(timeline)
      let measured = ledger.inventory.machines.map(\.machine)
      machines = Set(measured.isEmpty ? [recording.machine] : measured)
      intensity = ledger.inventory.grid
        .flatMap { timeline.id(.carbonIntensity, of: $0.id) }
        .map { timeline.descriptor($0).provenance }
      guard withHours else { return }
      let hour = CarbonFreeContract.hour
      var start = recording.span.start
      while start < recording.span.end {
        let number = start.nanoseconds.flooredQuotient(by: hour)
        let end = min(recording.span.end, Timestamp(nanoseconds: (number + 1) * hour))
        hours[number] = ledger.energy(over: TimeSpan(start, end))?.joules
        start = end
      }
    }
  }

  /// The recordings in order of time, whatever the order they were named in.
  let runs: [Run]

  /// Adds recordings together.
  /// - Throws: `Failure` where two of them tell of the same machine at the same time.
  init(_ runs: [Run]) throws {
    self.runs = runs.sorted {
      ($0.report.span.start, $0.report.span.end, $0.name)
        < ($1.report.span.start, $1.report.span.end, $1.name)
    }
    for (index, first) in self.runs.enumerated() {
      for second in self.runs[(index + 1)...] {
        let shared = first.machines.intersection(second.machines).sorted()
        if first.path == second.path {
          throw Failure("\(sanitized(first.path)) is named twice")
        }
        guard let machine = shared.first, first.isSimultaneous(with: second) else { continue }
        let hint =
          machine == Import.defaultMachine
          ? "; if they are of two machines, import each with --machine NAME" : "; leave one out"
        throw Failure(
          "\(sanitized(first.path)) and \(sanitized(second.path)) both tell of the machine "
            + "“\(sanitized(machine))” at the same time, so its joules would be counted twice\(hint)"
        )
      }
    }
  }

  /// The recordings that count as training: all but those of servers.
  var training: [Run] { runs.filter { $0.kind != .serving } }
  /// The recordings of servers.
  var serving: [Run] { runs.filter { $0.kind == .serving } }
  /// Whether any number of the set was made up.
  var isSimulated: Bool { runs.contains(where: \.report.isSimulated) }
  /// What is damaged, file by file.
  var damages: [String] {
    runs.flatMap { run in run.report.damages.map { "\(run.name): \(sanitized($0))" } }
  }

  /// From the beginning of the first recording to the end of the last.
  var span: TimeSpan {
    let ends = runs.map(\.report.span)
    let zero = Timestamp(nanoseconds: 0)
    return TimeSpan(ends.map(\.start).min() ?? zero, ends.map(\.end).max() ?? zero)
  }

  /// The end of the last recording; unknown where a log without times was given those of its file.
  var end: Answer<Timestamp> {
    let undated = runs.filter { $0.isLaidOut || $0.report.isTimeless }
    guard undated.isEmpty else {
      return .unknown(because: "the log of \(Self.names(undated)) has no times")
    }
    return .known(span.end, method: "The end of the last recording.")
  }

  /// The site's power usage effectiveness, if the settings name one.
  var pue: Double? { runs.first?.report.pue }

  /// Names of files in a sentence.
  static func names(_ runs: [Run]) -> String { runs.map(\.name).joined(separator: ", ") }
}

extension RunSet.Run {
  /// Whether two recordings were made at the same time; meeting ends do not count.
  func isSimultaneous(with other: Self) -> Bool {
    let (a, b) = (report.span, other.report.span)
    return a == b || (a.start < b.end && b.start < a.end)
  }
}

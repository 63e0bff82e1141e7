import Linux
import Telemetry

/// A kind of file that a job may write its progress to, and who reads it.
struct FileReader: Sendable {
  /// What people call it.
  var name: String
  /// Whether the file at a path may be one, by its name.
  var isNamed: @Sendable (String) -> Bool
  /// What a look into the file finds; `nil` when it says nothing yet.
  var recognise: @Sendable (SafeFile) -> Recognition?
  /// Makes the source that follows the file at a path.
  var make: @Sendable (_ path: String, SourceContext) -> any DataSource
}

/// What a look into a file has found.
struct Recognition: Hashable, Sendable {
  var format: String
  /// Whether it can be nothing but a job's progress, whoever wrote it.
  ///
  /// A bar that counts something may also be a download's.
  var isConvincing = true
}

/// Every kind of file there is, the one to prefer first.
///
/// What a job prints is the freshest. Then come the formats of `JobFileFormats`, in their order; a
/// Trainer's state is written minutes after the fact, and so comes last.
enum FileReaders {
  static let all: [FileReader] = {
    let formats = JobFileFormats.all.filter { $0.name != "log" }
    let late = formats.filter { $0.name == "Trainer state" }
    return [text] + formats.filter { $0.name != "Trainer state" }.map(FileReader.init)
      + late.map(FileReader.init)
  }()

  /// Lines of text: what a job prints, in a file.
  static let text = FileReader(
    name: "text",
    isNamed: { path in
      [".log", ".out", ".err", ".txt", ".jsonl", "/stdout", "/stderr"]
        .contains(where: path.hasSuffix)
    },
    recognise: { file in
      var parser = LogParser(machine: "", name: "", label: "")
      // The first line of a tail is torn, and its end is not the file's.
      var bytes = file.tail(64 * 1024)
      if file.size > Int64(bytes.count), let end = bytes.firstIndex(of: 0x0A) {
        bytes.removeSubrange(...end)
      }
      let said = parser.consume(bytes, arrival: Timestamp(seconds: file.changed))
      let learning: Set<Metric> = [.loss, .validationLoss, .reportedMFU, .tokenRate]
      let isConvincing = said.contains { observation in
        guard case .reading(let reading) = observation else { return false }
        return reading.values.contains { learning.contains($0.metric) }
      }
      return parser.format.map { Recognition(format: $0, isConvincing: isConvincing) }
    },
    make: { path, context in
      LogSource(path: path, machine: context.machine, local: context.localTime)
    })

  /// The readers that the file at a path may be for.
  static func candidates(_ path: String) -> [FileReader] { all.filter { $0.isNamed(path) } }

  static func named(_ name: String) -> FileReader? { all.first { $0.name == name } }
}

extension FileReader {
  /// A reader of one of the formats that are told by their first bytes.
  init(_ format: JobFileFormat) {
    name = format.name
    isNamed = { path in
      [".csv", ".tsv", ".wandb", "wandb-summary.json", "trainer_state.json", "history.log"]
        .contains(where: path.hasSuffix) || path.contains(".tfevents.")
        || path.contains("/metrics/")
    }
    recognise = { file in
      // The name is in the sniffer's hands as well.
      format.sniff(file.head(JobFileFormats.headLength), file.path)
        ? Recognition(format: format.name) : nil
    }
    make = format.make
  }
}

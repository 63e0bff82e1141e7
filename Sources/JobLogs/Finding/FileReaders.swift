import Linux
import Telemetry

/// A kind of file that a job may write its progress to, and who reads it.
struct FileReader: Sendable {
  /// What people call it.
  var name: String
  /// Whether the file at a path may be one, by its name.
  var isNamed: @Sendable (String) -> Bool
  /// What a look into the file finds; `nil` when it says nothing yet.
  var recognise: @Sendable (SafeFile, FileOwner) -> Recognition?
  /// Makes the source that follows the file at a path, of the job that writes it.
  var make: @Sendable (_ path: String, FileOwner, SourceContext) -> any DataSource
  /// What is to be said of its files wherever one is followed; empty when there is nothing.
  var caution = ""
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
/// What a job prints is the freshest. Then come the formats of `JobFileFormats`, in their order, and
/// MLflow's database; a Trainer's state is written minutes after the fact, and so comes last.
enum FileReaders {
  static let all: [FileReader] = {
    let own: Set<String> = ["log", database.name, state.name]
    let formats = JobFileFormats.all.filter { !own.contains($0.name) }
    return [text] + formats.map(FileReader.init) + [database, state]
  }()

  /// Lines of text: what a job prints, in a file.
  static let text = FileReader(
    name: "text",
    isNamed: { path in
      [".log", ".out", ".err", ".txt", ".jsonl", "/stdout", "/stderr"]
        .contains(where: path.hasSuffix)
        // Rows of JSON, whatever the ending: mmengine's and detectron2's.
        || path.hasSuffix(".json") && path.contains("/vis_data/") || path.hasSuffix("/metrics.json")
    },
    recognise: { file, _ in
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
    make: { path, _, context in
      LogSource(path: path, machine: context.machine, local: context.localTime)
    })

  /// MLflow's database, under its usual name or another.
  ///
  /// A job is busy with a run in it or is not: other runs are other jobs'.
  static let database = FileReader(
    name: "MLflow database",
    isNamed: { path in [".db", ".sqlite", ".sqlite3"].contains(where: path.hasSuffix) },
    recognise: { file, owner in
      guard file.head(16).starts(with: "SQLite format 3\0".utf8),
        let database = try? MLflowDatabase(file.path), let runs = try? database.runs(of: owner),
        runs.count == 1, let values = try? database.values(of: runs[0].id, after: 0)
      else { return nil }
      let isTelling = values.contains { ScalarNames.use($0.key) != nil }
      return Recognition(format: "MLflow database", isConvincing: isTelling)
    },
    make: { path, owner, context in
      MLflowDatabaseSource(path: path, context: context, owner: owner)
    })

  /// The state that the Trainer of Hugging Face saves with its checkpoints.
  static let state = FileReader(
    name: "Trainer state",
    isNamed: { $0.hasSuffix("/trainer_state.json") },
    recognise: { file, _ in
      HFFilesSource.sniff(file.head(JobFileFormats.headLength), file.path)
        ? Recognition(format: "Trainer state") : nil
    },
    make: { path, owner, context in
      HFFilesSource(
        path: HFFilesSource.output(of: path), context: context, since: owner.started)
    }, caution: "saved with its checkpoints, so it is minutes to hours old")

  /// The readers that the file at a path may be for.
  static func candidates(_ path: String) -> [FileReader] { all.filter { $0.isNamed(path) } }

  /// Whether a file that merely lies somewhere is worth a look by its name.
  ///
  /// Databases lie about in numbers, and MLflow's has a name.
  static func isUsual(_ path: String) -> Bool {
    let readers = candidates(path)
    let file = path.split(separator: "/").last ?? ""
    return readers.contains { $0.name != database.name }
      || !readers.isEmpty && (file.hasPrefix("mlflow") || file.hasPrefix("mlruns"))
  }

  static func named(_ name: String) -> FileReader? { all.first { $0.name == name } }
}

extension FileReader {
  /// A reader of one of the formats that are told by their first bytes.
  init(_ format: JobFileFormat) {
    name = format.name
    isNamed = { path in
      [".csv", ".tsv", ".wandb", "wandb-summary.json", "history.log"]
        .contains(where: path.hasSuffix) || path.contains(".tfevents.")
        || path.contains("/metrics/")
    }
    recognise = { file, _ in
      // The name is in the sniffer's hands as well.
      format.sniff(file.head(JobFileFormats.headLength), file.path)
        ? Recognition(format: format.name) : nil
    }
    make = { path, _, context in format.make(path, context) }
  }
}

import Telemetry

/// A kind of file that a job may write its progress to, and who reads it.
struct FileReader: Sendable {
  /// What people call it.
  var name: String
  /// Whether a file of that name, without its folders, may be one.
  var isNamed: @Sendable (String) -> Bool
  /// What a look into the file finds; `nil` when it says nothing yet.
  var recognise: @Sendable (SafeFile) -> Recognition?
  /// Makes the source that follows the file at a path, under the name of the source that found it.
  var make: @Sendable (_ path: String, _ name: String, SourceContext) -> any DataSource
}

/// What a look into a file has found.
struct Recognition: Hashable, Sendable {
  var format: String
  /// Whether it can be nothing but a job's progress, whoever wrote it.
  ///
  /// A bar that counts something may also be a download's.
  var isConvincing = true
}

/// Every kind of file there is, the one to prefer first; adding one means adding a line.
enum FileReaders {
  static let all: [FileReader] = [
    text, events, wandb, table,
  ]

  /// Lines of text: what a job prints, in a file.
  static let text = FileReader(
    name: "text",
    isNamed: { name in
      [".log", ".out", ".err", ".txt", ".jsonl"].contains(where: name.hasSuffix)
        || name == "stdout" || name == "stderr"
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
    make: { path, name, context in
      LogSource(path: path, machine: context.machine, name: name)
    })

  /// The readers a file of that name may be for.
  static func candidates(_ name: String) -> [FileReader] { all.filter { $0.isNamed(name) } }

  static func named(_ name: String) -> FileReader? { all.first { $0.name == name } }
}

import Formats
import Telemetry

/// One format of the files that jobs write, and who reads it.
struct JobFileFormat: Sendable {
  /// What people call it.
  let name: String
  /// Whether a file with these first bytes and this name is of the format.
  let sniff: @Sendable (_ head: [UInt8], _ name: String) -> Bool
  /// Makes the source that reads the file at a path.
  let make: @Sendable (_ path: String, _ context: SourceContext) -> any DataSource
}

/// Every format that a job's file may have; adding one means adding a line.
///
/// The first that fits is meant. Text comes last: nearly everything is text.
enum JobFileFormats {
  /// How many of a file's first bytes `sniff` should see.
  static let headLength = 4096

  static let all: [JobFileFormat] = [
    JobFileFormat(name: "TensorBoard event file", sniff: TFEventsSource.sniff) {
      TFEventsSource(path: $0, context: $1)
    },
    JobFileFormat(name: "W&B log", sniff: WandBSource.sniff) {
      WandBSource(path: $0, context: $1)
    },
    JobFileFormat(name: "Trainer state", sniff: HFFilesSource.sniff) {
      HFFilesSource(path: $0, context: $1)
    },
    JobFileFormat(name: "MLflow database", sniff: MLflowDatabaseSource.sniff) {
      MLflowDatabaseSource(path: $0, context: $1)
    },
    JobFileFormat(name: "MLflow metric", sniff: MLflowSource.sniff) {
      MLflowSource(path: MLflowSource.run(of: $0), context: $1)
    },
    JobFileFormat(name: "table", sniff: CSVSource.sniff) { CSVSource(path: $0, context: $1) },
    JobFileFormat(name: "log", sniff: sniffText) {
      LogSource(path: $0, machine: $1.machine, local: $1.localTime)
    },
  ]

  /// The format of a file with these first bytes and this name, if one fits.
  static func format(head: [UInt8], name: String) -> JobFileFormat? {
    all.first { $0.sniff(head, name) }
  }

  /// The format of the file at a path; `nil` when it cannot be read or is of none.
  static func format(of path: String) -> JobFileFormat? {
    guard let head = GrowingFile.start(path, count: headLength) else { return nil }
    return format(head: head, name: path)
  }

  /// Whether bytes are text: no zeros and hardly any control characters.
  private static func sniffText(_ head: [UInt8], _ name: String) -> Bool {
    guard !head.contains(0) else { return false }
    let odd = head.count { $0 < 0x20 && !(0x07...0x0D ~= $0) && $0 != 0x1B }
    return odd * 50 <= head.count
  }
}

extension TFEventsSource {
  /// Whether a file is an event file: by the checksum of its first record's length.
  static func sniff(_ head: [UInt8], _ name: String) -> Bool {
    guard head.count >= 12 else { return head.isEmpty && TFEventsRun.isEventFile(name) }
    return head.withUnsafeBufferPointer { bytes in
      TFEventsDecoder.masked(bytes.part(0..<8)) == bytes.littleEndian(UInt32.self, at: 8)
    }
  }
}

extension WandBSource {
  /// Whether a file is W&B's log or its summary.
  static func sniff(_ head: [UInt8], _ name: String) -> Bool {
    WandBLog.isStart(head) || name.hasSuffix("wandb-summary.json")
  }
}

extension HFFilesSource {
  private static let names = ["trainer_state.json", "all_results.json", "train_results.json"]

  /// Whether a file is one that the Trainer writes; other JSON lies beside it.
  static func sniff(_ head: [UInt8], _ name: String) -> Bool {
    names.contains { name.hasSuffix($0) } && (head.first { $0 > 0x20 } ?? 0x7B) == 0x7B
  }
}

extension MLflowDatabaseSource {
  /// Whether a file is an SQLite file under MLflow's usual name; others hold anything.
  static func sniff(_ head: [UInt8], _ name: String) -> Bool {
    head.starts(with: "SQLite format 3\0".utf8) && name.hasSuffix("mlflow.db")
  }
}

extension MLflowSource {
  /// Whether a file is a metric of a run: by its place and its first line.
  static func sniff(_ head: [UInt8], _ name: String) -> Bool {
    guard name.split(separator: "/").dropLast().contains("metrics") else { return false }
    let line = Array(head.prefix { $0 != 0x0A })
    return line.withUnsafeBufferPointer { MLflowMetric($0) } != nil
  }

  /// The folder of the run that a metric's file belongs to.
  static func run(of path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard let place = parts.lastIndex(of: "metrics") else { return path }
    return parts[..<place].joined(separator: "/")
  }
}

extension CSVSource {
  /// Whether a file is a table with a first line of known names.
  static func sniff(_ head: [UInt8], _ name: String) -> Bool {
    let isNamed = name.hasSuffix(".csv") || name.hasSuffix(".tsv") || name.hasSuffix("history.log")
    let file = name.split(separator: "/").last.map(String.init) ?? name
    let lines = head.split(separator: 0x0A, maxSplits: 40, omittingEmptySubsequences: true).map {
      Array($0)
    }.drop { $0.withUnsafeBufferPointer(CSVHeader.isPreface) }
    guard let first = lines.first,
      let header = first.withUnsafeBufferPointer({ CSVHeader($0, file: file) })
    else { return false }
    guard !isNamed else { return true }
    // Under any other name it must be one by its rows as well.
    guard header.names.count >= 2, lines.count >= 3, header.uses.count(where: { $0 != nil }) >= 2
    else { return false }
    return lines.dropFirst().prefix(2).allSatisfy { line in
      var cells = CSVCells()
      line.withUnsafeBufferPointer { cells.split($0, at: header.separator) }
      let numbers = (0..<cells.count).count { PlainNumber.parse(cells[$0]) != nil }
      return cells.count == header.names.count && numbers * 2 > cells.count
    }
  }
}

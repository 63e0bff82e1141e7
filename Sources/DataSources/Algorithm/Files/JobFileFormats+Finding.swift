import Telemetry

/// The files besides text that the finder of jobs may choose.
///
/// What is printed comes at once, what is in event files after minutes, so text is preferred where
/// it is understood.
extension FileReaders {
  static let events = FileReader(
    name: "events",
    isNamed: TFEventsRun.isEventFile,
    recognise: { file in
      var reader = TFEventsReader()
      var choice = ScalarChoice()
      var rows: [TFEventsReader.Row] = []
      file.head(256 * 1024).withUnsafeBufferPointer { reader.feed($0, &choice, into: &rows) }
      reader.flush(into: &rows)
      return rows.isEmpty ? nil : "TensorBoard"
    },
    make: { path, name, context in TFEventsSource(path: path, context: context, name: name) })

  static let wandb = FileReader(
    name: "wandb",
    isNamed: { $0.hasSuffix(".wandb") },
    recognise: { file in
      var reader = WandBReader()
      file.head(256 * 1024).withUnsafeBufferPointer { reader.feed($0) }
      return reader.rows.isEmpty ? nil : "W&B"
    },
    make: { path, name, context in WandBSource(path: path, context: context, name: name) })

  static let table = FileReader(
    name: "table",
    isNamed: { $0.hasSuffix(".csv") || $0.hasSuffix(".tsv") },
    recognise: { file in
      var reader = CSVReader()
      var splitter = LineSplitter(splitsAtReturns: false)
      var rows = 0
      file.head(64 * 1024).withUnsafeBufferPointer { bytes in
        splitter.feed(bytes) { line, isCut in
          // A table without a loss may be anybody's.
          if let row = reader.take(line, isCut: isCut), row[.loss] != nil { rows += 1 }
        }
      }
      guard rows > 0, let framework = reader.header?.framework else { return nil }
      return framework.isEmpty ? "table" : framework
    },
    make: { path, name, context in CSVSource(path: path, context: context, name: name) })
}

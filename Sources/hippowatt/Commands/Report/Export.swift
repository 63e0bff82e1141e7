import ArgumentParser
import Quantities
import Recordings
import Telemetry

/// Hands a recording on as text.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Hand a recording on as CSV or JSON lines, all of it or a stretch.",
    discussion: """
      Times are written as in replay: 14:32, 90s from the start, -2h from the end,
      "2026-11-21 03:12", "sat 03:12".
      """)

  @Argument(help: ArgumentHelp("A recording.", valueName: "file.hippo"))
  var file: String

  @Option(name: .shortAndLong, help: ArgumentHelp("Write to a new file.", valueName: "file"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "\(Self.formats); without it by the ending of the output, else jsonl.", valueName: "name"))
  var format: String?

  @OptionGroup var stretch: StretchOptions
  @OptionGroup var privacyOptions: PrivacyOptions

  private static let formats =
    ExportFormats.all.map { "\($0.name): \($0.gives)" }.joined(separator: "; ")

  private var type: (any ExportFormat.Type)? {
    if let format { return ExportFormats.named(format) }
    let ending = output?.split(separator: ".").last.map(String.init) ?? ""
    return ExportFormats.named(ending) ?? JSONLinesExport.self
  }

  func validate() throws {
    if let format, ExportFormats.named(format) == nil {
      throw ValidationError("--format \(format): there are \(ExportFormats.names)")
    }
  }

  func run() throws {
    guard let type else { return }
    let reader = try RecordingReader(path: file)
    let cut = try SpanCut(reader, from: stretch.from, to: stretch.to)
    var privacy = privacyOptions.filter(.current())
    var format = type.init(machine: privacy.machine(reader.header.machine))
    var sink = try TextSink(output)
    format.begin(&sink)
    do {
      try cut.observations { observation in
        for observation in privacy.filtered([observation]) { format.write(observation, to: &sink) }
        // Whoever reads standard output may have gone.
        if sink.problem != nil { throw TextSink.Ended() }
      }
    } catch is TextSink.Ended {
    } catch {
      sink.abandon()
      throw error
    }
    try sink.finish()
  }
}

/// Which stretch of a recording is meant.
struct StretchOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: ArgumentHelp("Begin at this time.", valueName: "time"))
  var from: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("End at this time.", valueName: "time"))
  var to: String?
}

extension TextSink {
  /// Nothing more can be written, so that nothing more need be read.
  fileprivate struct Ended: Error {}
}

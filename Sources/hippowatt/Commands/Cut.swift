import ArgumentParser
import Glibc
import Recordings
import Telemetry

/// Makes a recording of a stretch of another.
struct Cut: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a recording of a stretch of another, to be kept or sent.",
    discussion: """
      Times are written as in replay: 14:32, 90s from the start, -2h from the end,
      "2026-11-21 03:12", "sat 03:12". Readings and marks in the stretch come over as they are, and the
      recording that is cut stays as it is.
      """)

  @Argument(help: ArgumentHelp("A recording.", valueName: "file.hippo"))
  var file: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file.hippo"))
  var output: String

  @OptionGroup var stretch: StretchOptions
  @OptionGroup var privacyOptions: PrivacyOptions

  func validate() throws {
    if stretch.from == nil, stretch.to == nil {
      throw ValidationError("cut: name --from, --to or both")
    }
  }

  func run() throws {
    let reader = try RecordingReader(path: file)
    let cut = try SpanCut(reader, from: stretch.from, to: stretch.to)
    var privacy = privacyOptions.filter(.current())
    var header = reader.header
    header.machine = privacy.machine(header.machine)
    // The clocks agree at another instant now.
    header.monotonicStart += cut.span.start.nanoseconds - header.startedAt.nanoseconds
    header.startedAt = cut.span.start
    let part = "a stretch of a longer recording"
    header.note = privacy.filtered(header.note.isEmpty ? part : "\(header.note); \(part)")
    var isOurs = false
    do {
      let writer = try RecordingWriter(path: output, header: header)
      isOurs = true
      writer.isBulk = true
      try cut.observations { observation in
        for observation in privacy.filtered([observation]) { try writer.append(observation) }
      }
      try writer.close()
    } catch {
      // Half of it would be taken for the whole.
      if isOurs { for suffix in ["", "-wal", "-shm"] { unlink(output + suffix) } }
      throw Failure("\(error)")
    }
  }
}

import ArgumentParser

/// Shows a session that came with the program.
struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a session that came with the program.",
    discussion: """
      Each is a recording made with hippowatt itself and says what it is; one that carries the word
      SIMULATED was never measured.
      """)

  @Argument(help: ArgumentHelp("Which one; see --list.", valueName: "name"))
  var name: String?

  @Flag(help: "Name the sessions there are.")
  var list = false

  @Option(help: "How many times faster than it happened, 0.1 to 10000.")
  var speed: Double = 4

  @OptionGroup var display: DisplayOptions

  func validate() throws {
    guard speed >= 0.1, speed <= 10_000 else {
      throw ValidationError("--speed \(speed): write a number from 0.1 to 10000")
    }
  }

  func run() throws {
    let host = HostEnvironment.current()
    let found = DemoStore(host: host, executable: ThemeStore.executable)
    guard !found.recordings.isEmpty else {
      throw Failure("no demo was installed; looked in \(found.folders.joined(separator: ", "))")
    }
    if list {
      for recording in found.recordings { print("\(recording.name)\t\(recording.note)") }
      return
    }
    let wanted = name ?? found.strongest.name
    guard let recording = found.recordings.first(where: { $0.name == wanted }) else {
      let names = found.recordings.map(\.name).joined(separator: ", ")
      throw Failure("there is no demo “\(wanted)”; there are: \(names)")
    }
    try Replay.show(
      recording.path, speed: speed, paused: false, display: display, config: nil,
      toast: recording.note)
  }
}

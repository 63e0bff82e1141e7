import Formats
import Glibc
import Telemetry
import TestSupport
import Testing

@testable import hippowatt

/// How the doctor asks sources, what of settings it shows, and the real program.
@Suite struct DoctorTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private static let entry = SourceEntry("made-up", gives: "nothing", feeds: []) { _, _ in
    Patient([])
  }

  /// A source that answers what it is told, and hangs where it has nothing to say.
  private struct Patient: DataSource {
    let name = "made-up"
    var answers: [Result<[Observation], SourceFailure>]
    var found = Probe(.ok, "found", remedy: "none needed")

    init(_ answers: [Result<[Observation], SourceFailure>]) { self.answers = answers }

    mutating func probe() -> Probe { found }

    mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
      guard !answers.isEmpty else {
        while true { rest() }
      }
      return try answers.removeFirst().get()
    }
  }

  private func ask(_ source: Patient, seconds: Double = 5) -> SourceFinding {
    let exam = SourceExam(source, clock: FixedClock(Timestamp(seconds: 1)), roster: JobRoster())
    SourceExam.wait(for: [exam], seconds: seconds)
    return SourceFinding(Self.entry, exam.answer, within: seconds)
  }

  private static let reading: Result<[Observation], SourceFailure> = {
    let device = DeviceID(machine: "box", kind: .gpu, name: "A")
    var reading = Reading(device: device, time: Timestamp(seconds: 1))
    reading.set(.power, 100)
    let event = Event(
      time: Timestamp(seconds: 1), kind: .note, text: "GPM is kept", device: device, cause: .denied)
    return .success([.reading(reading), .event(event), .event(event)])
  }()

  @Test func `a source that hangs is said to, and waited for no longer`() {
    let finding = ask(Patient([]), seconds: 0.2)
    #expect(finding.standing == .silent && finding.message == "did not answer within 1 s")
  }

  @Test func `what it read counts, also where a later call hangs`() {
    let finding = ask(Patient([Self.reading]), seconds: 1)
    #expect(finding.standing == .read && finding.devices == 1 && finding.message == "found")
    #expect(finding.notes == ["GPM is kept"])
  }

  @Test(arguments: [
    (SourceState.Health.denied, SourceFinding.Standing.refused), (.absent, .absent),
    (.failed, .failed), (.waiting, .ready), (.stalled, .silent),
  ])
  func `a failure is told in the source's own words`(
    health: SourceState.Health, standing: SourceFinding.Standing
  ) {
    let finding = ask(Patient([.failure(SourceFailure(health, "why", remedy: "what to do"))]))
    #expect(finding.standing == standing)
    #expect(finding.message == "why" && finding.remedy == "what to do")
  }

  @Test func `a source that is ready has nothing to read`() {
    let finding = ask(Patient(Array(repeating: .success([]), count: 3)))
    #expect(finding.standing == .ready && finding.devices == 0)
  }

  @Test func `of two meters the one that is wrong is told`() {
    let read = ask(Patient(Array(repeating: Self.reading, count: 3)))
    let failed = ask(Patient([.failure(SourceFailure(.failed, "no answer"))]))
    #expect(read.joined(with: failed).message == "no answer")
    #expect(failed.joined(with: read).standing == .failed)
    #expect(failed.joined(with: read).devices == 1)
  }

  /// Every way in which a settings file may hold what is nobody else's business.
  private static let hostile = """
    interval = "1s"
    theme = "paper"
    [grid]
    country = "FR"
    live = false
    base = "https://alice:hunter2@grid.example.com/x?token=hunter3"
    key_command = "pass show hunter4"
    provider = "hf_abcdefghij0123456789"
    zone = "/home/alice/secret-zone"
    [[source]]
    kind = "wall"
    argument = "http://alice:hunter5@rack7.example.com/meter?key=hunter6"
    user = "alice"
    token_env = "METER_TOKEN"
    label = "alice's plug"
    [[source]]
    kind = "exec"
    argument = "/home/alice/sensor --password hunter7"
    [[alert]]
    quantity = "power"
    above = "7kW"
    command = "curl -H 'Authorization: Bearer hunter8' https://hooks.example.com"
    name = "alice"
    """

  @Test func `settings are told without what is private`() {
    let digest = SettingsDigest(
      text: Self.hostile, path: "/home/alice/.config/hippowatt/config.toml", home: "/home/alice")
    #expect(digest.path == "~/.config/hippowatt/config.toml")
    #expect(
      Set(digest.lines) == [
        "theme = \"paper\"", "grid.country = \"FR\"", "grid.base is set", "grid.key_command is set",
        "grid.provider is set", "grid.zone is set", "source[1].kind = \"wall\"",
        "source[1].argument is set", "source[1].user is set",
        "source[1].token_env = \"METER_TOKEN\"", "source[1].label is set",
        "source[2].kind = \"exec\"", "source[2].argument is set", "alert[1].quantity = \"power\"",
        "alert[1].above = \"7kW\"", "alert[1].command is set", "alert[1].name is set",
      ])
    #expect(
      SettingsDigest(text: "", path: "/srv/alice/x.toml", home: "/home/alice").path == "…/x.toml")
  }

  @Test func `names, hosts and paths are taken out of what sources say`() {
    let privacy = DoctorPrivacy(machine: "gpu-box-7", user: "alice")
    let said = privacy.clean(
      "gpu-box-7: /home/alice/x of alice, http://alice:pw@rack7:8080/a?key=b and /sys/class/drm")
    #expect(said == "machine: path of user, http://host:8080 and /sys/class/drm")
    let command = Remedy.energyCounters.text
    #expect(privacy.clean(command) == command)
    #expect(DoctorPrivacy(machine: "m", user: "root").clean("run as root") == "run as root")
  }

  private func environment(_ changes: [String: String] = [:]) -> [String: String] {
    ["USER": "alice-of-the-test", "TERM": "dumb"].merging(changes) { $1 }
  }

  @Test func `the program prints a page and as much as data`() throws {
    folder.write(Self.hostile, to: ".config/hippowatt/config.toml")
    let page = try Program.run(
      ["doctor", "--source", "host", "--source", "disk"], in: folder, environment: environment())
    #expect(page.status == 0 && page.errors.isEmpty, "\(page.errors)")
    #expect(page.output.contains("  host          1 device: "))
    #expect(page.output.contains("terminal      dumb"))
    let data = try Program.run(
      ["doctor", "--json", "--source", "host"], in: folder, environment: environment())
    _ = try JSONValue(Array(data.output.utf8))
    #expect(data.output.contains("{\"source\":\"host\",\"standing\":\"read\",\"devices\":1,"))
    for text in [page.output, data.output] {
      for secret in ["hunter", "alice", "example.com", folder.path] {
        #expect(!text.contains(secret), "\(secret) in \(text)")
      }
    }
  }

  @Test func `every source has its standing`() throws {
    let result = try Program.run(["doctor", "--json"], in: folder, environment: environment())
    #expect(result.status == 0)
    for entry in SourceCatalogue.all.entries {
      #expect(result.output.contains("{\"source\":\"\(entry.name)\",\"standing\":\""))
    }
    let page = try Program.run(["doctor", "--all"], in: folder, environment: environment())
    for entry in SourceCatalogue.all.entries {
      #expect(page.output.contains("\n  \(entry.name) "), "\(entry.name)")
    }
  }

  @Test func `it ends with 1 where nothing is read, and with 2 where it is not understood`() throws
  {
    let nothing = try Program.run(["doctor", "--source", "battery"], in: folder)
    #expect(nothing.status == 1 && nothing.output.contains("0 of 1 sources give readings"))
    #expect(try Program.run(["doctor", "--bogus"], in: folder).status == 2)
    #expect(try Program.run(["doctor", "--config", "nowhere.toml"], in: folder).status == 2)
  }

  @Test func `broken settings are a finding, and no reason to end`() throws {
    folder.write("theme = \"paper\"\ncolour = 3\n", to: ".config/hippowatt/config.toml")
    let result = try Program.run(["doctor"], in: folder, environment: environment())
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(result.output.contains("→ not used, line 2: there is no setting “colour”"))
    #expect(result.output.contains("theme = \"paper\""))
  }
}

/// Gives up the processor for a moment.
private func rest() { poll(nil, 0, 1000) }

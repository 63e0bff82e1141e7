import Glibc
import Recordings
import Telemetry
import Terminals
import Testing

@testable import hippowatt

/// Alerts of the settings, from a sensor's value to a file that a command has written.
@Suite struct AlertTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  /// A sensor that draws 500 W, and 100 W as soon as there is a file `calm`.
  private static let sensor = """
    while :; do
      watts=500; [ -e calm ] && watts=100
      printf '{"reading":{"kind":"gpu","device":"0","power_w":%s}}\\n' $watts
      echo >> beats
      sleep 0.05
    done
    """

  private func settings(_ alerts: String) {
    folder.write(Self.sensor, to: "sensor.sh")
    folder.write(
      "[[source]]\nkind = \"exec\"\nargument = \"sh ./sensor.sh\"\n" + alerts, to: "alerts.toml")
  }

  private static let big = "[[alert]]\nname = \"big\"\nquantity = \"power\"\nabove = \"0.4kW\"\n"

  private func record(_ arguments: [String] = []) throws -> Program {
    try Program(
      ["record", "--config", "alerts.toml", "--every", "100ms", "--quiet"] + arguments, in: folder)
  }

  private func events(_ file: String = "f.hippo") throws -> [Event] {
    try RecordingReader(path: folder.file(file)).timeline().events.filter {
      $0.device?.kind == .alert
    }
  }

  @Test func `an alert is told, recorded, run and reported, and so is its end`() throws {
    settings(
      Self.big + "command = \"env | grep ^HIPPOWATT_ | sort > told.part; mv told.part told\"\n")
    let program = try record(["-o", "f.hippo"])
    #expect(program.wait { folder.text("told") != nil })
    // What it is told stands in its environment and in no text that a shell reads.
    #expect(
      folder.text("told") == """
        HIPPOWATT_ALERT=big
        HIPPOWATT_DEVICE=the machine
        HIPPOWATT_TEXT=big: the machine at 500 W, above 400 W
        HIPPOWATT_UNIT=W
        HIPPOWATT_VALUE=500.0

        """)
    folder.write("", to: "calm")
    #expect(program.wait { program.errorText.contains("is over") })
    program.send(SIGTERM)
    let result = try program.finish()
    #expect(result.status == 0)
    #expect(result.errorLines.count == 2, "\(result.errors)")
    #expect(result.errorLines[0] == "hippowatt: alert “big”: the machine at 500 W, above 400 W")
    #expect(result.errorLines[1].hasPrefix("hippowatt: alert “big” is over after "))
    #expect(result.errorLines[1].hasSuffix(" s: the machine at 100 W"))
    let events = try events()
    #expect(events.map(\.cause) == [.alert, .alertCleared])
    #expect(events.map(\.kind) == [.note, .note])
    let text = try Program.run(["report", "f.hippo"], in: folder)
    #expect(text.status == 0, "\(text.errors)")
    let line = text.output.split(separator: "\n").first { $0.hasPrefix("alerts ") }
    #expect(
      line?.contains(" big: the machine at 500 W, above 400 W (over after ") == true,
      "\(text.output)")
    let json = try Program.run(["report", "f.hippo", "--format", "json"], in: folder)
    #expect(json.output.contains("\"alerts\":[{\"name\":\"big\",\"raised\":"), "\(json.output)")
    #expect(json.output.contains("\"cleared\":1"))
  }

  @Test func `no text of a sensor is ever read by the shell`() throws {
    let label = "$(touch a)`touch b`; touch c; \"'\n| touch d"
    settings(
      "[[alert]]\nquantity = \"temperature\"\nabove = 65\n"
        + "command = \"printf %s \\\"$HIPPOWATT_DEVICE\\\" > told.part; mv told.part told\"\n")
    let written = label.split(separator: "\"").joined(separator: "\\\"")
      .split(separator: "\n").joined(separator: "\\n")
    folder.write(
      """
      {"device":{"kind":"gpu","name":"0","label":"\(written)","model":"M"}}
      {"reading":{"kind":"gpu","device":"0","temperature_c":70}}

      """, to: "lines")
    folder.write("while :; do cat lines; sleep 0.1; done", to: "sensor.sh")
    let program = try record(["-o", "f.hippo"])
    #expect(program.wait { folder.text("told") != nil }, "\(program.errorText)")
    #expect(folder.text("told")?.contains("$(touch a)`touch b`; touch c;") == true)
    program.send(SIGTERM)
    #expect(try program.finish().status == 0)
    #expect(folder.names.filter { $0.count == 1 } == [])
  }

  @Test func `what nothing measures is said once in a line and in the recording`() throws {
    let path = folder.write("[[alert]]\nquantity = \"power\"\nabove = 5\n", to: "a.toml")
    let settings = try Settings.parse(try #require(folder.text("a.toml")), path: path)
    let desk = try #require(AlertDesk(settings, environment: [:]))
    let start = Timestamp(nanoseconds: 1_750_003_200_000_000_000)
    var kept: [Observation] = []
    for second in 1...120 {
      kept += desk.judge(Timeline(), over: TimeSpan(start, start + Double(second)))
    }
    let words = "cannot be judged: nothing here tells its power"
    #expect(desk.takeLines() == ["alert “power above 5 W” \(words)"])
    #expect(desk.takeLines().isEmpty && !desk.takeBell())
    let events = kept.compactMap { if case .event(let event) = $0 { event } else { nil } }
    #expect(events.map(\.text) == [words] && events[0].device?.kind == .alert)
    #expect(kept.count == 2, "the alert is announced before its event")
  }

  @Test func `the JSON lines tell of an alert, and another hippowatt reads them`() throws {
    settings(Self.big)
    let program = try record(["-o", "-"])
    #expect(program.wait { program.text.contains("\"cause\":\"alert\"") })
    program.send(SIGTERM)
    let result = try program.finish()
    #expect(result.status == 0)
    folder.write(result.output, to: "lines.json")
    let imported = try Program.run(["import", "-o", "g.hippo", "lines.json"], in: folder)
    #expect(imported.status == 0, "\(imported.errors)")
    #expect(try events("g.hippo").map(\.cause) == [.alert])
    let text = try Program.run(["report", "g.hippo"], in: folder)
    #expect(text.output.contains(" big: the machine at 500 W, above 400 W (not over at the end)"))
  }

  @Test func `what is raised last still gets its command before the recording ends`() throws {
    settings(Self.big + "command = \"sleep 0.3; echo done > told\"\n")
    let program = try record(["-o", "f.hippo"])
    #expect(program.wait { program.errorText.contains("alert “big”") })
    program.send(SIGTERM)
    #expect(try program.finish().status == 0)
    #expect(folder.text("told") == "done\n")
  }

  @Test(arguments: [
    ("echo oh no >&2; exit 3", "30s", "its command ended with status 3: oh no"),
    ("/nowhere/at/all", "30s", "its command ended with status 127: "),
    ("kill -KILL $$", "30s", "its command ended by signal 9"),
    (
      "trap '' TERM; echo begun > begun; sleep 1000", "0.5s",
      "its command went on for longer than its timeout and was ended"
    ),
  ])
  func `a command that fails is named once, and the recording goes on`(
    command: String, timeout: String, words: String
  ) throws {
    settings(
      Self.big + "every = \"1s\"\ntimeout = \"\(timeout)\"\ncommand = \"\"\"\n\(command)\"\"\"\n")
    let program = try record(["-o", "f.hippo"])
    #expect(program.wait { program.errorText.contains("its command") }, "\(program.errorText)")
    // Another time it fails as well, and nothing is said of it.
    folder.write("", to: "calm")
    #expect(program.wait { program.errorText.contains("is over") })
    unlink(folder.file("calm"))
    #expect(
      program.wait { program.errorText.split(separator: "\n").count { $0.contains("above") } == 2 })
    program.send(SIGTERM)
    let result = try program.finish()
    #expect(result.status == 0)
    let failures = result.errorLines.filter { $0.contains("its command") }
    #expect(failures.count == 1, "\(result.errors)")
    #expect(failures.first?.hasPrefix("hippowatt: alert “big”: \(words)") == true)
    #expect(try events().contains { $0.text.hasPrefix(words) && $0.cause == nil })
  }

  @Test func `a command is never run twice at once`() throws {
    // It leaves a trace where it finds another one at work.
    let command = "mkdir at-work || touch twice; sleep 1.5; echo >> runs; rmdir at-work"
    settings(Self.big + "every = \"1s\"\ncommand = \"\(command)\"\n")
    let program = try record(["-o", "f.hippo"])
    for round in 1...2 {
      #expect(
        program.wait {
          program.errorText.split(separator: "\n").count { $0.contains("above") } == round
        })
      folder.write("", to: "calm")
      #expect(
        program.wait {
          program.errorText.split(separator: "\n").count { $0.contains("is over") } == round
        })
      unlink(folder.file("calm"))
    }
    #expect(program.wait { folder.text("runs").map { $0.count >= 2 } ?? false })
    program.send(SIGTERM)
    _ = try program.finish()
    #expect(!folder.names.contains("twice"))
  }

  @Test func `nothing is run and nobody is told in a replay`() throws {
    settings(Self.big + "command = \"echo >> runs\"\n")
    let program = try record(["-o", "f.hippo"])
    #expect(program.wait { folder.text("runs") != nil })
    // A replay ends with the last reading.
    let beats = folder.text("beats")?.count ?? 0
    #expect(program.wait { folder.text("beats").map { $0.count > beats + 20 } ?? false })
    program.send(SIGTERM)
    _ = try program.finish()
    let runs = folder.text("runs")
    let replay = try Session(["replay", "f.hippo", "--config", "alerts.toml"], in: folder)
    #expect(replay.wait(for: "▲ ALERT"))
    #expect(try replay.quit() == 0)
    replay.expectClean()
    #expect(folder.text("runs") == runs)
  }

  @Test(arguments: [(80, 24), (40, 10), (132, 40)])
  func `the screen shows an alert, rings and shows its end`(width: Int, height: Int) throws {
    settings(Self.big + "bell = true\n")
    let session = try Session(
      ["watch", "--config", "alerts.toml", "--every", "100ms"], in: folder, width: width,
      height: height)
    #expect(session.wait(for: width > 100 ? "▲ big" : "▲ ALERT"), "\(session.screen)")
    #expect(session.wait(for: "▲ big: the machine at 500 W"), "\(session.screen)")
    #expect(session.pty.output.contains(7), "the bell")
    if height >= 24 {
      let isMarked = session.wait {
        session.lines[(height - 4)...].contains { $0.contains("!") }
      }
      #expect(isMarked, "\(session.screen)")
    }
    folder.write("", to: "calm")
    #expect(session.wait { !session.lines[0].contains("▲") }, "\(session.screen)")
    #expect(try session.quit() == 0)
    session.expectClean()
  }
}

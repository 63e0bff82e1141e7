import Glibc
import Recordings
import Telemetry
import Terminals
import Testing

/// What the program keeps and shows of secrets and names.
@Suite struct PrivacyTests {
  private let folder: Folder
  private static let secret = "sk-proj-a1B2c3D4e5F6g7H8i9J0"
  private static let pass = "Tr0ub4dor-and-3"

  init() throws { folder = try Folder() }

  /// A sensor in whose lines secrets stand wherever a text can.
  private func sensor() -> String {
    let (secret, pass) = (Self.secret, Self.pass)
    return folder.write(
      """
      echo '{"device":{"kind":"job","name":"train.py --api-key \(secret)","label":"train \(secret)",\
      "model":"m --password \(pass)","attributes":{"command":"train.py --token=\(pass)","user":"alice"}}}'
      echo '{"series":{"kind":"job","device":"train.py --api-key \(secret)","metric":"loss_e6",\
      "note":"from https://u:\(pass)@host/x"}}'
      echo '{"device":{"kind":"gpu","name":"g","label":"0"}}'
      i=0
      while :; do
        i=$((i+1))
        echo '{"reading":{"kind":"job","device":"train.py --api-key \(secret)","step":'$i',"loss":2.5}}'
        echo '{"reading":{"kind":"gpu","device":"g","power_w":100}}'
        echo '{"event":{"text":"alice began /home/alice/train.py with API_KEY=\(pass)"}}'
        echo '{"state":{"source":"other","health":"failed","message":"bad --password \(pass)"}}'
        /bin/sleep 0.1
      done

      """, to: "sensor")
  }

  private func run(_ arguments: [String], _ command: [String] = []) throws -> Program.Result {
    try Program.run(
      arguments + [
        "--source", "exec:API_KEY=\(Self.pass) sh \(sensor())", "--every", "100ms", "--for", "1s",
      ] + (command.isEmpty ? [] : ["--"] + command), in: folder,
      environment: ["USER": "alice"])
  }

  private func expectNoSecret(_ text: String, _ location: SourceLocation = #_sourceLocation) {
    for secret in [Self.secret, Self.pass, Self.secret.dropLast(4) + ""] {
      #expect(!text.contains(secret), "\(secret)", sourceLocation: location)
    }
  }

  private func raw(_ name: String) -> String {
    String(decoding: folder.bytes(name) ?? [], as: UTF8.self)
  }

  @Test func `no secret is kept in a recording or said about it`() throws {
    let result = try run(
      ["record", "-o", "f.hippo", "--note", "with token=\(Self.secret)"],
      [
        "/bin/sh", "-c", "echo step 1 loss 2; sleep 1", "--api-key", Self.pass,
        "--secret=\(Self.pass)",
      ])
    #expect(result.errors.contains("recorded in"), "\(result.errors)")
    expectNoSecret(result.errors)
    expectNoSecret(raw("f.hippo"))
    #expect(raw("f.hippo").contains("train.py --api-key ***"))
    #expect(raw("f.hippo").contains("API_KEY=***"))
    let report = try Program.run(["report", "f.hippo", "--format", "json"], in: folder)
    #expect(report.status == 0 && report.errors.isEmpty, "\(report.errors)")
    expectNoSecret(report.output)
    var status = stat()
    #expect(stat(folder.file("f.hippo"), &status) == 0 && status.st_mode & 0o777 == 0o600)
  }

  @Test func `no secret is printed as lines or shown in a frame`() throws {
    let lines = try run(["record", "-o", "-"])
    #expect(lines.output.contains("train.py --api-key ***"))
    expectNoSecret(lines.output + lines.errors)
    let frame = try Program.run(
      ["snapshot", "--source", "exec:sh \(sensor())", "--every", "100ms", "--format", "svg"],
      in: folder)
    #expect(frame.status == 0)
    expectNoSecret(frame.output + frame.errors)
    let sources = try Program.run(
      ["sources", "--source", "exec:API_KEY=\(Self.pass) sh x"], in: folder)
    #expect(sources.output.contains("API_KEY=***"))
    expectNoSecret(sources.output)
  }

  @Test func `an anonymous recording names no machine, user or command`() throws {
    let result = try run(["record", "--anonymous", "-o", "f.hippo", "--note", "for alice"])
    #expect(result.status == 0, "\(result.errors)")
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, 255)
    let machine = String(
      decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let text = raw("f.hippo")
    for private_ in ["alice", "train", machine, folder.path] {
      #expect(!text.contains(private_), "\(private_)")
    }
    let reader = try RecordingReader(path: folder.file("f.hippo"))
    #expect(reader.header.machine == "machine" && reader.header.note == "for user")
    let timeline = try reader.timeline()
    #expect(Set(timeline.devices.map(\.id.machine)).isSubset(of: ["machine", ""]))
    let job = try #require(timeline.devices(.job).first)
    #expect(job.id.name == "job 1" && job.label == "job 1" && job.attributes.isEmpty)
    #expect(timeline.events.contains { $0.text == "user began path with API_KEY=***" })
    let lines = try run(["record", "--anonymous", "-o", "-"])
    #expect(lines.output.hasPrefix(#"{"hippowatt":2,"machine":"machine"}"#))
    #expect(!lines.output.contains("alice") && !lines.output.contains(machine))
    #expect(lines.output.contains(#""device":"job 1""#))
  }

  @Test func `an anonymous recording does not name a meter that never answers`() throws {
    for options in [["--anonymous"], []] {
      let result = try Program.run(
        [
          "record", "-o", "m.hippo", "--source", "wall:http://plug.alice.invalid/x", "--for",
          "1500ms",
        ]
          + options, in: folder)
      #expect(result.status == 0, "\(result.errors)")
      #expect(raw("m.hippo").contains("alice") == options.isEmpty)
      unlink(folder.file("m.hippo"))
    }
  }

  @Test func `an anonymous picture of a recording names nobody either`() throws {
    _ = try run(["record", "-o", "alice.hippo"])
    let plain = try Program.run(["snapshot", "alice.hippo"], in: folder)
    #expect(plain.output.contains("alice"))
    let frame = try Program.run(
      ["snapshot", "alice.hippo", "--anonymous"], in: folder, environment: ["USER": "alice"])
    #expect(frame.status == 0 && frame.output.contains("job 1"), "\(frame.output)")
    #expect(!frame.output.contains("alice") && !frame.output.contains("train"), "\(frame.output)")
  }

  @Test func `an older recording is shown and reported without its secrets`() throws {
    let start = Timestamp(nanoseconds: 1_750_003_200_000_000_000)
    let header = RecordingHeader(machine: "box", programVersion: "0", startedAt: start)
    let writer = try RecordingWriter(path: folder.file("old.hippo"), header: header)
    let job = DeviceID(machine: "box", kind: .job, name: "j")
    let gpu = DeviceID(machine: "box", kind: .gpu, name: "g")
    let label = "train.py --api-key \(Self.secret)"
    try writer.append(.device(Device(id: job, label: label, attributes: ["command": label])))
    try writer.append(.event(Event(time: start + 5, kind: .note, text: "API_KEY=\(Self.pass)")))
    for second in 0..<60 {
      var progress = Reading(device: job, time: start + Double(second))
      progress.set(.step, Double(second))
      progress.set(.loss, 2)
      try writer.append(.reading(progress))
      var power = Reading(device: gpu, time: start + Double(second))
      power.set(.power, 300)
      try writer.append(.reading(power))
    }
    try writer.close()
    for arguments in [
      ["snapshot", "old.hippo"], ["report", "old.hippo"],
      ["report", "old.hippo", "--format", "json"],
      ["report", "old.hippo", "--format", "markdown"],
    ] {
      let result = try Program.run(arguments, in: folder)
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
      #expect(result.output.contains("train.py"), "\(arguments)")
      expectNoSecret(result.output)
    }
  }

  @Test func `a screenshot never goes through a link`() throws {
    let victim = folder.write("precious", to: "victim")
    #expect(symlink(victim, folder.file("hippowatt-1.svg")) == 0)
    #expect(symlink(folder.file("nowhere"), folder.file("hippowatt-2.txt")) == 0)
    let session = try Session(
      ["watch", "--source", "simulated", "--every", "100ms"], in: folder, width: 120, height: 30)
    try #require(session.wait(for: "● LIVE"))
    session.type("S")
    #expect(session.wait(for: "saved hippowatt-3.svg"), "\(session.screen)")
    #expect(session.shows("is a link, which is not followed"), "\(session.screen)")
    #expect(try session.quit() == 0)
    #expect(folder.text("victim") == "precious" && folder.text("nowhere") == nil)
    #expect(folder.text("hippowatt-3.txt")?.contains("LIVE") == true)
  }
}

import Glibc
import Recordings
import Telemetry
import Testing

/// Recordings under adverse circumstances: what cannot be kept, removed files, stubborn commands.
@Suite struct AdversityTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func texts(_ name: String) throws -> [String] {
    try RecordingReader(path: folder.file(name)).timeline().events.map(\.text)
  }

  @Test func `a value that no file can hold is named once and the rest is kept`() throws {
    let line = #"{"reading":{"kind":"gpu","device":"x","power_w":5,"tempC":7}}"#
    _ = folder.write(line + "\n" + line + "\n", to: "lines")
    let result = try Program.run(
      [
        "record", "-o", "f.hippo", "--for", "1s", "--every", "50ms", "--source", "host",
        "--source", "exec:cat lines; exec sleep 100",
      ], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try texts("f.hippo").filter { $0.contains("tempC") }.count == 1)
    let reader = try RecordingReader(path: folder.file("f.hippo"))
    #expect(try reader.timeline().devices.contains { $0.id.kind == .host })
  }

  @Test func `times of another century are bad lines and do not stretch the session`() throws {
    let line = #"{"reading":{"kind":"gpu","device":"0","time":-9000000000,"power_w":50}}"#
    _ = folder.write(line + "\n", to: "lines")
    let result = try Program.run(
      ["snapshot", "--size", "80x24", "--source", "exec:cat lines; exec sleep 100"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("GPU DRAW"))
  }

  @Test func `a command whose time is up is asked once`() throws {
    let script = "trap 'echo asked >> asked' TERM; for i in 1 2 3 4 5 6 7 8; do sleep 0.1; done"
    let result = try Program.run(
      [
        "record", "-o", "f.hippo", "--quiet", "--for", "300ms", "--source", "host", "--", "/bin/sh",
        "-c", script,
      ],
      in: folder)
    #expect(result.status == 0)
    #expect(folder.text("asked") == "asked\n")
  }

  @Test func `a recording whose file is removed says so and fails`() throws {
    let program = try Program(
      ["record", "-o", "f.hippo", "--every", "50ms", "--source", "host"], in: folder)
    #expect(
      eventually { (try? RecordingReader(path: folder.file("f.hippo")))?.span != nil })
    for name in folder.names { unlink(folder.file(name)) }
    let result = try program.finish()
    #expect(result.status == 1)
    #expect(result.errors.contains("not recording any more"), "\(result.errors)")
  }

  @Test func `a command that is not found leaves no file behind`() throws {
    let result = try Program.run(
      ["record", "-o", "f.hippo", "--source", "host", "--", "no-such-command"], in: folder)
    #expect(result.status == 127)
    #expect(folder.names.isEmpty)
  }
}

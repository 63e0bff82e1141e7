import CSystem
import Glibc
import Loopback
import Recordings
import Synchronization
import Telemetry
import Testing

/// The whole machine by a meter that answers over HTTP, through the real program.
@Suite struct WallTests {
  private let folder: Folder
  private static let password = "Tr0ub4dor-and-3"

  init() throws { folder = try Folder() }

  /// A plug that wants a password: admin and the one above.
  private func plug() throws -> LoopbackServer {
    let watts = Mutex(300)
    return try LoopbackServer.hearing { request in
      guard request.contains("Authorization: Basic YWRtaW46VHIwdWI0ZG9yLWFuZC0z") else {
        return .status(401, ["WWW-Authenticate: Basic realm=\"plug\""], "no")
      }
      let now = watts.withLock { watts in
        watts += 1
        return watts
      }
      return .page("{\"p\":\(now)}", type: "application/json")
    }
  }

  private func settings(_ url: String, _ more: String) -> String {
    folder.write(
      "[[source]]\nkind = \"wall\"\nargument = \"\(url)\"\npower = \"/p\"\n\(more)\n", to: "c.toml")
  }

  @Test
  func `its power is recorded as the machine's, and the password is nowhere`() throws {
    let plug = try plug()
    let named = settings(plug.url("/x"), "user = \"admin\"\npassword_env = \"PW\"")
    let lines = try Program.run(
      ["record", "-o", "-", "--for", "2500ms", "--config", named], in: folder,
      environment: ["PW": Self.password])
    #expect(lines.status == 0 && lines.output.contains(#""role":"machine""#), "\(lines.errors)")
    #expect(lines.output.contains(#""power_mw":301000"#))
    #expect(!(lines.output + lines.errors).contains(Self.password))
    // In the URL, as a user may well write it.
    let url = plug.url("/x").replacing("http://", with: "http://admin:\(Self.password)@")
    let result = try Program.run(
      ["record", "-o", "f.hippo", "--for", "2500ms", "--config", settings(url, "")], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let raw = String(decoding: folder.bytes("f.hippo") ?? [], as: UTF8.self)
    #expect(!(raw + result.errors + result.output).contains(Self.password))
    let timeline = try RecordingReader(path: folder.file("f.hippo")).timeline()
    let meter = try #require(timeline.devices(.meter).first)
    #expect(meter.role == .machine && timeline.id(.power, of: meter.id) != nil)
    let frame = try Program.run(["snapshot", "f.hippo", "--format", "svg"], in: folder)
    #expect(frame.status == 0 && !frame.output.contains(Self.password))
  }

  @Test
  func `what is wrong is one line that names no password`() throws {
    let plug = try plug()
    let url = plug.url("/x").replacing("http://", with: "http://admin:wrong-\(Self.password)@")
    let sources = try Program.run(["sources", "--config", settings(url, "")], in: folder)
    #expect(sources.output.contains("refuses the user or password (401)"), "\(sources.output)")
    for (more, words) in [
      ("template = \"x\"", "is none of shelly-gen1"), ("user = \"admin\"", "no password"),
      (
        "password = \"\(Self.password)\"",
        "so say with password_env, password_command or password_file where it comes from"
      ),
    ] {
      let result = try Program.run(
        ["record", "-o", "f.hippo", "--for", "1s", "--config", settings(url, more)], in: folder)
      #expect(result.status != 0 && result.errorLines.count == 1, "\(result.errors)")
      #expect(result.errors.contains(words), "\(result.errors)")
      #expect(!result.errors.contains(Self.password))
    }
    let usage = try Program.run(["watch", "--source", "plug:\(url)"], in: folder)
    #expect(usage.status == 2 && !usage.errors.contains(Self.password))
  }

  @Test func `it is named beside the other sources`() throws {
    let server = try LoopbackServer { path in
      path == "/rpc/Shelly.GetStatus"
        ? .page("{\"switch:0\":{\"apower\":412.5},\"sys\":{\"mac\":\"A\"}}") : .status(404)
    }
    let result = try Program.run(
      ["record", "-o", "-", "--for", "1500ms", "--wall", server.url()], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains(#""power_mw":412500"#) && result.output.contains("\"host\""))
  }
}

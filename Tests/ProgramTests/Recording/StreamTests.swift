import Canvas
import Glibc
import Sensors
import Telemetry
import Terminals
import Testing

/// JSON lines out of one program and into another.
@Suite struct StreamTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func watch(_ pipe: Pipe, width: Int = 132, height: Int = 40) throws -> Session {
    let session = try Session(
      ["watch", "-"], in: folder, width: width, height: height, input: pipe.reading)
    pipe.closeReading()
    return session
  }

  private static let job =
    #"{"device":{"kind":"job","name":"j","label":"llama from afar","model":""}}"#
  private static let gpu =
    #"{"device":{"kind":"gpu","name":"g","label":"0","model":"Far 9000"}}"#

  private static func power(_ watts: Int) -> String {
    #"{"reading":{"kind":"gpu","device":"g","power_w":"# + "\(watts)}}"
  }

  @Test func `record prints lines that say everything again`() throws {
    let result = try Program.run(
      ["record", "-o", "-", "--source", "simulated", "--every", "100ms", "--for", "500ms"],
      in: folder)
    #expect(result.status == 0)
    #expect(result.output.hasPrefix(#"{"hippowatt":2,"machine":""#))
    var decoder = JSONLineDecoder(machine: "elsewhere", source: "test")
    var kinds: Set<String> = []
    var readings = 0
    for line in result.output.split(separator: "\n") {
      for seen in try decoder.decode(String(line), arrival: Timestamp(nanoseconds: 0)) {
        switch seen {
        case .device(let device): kinds.insert(device.id.kind.name)
        case .reading: readings += 1
        default: break
        }
      }
    }
    #expect(kinds.isSuperset(of: ["gpu", "cpu", "meter", "host", "disk", "net", "job", "grid"]))
    #expect(readings >= 3 * 14)
    #expect(!result.errors.contains("recorded in"))
  }

  @Test func `lines tell what the accelerators waited for up to the end`() throws {
    let sensor = folder.write(
      #"""
      while :; do
        echo '{"reading":{"kind":"gpu","device":"0","power_w":300,"utilization_percent":99}}'
        sleep 0.1
      done
      """#, to: "sensor.sh")
    // What is decided lies two seconds back, so that nothing of this is before its end.
    let result = try Program.run(
      ["record", "-o", "-", "--source", "exec:sh \(sensor)", "--for", "1900ms"], in: folder)
    #expect(result.status == 0 && result.output.contains(#""judged_time_us":"#), "\(result.errors)")
  }

  @Test func `with a command its own output goes to standard error`() throws {
    let result = try Program.run(
      ["record", "-o", "-", "--quiet", "--source", "simulated", "--", "/bin/echo", "hello"],
      in: folder)
    #expect(result.status == 0)
    #expect(result.errors == "hello\n")
    #expect(result.output.split(separator: "\n").allSatisfy { $0.hasPrefix("{\"") })
  }

  @Test func `one program shows what another sends and takes keys from the terminal`() throws {
    let pipe = try Pipe(folder)
    let sender = try Program(
      ["record", "-o", "-", "--quiet", "--source", "simulated", "--every", "100ms"], in: folder,
      target: pipe.writing)
    pipe.closeWriting()
    let session = try watch(pipe)
    #expect(session.wait { session.shows("SIMULATED") && session.shows("W at the plug") })
    session.type(" ")
    #expect(session.wait(for: "‖ PAUSED"))
    session.type("\u{1B}OF")
    #expect(session.wait(for: "● LIVE"))
    sender.send(SIGTERM)
    #expect(try sender.finish().status == 0)
    #expect(session.wait(for: "the stream has ended"), "\(session.screen)")
    #expect(session.shows("GPU DRAW"), "what was seen stays")
    #expect(try session.quit() == 0)
    session.expectClean()
  }

  @Test func `the title names the machine that the lines come from`() throws {
    let pipe = try Pipe(folder)
    let session = try watch(pipe)
    pipe.write([#"{"hippowatt":1,"machine":"faraway-box"}"#, Self.gpu, Self.power(200)])
    #expect(session.wait { session.lines[0].contains("Far 9000") })
    #expect(session.wait { session.lines[0].contains("faraway-box") }, "\(session.lines[0])")
    #expect(try session.quit() == 0)
  }

  @Test func `bad lines in between are passed over and spoken of once`() throws {
    let pipe = try Pipe(folder)
    let session = try watch(pipe)
    pipe.write(["no json at all", Self.gpu, "{\"reading\":", "", Self.power(251)])
    #expect(session.wait(for: "251 W"), "\(session.screen)")
    pipe.write(["{}", "[1]", String(repeating: "x", count: 50_000), "\u{0}\u{1B}[2J\u{7F}"])
    pipe.write([#"{"reading":{"kind":"gpu","device":"g","power_w":1e400}}"#, Self.power(262)])
    #expect(session.wait(for: "262 W"), "\(session.screen)")
    #expect(session.shows("▾ stdin: line 1"), "\(session.screen)")
    #expect(try session.quit() == 0)
    session.expectClean()
  }

  @Test func `no number and no time in a line ends or stretches a session`() throws {
    let pipe = try Pipe(folder)
    let session = try watch(pipe)
    pipe.write([Self.gpu, Self.power(251)])
    #expect(session.wait(for: "251 W"), "\(session.screen)")
    pipe.write([
      #"{"series":{"kind":"gpu","device":"g","metric":"mine","period":1e12}}"#,
      #"{"series":{"kind":"gpu","device":"g","metric":"power_mw","period":1e300,"range":1e308}}"#,
      #"{"series":{"kind":"gpu","device":"g","metric":"other","scale":1e-320}}"#,
      #"{"reading":{"kind":"gpu","device":"g","power_w":252,"time":"2096-01-01T00:00:00Z"}}"#,
      #"{"reading":{"kind":"gpu","device":"g","power_w":253,"time":1}}"#,
      #"{"reading":{"kind":"gpu","device":"g","power_w":254,"arrival":4102444000}}"#,
      #"{"event":{"text":"later","time":3976214400}}"#,
      #"{"reading":{"kind":"gpu","device":"g","mine":9e18,"other":1e18}}"#, Self.power(262),
    ])
    #expect(session.wait(for: "262 W"), "\(session.screen)")
    for key in ["1", "2", "3", "4", "i", "i", "-", "-"] { session.type(key) }
    pipe.write([Self.power(263)])
    #expect(session.wait(for: "263 W"), "\(session.screen)")
    #expect(session.shows("● LIVE"))
    #expect(try session.quit() == 0)
    session.expectClean()
  }

  @Test func `a recording is not stretched by a wrong time`() throws {
    let script = """
      echo '\(Self.gpu)'
      echo '{"reading":{"kind":"gpu","device":"g","power_w":5,"time":"2096-01-01T00:00:00Z"}}'
      echo '{"reading":{"kind":"gpu","device":"g","power_w":5,"time":"2001-01-01T00:00:00Z"}}'
      echo '{"reading":{"kind":"gpu","device":"g","power_w":5,"time":"1970-01-01T00:00:00Z"}}'
      while :; do echo '\(Self.power(100))'; sleep 0.1; done
      """
    let result = try Program.run(
      ["record", "-o", "f.hippo", "--for", "1s", "--source", "exec:\(script)", "--every", "100ms"],
      in: folder)
    #expect(result.status == 0)
    let report = try Program.run(["report", "f.hippo"], in: folder)
    let duration = try #require(
      report.output.split(separator: "\n").first { $0.hasPrefix("duration") })
    #expect(
      ["ms", "s"].contains(duration.split(separator: " ").last.map(String.init)), "\(duration)")
  }

  @Test func `an empty stream ends in words too`() throws {
    let pipe = try Pipe(folder)
    let session = try watch(pipe, width: 80, height: 24)
    pipe.closeWriting()
    #expect(session.wait(for: "the stream has ended"), "\(session.screen)")
    #expect(try session.quit() == 0)
  }

  @Test func `names cannot steer the terminal`() throws {
    let pipe = try Pipe(folder)
    let session = try watch(pipe)
    #expect(session.wait(for: "hippowatt"))
    let evil = [
      #"\u001b[2J"#, #"\u001b]0;pwned\u0007"#, #"\u009b31m"#, #"\r\n\b\u007f"#, #"\u202e"#,
      #"\u001b[?1049l"#,
    ].joined()
    pipe.write([
      #"{"hippowatt":1,"machine":"box\#(evil)end"}"#,
      #"{"device":{"kind":"job","name":"j","label":"job\#(evil)name"}}"#,
      #"{"device":{"kind":"gpu","name":"g\#(evil)","label":"0\#(evil)","model":"Far\#(evil)9"}}"#,
      #"{"series":{"kind":"gpu","device":"g\#(evil)","metric":"power_mw","note":"n\#(evil)"}}"#,
      #"{"reading":{"kind":"gpu","device":"g\#(evil)","power_w":273}}"#,
      #"{"reading":{"kind":"job","device":"j","step":7,"loss":2.5}}"#,
      #"{"event":{"kind":"mark","text":"mark\#(evil)"}}"#,
      #"{"state":{"source":"nvml","health":"failed","message":"m\#(evil)","remedy":"r\#(evil)"}}"#,
    ])
    #expect(
      session.wait { session.shows("273 W") && session.shows("job [2J") }, "\(session.screen)")
    for key in ["i", "i", "2", "i", "i", "2", "1"] { session.type(key) }
    #expect(session.wait { session.shows("2 ALGORITHM") == false }, "\(session.screen)")
    #expect(try session.quit() == 0)
    session.expectClean()
    for trace in ["\u{1B}]", "\u{9B}", "\u{202E}", "\u{8}\u{7F}"] {
      #expect(!contains(trace, in: session.pty.output[...]), "\(trace.debugDescription)")
    }
    for y in 0..<40 {
      for cell in session.terminal.canvas.row(y) {
        #expect(cell.glyph.value >= 0x20 && !(0x7F..<0xA0).contains(cell.glyph.value))
      }
    }
  }

  @Test func `without a pipe it says what to do`() throws {
    let session = try Session(["watch", "-"], in: folder)
    #expect(try #require(session.end()) >> 8 == 1)
    #expect(session.pty.text.hasPrefix("hippowatt: standard input is a terminal; pipe into it"))
    #expect(session.pty.text.filter { $0 == "\r\n" }.count == 1)
  }
}

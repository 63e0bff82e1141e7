import Canvas
import Glibc
import Terminals
import Testing

/// Terminals far away, at the end of a line that carries less than is drawn.
@Suite struct LinkTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private static let answers = ["\u{1B}[5n": ["\u{1B}[0n"]]

  /// A sensor that tells something new twenty times a second, and writes down how often it did.
  private func sensor() -> String {
    folder.write(
      """
      #!/bin/sh
      echo '{"device":{"kind":"gpu","name":"A","label":"0"}}'
      n=0
      while :; do
        n=$((n + 1))
        echo "{\\"reading\\":{\\"kind\\":\\"gpu\\",\\"device\\":\\"A\\",\\"power_w\\":$((n * 37 % 400))}}"
        echo >> ticks
        /bin/sleep 0.05
      done

      """, to: "sensor")
  }

  /// Waits, without reading anything of what the program sends, until the sensor has told so much more.
  private func stall(readings: Int) {
    func ticks() -> Int { folder.text("ticks")?.utf8.count ?? 0 }
    let start = ticks()
    #expect(eventually { ticks() >= start + readings })
  }

  @Test func `over a line that stands still frames are left out, and a key waits behind one`()
    throws
  {
    let session = try Session(
      ["watch", "--source", "exec:sh \(sensor())", "--every", "50ms"], in: folder, width: 132,
      height: 40, replies: Self.answers)
    #expect(session.wait { session.shows("● LIVE") && session.shows("W") })
    stall(readings: 30)
    session.type("?")
    stall(readings: 6)
    let bytes = session.pty.drain()
    let frames = Self.questions(in: bytes[...])
    #expect(frames <= 3, "\(frames) frames, \(bytes.count) bytes")
    #expect(String(decoding: bytes, as: UTF8.self).contains("hippowatt: keys"))
    // Once they are confirmed it goes on.
    #expect(session.wait(for: "hippowatt: keys"))
    session.type("?")
    #expect(session.wait { !session.shows("hippowatt: keys") })
    #expect(try session.quit() == 0)
    session.expectClean()
  }

  /// How often the terminal was asked whether it is ready.
  private static func questions(in bytes: ArraySlice<UInt8>) -> Int {
    let question = Array("\u{1B}[5n".utf8)
    return bytes.indices.count { bytes[$0...].starts(with: question) }
  }

  @Test func `after a stop frames go on as before`() throws {
    let session = try Session(
      ["watch", "--source", "simulated", "--every", "20ms"], in: folder, width: 132, height: 40,
      replies: Self.answers)
    #expect(session.wait(for: "● LIVE"))
    for _ in 0..<3 {
      let before = session.pty.output.count
      session.pty.send(SIGTSTP)
      #expect(session.pty.wait(for: "\u{1B}[?1049h", after: before))
    }
    let questions = Self.questions(in: session.pty.output[...])
    #expect(session.pty.wait { Self.questions(in: $0[...]) > questions + 20 })
    #expect(try session.quit() == 0)
    session.expectClean()
  }

  @Test func `nothing the terminal answers is left for the shell`() throws {
    let session = try Session(
      ["watch", "--source", "simulated", "--every", "20ms"], in: folder, replies: Self.answers)
    #expect(session.wait(for: "● LIVE"))
    #expect(try session.quit() == 0)
    session.expectClean()
    var waiting: Int32 = 0
    #expect(ioctl(session.pty.slave, UInt(FIONREAD), &waiting) == 0 && waiting == 0)
    #expect(Self.questions(in: session.pty.output[...]) > 1)
  }

  @Test func `a terminal that does not say when it is ready is not asked again`() throws {
    let session = try Session(
      ["watch", "--source", "simulated", "--every", "20ms"], in: folder)
    #expect(session.wait(for: "● LIVE"))
    #expect(session.wait { session.pty.output.count > 20_000 })
    // Before it said what it is, which is the end of its answers, it may have been asked for some frames.
    #expect(Self.questions(in: session.pty.output[...]) < 10)
    #expect(try session.quit() == 0)
  }
}

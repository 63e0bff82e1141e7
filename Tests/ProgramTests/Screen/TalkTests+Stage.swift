import Dashboard
import Glibc
import Recordings
import Telemetry
import Terminals
import TestSupport
import Testing

@testable import hippowatt

/// A talk that is exported, and one that is given.
extension TalkTests {
  // MARK: Export

  @Test func anExportIsTheSameByteForByte() throws {
    write()
    for name in ["one", "two"] {
      let result = try run(
        "talk.toml", "--export", name, "--size", "80x24",
        environment: ["TZ": name == "one" ? "UTC" : "Asia/Tokyo"])
      #expect(result.status == 0, "\(result.errors)")
    }
    let names = Folder.names(in: folder.file("one"))
    #expect(names == ["chapter-01.svg", "chapter-02.svg", "talk.cast"])
    for name in names {
      #expect(folder.bytes("one/" + name) == folder.bytes("two/" + name), "\(name)")
    }
    let cast = try #require(folder.text("one/talk.cast"))
    #expect(cast.hasPrefix("{\"version\":3,\"term\":{\"cols\":80,\"rows\":24,"))
    let marks = cast.split(separator: "\n").filter { $0.contains(",\"m\",") }
    #expect(marks == ["[0.000,\"m\",\"First\"]", "[0.200,\"m\",\"Second\"]"], "\(marks)")
    #expect(folder.text("one/chapter-01.svg")?.contains("<title>First</title>") == true)
  }

  // MARK: The stage

  @Test func aClickerGivesTheTalk() throws {
    write(seconds: 60)
    let session = try Session(["talk", "talk.toml"], in: folder, width: 96, height: 27)
    #expect(session.wait(for: "One sentence."), "\(session.screen)")
    #expect(session.wait(for: "▶ REPLAY"), "\(session.screen)")
    #expect(session.shows("First") && session.shows("1/2"))
    session.type("\u{1B}[6~")
    #expect(session.wait(for: "2/2"), "\(session.screen)")
    session.type("b")
    #expect(session.wait { session.lines.allSatisfy(\.isEmpty) }, "\(session.screen)")
    session.type("b")
    #expect(session.wait(for: "2/2"))
    session.type("l")
    #expect(session.wait(for: "Chapters"))
    session.type("\u{1B}[A\r")
    #expect(session.wait { session.shows("1/2") && !session.shows("Chapters") })
    session.type("2\r")
    #expect(session.wait(for: "2/2"))
    session.type(" ")
    #expect(session.wait(for: "Put yours on the scale."))
    #expect(try session.quit() == 0)
    #expect(session.pty.isCooked && session.terminal.modes.contains(-1049))
  }

  @Test func theLanguageIsThatOfTheEnvironmentOrTheOption() throws {
    write(seconds: 60)
    for (arguments, environment) in [
      ([], ["LC_ALL": "fr_FR.UTF-8"]), (["--lang", "fr"], ["LANG": "C.UTF-8"]),
    ] {
      let session = try Session(
        ["talk", "talk.toml"] + arguments, in: folder, width: 96, height: 27,
        environment: environment)
      #expect(session.wait { session.shows("Une phrase.") || session.shows("REJEU") })
      #expect(session.shows("Premier"), "\(session.screen)")
      #expect(try session.quit() == 0)
    }
  }
}

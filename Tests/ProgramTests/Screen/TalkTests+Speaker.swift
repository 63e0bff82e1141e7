import Dashboard
import Glibc
import Recordings
import Telemetry
import Terminals
import TestSupport
import Testing

@testable import hippowatt

/// What the speaker sees in a second terminal.
extension TalkTests {
  // MARK: The speaker's view

  private func stage() throws -> Session {
    write(seconds: 60)
    let session = try Session(
      ["talk", "talk.toml"], in: folder, width: 96, height: 27,
      environment: ["XDG_RUNTIME_DIR": folder.path])
    try #require(session.wait(for: "One sentence."), "\(session.screen)")
    return session
  }

  private func notes() throws -> Session {
    try Session(
      ["talk", "--notes"], in: folder, environment: ["XDG_RUNTIME_DIR": folder.path])
  }

  @Test func theSpeakerReadsNotesAndWhatComesNext() throws {
    let talk = try stage()
    let desk = try notes()
    #expect(desk.wait(for: "Say this."), "\(desk.screen)")
    #expect(desk.shows("now  1/2  First") && desk.shows("next  Second"), "\(desk.screen)")
    #expect(desk.shows("waits for a key") && desk.shows("on time"))
    talk.type(" ")
    // What the talk draws is read as well: a full terminal would hold it up.
    func waits(for text: String) -> Bool {
      desk.wait {
        talk.pty.drain()
        return desk.shows(text)
      }
    }
    #expect(waits(for: "now  2/2  Second"), "\(desk.screen)")
    #expect(waits(for: "no notes for this chapter"))
    #expect(try talk.quit() == 0)
    #expect(desk.end() == 0)
  }

  @Test func aTalkThatWasKilledLeavesNobodyWaiting() throws {
    let talk = try stage()
    let desk = try notes()
    #expect(desk.wait(for: "Say this."), "\(desk.screen)")
    #expect(Folder.names(in: folder.file("hippowatt")) == ["talk.json", "talk.lock"])
    kill(talk.pty.child, SIGKILL)
    _ = talk.end()
    #expect(desk.end() == 0)
    let late = try Program.run(
      ["talk", "--notes"], in: folder, environment: ["XDG_RUNTIME_DIR": folder.path])
    #expect(late.status == 1)
    #expect(late.errors.hasPrefix("hippowatt: no talk of yours is running; start one"))
    // What it left behind is in nobody's way.
    let again = try stage()
    let second = try notes()
    #expect(second.wait(for: "Say this."), "\(second.screen)")
    #expect(try again.quit() == 0)
    #expect(second.end() == 0)
  }

  @Test func aSecondTalkLeavesTheNotesToTheFirst() throws {
    let first = try stage()
    let second = try stage()
    #expect(try second.quit() == 0)
    #expect(second.shows("another talk of yours is running"), "\(second.screen)")
    let desk = try notes()
    #expect(desk.wait(for: "Say this."))
    #expect(try first.quit() == 0)
  }

  @Test func withoutAFolderThereAreNoNotesAndTheTalkIsGiven() throws {
    write(seconds: 60)
    let session = try Session(
      ["talk", "talk.toml"], in: folder, width: 120, height: 27,
      environment: ["XDG_RUNTIME_DIR": "/nonexistent/place"])
    #expect(session.wait(for: "One sentence."))
    #expect(try session.quit() == 0)
    #expect(session.shows("no notes for --notes: /nonexistent/place/hippowatt cannot be made"))
  }

  @Test func aFolderThatOthersMayWriteIsRefused() throws {
    let open = folder.file("open")
    mkdir(open, 0o777)
    chmod(open, 0o777)
    let board = TalkBoard(folder: open)
    #expect(throws: Failure.self) { try board.take() }
    #expect(throws: Failure.self) { _ = try board.look() }
    let link = folder.file("link")
    symlink(folder.path, link)
    #expect(throws: Failure.self) { try TalkBoard(folder: link).take() }
  }

  @Test func aPageReadsBackAsItWasWritten() throws {
    var status = TalkStatus()
    status.title = "a \"talk\""
    status.name = "l'hippopotame"
    status.caption = "één zin"
    status.notes = "first\n\n" + String(repeating: "long ", count: 2000)
    (status.nextName, status.nextCaption) = ("x", "y")
    (status.chapter, status.count) = (2, 7)
    (status.used, status.shown, status.planned) = (61.25, 3.5, 240)
    (status.plannedBefore, status.plannedHere) = (65, 35)
    (status.isBlack, status.isPaused, status.waitsForKey) = (true, false, true)
    #expect(TalkBoard.decode(TalkBoard.encode(status)) == status)
    for bytes in ["", "{", "{}", "[1]", "{\"version\":2,\"chapter\":1,\"count\":1}"] {
      #expect(TalkBoard.decode(Array(bytes.utf8)) == nil, "\(bytes)")
    }
  }
}

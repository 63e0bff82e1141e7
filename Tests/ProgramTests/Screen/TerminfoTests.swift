import Glibc
import Terminals
import Testing

@testable import hippowatt

/// Where a terminal's entry is looked for.
@Suite struct TerminfoTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func folders(_ environment: [String: String]) -> [String] {
    HostEnvironment(environment: environment, machine: "box").terminfoFolders
  }

  @Test func `the places of Debian, Fedora and NixOS are looked at`() {
    let system = [
      "/etc/terminfo", "/lib/terminfo", "/usr/lib/terminfo", "/usr/share/terminfo",
      "/run/current-system/sw/share/terminfo",
    ]
    let own = ["/home/h/.terminfo", "/home/h/.nix-profile/share/terminfo"]
    #expect(folders([:]) == system)
    #expect(folders(["HOME": "/home/h"]) == own + system)
    #expect(folders(["HOME": "/home/h", "TERMINFO_DIRS": ""]) == own + system)
    #expect(folders(["HOME": "here"]) == system, "a home must be a place")
  }

  @Test func `what the user says comes first, as it was said`() {
    #expect(folders(["TERMINFO_DIRS": "/a:/b"]).starts(with: ["/a", "/b", "/etc/terminfo"]))
    #expect(folders(["TERMINFO_DIRS": ":/b"]).starts(with: ["", "/b", "/etc/terminfo"]))
  }

  /// Writes an entry that can only clear the screen and move the cursor, in the format of term(5).
  private func writeEntry(_ name: String, in place: String) throws {
    let names = Array("\(name)|a terminal of a test".utf8) + [0]
    let clear = Array("\u{1B}[H\u{1B}[2J".utf8) + [0]
    let move = Array("\u{1B}[%i%p1%d;%p2%dH".utf8) + [0]
    // clear_screen is the sixth of the strings, cursor_address the eleventh.
    var offsets = [Int](repeating: 0xFFFF, count: 11)
    offsets[5] = 0
    offsets[10] = clear.count
    var bytes: [UInt8] = []
    func add(_ word: Int) { bytes += [UInt8(word & 0xFF), UInt8(word >> 8)] }
    for word in [0o432, names.count, 0, 0, offsets.count, clear.count + move.count] { add(word) }
    bytes += names
    if bytes.count % 2 == 1 { bytes.append(0) }
    for offset in offsets { add(offset) }
    bytes += clear + move
    let path = folder.write("", to: "\(place)/\(name.prefix(1))/\(name)")
    let stream = try #require(fopen(path, "wb"))
    defer { fclose(stream) }
    #expect(fwrite(bytes, 1, bytes.count, stream) == bytes.count)
  }

  @Test(arguments: [".nix-profile/share/terminfo", "elsewhere"])
  func `a terminal that only the user has an entry of is drawn on`(place: String) throws {
    try writeEntry("harbour", in: place)
    var environment = ["TERM": "harbour", "COLORTERM": ""]
    if place == "elsewhere" { environment["TERMINFO_DIRS"] = folder.file(place) }
    let session = try Session(
      ["watch", "--source", "simulated", "--every", "100ms"], in: folder, environment: environment)
    #expect(session.wait { session.shows("GPU DRAW") }, "\(session.pty.text.prefix(300))")
    #expect(try session.quit() == 0)
  }
}

import Accounting
import Canvas
import Glibc
import Serving
import Telemetry
import Terminals
import Testing

@testable import hippowatt

/// Themes from files of the user's own.
extension SettingsTests {
  @Test func `a theme that is a pipe or a device is named and not waited for`() throws {
    folder.write("", to: "config/hippowatt/themes/x")
    mkfifo(folder.file("config/hippowatt/themes/pipe.theme"), 0o600)
    symlink("/dev/zero", folder.file("config/hippowatt/themes/zero.theme"))
    let result = try run(["snapshot", "--source", "simulated", "--every", "50ms"])
    #expect(result.status == 0 && result.errorLines.count == 2, "\(result.errors)")
    #expect(result.errors.contains("pipe.theme: is a pipe"))
    #expect(result.errors.contains("zero.theme: is a device"))
  }

  @Test func `a theme with an error is named with its line and the default stands in`() throws {
    let path = folder.write(
      "name = \"mine\"\nbackground = \"#101010\"\ntext = \"reddish\"\n",
      to: "config/hippowatt/themes/mine.theme")
    let plain = ["snapshot", "--source", "simulated", "--every", "50ms", "--format", "svg"]
    let result = try run(plain + ["--theme", "mine"])
    #expect(result.status == 0)
    #expect(result.errorLines.count == 2, "\(result.errors)")
    let line = try #require(result.errorLines.first)
    #expect(line.hasPrefix("hippowatt: \(path): line 3: “reddish” is not a colour"), "\(line)")
    #expect(line.hasSuffix("the default theme stands in for it"))
    #expect(result.errors.contains("there is no theme “mine”; there are: dusk, "))
    #expect(result.output.contains("#0f1015") && !result.output.contains("#101010"))
  }

  @Test func `a theme that lacks a role is named on the screen and after it`() throws {
    let path = folder.write(
      "background = \"#101010\"\n", to: "config/hippowatt/themes/bare.theme")
    let session = try Session(
      ["watch", "--source", "simulated"], in: folder, width: 132, height: 40,
      environment: ["XDG_CONFIG_HOME": folder.file("config")])
    #expect(session.wait(for: "\(path): the role “text” is missing"), "\(session.screen)")
    #expect(session.terminal.canvas[0, 12].background.rgb & 0xFFFFFF == 0x0F1015)
    #expect(try session.quit() == 0)
    session.expectClean()
    #expect(session.pty.text.hasSuffix("the default theme stands in for it\r\n"))
  }

  @Test func `an own theme of the same name comes before the one that was installed`() throws {
    let plain = ["snapshot", "--source", "simulated", "--every", "50ms", "--format", "svg"]
    let source = try #require(installed("wallow"))
    let mine = source.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix("background") ? "background = \"#010203\"" : String($0) }
    folder.write(mine.joined(separator: "\n"), to: "config/hippowatt/themes/wallow.theme")
    let result = try run(plain + ["--theme", "wallow"])
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    #expect(result.output.contains("#010203"))
  }

  /// The text of a theme of the source tree, found from the built program upwards.
  private func installed(_ name: String) -> String? {
    var place = Program.path
    while let slash = place.lastIndex(of: "/") {
      place = String(place[..<slash])
      if let text = Folder.read(place + "/themes/" + name + ".theme") { return text }
    }
    return nil
  }
}

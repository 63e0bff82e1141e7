import Glibc
import Telemetry
import Testing

@testable import hippowatt

/// Commands that print and are done.
@Suite struct CommandTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private static let snapshot = ["snapshot", "--source", "simulated", "--every", "50ms"]

  @Test func `every source of the catalogue is listed with what it gives`() throws {
    let result = try Program.run(["sources"], in: folder)
    #expect(result.status == 0 && result.errors.isEmpty)
    let lines = result.output.split(separator: "\n")
    for entry in SourceCatalogue.all.entries {
      let index = try #require(
        lines.firstIndex { $0.hasPrefix(entry.usage) && $0.hasSuffix(entry.gives) },
        "\(entry.name) in \(result.output)")
      let state = lines[index + 1].split(separator: " ").first.map(String.init) ?? ""
      #expect(
        entry.isDefault
          ? ["ok", "waiting", "missing", "denied", "failed", "absent"].contains(state)
          : state == "off",
        "\(entry.name): \(lines[index + 1])")
    }
    #expect(!result.output.contains("\u{1B}"))
  }

  @Test func `a snapshot as text is plain and exactly as large as asked`() throws {
    let result = try Program.run(Self.snapshot + ["--size", "100x30"], in: folder)
    #expect(result.status == 0 && result.errors.isEmpty)
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    #expect(lines.count == 30)
    #expect(lines.allSatisfy { $0.count <= 100 } && lines.contains { $0.count == 100 })
    #expect(!result.output.contains("\u{1B}"))
    #expect(result.output.contains("W at the plug") && result.output.contains("SIMULATED"))
  }

  @Test func `a snapshot for terminals has colours and ends without them`() throws {
    let result = try Program.run(Self.snapshot + ["--format", "ansi"], in: folder)
    #expect(result.status == 0)
    #expect(result.output.contains("\u{1B}[") && result.output.contains(";2;"))
    let last = try #require(result.output.split(separator: "\u{1B}").last)
    #expect(last.hasPrefix("[0m") || last.hasPrefix("[m"))
    let none = try Program.run(Self.snapshot + ["--format", "ansi", "--color", "none"], in: folder)
    #expect(!none.output.contains(";2;") && !none.output.contains(";5;"))
  }

  @Test(
    arguments: [
      snapshot, ["sources"], ["--version"], ["themes"], ["grid", "--zone", "FR"],
      ["report", "--help"],
    ])
  func `what cannot be written is a failure, in one line`(words: [String]) throws {
    let full = open("/dev/full", O_WRONLY)
    defer { close(full) }
    let result = try Program(words, in: folder, target: full).finish()
    #expect(result.status == 1)
    #expect(result.errors == "hippowatt: standard output: No space left on device\n")
  }

  @Test func `a snapshot as a picture is one SVG, also in a file`() throws {
    let result = try Program.run(Self.snapshot + ["--format", "svg", "-o", "a.svg"], in: folder)
    #expect(result.status == 0 && result.output.isEmpty)
    let svg = try #require(folder.text("a.svg"))
    #expect(svg.hasPrefix("<") && svg.contains("</svg>") && svg.contains("GPU DRAW"))
    let nowhere = try Program.run(Self.snapshot + ["-o", "no/a.svg"], in: folder)
    #expect(nowhere.status == 1)
    #expect(nowhere.errors == "hippowatt: no/a.svg: No such file or directory\n")
  }

  @Test func `one panel can have the whole picture`() throws {
    let result = try Program.run(Self.snapshot + ["--panel", "4"], in: folder)
    #expect(result.output.contains("4 RENEWABLE SHARE") && !result.output.contains("1 GPU DRAW"))
  }

  @Test func `any size can be printed`() throws {
    for size in ["1x1", "1x1000", "1000x1", "28x7", "44x12", "79x23"] {
      let result = try Program.run(
        ["snapshot", "--source", "simulated", "--every", "10ms", "--size", size], in: folder)
      #expect(result.status == 0 && result.errors.isEmpty, "\(size)")
      let height = try #require(size.split(separator: "x").last.flatMap { Int($0) })
      #expect(result.output.split(separator: "\n", omittingEmptySubsequences: false).count > height)
    }
  }

  @Test func `demos are listed, or their absence is one line`() throws {
    let result = try Program.run(["demo", "--list"], in: folder)
    if result.status == 0 {
      #expect(result.output.contains("\t") && result.errors.isEmpty)
    } else {
      #expect(result.status == 1 && result.output.isEmpty && result.errorLines.count == 1)
      #expect(result.errors.hasPrefix("hippowatt: no demo was installed; looked in /"))
    }
  }

  @Test(arguments: [
    [], ["watch"], ["replay"], ["record"], ["demo"], ["sources"], ["snapshot"],
    ["compare"], ["report"],
  ])
  func `help is there for every command and names its options`(command: [String]) throws {
    let result = try Program.run(command + ["--help"], in: folder)
    #expect(result.status == 0 && result.errors.isEmpty)
    let usage = (["USAGE: hippowatt"] + command).joined(separator: " ")
    #expect(result.output.contains(usage), "\(result.output)")
    #expect(!result.output.contains("--keys") && !result.output.contains("--dump"))
    #expect(try Program.run(["help"] + command, in: folder).output == result.output)
  }

  @Test func `version and completions are there`() throws {
    let version = try Program.run(["--version"], in: folder)
    #expect(version.status == 0 && version.output.contains("."))
    for shell in ["bash", "zsh", "fish"] {
      let result = try Program.run(["--generate-completion-script", shell], in: folder)
      #expect(result.status == 0 && result.output.contains("snapshot"), "\(shell)")
    }
  }
}

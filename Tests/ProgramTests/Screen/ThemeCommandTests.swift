import Testing

/// Making a theme and looking at it.
@Suite struct ThemeCommandTests {
  private let folder: Folder
  private static let scheme =
    "palette:\n"
    + (0..<16).map {
      "  base0\(String($0, radix: 16)): \"\(String($0 * 15 + 16, radix: 16))4050\"\n"
    }
    .joined()

  init() throws { folder = try Folder() }

  @Test func `an imported theme is one of the user's`() throws {
    folder.write(Self.scheme, to: "Deep Sea.yaml")
    let made = try Program.run(["themes", "import", "Deep Sea.yaml"], in: folder)
    #expect(made.status == 0 && made.output.isEmpty, "\(made.errors)")
    #expect(made.errors.contains("--theme deep-sea"))
    let list = try Program.run(["themes"], in: folder)
    #expect(list.status == 0 && list.output.split(separator: "\n").contains("deep-sea"))
    #expect(list.output.hasPrefix("dusk\n") && list.errors.isEmpty)
    let shown = try Program.run(
      ["snapshot", "--source", "simulated", "--every", "50ms", "--theme", "deep-sea"], in: folder)
    #expect(shown.status == 0 && shown.errors.isEmpty, "\(shown.errors)")
    let again = try Program.run(["themes", "import", "Deep Sea.yaml"], in: folder)
    #expect(again.status == 1 && again.errors.contains("is there already"))
    #expect(
      try Program.run(["themes", "import", "Deep Sea.yaml", "--force"], in: folder).status == 0)
    let text = try Program.run(
      ["themes", "import", "Deep Sea.yaml", "-o", "-", "--name", "sea"], in: folder)
    #expect(text.status == 0 && text.output.hasPrefix("name = \"sea\"\n"))
  }

  @Test(arguments: [
    (["nothing.yaml"], Int32(1), "there is no such file"), (["bad.yaml"], 1, "bad.yaml:2: "),
    (["auto.yaml"], 1, "--name"), (["good.yaml", "--name", "auto"], 2, "auto"),
    (["good.yaml", "--name", "../x"], 2, "--name"),
    (["good.yaml", "-o", "/nowhere/x"], 1, "/nowhere"),
  ])
  func `what cannot be made is said in one line`(
    arguments: [String], status: Int32, word: String
  ) throws {
    folder.write("palette:\n  base00 1\n", to: "bad.yaml")
    for name in ["auto.yaml", "good.yaml"] { folder.write(Self.scheme, to: name) }
    let result = try Program.run(["themes", "import"] + arguments, in: folder)
    #expect(result.status == status && result.errors.contains(word), "\(result.errors)")
    #expect(result.output.isEmpty)
  }
}

import Testing

/// The language of the screen: that of the locale, or the one asked for.
@Suite struct LanguageTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func title(_ options: [String], _ environment: [String: String]) throws -> Program.Result
  {
    try Program.run(
      ["snapshot", "--source", "simulated", "--every", "50ms", "--size", "80x24"] + options,
      in: folder, environment: environment)
  }

  @Test(arguments: [
    ([String: String](), [String](), "GPU DRAW"),
    (["LANG": "fr_FR.UTF-8"], [], "PUISSANCE GPU"),
    (["LANG": "de_DE.UTF-8"], [], "GPU DRAW"),
    (["LANG": "fr_FR.UTF-8", "LC_ALL": "C.UTF-8"], [], "GPU DRAW"),
    (["LANG": "fr_FR.UTF-8"], ["--lang", "en"], "GPU DRAW"),
    ([:], ["--lang", "fr"], "PUISSANCE GPU"),
  ])
  func `the screen speaks the language asked for, else that of the locale`(
    environment: [String: String], options: [String], title: String
  ) throws {
    let result = try self.title(options, environment)
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    #expect(result.output.contains(" 1 \(title) "), "\(result.output)")
  }

  @Test func `a language that there is not is named, with those that there are`() throws {
    let result = try title(["--lang", "de"], [:])
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(result.errors.contains("--lang de: write en or fr"))
  }
}

import ArgumentParser
import Formats
import Telemetry
import TestSupport
import Testing

@testable import hippowatt

/// What every form owes its readers, and what it refuses to count.
@Suite struct FormContractTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func form(_ name: String, _ files: [String]) throws -> String {
    let result = try Program.run(["report"] + files + ["--format", name], in: folder)
    #expect(result.status == 0 && result.errors.isEmpty, "\(name): \(result.errors)")
    return result.output
  }

  // MARK: What is refused

  @Test func `the same time of a machine is never counted twice`() throws {
    try FormRecording().write("a.hippo", in: folder)
    try FormRecording(offset: 599).write("b.hippo", in: folder)
    try FormRecording(offset: 600).write("next.hippo", in: folder)
    try FormRecording(machine: "imported").write("c.hippo", in: folder)
    try FormRecording(machine: "imported", offset: 1).write("d.hippo", in: folder)
    let cases = [
      (["b.hippo", "a.hippo"], "a.hippo and b.hippo both tell of the machine “box”"),
      (["a.hippo", "a.hippo"], "a.hippo is named twice"),
      (["a.hippo", "./a.hippo"], "both tell of the machine “box”"),
      (["c.hippo", "d.hippo"], "import each with --machine NAME"),
    ]
    for (files, words) in cases {
      let result = try Program.run(["report"] + files + ["--format", "gpai"], in: folder)
      #expect(result.status == 1 && result.output.isEmpty, "\(files)")
      #expect(result.errorLines.count == 1 && result.errors.contains(words), "\(result.errors)")
    }
    // Where one ends as the next begins, nothing is counted twice; nor on two machines.
    _ = try form("gpai", ["a.hippo", "next.hippo"])
    _ = try form("gpai", ["a.hippo", "c.hippo"])
  }

  @Test(arguments: [
    (["--format", "text", "b"], "--format text tells of one recording"),
    (["--format", "gpai", "--job", "x"], "leave out --job"),
    (["--model-name", "x"], "are of forms"),
    (["--format", "spdx", "--contract", "x"], "--contract is told by"),
    (["--format", "sci", "--per", "mile"], "--per"),
    (["--format", "sci", "--embodied-kg", "3"], "need each other"),
    (["--format", "sci", "--embodied-kg", "0", "--lifetime-years", "4"], "--embodied-kg 0"),
    (["--format", "sci", "--reserved-share", "2"], "--reserved-share 2"),
    (["--training-type", "magic"], "--training-type"),
  ])
  func `a form's options are checked`(arguments: [String], words: String) throws {
    let result = try Program.run(["report", "a"] + arguments, in: folder)
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  @Test func `a form that has no place for a gap says so in a line`() throws {
    try FormRecording(powerUntil: 0).write("run.hippo", in: folder)
    try FormRecording(offset: 700, isServing: true).write("serve.hippo", in: folder)
    for (files, form, words) in [
      (["run.hippo"], "boamps", "run.hippo tells no power"),
      (["run.hippo", "serve.hippo"], "boamps", "tells of one stage"),
      (["run.hippo", "serve.hippo"], "sci", "sci is of one software"),
    ] {
      let result = try Program.run(["report"] + files + ["--format", form], in: folder)
      #expect(result.status == 1 && result.output.isEmpty)
      #expect(result.errorLines.count == 1 && result.errors.contains(words), "\(result.errors)")
    }
    let place = try Program.run(
      ["report", "run.hippo", "--format", "gpai", "--output", "nowhere"], in: folder)
    #expect(place.status == 1 && place.errors.contains("nowhere/gpai.md"), "\(place.errors)")
  }

  // MARK: Every form

  @Test(arguments: ReportForms.all.map(\.name))
  func `a form is the same whenever and in whatever order it is made`(name: String) throws {
    let files = ["a.hippo", "b.hippo"]
    for (index, file) in files.enumerated() {
      try FormRecording(offset: 700 * Double(index)).write(file, in: folder)
    }
    #expect(try form(name, files) == form(name, files.reversed()))
  }

  @Test(arguments: ReportForms.all.map(\.name), ["eight-gpus.hippo", "tiny-gpt.hippo"])
  func `a form can be made of a recording that comes with the program`(
    name: String, demo: String
  ) throws {
    let text = try form(name, [Fixtures.folder + "/../../demos/\(demo)"])
    #expect(!text.contains(":nan") && !text.contains("| nan") && !text.contains("inf "), "\(text)")
    if demo == "eight-gpus.hippo" {
      #expect(text.contains("SIMULATED") || text.contains("\"simulated\":true"), "\(text)")
    }
  }

  @Test(arguments: ReportForms.all.map(\.name))
  func `names in a recording cannot break out of a form`(name: String) throws {
    let label = "a\u{1B}[2Jb | <script> \"x\""
    try FormRecording(label: label).write("run.hippo", in: folder)
    let text = try form(name, ["run.hippo"])
    #expect(!text.contains("\u{1B}"), "\(text)")
    if text.hasPrefix("{") {
      _ = try JSONValue(Array(text.utf8))
    } else if text.hasPrefix("#") {
      #expect(!text.contains("| <script>"), "\(text)")
    }
  }

  @Test(arguments: ReportForms.names)
  func `a form is in the manual and in the help`(name: String) {
    #expect(
      Fixtures.project("docs/reports.md").contains("`\(name)`"),
      "docs/reports.md: name the form `\(name)`")
    let help = Hippowatt.helpMessage(for: Report.self)
    #expect(help.contains(name), "report --help")
    if let form = ReportForms.form(name) {
      #expect(help.contains(form.title.prefix(20)), "report --help: \(form.title)")
    }
  }

  @Test(arguments: [
    (0.00000193, "0.00000193"), (0, "0"), (1, "1.00"), (999.9, "1000"), (12.345, "12.3"),
    (0.0999999, "0.100"), (123_456, "123456"),
  ])
  func `a decimal has three digits that count`(value: Double, text: String) {
    #expect(FormNumber.decimal(value) == text)
  }

  @Test(arguments: [
    (1.344e15, "1.34 × 10^15"), (9.999e15, "1.00 × 10^16"), (4.12e-7, "4.12 × 10^-7"), (12, "12.0"),
  ])
  func `a large number is a power of ten`(value: Double, text: String) {
    #expect(FormNumber.scientific(value) == text)
  }
}

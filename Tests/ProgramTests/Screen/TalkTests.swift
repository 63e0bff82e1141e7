import Dashboard
import Glibc
import Recordings
import Telemetry
import Terminals
import TestSupport
import Testing

@testable import hippowatt

/// A talk on a stage, with the real program.
@Suite struct TalkTests {
  let folder: Folder
  static let demos = Fixtures.folder + "/../../demos/"

  init() throws { folder = try Folder() }

  /// A talk of two short scenes from the recordings that come with the program.
  @discardableResult
  func write(_ more: String = "", seconds: Int = 2) -> String {
    folder.write(
      """
      title = "Short"

      [[chapter]]
      name.en = "First"
      name.fr = "Premier"
      recording = "\(Self.demos)tiny-gpt.hippo"
      from = "60s"
      to = "100s"
      view = "gpu"
      number = "gpu"
      seconds = \(seconds)
      pause = true
      caption.en = "One sentence."
      caption.fr = "Une phrase."
      notes = "Say this."

      [[chapter]]
      name = "Second"
      recording = "\(Self.demos)tiny-gpt.hippo"
      at = "100s"
      view = "main"
      number = "energy"
      seconds = \(seconds)
      \(more)

      """, to: "talk.toml")
  }

  func run(_ arguments: String..., environment: [String: String] = [:]) throws
    -> Program.Result
  {
    try Program.run(["talk"] + arguments, in: folder, environment: environment)
  }

  // MARK: The file

  @Test(arguments: [
    ("titel = \"x\"", 1, "a talk has no setting “titel”"),
    ("title = \"x\"", 0, "a talk needs scenes"),
    ("[[chapter]]\nrecording = \"x\"", 1, "needs a “name”"),
    ("[[chapter]]\nname = \"a\"", 1, "needs a “recording”"),
    (
      "[[chapter]]\nname = \"a\"\nrecording = \"x\"\nspeeed = 2", 4,
      "no setting “speeed”; there are"
    ),
    ("[[chapter]]\nname = \"a\"\nrecording = \"x\"\nspeed = 0", 4, "from 0.1 to 10000"),
    (
      "[[chapter]]\nname = \"a\"\nrecording = \"x\"\nview = \"gpus\"", 4,
      "there is no view “gpus”; there are main, gpu"
    ),
    (
      "[[chapter]]\nname = \"a\"\nrecording = \"x\"\nnumber = \"watts\"", 4,
      "there is no number “watts”"
    ),
    ("[[chapter]]\nname = \"a\"\nrecording = \"x\"\nat = \"teatime\"", 4, "is no time; write"),
    (
      "[[chapter]]\nname = \"a\"\nrecording = \"x\"\nat = \"1s\"\nfrom = \"2s\"", 5,
      "“at” is one moment"
    ),
    (
      "[[chapter]]\nname = \"a\"\nrecording = \"x\"\nseconds = \"0s\"", 4,
      "must be a time from 1.00 s"
    ),
    (
      "[[chapter]]\nname = \"a\"\nrecording = \"x\"\ncaption.de = \"b\"", 4,
      "no language “de”; write en or fr"
    ),
    ("[[chapter]]\nname = \"a\"\nrecording = \"x\"\nview = \"race\"", 4, "against = "),
    (
      "[[chapter]]\nname = \"a\"\nrecording = \"x\"\n\n[[chapter]]\nname = \"b\"\nrecording = \"y\"\npause = 1",
      8, "“pause” must be true or false"
    ),
    ("[[chapter]\nname = 1", 1, ""),
  ])
  func whatAFileCannotSayIsNamedWithItsLine(_ text: String, _ line: Int, _ words: String) throws {
    folder.write(text + "\n", to: "talk.toml")
    let result = try run("talk.toml", "--check", "96x27")
    #expect(result.status == 1)
    #expect(result.errorLines.count == 1, "\(result.errors)")
    let place = line > 0 ? "talk.toml:\(line): " : "talk.toml: "
    #expect(result.errors.hasPrefix("hippowatt: " + place), "\(result.errors)")
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  @Test func aFileThatIsNotThereIsNamed() throws {
    let result = try run("none.toml")
    #expect(result.status == 1)
    #expect(result.errors == "hippowatt: none.toml: there is no such file\n")
  }

  @Test(arguments: [
    ["--check", "96"], ["--check", "0x9"], ["--size", "x"], ["--lang", "de"], ["--color", "red"],
    ["--notes", "--check", "96x27"], ["--notes", "talk.toml"],
  ])
  func wrongUsageIsOneLine(_ arguments: [String]) throws {
    let result = try Program.run(["talk"] + arguments, in: folder)
    #expect(result.status == 2, "\(result.errors)")
  }

  // MARK: The talk of the program

  @Test(arguments: ["80x24", "96x27", "132x40"])
  func theTalkThatComesWithTheProgramIsClean(_ size: String) throws {
    let result = try run("--check", size)
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output == "clean: 9 chapters in en and fr at \(size)\n")
  }

  @Test func theTalkThatComesWithTheProgramTakesFourMinutes() throws {
    let talk = try TalkFile.read(Self.demos + "power-hungry.talk.toml")
    #expect(talk.script.chapters.reduce(0) { $0 + $1.seconds } == 240)
    for chapter in talk.script.chapters {
      for text in [chapter.name, chapter.caption, chapter.notes, chapter.source] {
        for language in Language.allCases { #expect(text.texts[language]?.isEmpty == false) }
      }
    }
  }

  /// What the captions say beside the numbers that are read while the recordings run.
  @Test func theNumbersInItsCaptionsAreThoseOfTheRecordings() throws {
    let run = Self.demos + "train-llama2-70b-lora-8xb200.hippo"
    func grams(_ grid: String) throws -> String {
      try Program.run(["report", run, "--grid", grid], in: folder).output
    }
    let (france, poland) = (try grams("FR"), try grams("PL"))
    #expect(france.contains("77.2 gCO₂e") && france.contains("renewable     26 %"), "\(france)")
    #expect(poland.contains("1.07 kgCO₂e") && poland.contains("renewable     31 %"), "\(poland)")
    #expect((13.5..<14.5).contains(1070 / 77.2))
    let compared = try Program.run(
      ["compare"] + ["tiny-gpt-small-batch", "tiny-gpt"].map { Self.demos + $0 + ".hippo" },
      in: folder
    ).output
    #expect(compared.contains("needs 2.3 × the joules to the same validation loss"), "\(compared)")
    #expect(compared.contains("saves 26 % (24 to 27 %) of the joules per token"), "\(compared)")
  }

  // MARK: Check

  @Test func whatDoesNotFitIsNamedALineEach() throws {
    write("caption = \"\(String(repeating: "hungry hippo ", count: 30))\"")
    let result = try run("talk.toml", "--check", "96x27")
    #expect(result.status == 1)
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 2, "\(result.output)")
    #expect(lines[0].hasPrefix("talk.toml:17: chapter 2 “Second”, en, after "), "\(lines)")
    #expect(lines[0].contains("the caption takes "), "\(lines)")
    #expect(lines[1].contains("“Second”, fr, "), "\(lines)")
  }

  @Test func aMissingRecordingAndATimeOutsideAreNamed() throws {
    let head = "[[chapter]]\nname = \"a\"\nrecording = "
    folder.write(
      """
      \(head)"none.hippo"
      \(head)"tiny-gpt"
      at = "2h"
      \(head)"tiny-gpt"
      from = "50s"
      to = "40s"
      \(head)"tiny-gpt"
      from = "-5h"
      \(head)"tiny-gpt"
      theme = "blue"
      \(head)"tiny-gpt"
      grid = "XX"
      \(head)"train-bert-8xb200"
      view = "green"
      at = "1s"

      """, to: "talk.toml")
    let result = try run("talk.toml", "--check", "96x27")
    #expect(result.status == 1)
    let lines = result.output.split(separator: "\n").map(String.init)
    for (line, words) in zip(
      lines,
      [
        "talk.toml:1: chapter 1 “a”: the recording ./none.hippo is missing",
        "talk.toml:4: chapter 2 “a”: “2h”: the session is from ",
        "talk.toml:8: chapter 3 “a”: its end is not after its beginning",
        "talk.toml:13: chapter 4 “a”: “-5h” is before the recording begins",
        "talk.toml:17: chapter 5 “a”: there is no theme “blue”; there are: ",
        "talk.toml:21: chapter 6 “a”: --grid XX: write the code of a country that is known",
        "talk.toml:25: chapter 7 “a”, en, after 0 s: nothing is known of what the view shows",
      ])
    { #expect(line.hasPrefix(words), "\(line)") }
    #expect(lines.count == 8, "\(lines)")
    // Nobody begins a talk that cannot be given to its end.
    let given = try run("talk.toml", "--export", "out")
    #expect(given.status == 1)
    #expect(given.errorLines.count == 1)
    #expect(given.errors.contains("talk.toml:1: chapter 1"), "\(given.errors)")
  }

  /// A night: ten minutes of work, five hours in which nothing happens, ten minutes of work.
  @Test func aNightWithoutWorkPassesInSeconds() throws {
    let start = Timestamp(nanoseconds: 1_790_000_000_000_000_000)
    let gpu = DeviceID(machine: "box", kind: .gpu, name: "GPU-0")
    let job = DeviceID(machine: "box", kind: .job, name: "log")
    let writer = try RecordingWriter(
      path: folder.file("night.hippo"),
      header: RecordingHeader(machine: "box", programVersion: "test", startedAt: start))
    writer.isBulk = true
    try writer.append(.device(Device(id: gpu, label: "0", model: "NVIDIA H100 80GB HBM3")))
    try writer.append(.device(Device(id: job, label: "train.py")))
    let series: [(DeviceID, Metric)] = [(gpu, .power), (gpu, .utilization), (job, .step)]
    for (device, metric) in series {
      try writer.append(
        .series(
          SeriesDescriptor(
            device: device, metric: metric,
            provenance: Provenance(source: "test", method: .instant, period: 5))))
    }
    for second in stride(from: 0, through: 19_200, by: 5) {
      let time = start + Double(second)
      let isBusy = second < 600 || second >= 18_600
      var reading = Reading(device: gpu, time: time)
      reading.set(.power, isBusy ? 650 : 70)
      reading.set(.utilization, isBusy ? 1 : 0)
      try writer.append(.reading(reading))
      if isBusy {
        var step = Reading(device: job, time: time)
        step.set(.step, Double(second))
        try writer.append(.reading(step))
      }
    }
    try writer.close()
    folder.write(
      "[[chapter]]\nname = \"night\"\nrecording = \"night.hippo\"\nnumber = \"gpu\"\nview = \"gpu\"\n",
      to: "talk.toml")
    let stage = TalkStage(
      try TalkFile.read(folder.file("talk.toml")), language: .en, host: HostEnvironment.current())
    #expect(stage.problem(of: 0) == nil)
    let pace = try #require(stage.state().plan?.pace)
    let idle = try #require(pace.idle.first, "\(pace)")
    #expect(pace.idle.count == 1 && abs(idle.start - 600) < 60 && abs(idle.end - 18_600) < 60)
    #expect(pace.shortenedLength < 1400, "\(pace)")
    let result = try run("talk.toml", "--check", "96x27")
    #expect(result.status == 0, "\(result.output)")
  }
}

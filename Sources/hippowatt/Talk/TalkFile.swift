import Dashboard
import Linux
import Sensors
import TOMLKit

/// A talk as it is written down: TOML, with one `[[chapter]]` for each scene.
///
///     title = "Power hungry"
///
///     [[chapter]]
///     name = "the hippo"
///     recording = "bert.hippo"
///     view = "gpu"
///     caption.en = "AI eats like a hippo at a buffet."
struct TalkFile {
  /// What it says.
  var script: TalkScript
  /// The file, as it was named.
  var path: String
  /// The line each chapter begins in, from 1.
  var lines: [Int]

  /// Reads a talk.
  /// - Throws: `Failure` with file and line of anything that it does not know.
  static func read(_ path: String) throws -> TalkFile {
    let text: String
    do { text = try File.text(path) } catch { throw Failure("\(path): \(error)") }
    do { return try parse(text, path: path) } catch { throw Failure("\(error)") }
  }

  /// Reads the text of a talk.
  static func parse(_ text: String, path: String) throws(Settings.Problem) -> TalkFile {
    let table: TOMLTable
    do {
      table = try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      throw Settings.Problem(
        path: path, line: Int(error.source.begin.line), text: error.description)
    } catch {
      throw Settings.Problem(path: path, line: 0, text: "\(error)")
    }
    return try TalkReader(text: text, path: path).talk(table)
  }

  /// The folder the file is in, which its recordings are relative to.
  var folder: String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Where a recording is that a chapter names: beside the talk, else among those that came with the
  /// program.
  func recording(_ name: String, _ demos: DemoStore) -> String {
    if name.hasPrefix("/") { return name }
    let beside = folder + "/" + name
    if File.exists(beside) { return beside }
    let demo = demos.recordings.first { $0.name == name || $0.name + ".hippo" == name }
    return demo?.path ?? beside
  }

  /// A chapter for a message: `talk.toml:12: chapter 2 “the puzzle”`.
  func words(of index: Int, in language: Language) -> String {
    "\(path):\(lines[index]): chapter \(index + 1) “\(script.chapters[index].name.text(in: language))”"
  }
}

/// Walks the table of a talk and names whatever it does not know, with its line.
private struct TalkReader {
  let reader: SettingsReader
  let path: String
  let text: String

  init(text: String, path: String) {
    reader = SettingsReader(text: text, path: path)
    self.path = path
    self.text = text
  }

  func talk(_ table: TOMLTable) throws(Settings.Problem) -> TalkFile {
    for key in table.keys where !["title", "chapter"].contains(key) {
      throw reader.problem(
        key, "a talk has no setting “\(key)”; write title, and a [[chapter]] for each scene")
    }
    let title =
      table["title"] == nil ? LocalizedText() : try localized(table, "title", reader)
    guard let list = table["chapter"]?.array, list.count > 0 else {
      throw reader.problem("chapter", "a talk needs scenes: write [[chapter]] for each")
    }
    var chapters: [TalkChapter] = []
    var lines: [Int] = []
    for index in 0..<list.count {
      let within = reader.within("chapter", index)
      guard let entry = list[index].table else {
        throw reader.problem("chapter", "must be tables: [[chapter]]")
      }
      chapters.append(try chapter(entry, within))
      // A key that no chapter sets is looked for in vain, and its head is where the chapter begins.
      lines.append(within.problem("", "").line)
    }
    return TalkFile(
      script: TalkScript(title: title, chapters: chapters), path: path, lines: lines)
  }

  private func chapter(
    _ table: TOMLTable, _ reader: SettingsReader
  ) throws(Settings.Problem) -> TalkChapter {
    for key in ["name", "recording"] where table[key] == nil {
      throw reader.problem(key, "a [[chapter]] needs a “\(key)”")
    }
    var chapter = TalkChapter(
      name: try localized(table, "name", reader), recording: try reader.string(table, "recording"))
    guard !chapter.recording.isEmpty else {
      throw reader.problem("recording", "“recording” is empty; name a file or a demo")
    }
    for key in table.keys {
      switch key {
      case "name", "recording": break
      case "from": chapter.from = try time(table, key, reader)
      case "to": chapter.to = try time(table, key, reader)
      case "at": chapter.moment = try time(table, key, reader)
      case "view": chapter.view = try word(table, key, reader, TalkView.words, TalkView.init)
      case "number":
        chapter.number = try word(table, key, reader, TalkNumber.words, TalkNumber.init)
      case "against": chapter.against = try reader.string(table, key)
      case "grid": chapter.grid = try reader.string(table, key)
      case "theme": chapter.theme = try reader.string(table, key)
      case "window": chapter.window = try reader.seconds(table, key, atLeast: 1)
      case "seconds": chapter.seconds = try reader.seconds(table, key, atLeast: 1)
      case "speed": chapter.speed = try speed(table, key, reader)
      case "pause": chapter.waits = try reader.flag(table, key)
      case "caption": chapter.caption = try localized(table, key, reader)
      case "notes": chapter.notes = try localized(table, key, reader)
      case "source": chapter.source = try localized(table, key, reader)
      default:
        throw reader.problem(
          key,
          "a [[chapter]] has no setting “\(key)”; there are \(Self.keys.joined(separator: ", "))"
        )
      }
    }
    if chapter.moment != nil, let key = ["from", "to", "speed"].first(where: { table[$0] != nil }) {
      throw reader.problem(key, "“at” is one moment, and has no “\(key)”; write one or the other")
    }
    if chapter.view == .overlay(.race) || chapter.number == .race, chapter.against == nil {
      throw reader.problem("view", "a race needs two runs: write against = \"OTHER.hippo\"")
    }
    return chapter
  }

  /// What a chapter may say, as a message lists it.
  private static let keys = [
    "name", "recording", "from", "to", "at", "view", "against", "grid", "theme", "window", "speed",
    "seconds", "pause", "caption", "number", "notes", "source",
  ]

  /// A text, or a table of one in each language.
  private func localized(
    _ table: TOMLTable, _ key: String, _ reader: SettingsReader
  ) throws(Settings.Problem) -> LocalizedText {
    if let text = table[key]?.string { return LocalizedText(text) }
    guard let texts = table[key]?.table else {
      throw reader.problem(
        key, "“\(key)” must be a text, or one in each language: \(key).en = \"…\"")
    }
    var localized = LocalizedText()
    for name in texts.keys {
      guard let language = Language(rawValue: name) else {
        let all = Language.allCases.map(\.rawValue).joined(separator: " or ")
        throw reader.problem(key, "“\(key)” has no language “\(name)”; write \(all)")
      }
      guard let text = texts[name]?.string else {
        throw reader.problem(key, "“\(key).\(name)” must be a text")
      }
      localized.texts[language] = text
    }
    return localized
  }

  private func time(
    _ table: TOMLTable, _ key: String, _ reader: SettingsReader
  ) throws(Settings.Problem) -> TalkTime {
    let text = try reader.scalar(table, key)
    do throws(Destination.Fault) { return try TalkTime(text) } catch {
      throw reader.problem(key, "“\(key)”: \(error.words)")
    }
  }

  private func word<Value>(
    _ table: TOMLTable, _ key: String, _ reader: SettingsReader, _ all: [String],
    _ value: (String) -> Value?
  ) throws(Settings.Problem) -> Value {
    let text = try reader.scalar(table, key)
    guard let value = value(text) else {
      throw reader.problem(
        key, "there is no \(key) “\(text)”; there are \(all.joined(separator: ", "))")
    }
    return value
  }

  private func speed(
    _ table: TOMLTable, _ key: String, _ reader: SettingsReader
  ) throws(Settings.Problem) -> Double {
    guard let speed = table[key]?.double ?? table[key]?.int.map(Double.init),
      0.1...10_000 ~= speed
    else { throw reader.problem(key, "“\(key)” must be a number from 0.1 to 10000") }
    return speed
  }
}

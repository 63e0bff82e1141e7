import Canvas
import Dashboard
import Glibc

/// Writes a talk as an asciicast and as one picture for each chapter.
///
/// The clock is made up, and so the same talk always gives the same bytes.
struct TalkExport {
  let stage: TalkStage
  let width: Int
  let height: Int

  /// Seconds between two frames, and between those of a fade.
  private static let step = 0.2
  private static let fadeStep = 0.05
  /// Seconds the last card is shown.
  private static let card = 4.0

  /// Writes into a folder, which is made where there is none; the names of what was written.
  /// - Throws: `Failure` for what cannot be written.
  func write(to folder: String) throws -> [String] {
    if mkdir(folder, 0o755) != 0, errno != EEXIST {
      throw Failure("\(folder) cannot be made: \(String(cString: strerror(errno)))")
    }
    var written: [String] = []
    func save(_ text: String, _ name: String) throws {
      if let problem = File.write(text, to: folder + "/" + name) {
        throw Failure("\(folder)/\(name): \(problem)")
      }
      written.append(name)
    }
    for (name, text) in try pictures() { try save(text, name) }
    try save(try cast(), "talk.cast")
    return written
  }

  /// The end of every scene, where the most is known.
  private func pictures() throws -> [(name: String, text: String)] {
    var state = stage.state(waits: false)
    var pictures: [(String, String)] = []
    while let plan = state.plan {
      let here = state.chapter
      var shown = state
      while !shown.isAtEnd, shown.shown + Self.step < plan.seconds {
        _ = shown.advance(by: Self.step)
      }
      let theme = stage.theme(of: shown)
      let frame = try stage.frame(shown, width: width, height: height, glyphs: .blocks)
      let name = stage.script.chapters[here].name.text(in: stage.language)
      let number = here < 9 ? "0\(here + 1)" : "\(here + 1)"
      pictures.append(
        (
          "chapter-\(number).svg",
          SVGWriter.string(
            frame, title: name,
            description: stage.script.chapters[here].caption.text(in: stage.language),
            background: theme[.background], foreground: theme[.text])
        ))
      _ = state.press("page-down")
    }
    return pictures
  }

  private func cast() throws -> String {
    var state = stage.state(waits: false)
    var cast = AsciicastWriter(
      width: width, height: height, title: sanitized(stage.script.title.text(in: stage.language)))
    var time = 0.0
    var last = Canvas(width: 0, height: 0)
    var before: Canvas?
    func mark() {
      guard !state.isOver else { return }
      let name = stage.script.chapters[state.chapter].name.text(in: stage.language)
      // A player may show it as it is.
      cast.mark(sanitized(name), at: time)
    }
    mark()
    var end: Double?
    while end.map({ time < $0 }) ?? true {
      let scene = try stage.frame(state, width: width, height: height, glyphs: .blocks)
      let theme = stage.theme(of: state)
      let shown = before.map {
        TalkFade.frame(
          from: $0, to: scene, left: state.fade, background: theme[.background], depth: .truecolor)
      }
      cast.show(
        (shown ?? scene).resolved(foreground: theme[.text], background: theme[.background]),
        at: time)
      last = scene
      let step = state.fade > 0 ? Self.fadeStep : Self.step
      if state.fade <= 0 { before = nil }
      time += step
      if state.advance(by: step).contains(.changedScene) {
        before = last
        mark()
        if state.isOver { end = time + Self.card }
      }
    }
    cast.end(at: time)
    return cast.text
  }
}

import Canvas
import Dashboard
import Glibc
import Linux

/// Pictures of a frame.
enum Screenshot {
  static func svg(_ frame: Canvas, theme: Theme) -> String {
    SVGWriter.string(
      frame, title: "hippowatt", description: "A frame of the hippowatt dashboard",
      background: theme[.background], foreground: theme[.text])
  }

  /// Saves a frame as SVG and as text in the current folder; says what became of it.
  ///
  /// Only ever under a new name: a link that somebody laid there could lead to any file.
  static func save(
    _ frame: Canvas, theme: Theme, in language: Language = .fallback
  ) -> String {
    var number = 1
    var links: [String] = []
    func isTaken(_ name: String) -> Bool {
      if File.isLink(name) {
        links.append(name)
        return true
      }
      return File.exists(name)
    }
    while [".svg", ".txt"].contains(where: { isTaken("hippowatt-\(number)\($0)") }) { number += 1 }
    let name = "hippowatt-\(number)"
    let problem =
      File.create(svg(frame, theme: theme), at: name + ".svg")
      ?? File.create(TextWriter.plain(frame), at: name + ".txt")
    if let problem { return ToastWords.notSaved.text(in: language, "\(problem)") }
    return links.first.map { ToastWords.savedBesideLink.text(in: language, name, $0) }
      ?? ToastWords.saved.text(in: language, name)
  }
}

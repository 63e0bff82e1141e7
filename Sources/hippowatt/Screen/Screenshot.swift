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
  static func save(_ frame: Canvas, theme: Theme) -> String {
    var number = 1
    while File.exists("hippowatt-\(number).svg") || File.exists("hippowatt-\(number).txt") {
      number += 1
    }
    let name = "hippowatt-\(number)"
    let problem =
      File.write(svg(frame, theme: theme), to: name + ".svg")
      ?? File.write(TextWriter.plain(frame), to: name + ".txt")
    if let problem { return "the screenshot could not be saved here: \(problem)" }
    return "saved \(name).svg and \(name).txt"
  }
}

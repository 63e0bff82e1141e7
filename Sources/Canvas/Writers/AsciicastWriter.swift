/// Writes frames as an asciicast, version 3: what a terminal was told, and when.
///
/// A header, then one line for each event: seconds since the event before, a letter, data
/// (https://docs.asciinema.org/manual/asciicast/v3/). Only rows that differ from the frame before are
/// written, and of them only what lies between the first and the last cell that differs. The same frames
/// at the same times always give the same bytes.
public struct AsciicastWriter: Sendable {
  /// What was written so far.
  public private(set) var text: String
  private let depth: ColorDepth
  private var shown: Canvas?
  /// The time of the event before, in milliseconds.
  private var last: Int64 = 0

  /// Begins a cast of frames of a size.
  public init(width: Int, height: Int, title: String, depth: ColorDepth = .truecolor) {
    self.depth = depth
    text =
      "{\"version\":3,\"term\":{\"cols\":\(width),\"rows\":\(height),"
      + "\"type\":\"xterm-256color\"},\"title\":\(Self.quoted(title))}\n"
  }

  /// Shows a frame at a time, in seconds since the beginning; the same frame again writes nothing.
  public mutating func show(_ canvas: Canvas, at seconds: Double) {
    let frame = canvas.reduced(to: depth)
    guard frame != shown else { return }
    // A screen of its own, without a cursor, at the beginning.
    var out = shown == nil ? "\u{1B}[?25l\u{1B}[2J" : ""
    let before = shown.flatMap {
      $0.width == frame.width && $0.height == frame.height ? $0 : nil
    }
    for y in 0..<frame.height {
      let row = frame.row(y)
      guard let old = before?.row(y) else {
        out += Self.part(of: row, from: 0, through: row.count - 1, y: y, depth)
        continue
      }
      let differing = zip(row.indices, old.indices).filter { row[$0] != old[$1] }
        .map { $0.0 - row.startIndex }
      guard var first = differing.first, let last = differing.last else { continue }
      // A wide glyph is written whole.
      while first > 0, row[row.startIndex + first].isTrailing { first -= 1 }
      out += Self.part(of: row, from: first, through: last, y: y, depth)
    }
    shown = frame
    if !out.isEmpty { event("o", out, at: seconds) }
  }

  /// Marks a chapter at a time, in seconds since the beginning.
  public mutating func mark(_ name: String, at seconds: Double) { event("m", name, at: seconds) }

  /// Ends the cast at a time, with the cursor shown again.
  public mutating func end(at seconds: Double) { event("o", "\u{1B}[0m\u{1B}[?25h", at: seconds) }

  private mutating func event(_ code: String, _ data: String, at seconds: Double) {
    let time = Int64((seconds * 1000).rounded())
    let interval = max(0, time - last)
    last = max(last, time)
    let fraction = String(interval % 1000)
    text +=
      "[\(interval / 1000).\(String(repeating: "0", count: 3 - fraction.utf8.count))\(fraction),"
      + "\"\(code)\",\(Self.quoted(data))]\n"
  }

  private static func part(
    of row: ArraySlice<Cell>, from first: Int, through last: Int, y: Int, _ depth: ColorDepth
  ) -> String {
    guard first <= last else { return "" }
    var out = "\u{1B}[\(y + 1);\(first + 1)H"
    var current: Style?
    for cell in row[(row.startIndex + first)...(row.startIndex + last)] where !cell.isTrailing {
      if cell.style != current {
        out += ANSIWriter.select(cell.style, depth: depth)
        current = cell.style
      }
      out.unicodeScalars.append(cell.glyph)
    }
    return out
  }

  /// A text as JSON writes it (RFC 8259).
  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}

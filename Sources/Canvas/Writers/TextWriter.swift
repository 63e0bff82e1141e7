/// Writes a frame as text without escape sequences.
public enum TextWriter {
  /// The rows of a frame, each ended by a newline, without blanks at their ends.
  public static func plain(_ canvas: Canvas) -> String {
    (0..<canvas.height).map { glyphs(canvas.row($0)) + "\n" }.joined()
  }

  /// A frame for a golden test: glyph rows, then ink and paper of every cell as letters.
  ///
  /// The letters are explained in a legend, in order of first use, so a difference reads in a
  /// review. An attribute is part of the ink's letter; "." is the terminal's own colour.
  public static func golden(_ canvas: Canvas) -> String {
    var inks = Legend()
    var papers = Legend()
    var inkRows = ""
    var paperRows = ""
    for y in 0..<canvas.height {
      let row = canvas.row(y)
      inkRows += trimmed(row.map { inks.key(describe($0)) }) + "\n"
      paperRows += trimmed(row.map { papers.key($0.background.hex) }) + "\n"
    }
    return "size \(canvas.width)x\(canvas.height)\n" + plain(canvas) + "--- ink\n" + inkRows
      + inks.text + "--- paper\n" + paperRows + papers.text
  }

  private static func glyphs(_ row: ArraySlice<Cell>) -> String {
    var line = String.UnicodeScalarView()
    var end = line.endIndex
    for cell in row where !cell.isTrailing {
      line.append(cell.glyph)
      if cell.glyph != " " { end = line.endIndex }
    }
    return String(line[..<end])
  }

  private static func describe(_ cell: Cell) -> String {
    // A blank has no ink to see; its colour would only make noise.
    let names = Self.names(cell.attributes)
    if cell.glyph == " ", cell.attributes.isDisjoint(with: [.reverse, .underline]) {
      return "default"
    }
    return ([cell.foreground.hex] + names).joined(separator: " ")
  }

  private static func names(_ attributes: Attributes) -> [String] {
    let all: [(Attributes, String)] = [
      (.bold, "bold"), (.dim, "dim"), (.italic, "italic"), (.underline, "underline"),
      (.reverse, "reverse"),
    ]
    return all.filter { attributes.contains($0.0) }.map(\.1)
  }

  private static func trimmed(_ keys: [Character]) -> String {
    let kept = keys.lastIndex { $0 != "." }.map { keys[...$0] } ?? []
    return String(kept)
  }

  /// Letters given to descriptions in the order they turn up.
  private struct Legend {
    private static let letters = Array(
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    private var known: [String: Character] = ["default": "."]
    private var order: [String] = []

    mutating func key(_ description: String) -> Character {
      if let key = known[description] { return key }
      let next = Legend.letter(order.count)
      known[description] = next
      order.append(description)
      return next
    }

    /// A gradient may have more colours than the alphabet has letters; then those from U+00C0 on
    /// follow.
    private static func letter(_ index: Int) -> Character {
      if index < letters.count { return letters[index] }
      return Unicode.Scalar(0xC0 + UInt32(index - letters.count)).map(Character.init) ?? "?"
    }

    var text: String {
      order.map { "\(known[$0] ?? "?") = \($0)\n" }.joined()
    }
  }
}

/// Writes a frame as a self-contained picture.
///
/// Boxes, blocks and braille are drawn as shapes on the cell grid and not as text, because most
/// fonts lack them and a fallback font breaks the grid. The same frame always gives the same bytes.
public enum SVGWriter {
  /// Columns of pixels in a cell.
  static let cellWidth = 9
  /// Rows of pixels in a cell.
  static let cellHeight = 18

  /// The picture of a frame, with the terminal's own colours given.
  public static func string(
    _ canvas: Canvas, title: String, description: String, background: Color, foreground: Color
  ) -> String {
    let paper = background.isTerminalDefault ? Color(0x000000) : background
    let ink = foreground.isTerminalDefault ? Color(0xFFFFFF) : foreground
    let cells = ResolvedFrame(canvas, paper: paper, ink: ink)
    let width = canvas.width * cellWidth
    let height = canvas.height * cellHeight
    var out = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
      viewBox="0 0 \(width) \(height)" role="img">
      <title>\(escaped(title))</title>
      <desc>\(escaped(description))</desc>
      <rect width="\(width)" height="\(height)" fill="\(paper.hex)"/>

      """
    out += backgrounds(cells)
    out += shapes(cells)
    out += texts(cells)
    return out + "</svg>\n"
  }

  /// The text with what XML would read as markup spelled out.
  static func escaped(_ s: String) -> String {
    var out = ""
    for scalar in sanitized(s).unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  private static func backgrounds(_ cells: ResolvedFrame) -> String {
    var paths: [Color: String] = [:]
    for y in 0..<cells.height {
      var x = 0
      while x < cells.width {
        let color = cells[x, y].background
        let start = x
        while x < cells.width, cells[x, y].background == color { x += 1 }
        guard color != cells.paper else { continue }
        let width = (x - start) * cellWidth
        paths[color, default: ""] +=
          "M\(start * cellWidth) \(y * cellHeight)h\(width)v\(cellHeight)h-\(width)z"
      }
    }
    guard !paths.isEmpty else { return "" }
    let body = paths.sorted { $0.key.rgb < $1.key.rgb }
      .map { "<path fill=\"\($0.key.hex)\" d=\"\($0.value)\"/>\n" }.joined()
    return "<g shape-rendering=\"crispEdges\">\n" + body + "</g>\n"
  }
}

/// A frame in which every colour is known and reverse and dim are already applied.
struct ResolvedFrame {
  let width: Int
  let height: Int
  let paper: Color
  private let cells: [Cell]

  init(_ canvas: Canvas, paper: Color, ink: Color) {
    width = canvas.width
    height = canvas.height
    self.paper = paper
    cells = (0..<canvas.height).flatMap { y in
      canvas.row(y).map { cell in
        var cell = cell
        if cell.foreground.isTerminalDefault { cell.foreground = ink }
        if cell.background.isTerminalDefault { cell.background = paper }
        if cell.attributes.contains(.reverse) {
          (cell.foreground, cell.background) = (cell.background, cell.foreground)
        }
        if cell.attributes.contains(.dim) {
          cell.foreground = cell.foreground.mixed(with: cell.background, 0.4)
        }
        cell.attributes.subtract([.reverse, .dim])
        return cell
      }
    }
  }

  subscript(x: Int, y: Int) -> Cell { cells[y * width + x] }
}

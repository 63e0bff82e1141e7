/// A frame: a grid of cells that everything is drawn into and every writer reads.
///
/// Drawing never fails. What falls outside is dropped, a wide glyph is either whole or not there,
/// and no control character ever gets into a cell, so any text may be drawn as it comes.
public struct Canvas: Equatable, Sendable {
  /// Columns.
  public private(set) var width: Int
  /// Rows.
  public private(set) var height: Int
  private var cells: [Cell]

  /// Makes a canvas of spaces; a negative size becomes zero.
  public init(width: Int, height: Int, style: Style = Style()) {
    self.width = max(0, width)
    self.height = max(0, height)
    cells = Array(repeating: Cell(" ", style), count: self.width * self.height)
  }

  /// The whole canvas as a rectangle.
  public var bounds: Rect { Rect(x: 0, y: 0, width: width, height: height) }

  /// The cell at a place: outside reads as blank and writes nothing.
  ///
  /// Writing half of a wide glyph blanks its other half; writing a wide glyph takes both cells.
  public subscript(x: Int, y: Int) -> Cell {
    get {
      guard x >= 0, x < width, y >= 0, y < height else { return .blank }
      return cells[y * width + x]
    }
    set {
      guard x >= 0, x < width, y >= 0, y < height else { return }
      if newValue.scalar == 0 { return storeTrailing(newValue, x: x, y: y) }
      if isWide(newValue.scalar) { return storeWide(newValue, x: x, y: y) }
      store(newValue, at: y * width + x, x: x)
    }
  }

  /// The cells of one row, from the left; empty when the row is outside.
  public func row(_ y: Int) -> ArraySlice<Cell> {
    guard y >= 0, y < height else { return [] }
    return cells[y * width..<(y + 1) * width]
  }

  /// The same frame with the terminal's own colours given.
  public func resolved(foreground: Color, background: Color) -> Canvas {
    var frame = self
    for index in frame.cells.indices {
      if frame.cells[index].foreground.isTerminalDefault {
        frame.cells[index].foreground = foreground
      }
      if frame.cells[index].background.isTerminalDefault {
        frame.cells[index].background = background
      }
    }
    return frame
  }

  private mutating func store(_ cell: Cell, at index: Int, x: Int) {
    if cells[index].scalar == 0, x > 0 { cells[index - 1].scalar = 0x20 }
    if x + 1 < width, cells[index + 1].scalar == 0 { cells[index + 1].scalar = 0x20 }
    cells[index] = cell
  }

  /// Writes the same narrow cell in a part of a row, which has to lie inside.
  mutating func store(_ cell: Cell, row y: Int, _ columns: Range<Int>) {
    guard !columns.isEmpty else { return }
    let (first, end) = (y * width + columns.lowerBound, y * width + columns.upperBound)
    // The halves of wide glyphs that lie outside.
    if cells[first].scalar == 0, columns.lowerBound > 0 { cells[first - 1].scalar = 0x20 }
    if columns.upperBound < width, cells[end].scalar == 0 { cells[end].scalar = 0x20 }
    cells.withUnsafeMutableBufferPointer { $0[first..<end].update(repeating: cell) }
  }

  private mutating func storeWide(_ cell: Cell, x: Int, y: Int) {
    let index = y * width + x
    var half = cell
    guard x + 1 < width else {
      half.scalar = 0x20
      return store(half, at: index, x: x)
    }
    store(cell, at: index, x: x)
    store(cell, at: index + 1, x: x + 1)
    cells[index] = cell
    half.scalar = 0
    cells[index + 1] = half
  }

  private mutating func storeTrailing(_ cell: Cell, x: Int, y: Int) {
    let index = y * width + x
    if x > 0, isWide(cells[index - 1].scalar) {
      cells[index] = cell
      return
    }
    var blank = cell
    blank.scalar = 0x20
    store(blank, at: index, x: x)
  }
}

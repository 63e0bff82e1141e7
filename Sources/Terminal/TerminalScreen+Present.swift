import CTerminal
import Canvas
import Glibc

extension TerminalScreen {
  /// Shows a frame.
  ///
  /// `background` and `foreground` stand for the terminal's own colours in it; pass
  /// `.terminalDefault` to keep the user's. Only rows that differ from the last frame are handed to
  /// ncurses, which sends only cells that differ; the same frame again sends nothing.
  /// - Returns: whether something was sent; `.shown` follows where `confirmsFrames` says so.
  @discardableResult
  public func present(_ canvas: Canvas, background: Color, foreground: Color) -> Bool {
    waitIfCrashing()
    guard !hasHungUp else { return false }
    let frame = prepared(canvas, background: background, foreground: foreground)
    if frame == shown { return false }
    if !putRows(of: frame) {
      // The colour pairs ran out: start over with none, and whatever is left out now stays plain.
      pairs.removeAll()
      ct_screen_forget_pairs(handle)
      squeezer.forgetPairs()
      repaint()
      _ = putRows(of: frame)
    }
    shown = frame
    flush()
    return true
  }

  /// Sends the frame that ncurses was handed, and asks whether it is shown where that is known to help.
  private func flush() {
    let question = confirmsFrames != false ? Array("\u{1B}[5n".utf8) : []
    if !question.isEmpty { unanswered += 1 }
    let isSynchronized = depth.rawValue >= ColorDepth.indexed256.rawValue
    guard hasOwnEntry else {
      ct_screen_flush(handle, isSynchronized)
      return send(question)
    }
    var (opening, closing): ([UInt8], [UInt8]) = ([], [])
    if isSynchronized {
      (opening, closing) = (Array("\u{1B}[?2026h".utf8), Array("\u{1B}[?2026l".utf8))
    }
    if ct_screen_is_away(handle) {
      send(opening)
      opening = []
      ct_screen_return(handle)
      squeezer.begin()
    }
    var bytes: UnsafePointer<UInt8>?
    let count = ct_screen_compose(handle, &bytes)
    let drawn = squeezer.squeezed(UnsafeBufferPointer(start: bytes, count: Int(count)))
    if drawn.isEmpty, !opening.isEmpty { (opening, closing) = ([], []) }
    send(opening + drawn + closing + question)
  }

  /// Sends bytes to the terminal as they are.
  func send(_ bytes: [UInt8]) {
    if !bytes.isEmpty { ct_screen_send(handle, bytes, bytes.count) }
  }

  /// Whether the terminal takes something without anybody waiting for it.
  public var isWritable: Bool {
    var check = pollfd(fd: options.outputDescriptor, events: Int16(POLLOUT), revents: 0)
    return Glibc.poll(&check, 1, 0) > 0
  }

  /// Rings the terminal's bell.
  public func ring() {
    waitIfCrashing()
    guard !hasHungUp else { return }
    var bell = UInt8(ascii: "\u{7}")
    _ = write(options.outputDescriptor, &bell, 1)
  }

  /// The frame as this terminal can show it, exactly as large as the screen.
  private func prepared(_ canvas: Canvas, background: Color, foreground: Color) -> Canvas {
    let paper = Style(foreground, on: background)
    var frame = canvas
    if canvas.width != width || canvas.height != height {
      frame = Canvas(width: width, height: height, style: paper)
      frame.blit(canvas, x: 0, y: 0)
    }
    if depth != .none, !background.isTerminalDefault || !foreground.isTerminalDefault {
      frame = frame.resolved(foreground: foreground, background: background)
    }
    frame = frame.reduced(to: depth)
    guard isUTF8 else { return frame.asciiOnly() }
    return hasWideSymbols ? frame.withoutAmbiguousWidths() : frame
  }

  /// Hands over what differs in each row, from the first to the last such cell; false when the colour pairs
  /// ran out.
  private func putRows(of frame: Canvas) -> Bool {
    var fits = true
    var glyphs: [ct_glyph] = []
    glyphs.reserveCapacity(frame.width)
    for y in 0..<frame.height {
      let cells = frame.row(y)
      guard let change = Self.change(cells, from: shown?.row(y)) else { continue }
      var last: (foreground: Color, background: Color, pair: Int32)?
      glyphs.removeAll(keepingCapacity: true)
      for cell in cells[change] {
        guard !cell.isTrailing else {
          if let last = glyphs.indices.last { glyphs[last].cells = 2 }
          continue
        }
        // Neighbours mostly share their colours, and the dictionary lookup is the slowest step
        // here.
        if last?.foreground != cell.foreground || last?.background != cell.background {
          let pair = pair(of: cell)
          if pair == nil { fits = false }
          last = (cell.foreground, cell.background, pair ?? 0)
        }
        glyphs.append(
          ct_glyph(
            scalar: cell.scalar, pair: last?.pair ?? 0, attributes: cell.attributes.rawValue,
            cells: 1))
      }
      let start = change.lowerBound - cells.startIndex
      ct_screen_put_row(handle, Int32(y), Int32(start), glyphs, Int32(glyphs.count))
    }
    return fits
  }

  /// The cells of a row that have to be written, whole glyphs only; `nil` where it is what it was.
  private static func change(_ cells: ArraySlice<Cell>, from before: ArraySlice<Cell>?)
    -> Range<Int>?
  {
    guard let before, before.count == cells.count else { return cells.indices }
    let differences = cells.withUnsafeBufferPointer { new in
      before.withUnsafeBufferPointer { old -> Range<Int>? in
        guard let first = new.indices.first(where: { new[$0] != old[$0] }),
          let last = new.indices.last(where: { new[$0] != old[$0] })
        else { return nil }
        return first..<last + 1
      }
    }
    guard let differences else { return nil }
    var (start, end) = (
      cells.startIndex + differences.lowerBound, cells.startIndex + differences.upperBound
    )
    // A half is written with the other one, of what stood there as well.
    func isTrailing(_ index: Int) -> Bool {
      cells[index].isTrailing || before[before.startIndex + index - cells.startIndex].isTrailing
    }
    while start > cells.startIndex, isTrailing(start) { start -= 1 }
    while end < cells.endIndex, isTrailing(end) { end += 1 }
    return start..<end
  }

  private func pair(of cell: Cell) -> Int32? {
    guard let answer = pairs.pair(cell.foreground, cell.background) else { return nil }
    if answer.isNew {
      _ = ct_screen_define_pair(
        handle, answer.pair, number(cell.foreground), number(cell.background))
      squeezer.define(
        answer.pair, foreground: ink(cell.foreground), background: ink(cell.background))
    }
    return answer.pair
  }

  /// What a colour is to the filter behind ncurses.
  private func ink(_ color: Color) -> StyleSqueezer.Ink {
    if depth == .truecolor, !color.isTerminalDefault {
      return .rgb(color.red, color.green, color.blue)
    }
    guard let index = color.paletteIndex(at: depth) else { return .own }
    return depth == .ansi16 && index >= 8 ? .bright(UInt8(index - 8)) : .palette(UInt8(index))
  }

  /// ncurses' number of a colour; -1 is the terminal's own.
  private func number(_ color: Color) -> Int32 {
    if color.isTerminalDefault || depth == .none { return -1 }
    if depth == .truecolor { return Int32(color.rgb) }
    return Int32(color.paletteIndex(at: depth) ?? -1)
  }
}

import Canvas
import Formats

/// A terminal emulator small enough to be read: what a frame looks like once it has arrived.
package struct VirtualTerminal {
  package private(set) var canvas: Canvas
  package private(set) var modes: Set<Int> = []
  /// Sequences it does not know, which a test should not see.
  package private(set) var unknown: [String] = []
  private var style = Style()
  private var x = 0
  private var y = 0
  private var wrapPending = false
  private var pending: [UInt8] = []

  package init(width: Int, height: Int) {
    canvas = Canvas(width: width, height: height)
  }

  /// Starts over at another size, as a terminal that loses what it showed.
  package mutating func resize(width: Int, height: Int) {
    canvas = Canvas(width: width, height: height)
    move(x, y)
  }

  /// Takes what a program wrote; what is cut off in the middle waits for its rest.
  package mutating func feed(_ bytes: [UInt8]) {
    pending += bytes
    let whole = Self.wholeLength(pending)
    var scalars = Array(String(decoding: pending[..<whole], as: UTF8.self).unicodeScalars)[...]
    pending.removeFirst(whole)
    while let scalar = scalars.popFirst() {
      switch scalar.value {
      case 0x1B: escape(&scalars)
      case 0x0D: move(0, y)
      case 0x0A: move(x, y + 1)
      case 0x08: move(x - 1, y)
      case 0x07, 0x0E, 0x0F: break
      case 0..<0x20: unknown.append("control \(scalar.value)")
      default: print(scalar)
      }
    }
  }

  /// How many bytes there are before a sequence or a character that is not complete yet.
  private static func wholeLength(_ bytes: [UInt8]) -> Int {
    if let start = bytes.lastIndex(of: 0x1B) {
      let rest = bytes[(start + 1)...]
      let isWhole =
        switch rest.first {
        case UInt8(ascii: "["): rest.dropFirst().contains { (0x40...0x7E).contains($0) }
        case UInt8(ascii: "]"), UInt8(ascii: "P"): rest.contains(7)
        case UInt8(ascii: "("), UInt8(ascii: ")"): rest.count > 1
        case .some: true
        case nil: false
        }
      if !isWhole { return start }
    }
    for start in bytes.indices.suffix(3).reversed() where bytes[start] >= 0xC0 {
      let length = bytes[start] >= 0xF0 ? 4 : bytes[start] >= 0xE0 ? 3 : 2
      return bytes.count - start < length ? start : bytes.count
    }
    return bytes.count
  }

  private mutating func print(_ scalar: Unicode.Scalar) {
    let columns = displayWidth(scalar)
    if wrapPending, modes.contains(7) || !modes.contains(-7) {
      move(0, y + 1)
    }
    canvas[x, y] = Cell(scalar, style)
    if x + columns >= canvas.width {
      wrapPending = true
      x = canvas.width - 1
    } else {
      x += columns
      wrapPending = false
    }
  }

  private mutating func move(_ column: Int, _ row: Int) {
    x = min(max(0, column), canvas.width - 1)
    y = min(max(0, row), canvas.height - 1)
    wrapPending = false
  }

  private mutating func escape(_ input: inout ArraySlice<Unicode.Scalar>) {
    guard let kind = input.popFirst() else { return }
    switch kind {
    case "[":
      var body = ""
      while let next = input.popFirst() {
        // A sequence that was cut off ends where the next one begins.
        if next == "\u{1B}" { return escape(&input) }
        if (0x40...0x7E).contains(next.value) { return control(next, body) }
        body.unicodeScalars.append(next)
      }
    case "(", ")": _ = input.popFirst()
    case "=", ">", "7", "8", "\\": break
    case "]", "P":
      while let next = input.popFirst(), next.value != 7 {
        if next == "\u{1B}", input.first == "\\" {
          input.removeFirst()
          break
        }
      }
    default: unknown.append("ESC \(kind)")
    }
  }

  private mutating func control(_ final: Unicode.Scalar, _ body: String) {
    if body.hasPrefix("?") {
      for number in body.dropFirst().split(separator: ";").compactMap({ Int($0) }) {
        if final == "h" {
          modes.insert(number)
          modes.remove(-number)
        } else {
          modes.remove(number)
          modes.insert(-number)
        }
        if number == 1049 { erase(canvas.bounds) }
      }
      return
    }
    let numbers = body.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    let first = numbers.first ?? 0
    let step = max(1, first)
    switch final {
    case "H": move((numbers.dropFirst().first ?? 1) - 1, step - 1)
    case "A": move(x, y - step)
    case "B": move(x, y + step)
    case "C": move(x + step, y)
    case "D": move(x - step, y)
    case "G": move(step - 1, y)
    case "d": move(x, step - 1)
    case "J" where first == 2: erase(canvas.bounds)
    case "J":
      erase(Rect(x: x, y: y, width: canvas.width - x, height: 1))
      erase(Rect(x: 0, y: y + 1, width: canvas.width, height: canvas.height - y - 1))
    case "K" where first == 1: erase(Rect(x: 0, y: y, width: x + 1, height: 1))
    case "K": erase(Rect(x: x, y: y, width: canvas.width - x, height: 1))
    case "X": erase(Rect(x: x, y: y, width: step, height: 1))
    case "m": select(numbers)
    case "t", "l", "h", "r", "n", "c": break
    default: unknown.append("CSI \(body)\(final)")
    }
  }

  /// Without back-colour-erase: what is erased has the terminal's own background.
  private mutating func erase(_ rect: Rect) {
    canvas.fill(rect, Style())
  }

  private mutating func select(_ numbers: [Int]) {
    var rest = numbers[...]
    if rest.isEmpty { style = Style() }
    while let code = rest.popFirst() {
      switch code {
      case 0: style = Style()
      case 1: style.attributes.insert(.bold)
      case 2: style.attributes.insert(.dim)
      case 3: style.attributes.insert(.italic)
      case 4: style.attributes.insert(.underline)
      case 7: style.attributes.insert(.reverse)
      case 22: style.attributes.subtract([.bold, .dim])
      case 23: style.attributes.remove(.italic)
      case 24: style.attributes.remove(.underline)
      case 27: style.attributes.remove(.reverse)
      case 39: style.foreground = .terminalDefault
      case 49: style.background = .terminalDefault
      case 38: style.foreground = color(&rest)
      case 48: style.background = color(&rest)
      default: unknown.append("SGR \(code)")
      }
    }
  }

  private func color(_ rest: inout ArraySlice<Int>) -> Color {
    let kind = rest.popFirst() ?? 0
    if kind == 5 { return Self.palette(rest.popFirst() ?? 0) }
    let channels = (0..<3).map { _ in UInt8(truncatingIfNeeded: rest.popFirst() ?? 0) }
    return Color(red: channels[0], green: channels[1], blue: channels[2])
  }

  /// xterm's formula, written down a second time on purpose.
  private static func palette(_ index: Int) -> Color {
    if index >= 232 {
      let grey = UInt8(truncatingIfNeeded: 8 + (index - 232) * 10)
      return Color(red: grey, green: grey, blue: grey)
    }
    let cube = index - 16
    let channels = [cube / 36, cube / 6 % 6, cube % 6].map { $0 == 0 ? 0 : UInt8(55 + $0 * 40) }
    return Color(red: channels[0], green: channels[1], blue: channels[2])
  }
}

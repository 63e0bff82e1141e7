extension InputDecoder {
  /// The numbers of a control sequence and what frames them.
  private struct Parameters {
    /// `<`, `=`, `>` or `?`; 0 where there is none.
    var marker: UInt8 = 0
    /// An absent number is 0.
    var numbers: [Int] = []

    init(_ bytes: ArraySlice<UInt8>) {
      var bytes = bytes
      if let first = bytes.first, (0x3C...0x3F).contains(first) {
        marker = first
        bytes = bytes.dropFirst()
      }
      guard !bytes.isEmpty else { return }
      numbers = bytes.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map {
        // What follows a colon are details of the number, such as whether a key was let go.
        $0.prefix { $0 != UInt8(ascii: ":") }.reduce(0) { sum, digit in
          (0x30...0x39).contains(digit) ? min(sum * 10 + Int(digit) - 0x30, 1 << 24) : sum
        }
      }
    }

    subscript(_ index: Int) -> Int { numbers.indices.contains(index) ? numbers[index] : 0 }
  }

  /// Shift, Alt and Ctrl as xterm counts them: a number less one.
  private struct Modifiers: OptionSet {
    var rawValue: Int
    static let shift = Modifiers(rawValue: 1)
    static let alt = Modifiers(rawValue: 2)
    static let control = Modifiers(rawValue: 4)

    init(rawValue: Int) { self.rawValue = rawValue }
    init(number: Int) { self.init(rawValue: number > 1 ? (number - 1) & 7 : 0) }
  }

  // MARK: ESC [

  /// A control sequence: `ESC [`, numbers, and a letter.
  static func sequence(_ bytes: ArraySlice<UInt8>) -> Step {
    let start = bytes.startIndex + 2
    guard start < bytes.endIndex else { return .incomplete(patience: 250) }
    if bytes[start] == UInt8(ascii: "[") { return consoleKey(bytes, at: start + 1) }
    if bytes[start] == UInt8(ascii: "M") { return oldMouse(bytes, at: start + 1) }
    var end = start
    var hasIntermediate = false
    while end < bytes.endIndex {
      let byte = bytes[end]
      let length = end - bytes.startIndex
      switch byte {
      case 0x30...0x3F where !hasIntermediate: break
      // rxvt ends its keys with Shift with one of those that usually only come before the end.
      case UInt8(ascii: "$") where end > start && bytes[start..<end].allSatisfy(isDigit):
        return .done(length + 1, numberedKey(Parameters(bytes[start..<end]), .shift))
      case 0x20...0x2F: hasIntermediate = true
      case 0x40...0x7E:
        let items = hasIntermediate ? [] : decoded(Parameters(bytes[start..<end]), final: byte)
        return .done(length + 1, items)
      // Cut off: what cut it off is read for itself.
      default: return .done(length, [])
      }
      if length > 64 { return .done(length, []) }
      end += 1
    }
    return .incomplete(patience: end == start ? 250 : 1000)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func decoded(_ p: Parameters, final: UInt8) -> [Item] {
    switch (p.marker, final) {
    case (UInt8(ascii: "<"), UInt8(ascii: "M")), (UInt8(ascii: "<"), UInt8(ascii: "m")):
      guard p.numbers.count == 3 else { return [] }
      return mouse(p[0], x: p[1], y: p[2], isRelease: final == UInt8(ascii: "m"))
    case (UInt8(ascii: "?"), UInt8(ascii: "c")): return [.reply(.attributes)]
    case (UInt8(ascii: ">"), UInt8(ascii: "c")): return [.reply(.kind(p[0]))]
    case (0, UInt8(ascii: "M")):
      // rxvt's form of the mouse: decimal, but otherwise as in the old one.
      guard p.numbers.count == 3, p[0] >= 32 else { return [] }
      return mouse(p[0] - 32, x: p[1], y: p[2], isRelease: nil)
    case (0, _): return unmarked(p, final: final)
    default: return []
    }
  }

  private static func unmarked(_ p: Parameters, final: UInt8) -> [Item] {
    let modifiers = Modifiers(number: p[1])
    switch final {
    case UInt8(ascii: "~"): return numberedKey(p, modifiers)
    case UInt8(ascii: "^"): return numberedKey(p, .control)
    case UInt8(ascii: "@"): return numberedKey(p, [.control, .shift])
    case UInt8(ascii: "n"): return p.numbers.count == 1 ? [.reply(.ready)] : []
    case UInt8(ascii: "R"):
      if p.numbers.count == 2 { return [.reply(.cursor(row: p[0], column: p[1]))] }
      return p.numbers.isEmpty ? [.key(.function(3))] : []
    case UInt8(ascii: "u"): return character(p[0], modifiers)
    case UInt8(ascii: "Z"): return [.key(.shiftTab)]
    // rxvt with Shift.
    case UInt8(ascii: "a")...UInt8(ascii: "d"): return arrow(final - 32, .shift)
    default: return arrow(final, modifiers)
    }
  }

  /// Arrows, Home, End and the first four function keys, by the letter at their end.
  private static func arrow(_ letter: UInt8, _ modifiers: Modifiers) -> [Item] {
    let isShift = modifiers == .shift
    switch letter {
    case UInt8(ascii: "A"): return [.key(.up)]
    case UInt8(ascii: "B"): return [.key(.down)]
    case UInt8(ascii: "C"): return [.key(isShift ? .shiftRight : .right)]
    case UInt8(ascii: "D"): return [.key(isShift ? .shiftLeft : .left)]
    case UInt8(ascii: "H"): return [.key(.home)]
    case UInt8(ascii: "F"): return [.key(.end)]
    case UInt8(ascii: "P")...UInt8(ascii: "S"):
      return modifiers.isEmpty ? [.key(.function(Int(letter - UInt8(ascii: "P")) + 1))] : []
    default: return []
    }
  }

  /// A key that a terminal numbers, as VT220 began to.
  private static func numberedKey(_ p: Parameters, _ modifiers: Modifiers) -> [Item] {
    switch p[0] {
    case 1, 7: return [.key(.home)]
    case 4, 8: return [.key(.end)]
    case 5: return [.key(.pageUp)]
    case 6: return [.key(.pageDown)]
    case 27: return character(p[2], modifiers)
    case 200: return [.pasted]
    default: break
    }
    // With Shift, Ctrl or Alt these belong to terminals and window systems.
    guard modifiers.isEmpty else { return [] }
    switch p[0] {
    case 2: return [.key(.insert)]
    case 3: return [.key(.delete)]
    case 11...15: return [.key(.function(p[0] - 10))]
    case 17...21: return [.key(.function(p[0] - 11))]
    case 23...26: return [.key(.function(p[0] - 12))]
    case 28, 29: return [.key(.function(p[0] - 13))]
    case 31...34: return [.key(.function(p[0] - 14))]
    default: return []
    }
  }

  /// A key that comes as the number of its character, as some terminals write keys with Ctrl.
  private static func character(_ code: Int, _ modifiers: Modifiers) -> [Item] {
    guard let scalar = Unicode.Scalar(UInt32(code)), !modifiers.contains(.alt) else { return [] }
    if modifiers.contains(.control) {
      let isLetter = ("a"..."z").contains(scalar)
      return isLetter ? [.key(.control(scalar))] : []
    }
    if scalar == "\t", modifiers == .shift { return [.key(.shiftTab)] }
    if scalar.value < 0x80 { return key(UInt8(scalar.value)).map { [.key($0)] } ?? [] }
    // Beyond are the keys without a character.
    return (0xE000...0xF8FF).contains(scalar.value) ? [] : [.key(.character(scalar))]
  }

  /// F1 to F5 of the console of Linux: `ESC [ [ A` to `E`.
  private static func consoleKey(_ bytes: ArraySlice<UInt8>, at index: Int) -> Step {
    guard index < bytes.endIndex else { return .incomplete(patience: 250) }
    let letter = bytes[index]
    guard (UInt8(ascii: "A")...UInt8(ascii: "E")).contains(letter) else { return .done(3, []) }
    return .done(4, [.key(.function(Int(letter - UInt8(ascii: "A")) + 1))])
  }

  // MARK: ESC O

  /// Arrows, F1 to F4 and the keypad, where a program before us left them in their other mode.
  static func keypad(_ bytes: ArraySlice<UInt8>) -> Step {
    let start = bytes.startIndex + 2
    var end = start
    while end < bytes.endIndex, end - start < 8, isDigit(bytes[end]) || bytes[end] == 0x3B {
      end += 1
    }
    guard end < bytes.endIndex else { return .incomplete(patience: end == start ? 100 : 1000) }
    let letter = bytes[end]
    guard (0x20...0x7E).contains(letter) else { return .done(end - bytes.startIndex, []) }
    let p = Parameters(bytes[start..<end])
    let modifiers = Modifiers(number: p.numbers.last ?? 0)
    let length = end - bytes.startIndex + 1
    switch letter {
    case UInt8(ascii: "M"): return .done(length, [.key(.enter)])
    case UInt8(ascii: "I"): return .done(length, [.key(.tab)])
    case UInt8(ascii: "X"): return .done(length, [.key(.character("="))])
    case UInt8(ascii: " "): return .done(length, [.key(.character(" "))])
    // The keypad sends its characters moved up by 64: `j` is `*`, `y` is `9`.
    case UInt8(ascii: "j")...UInt8(ascii: "y"):
      return .done(length, modifiers.isEmpty ? [.key(.character(Unicode.Scalar(letter - 64)))] : [])
    // rxvt with Ctrl.
    case UInt8(ascii: "a")...UInt8(ascii: "d"): return .done(length, arrow(letter - 32, .control))
    default: return .done(length, arrow(letter, modifiers))
    }
  }

  // MARK: The mouse

  /// The mouse as it was first told: three bytes, each 32 more than what it says.
  private static func oldMouse(_ bytes: ArraySlice<UInt8>, at start: Int) -> Step {
    guard bytes.endIndex - start >= 3 else { return .incomplete(patience: 1000) }
    let values = bytes[start..<start + 3].map { Int($0) - 32 }
    let length = start + 3 - bytes.startIndex
    guard values.allSatisfy({ $0 >= 0 }) else { return .done(length, []) }
    return .done(length, mouse(values[0], x: values[1], y: values[2], isRelease: nil))
  }

  /// What the mouse did, by xterm's number of the button.
  ///
  /// - Parameter isRelease: nil where button 3 says that one was let go, but not which.
  private static func mouse(_ code: Int, x: Int, y: Int, isRelease: Bool?) -> [Item] {
    let button = code & 3
    var event = MouseEvent(x: max(0, x - 1), y: max(0, y - 1), kind: .moved, button: 0)
    if code & 64 != 0 {
      // Buttons 6 and 7 are the wheel turned sideways, those from 8 on are beside it.
      guard code & 128 == 0, button < 2, isRelease != true else { return [] }
      event.kind = button == 0 ? .wheelUp : .wheelDown
      return [.mouse(event)]
    }
    guard code & 128 == 0 else { return [] }
    if code & 32 != 0 {
      if button < 3 {
        event.kind = .drag
        event.button = button + 1
      }
      return [.mouse(event)]
    }
    event.kind = isRelease ?? (button == 3) ? .release : .press
    event.button = button < 3 ? button + 1 : 0
    return [.mouse(event)]
  }
}

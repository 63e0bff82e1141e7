/// Leaves out of what ncurses sends the colours that the terminal has already.
///
/// ncurses names both colours at every change of a pair, and starts anew from none where it cannot
/// tell what else changed: two thirds of a frame's bytes say nothing. What comes out here means the
/// same to a terminal: it is told what differs, and not before something is drawn with it.
///
/// The sequences are those of ECMA-48, `SGR` among them. One that is not known here is passed on, and
/// after it everything is told once more.
struct StyleSqueezer {
  /// How glyphs are drawn.
  struct Rendition: Equatable {
    /// The parameters that choose a colour, of which none is the terminal's own.
    var foreground = Ink.own
    var background = Ink.own
    /// Bit `n` stands for the parameter `n` of ECMA-48, 1 (bold) to 7 (reverse).
    var flags: UInt8 = 0
  }

  /// A colour as it is told: the terminal's own, one of a palette, or red, green and blue.
  enum Ink: Equatable {
    case own
    case palette(UInt8)
    case rgb(UInt8, UInt8, UInt8)
  }

  /// What the terminal was told; `nil` where that is not known.
  private var told: Rendition?
  /// What is to be drawn with; `nil` until something says it whole.
  private var wanted: Rendition?

  /// Nothing is known any more of what the terminal was told.
  mutating func forget() { (told, wanted) = (nil, nil) }

  /// What has to be told still, so that the terminal is as ncurses believes it to be.
  mutating func settled() -> [UInt8] {
    var out: [UInt8] = []
    settle(&out)
    return out
  }

  /// The same frame in fewer bytes; it may not end within a sequence.
  mutating func squeezed(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      guard bytes[place] == 0x1B, place + 1 < bytes.count, bytes[place + 1] == 0x5B else {
        // A return only moves, as some sequences do.
        if bytes[place] != 0x0D, bytes[place] != 0x08 { settle(&out) }
        out.append(bytes[place])
        place += 1
        continue
      }
      var end = place + 2
      while end < bytes.count, !(0x40...0x7E).contains(bytes[end]) { end += 1 }
      let sequence = bytes[place..<min(end + 1, bytes.count)]
      switch sequence.last {
      case UInt8(ascii: "m"):
        if !take(sequence.dropFirst(2).dropLast()) {
          settle(&out)
          out += sequence
          forget()
        }
      case UInt8(ascii: "A"), UInt8(ascii: "B"), UInt8(ascii: "C"), UInt8(ascii: "D"),
        UInt8(ascii: "G"), UInt8(ascii: "H"), UInt8(ascii: "d"):
        out += sequence
      default:
        settle(&out)
        out += sequence
      }
      place = sequence.endIndex
    }
    return out
  }

  // MARK: What is wanted

  /// Takes the parameters of one `SGR`; false when one of them is not known or not whole here.
  private mutating func take(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    guard let numbers = Self.numbers(text) else { return false }
    // Only one that starts from nothing says everything.
    guard var next = wanted ?? (numbers.first == 0 ? Rendition() : nil) else { return false }
    var rest = numbers[...]
    while let number = rest.popFirst() {
      switch number {
      case 0: next = Rendition()
      case 1...7: next.flags |= 1 << UInt8(number)
      case 22: next.flags &= ~(1 << 1 | 1 << 2)
      case 23, 24, 27: next.flags &= ~(1 << UInt8(number - 20))
      case 30...37: next.foreground = .palette(UInt8(number - 30))
      case 40...47: next.background = .palette(UInt8(number - 40))
      case 39: next.foreground = .own
      case 49: next.background = .own
      case 38, 48:
        guard let ink = Self.ink(&rest) else { return false }
        if number == 38 { next.foreground = ink } else { next.background = ink }
      default: return false
      }
    }
    wanted = next
    return true
  }

  private static func numbers(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> [Int]? {
    var numbers = [0]
    for byte in text {
      switch byte {
      case 0x30...0x39:
        let number = numbers[numbers.count - 1] * 10 + Int(byte - 0x30)
        guard number < 256 else { return nil }
        numbers[numbers.count - 1] = number
      case UInt8(ascii: ";"): numbers.append(0)
      default: return nil
      }
    }
    return numbers
  }

  private static func ink(_ rest: inout ArraySlice<Int>) -> Ink? {
    switch rest.popFirst() {
    case 5: return rest.popFirst().map { .palette(UInt8($0)) }
    case 2:
      guard let red = rest.popFirst(), let green = rest.popFirst(), let blue = rest.popFirst()
      else { return nil }
      return .rgb(UInt8(red), UInt8(green), UInt8(blue))
    default: return nil
    }
  }

  // MARK: What is told

  private mutating func settle(_ out: inout [UInt8]) {
    guard let wanted, wanted != told else { return }
    let anew = "0" + Self.parameters(from: Rendition(), to: wanted)
    var best = anew
    if let told {
      let difference = String(Self.parameters(from: told, to: wanted).dropFirst())
      if difference.utf8.count < anew.utf8.count { best = difference }
    }
    // Nothing at all means 0.
    out += Array("\u{1B}[\(best == "0" ? "" : best)m".utf8)
    told = wanted
  }

  /// The parameters that lead from one to the other, each behind a semicolon.
  private static func parameters(from told: Rendition, to wanted: Rendition) -> String {
    var text = ""
    var flags = told.flags
    let gone = flags & ~wanted.flags
    for flag in UInt8(3)...7 where gone & 1 << flag != 0 { text += ";\(20 + flag)" }
    // Bold and dim end together.
    if gone & (1 << 1 | 1 << 2) != 0 {
      text += ";22"
      flags &= ~(1 << 1 | 1 << 2)
    }
    for flag in UInt8(1)...7 where wanted.flags & ~flags & 1 << flag != 0 { text += ";\(flag)" }
    if wanted.foreground != told.foreground { text += ";" + parameters(30, wanted.foreground) }
    if wanted.background != told.background { text += ";" + parameters(40, wanted.background) }
    return text
  }

  private static func parameters(_ base: Int, _ ink: Ink) -> String {
    switch ink {
    case .own: "\(base + 9)"
    case .palette(let number) where number < 8: "\(base + Int(number))"
    case .palette(let number): "\(base + 8);5;\(number)"
    case .rgb(let red, let green, let blue): "\(base + 8);2;\(red);\(green);\(blue)"
    }
  }
}

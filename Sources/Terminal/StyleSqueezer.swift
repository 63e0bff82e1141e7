/// Leaves out of what ncurses sends the colours that the terminal has already.
///
/// ncurses names both colours at every change of a pair, and starts anew from none where it cannot
/// tell what else changed: two thirds of a frame's bytes say nothing. What comes out here means the
/// same to a terminal: it is told what differs, and not before something is drawn with it.
///
/// The sequences are those of ECMA-48, `SGR` among them, and one of our own entry's, `CSI n p`, that names
/// a pair of colours by its number. One that is not known here is passed on, and after it everything is told
/// once more.
struct StyleSqueezer {
  /// How glyphs are drawn.
  struct Rendition: Equatable {
    /// The parameters that choose a colour, of which none is the terminal's own.
    var foreground = Ink.own
    var background = Ink.own
    /// Bit `n` stands for the parameter `n` of ECMA-48, 1 (bold) to 7 (reverse).
    var flags: UInt8 = 0
  }

  /// A colour as it is told: the terminal's own, one of a palette or of its bright eight, or red, green and
  /// blue.
  enum Ink: Equatable {
    case own
    case palette(UInt8)
    case bright(UInt8)
    case rgb(UInt8, UInt8, UInt8)
  }

  /// What the terminal was told; `nil` where that is not known.
  private var told: Rendition? { didSet { isSettled = false } }
  /// What is to be drawn with; `nil` until something says it whole.
  private var wanted: Rendition? { didSet { isSettled = false } }
  /// Whether the terminal was told what is wanted; most glyphs are drawn like the one before.
  private var isSettled = false
  /// The colours of ncurses' pairs by their numbers, of which 0 is the terminal's own.
  private var pairs: [(foreground: Ink, background: Ink)] = [(.own, .own)]

  /// Says what a pair of ncurses stands for; numbers are given out one after the other.
  mutating func define(_ pair: Int32, foreground: Ink, background: Ink) {
    while pairs.count <= Int(pair) { pairs.append((.own, .own)) }
    pairs[Int(pair)] = (foreground, background)
  }

  /// All pairs but 0 are given out anew.
  mutating func forgetPairs() { pairs.removeSubrange(1...) }

  /// ncurses draws from here on with nothing set, and nobody knows what the terminal was told.
  mutating func begin() { (told, wanted) = (nil, Rendition()) }

  /// Nothing is known any more of what the terminal was told.
  mutating func forget() { (told, wanted) = (nil, nil) }

  /// The terminal may have been told something else by somebody else: everything is told once more.
  mutating func doubt() { told = nil }

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
        if !isSettled, bytes[place] != 0x0D, bytes[place] != 0x08 { settle(&out) }
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
      case UInt8(ascii: "p"):
        takePair(sequence.dropFirst(2).dropLast())
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
    var rest = Parameters(text)
    // Only one that starts from nothing says everything.
    guard var next = wanted ?? (rest.startsWithReset ? Rendition() : nil) else { return false }
    while let number = rest.next() {
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
    guard rest.isWhole else { return false }
    wanted = next
    return true
  }

  /// Takes the colours of a pair that ncurses names by its number.
  private mutating func takePair(_ digits: Slice<UnsafeBufferPointer<UInt8>>) {
    var number = 0
    for digit in digits where number < pairs.count { number = number * 10 + Int(digit & 0xF) }
    let pair = pairs[number < pairs.count ? number : 0]
    if wanted == nil { wanted = Rendition() }
    wanted?.foreground = pair.foreground
    wanted?.background = pair.background
  }

  private static func ink(_ rest: inout Parameters) -> Ink? {
    switch rest.next() {
    case 5: return rest.next().map { .palette($0) }
    case 2:
      guard let red = rest.next(), let green = rest.next(), let blue = rest.next() else {
        return nil
      }
      return .rgb(red, green, blue)
    default: return nil
    }
  }

  /// The numbers of a sequence, one after the other; an empty one is 0.
  private struct Parameters {
    private var rest: Slice<UnsafeBufferPointer<UInt8>>
    private var isOver = false
    /// False once something stood there that is no number below 256.
    private(set) var isWhole = true

    init(_ text: Slice<UnsafeBufferPointer<UInt8>>) { rest = text }

    var startsWithReset: Bool {
      var copy = self
      return copy.next() == 0
    }

    mutating func next() -> UInt8? {
      guard !isOver else { return nil }
      var number = 0
      isOver = true
      while let byte = rest.popFirst() {
        if byte == UInt8(ascii: ";") {
          isOver = false
          break
        }
        guard (0x30...0x39).contains(byte), number < 256 else { return fail() }
        number = number * 10 + Int(byte - 0x30)
      }
      return number < 256 ? UInt8(number) : fail()
    }

    private mutating func fail() -> UInt8? {
      (isWhole, isOver) = (false, true)
      return nil
    }
  }

  // MARK: What is told

  private mutating func settle(_ out: inout [UInt8]) {
    defer { isSettled = true }
    guard let wanted, wanted != told else { return }
    out.append(0x1B)
    out.append(0x5B)
    if wanted == Rendition() {
      // No parameter at all means 0.
      out.append(UInt8(ascii: "m"))
    } else {
      if told == nil { Self.write(0, &out) }
      Self.write(from: told ?? Rendition(), to: wanted, &out)
      // The last semicolon gives way to the end.
      out[out.count - 1] = UInt8(ascii: "m")
    }
    told = wanted
  }

  /// Writes the parameters that lead from one to the other, each with a semicolon behind it.
  private static func write(from told: Rendition, to wanted: Rendition, _ out: inout [UInt8]) {
    var flags = told.flags
    let gone = flags & ~wanted.flags
    if gone != 0 {
      for flag in UInt8(3)...7 where gone & 1 << flag != 0 { write(20 + flag, &out) }
      // Bold and dim end together.
      if gone & (1 << 1 | 1 << 2) != 0 {
        write(22, &out)
        flags &= ~(1 << 1 | 1 << 2)
      }
    }
    let new = wanted.flags & ~flags
    if new != 0 { for flag in UInt8(1)...7 where new & 1 << flag != 0 { write(flag, &out) } }
    if wanted.foreground != told.foreground { write(30, wanted.foreground, &out) }
    if wanted.background != told.background { write(40, wanted.background, &out) }
  }

  private static func write(_ base: UInt8, _ ink: Ink, _ out: inout [UInt8]) {
    switch ink {
    case .own: write(base + 9, &out)
    case .palette(let number) where number < 8: write(base + number, &out)
    case .bright(let number): write(base + 60 + number, &out)
    case .palette(let number):
      write(base + 8, &out)
      write(5, &out)
      write(number, &out)
    case .rgb(let red, let green, let blue):
      write(base + 8, &out)
      for number in [2, red, green, blue] { write(number, &out) }
    }
  }

  private static func write(_ number: UInt8, _ out: inout [UInt8]) {
    if number >= 100 { out.append(0x30 + number / 100) }
    if number >= 10 { out.append(0x30 + number / 10 % 10) }
    out.append(0x30 + number % 10)
    out.append(UInt8(ascii: ";"))
  }
}

import CTerminal
import Canvas

/// Our own terminfo entry, compiled when it is needed.
///
/// ncurses reads it from the environment, so nothing has to be installed. It holds only what a
/// full-screen program uses. There is no back-colour-erase in it: not every terminal has it, and
/// with it wrong the theme's background ends where the text does.
///
/// Pairs of colours are named by a sequence that no terminal knows: what is drawn by this entry has to
/// pass through `StyleSqueezer`.
enum TerminfoEntry {
  /// The name to open the entry by.
  static let name = "hippowatt"

  /// The value of TERMINFO that carries the entry.
  static func environmentValue(_ depth: ColorDepth) -> String {
    "b64:" + base64(compiled(depth))
  }

  /// The first word of an entry with 32-bit numbers: MAGIC2, 01036 in octal, of term(5).
  private static let magic = 0x21E

  private static let booleans = ["am", "mir", "msgr", "xenl"]
  private static let strings: [(String, String)] = [
    ("bel", "\u{7}"), ("bold", "\u{1B}[1m"), ("civis", "\u{1B}[?25l"),
    ("clear", "\u{1B}[H\u{1B}[2J"), ("cnorm", "\u{1B}[?25h"), ("cr", "\r"),
    ("cub", "\u{1B}[%p1%dD"), ("cub1", "\u{8}"), ("cud", "\u{1B}[%p1%dB"), ("cud1", "\n"),
    ("cuf", "\u{1B}[%p1%dC"), ("cuf1", "\u{1B}[C"), ("cup", "\u{1B}[%i%p1%d;%p2%dH"),
    ("cuu", "\u{1B}[%p1%dA"), ("cuu1", "\u{1B}[A"), ("dim", "\u{1B}[2m"), ("ed", "\u{1B}[J"),
    ("el", "\u{1B}[K"), ("el1", "\u{1B}[1K"), ("home", "\u{1B}[H"), ("hpa", "\u{1B}[%i%p1%dG"),
    ("vpa", "\u{1B}[%i%p1%dd"), ("op", "\u{1B}[39;49m"), ("rev", "\u{1B}[7m"),
    ("ritm", "\u{1B}[23m"),
    ("rmam", "\u{1B}[?7l"), ("rmcup", "\u{1B}[?1049l"),
    ("rmso", "\u{1B}[27m"), ("rmul", "\u{1B}[24m"),
    (
      "sgr", "\u{1B}[0%?%p6%t;1%;%?%p5%t;2%;%?%p2%t;4%;%?%p1%p3%|%t;7%;m"
    ),
    ("sgr0", "\u{1B}[m"), ("sitm", "\u{1B}[3m"), ("smam", "\u{1B}[?7h"),
    ("smcup", "\u{1B}[?1049h"), ("smso", "\u{1B}[7m"),
    ("smul", "\u{1B}[4m"),
  ]
  /// The sequence that chooses a colour; `base` is 30 for the ink and 40 for the paper.
  private static func color(_ base: Int, _ depth: ColorDepth) -> String? {
    switch depth {
    case .none: nil
    case .ansi8: "\u{1B}[\(base / 10)%p1%dm"
    case .ansi16:
      "\u{1B}[%?%p1%{8}%<%t\(base / 10)%p1%d%e\(base / 10 + 6)%p1%{8}%-%d%;m"
    case .indexed256: "\u{1B}[\(base + 8);5;%p1%dm"
    case .truecolor:
      "\u{1B}[\(base + 8);2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%dm"
    }
  }

  private static func count(_ depth: ColorDepth) -> Int? {
    switch depth {
    case .none: nil
    case .ansi8: 8
    case .ansi16: 16
    case .indexed256: 256
    case .truecolor: 0x100_0000
    }
  }

  /// The entry in the compiled format with 32-bit numbers, extended part included.
  static func compiled(_ depth: ColorDepth) -> [UInt8] {
    var table = strings
    for (name, base) in [("setaf", 30), ("setab", 40)] {
      if let text = color(base, depth) { table.append((name, text)) }
    }
    // A pair by its number, which costs ncurses a fraction of two colours: see `StyleSqueezer`.
    if depth != .none { table.append(("scp", "\u{1B}[%p1%dp")) }
    let flags = booleans.map { index("b", $0) }
    var numbers = [(index("n", "cols"), 80), (index("n", "lines"), 24), (index("n", "it"), 8)]
    if let count = count(depth) {
      numbers += [(index("n", "colors"), count), (index("n", "pairs"), 0x10000)]
    }
    let texts = table.map { (index("s", $0.0), Array($0.1.utf8) + [0]) }
    let names = Array("\(name)|private entry of hippowatt".utf8) + [0]
    let flagCount = (flags.max() ?? -1) + 1
    let numberCount = (numbers.map(\.0).max() ?? -1) + 1
    let textCount = (texts.map(\.0).max() ?? -1) + 1

    var offsets = [Int](repeating: 0xFFFF, count: textCount)
    var pool: [UInt8] = []
    for (place, bytes) in texts {
      offsets[place] = pool.count
      pool += bytes
    }
    var values = [Int](repeating: 0xFFFF_FFFF, count: numberCount)
    for (place, value) in numbers { values[place] = value }

    var out: [UInt8] = []
    for word in [magic, names.count, flagCount, numberCount, textCount, pool.count] {
      out += short(word)
    }
    out += names
    out += (0..<flagCount).map { flags.contains($0) ? 1 : 0 }
    pad(&out)
    for value in values { out += short(value & 0xFFFF) + short(value >> 16 & 0xFFFF) }
    for offset in offsets { out += short(offset) }
    out += pool
    pad(&out)
    return out + extended(isTrueColor: depth == .truecolor)
  }

  /// The part with names of its own: RGB says colours are 24-bit, AX that 39 and 49 are the default.
  private static func extended(isTrueColor: Bool) -> [UInt8] {
    let names = isTrueColor ? ["AX", "RGB"] : ["AX"]
    var offsets: [Int] = []
    var pool: [UInt8] = []
    for name in names {
      offsets.append(pool.count)
      pool += Array(name.utf8) + [0]
    }
    var out: [UInt8] = []
    for word in [names.count, 0, 0, names.count, pool.count] { out += short(word) }
    out += names.map { _ in 1 }
    pad(&out)
    for offset in offsets { out += short(offset) }
    return out + pool
  }

  private static func index(_ kind: Character, _ name: String) -> Int {
    let index = ct_terminfo_index(CChar(bitPattern: kind.asciiValue ?? 0), name)
    precondition(index >= 0, "unknown terminal capability \(name)")
    return Int(index)
  }

  private static func short(_ value: Int) -> [UInt8] {
    [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
  }

  private static func pad(_ bytes: inout [UInt8]) {
    if bytes.count % 2 == 1 { bytes.append(0) }
  }

  static func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var out: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = (0..<3).map { start + $0 < bytes.count ? Int(bytes[start + $0]) : 0 }
      let bits = group[0] << 16 | group[1] << 8 | group[2]
      let used = min(3, bytes.count - start) + 1
      for place in 0..<4 {
        out.append(place < used ? letters[bits >> (18 - 6 * place) & 0x3F] : 0x3D)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}

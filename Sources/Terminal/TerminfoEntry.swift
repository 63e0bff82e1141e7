import CTerminal

/// Our own terminfo entry, compiled when it is needed.
///
/// ncurses reads it from the environment, so nothing has to be installed. It holds only what a
/// full-screen program uses. There is no back-colour-erase in it: not every terminal has it, and
/// with it wrong the theme's background ends where the text does.
enum TerminfoEntry {
  /// The name to open the entry by.
  static let name = "hippowatt"

  /// The value of TERMINFO that carries the entry.
  static func environmentValue(truecolor: Bool) -> String {
    "b64:" + base64(compiled(truecolor: truecolor))
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
    ("vpa", "\u{1B}[%i%p1%dd"), ("kbs", "\u{7F}"), ("kcbt", "\u{1B}[Z"), ("kcub1", "\u{1B}OD"),
    ("kcud1", "\u{1B}OB"), ("kcuf1", "\u{1B}OC"), ("kcuu1", "\u{1B}OA"), ("kdch1", "\u{1B}[3~"),
    ("kend", "\u{1B}OF"), ("khome", "\u{1B}OH"), ("kich1", "\u{1B}[2~"), ("kLFT", "\u{1B}[1;2D"),
    ("kRIT", "\u{1B}[1;2C"), ("kmous", "\u{1B}[<"), ("knp", "\u{1B}[6~"), ("kpp", "\u{1B}[5~"),
    ("op", "\u{1B}[39;49m"), ("rev", "\u{1B}[7m"), ("ritm", "\u{1B}[23m"),
    ("rmam", "\u{1B}[?7l"), ("rmcup", "\u{1B}[?1049l"), ("rmkx", "\u{1B}[?1l\u{1B}>"),
    ("rmso", "\u{1B}[27m"), ("rmul", "\u{1B}[24m"),
    (
      "sgr", "\u{1B}[0%?%p6%t;1%;%?%p5%t;2%;%?%p2%t;4%;%?%p1%p3%|%t;7%;m"
    ),
    ("sgr0", "\u{1B}[m"), ("sitm", "\u{1B}[3m"), ("smam", "\u{1B}[?7h"),
    ("smcup", "\u{1B}[?1049h"), ("smkx", "\u{1B}[?1h\u{1B}="), ("smso", "\u{1B}[7m"),
    ("smul", "\u{1B}[4m"),
  ]
  private static let mouse = "\u{1B}[?1006;1002%?%p1%{1}%=%th%el%;"

  private static func color(_ base: Int, truecolor: Bool) -> String {
    guard truecolor else { return "\u{1B}[\(base);5;%p1%dm" }
    return "\u{1B}[\(base);2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%dm"
  }

  /// The entry in the compiled format with 32-bit numbers, extended part included.
  static func compiled(truecolor: Bool) -> [UInt8] {
    var table = strings
    table.append(("setaf", color(38, truecolor: truecolor)))
    table.append(("setab", color(48, truecolor: truecolor)))
    let flags = booleans.map { index("b", $0) }
    let numbers = [
      (index("n", "cols"), 80), (index("n", "lines"), 24), (index("n", "it"), 8),
      (index("n", "colors"), truecolor ? 0x100_0000 : 256), (index("n", "pairs"), 0x10000),
    ]
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
    return out + extended(truecolor: truecolor)
  }

  /// The part with names of its own: RGB says colours are 24-bit, XM how to switch the mouse.
  private static func extended(truecolor: Bool) -> [UInt8] {
    let value = Array(mouse.utf8) + [0]
    let flagNames = truecolor ? ["AX", "RGB"] : ["AX"]
    let names = flagNames + ["XM"]
    var nameOffsets: [Int] = []
    var pool: [UInt8] = []
    for name in names {
      nameOffsets.append(pool.count)
      pool += Array(name.utf8) + [0]
    }
    var out: [UInt8] = []
    for word in [flagNames.count, 0, 1, 1 + names.count, value.count + pool.count] {
      out += short(word)
    }
    out += flagNames.map { _ in 1 }
    pad(&out)
    for offset in [0] + nameOffsets { out += short(offset) }
    return out + value + pool
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

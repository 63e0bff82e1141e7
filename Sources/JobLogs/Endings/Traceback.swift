/// Follows Python's tracebacks through lines and tells the exceptions that nobody caught.
///
/// Layout: the `traceback` module of CPython. One that was printed by a logger follows a line of that
/// logger, and one that Python ignores a line that says so; the program went on after both.
struct Traceback {
  private(set) var isInside = false
  private var isHandled = false
  /// Whether the line before says that what comes is no end.
  private var isAnnounced = false
  /// Whether it says that the exception before it led to what comes.
  private var isChained = false
  private var lines = 0
  /// Whether the line before was none of the traceback's.
  private var isBetween = false

  private static let opening = "Traceback (most recent call last):"

  /// Takes a line; the exception's name if one ends here that nobody caught.
  ///
  /// - Parameter isIndented: whether blanks stand before it.
  mutating func read(_ text: String, isIndented: Bool) -> String? {
    if Self.opens(text) {
      if !isInside, !isChained { isHandled = isAnnounced }
      (isInside, isAnnounced, isChained, lines, isBetween) = (true, false, false, 0, false)
      return nil
    }
    guard isInside else {
      isAnnounced = Self.announces(text)
      isChained = Self.chains(text)
      return nil
    }
    lines += 1
    guard lines < 2000 else {
      isInside = false
      return nil
    }
    guard let name = Self.exception(text) else {
      // A frame's lines are indented; what another process wrote between them is not.
      let isForeign = !isIndented && text.unicodeScalars.first.map { $0.isASCII } ?? true
      if isForeign, isBetween { isInside = false }
      isBetween = isForeign
      return nil
    }
    isInside = false
    return isHandled ? nil : name
  }

  /// Whether a traceback begins; a bar of progress that was not closed may stand before it, and
  /// `rich` draws a frame around it.
  private static func opens(_ text: String) -> Bool {
    if text.hasSuffix(opening) {
      let before = text.dropLast(opening.count)
      return before.isEmpty || before.last == "]" || before == "^C"
    }
    return text.hasPrefix("╭") && text.contains("Traceback (most recent call last)")
  }

  private static func announces(_ text: String) -> Bool {
    if text.hasPrefix("Exception ignored in") || text.hasPrefix("Exception ignored while") {
      return true
    }
    // A record of a logger with its level; what it says at lower levels is often the last before an end.
    let words = text.split { !$0.isLetter }
    return words.contains { ["WARNING", "WARN", "ERROR", "CRITICAL"].contains($0) }
  }

  /// Whether a line says that the exception before it led to the one that follows.
  static func chains(_ text: String) -> Bool {
    text.hasPrefix("During handling of the above exception, another")
      || text.hasPrefix("The above exception was the direct cause")
  }

  /// Exceptions of Python's own modules whose names do not begin with a capital letter.
  private static let lowerCaseNames: Set<Substring> = [
    "socket.timeout", "socket.gaierror", "socket.herror", "socket.error", "subprocess.timeout",
    "zlib.error", "struct.error", "binascii.Error", "select.error", "re.error", "lzma.LZMAError",
    "queue.Empty", "concurrent.futures._base.TimeoutError",
  ]

  /// The name in an exception's last line, such as `torch.OutOfMemoryError: CUDA out of memory. …`.
  private static func exception(_ text: String) -> String? {
    guard let first = text.first, first.isLetter || first == "_" else { return nil }
    let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
    let rest = text.dropFirst(name.count)
    guard name.utf8.count <= 120, rest.isEmpty || rest.hasPrefix(": ") || rest == ":",
      let last = name.split(separator: ".").last,
      last.first?.isUppercase == true || Self.lowerCaseNames.contains(name)
    else { return nil }
    return rest.hasPrefix(": CUDA out of memory") || rest.hasPrefix(": CUDA error: out of memory")
      ? "\(name): CUDA out of memory" : String(name)
  }
}

import Canvas

/// What a terminal answers when it is asked.
enum TerminalReply: Hashable, Sendable {
  /// It is ready: it has done all that was sent before the question (`CSI 5n`).
  case ready
  /// Where the cursor is, from 1 (`CSI 6n`).
  case cursor(row: Int, column: Int)
  /// What it is, and with that the end of the answers (`CSI c`).
  case attributes
  /// The number of its kind (`CSI > c`), such as 83 for GNU screen.
  case kind(Int)
  /// The colour of its background (`OSC 11`).
  case background(Color)

  /// The answer in an operating system command, such as `11;rgb:ffff/ffff/ffff`; nil for others.
  init?(osc body: ArraySlice<UInt8>) {
    let text = String(decoding: body, as: UTF8.self)
    guard text.hasPrefix("11;"), let color = Self.color(text.dropFirst(3)) else { return nil }
    self = .background(color)
  }

  /// A colour as X11 writes it: `rgb:` with one to four digits a channel, `rgba:`, or `#` and as many.
  static func color(_ text: Substring) -> Color? {
    let parts: [Substring]
    if text.hasPrefix("rgb:") || text.hasPrefix("rgba:") {
      let channels = text.drop { $0 != ":" }.dropFirst()
      parts = channels.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == (text.hasPrefix("rgba:") ? 4 : 3) else { return nil }
    } else {
      let digits = text.dropFirst()
      guard text.hasPrefix("#"), [3, 6, 9, 12].contains(digits.utf8.count) else { return nil }
      let length = digits.utf8.count / 3
      parts = (0..<3).map { digits.dropFirst($0 * length).prefix(length) }
    }
    var channels: [UInt8] = []
    for part in parts.prefix(3) {
      guard (1...4).contains(part.utf8.count), part.utf8.first != UInt8(ascii: "+"),
        let value = UInt32(part, radix: 16)
      else { return nil }
      // One digit stands for the sixteenths of the whole, four for its 65 536th parts.
      let most = UInt32(1) << (4 * UInt32(part.utf8.count)) - 1
      channels.append(UInt8((value * 255 + most / 2) / most))
    }
    return Color(red: channels[0], green: channels[1], blue: channels[2])
  }
}

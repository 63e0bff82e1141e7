/// The line into which the words are typed that the rows of a list must contain.
public struct FilterLine: Sendable, Hashable {
  /// What is typed so far.
  public private(set) var text = ""
  /// Whether keys are typed into it.
  public private(set) var isTyping = false

  private static let longest = 64

  /// The words, in small letters.
  var words: [String] { text.lowercased().split(separator: " ").map(String.init) }

  /// Whether a text has all the words.
  func matches(_ text: String) -> Bool {
    let text = text.lowercased()
    return words.allSatisfy { text.containsBytes(of: $0) }
  }

  /// Lets keys be typed into it from now on.
  mutating func begin() { isTyping = true }

  /// Forgets what was typed.
  mutating func clear() { text = "" }

  /// Takes a key while it is typed into; whether the key was for it.
  mutating func type(_ key: String) -> Bool {
    switch key {
    case "enter": isTyping = false
    case "escape":
      isTyping = false
      text = ""
    case "backspace": if !text.isEmpty { text.removeLast() }
    case "space": text += " "
    case "ctrl-c": return false
    default: if key.unicodeScalars.count == 1, text.count < Self.longest { text += key }
    }
    return true
  }
}

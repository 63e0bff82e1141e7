import Telemetry

/// The line into which a user types where to go.
public struct TimePrompt: Sendable, Hashable {
  /// What is typed so far.
  public private(set) var text = ""

  /// What a key led to.
  enum Outcome: Hashable {
    case typing
    case cancelled
    case entered(String)
  }

  private static let longest = 40

  /// Takes a key by its name.
  mutating func press(_ key: String) -> Outcome {
    switch key {
    case "enter": return text.isEmpty ? .cancelled : .entered(text)
    case "escape", "ctrl-c": return .cancelled
    case "backspace":
      if text.isEmpty { return .cancelled }
      text.removeLast()
    case "space": append(" ")
    default: if key.count == 1 { append(key) }
    }
    return .typing
  }

  private mutating func append(_ key: String) {
    if text.count < Self.longest { text += key }
  }
}

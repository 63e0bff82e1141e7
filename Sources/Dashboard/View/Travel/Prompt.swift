import Telemetry

/// The line into which a user types where to go, or what a mark is to be called.
public struct Prompt: Sendable, Hashable {
  /// What is asked for.
  public enum Purpose: Sendable, Hashable {
    case time
    /// The name of a mark at a time.
    case mark(Timestamp)
  }

  /// What is asked for.
  public let purpose: Purpose
  /// What is typed so far.
  public private(set) var text = ""

  /// What a key led to.
  enum Outcome: Hashable {
    case typing
    case cancelled
    case entered(String)
  }

  private static let longest = 60

  init(_ purpose: Purpose) { self.purpose = purpose }

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

import Telemetry

/// What the user has chosen in the list of marks and events: a filter and a row.
///
/// A pure state machine over key names.
public struct EventListState: Sendable, Hashable {
  /// The words that a row must contain to be shown.
  public private(set) var filter = FilterLine()
  /// Rows from the one that is at the cursor; `nil` to follow the cursor.
  private var chosen: Int?
  /// The language of the rows.
  var language = Language.fallback

  /// What a key led to.
  public enum Outcome: Sendable, Hashable {
    /// The key was for the list.
    case handled
    /// The key is for the rest of the program.
    case unhandled
    /// The list is to be closed.
    case close
    /// The cursor is to go there, and the list to close.
    case go(Timestamp)
  }

  /// A list of everything, at the cursor.
  public init() {}

  /// The rows to be shown, oldest first.
  public func rows(_ timeline: Timeline) -> [Happening] {
    Happening.all(in: timeline, language).filter {
      filter.matches("\($0.sort.rawValue) \($0.words)")
    }
  }

  /// The index of the chosen row; the last one before the cursor while nothing was chosen.
  public func selectedIndex(in rows: [Happening], at time: Timestamp) -> Int {
    if let chosen { return min(max(chosen, 0), max(0, rows.count - 1)) }
    return max(0, (rows.firstIndex { $0.time > time } ?? rows.count) - 1)
  }

  /// Takes a key; `rows` are those shown, `time` is what is looked at.
  public mutating func press(_ key: String, _ rows: [Happening], at time: Timestamp) -> Outcome {
    if filter.isTyping { return filter.type(key) ? .handled : .unhandled }
    let place = selectedIndex(in: rows, at: time)
    func go(to place: Int) -> Outcome {
      chosen = min(max(place, 0), max(0, rows.count - 1))
      return .handled
    }
    switch key {
    case "down", "j": return go(to: place + 1)
    case "up", "k": return go(to: place - 1)
    case "page-down": return go(to: place + 10)
    case "page-up": return go(to: place - 10)
    case "home", "g": return go(to: 0)
    case "end", "G": return go(to: rows.count - 1)
    case "/":
      filter.begin()
      chosen = nil
      return .handled
    case "enter": return rows.isEmpty ? .handled : .go(rows[place].time)
    case "escape":
      if filter.text.isEmpty { return .close }
      filter.clear()
      chosen = nil
      return .handled
    case "E": return .close
    default: return .unhandled
    }
  }
}

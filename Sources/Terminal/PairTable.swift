import Canvas

/// The colour pairs in use, by the colours they stand for.
///
/// ncurses numbers combinations of colours, and redefining a number repaints the screen. Numbers
/// are therefore handed out once and all taken back together when they run out.
struct PairTable {
  /// A pair and whether it has just been handed out and must be defined.
  struct Answer: Equatable {
    var pair: Int32
    var isNew: Bool
  }

  private let capacity: Int
  private var known: [UInt64: Int32] = [:]

  /// `capacity` counts the default pair 0, which is never handed out.
  init(capacity: Int) {
    self.capacity = capacity
  }

  /// The pair of two colours, or nil when there is none left.
  mutating func pair(_ foreground: Color, _ background: Color) -> Answer? {
    if foreground.isTerminalDefault, background.isTerminalDefault {
      return Answer(pair: 0, isNew: false)
    }
    let key = UInt64(foreground.rgb) << 32 | UInt64(background.rgb)
    if let pair = known[key] { return Answer(pair: pair, isNew: false) }
    guard known.count + 1 < capacity else { return nil }
    let pair = Int32(known.count + 1)
    known[key] = pair
    return Answer(pair: pair, isNew: true)
  }

  /// Takes every number back.
  mutating func removeAll() {
    known.removeAll(keepingCapacity: true)
  }
}

import Canvas

/// Which rows of the path's picture show what: pure geometry.
///
/// The vessels get nearly half of the rows. What explains them follows in the order of its
/// weight, as far as there is room.
struct DataPathLayout: Hashable {
  /// The sentence, and the one behind it.
  var verdict = Self.nothing
  /// The names of the stages.
  var names = Self.nothing
  /// The vessels with their walls.
  var vessels = Self.nothing
  /// Large percentages; empty where they stand as text.
  var digits = Self.nothing
  /// What the fullness says, what flows, and what it is of.
  var words = Self.nothing
  /// Evidence, what flows beside, and what a sample costs: a row for each.
  var facts = Self.nothing
  /// The accelerators' power.
  var strip = Self.nothing
  /// What its colours mean, and which time it shows.
  var legend = Self.nothing
  /// The bytes in and out, and what they are.
  var flows = Self.nothing

  private static let nothing = Rect(x: 0, y: 0, width: 0, height: 0)

  /// Shares the rows out for so many lines of verdict and of facts.
  init(in rect: Rect, lines: Int = 2, facts count: Int = 3) {
    // The verdict, the names and two rows of words are always there.
    let least = max(4, rect.height < 20 ? rect.height * 9 / 20 : rect.height * 2 / 5)
    var left = rect.height - least - 4
    func take(_ rows: Int, atLeast: Int = 1) -> Int {
      let taken = min(rows, left)
      guard taken >= atLeast else { return 0 }
      left -= taken
      return taken
    }
    let curve = take(2, atLeast: 2)
    let details = rect.width >= 66 ? take(1) : 0
    let second = take(max(0, lines - 1))
    let key = curve > 0 ? take(1) : 0
    let first = take(min(1, count))
    let others = take(max(0, count - 1))
    let gaps = (take(1), take(1))
    let line = curve > 0 ? take(1) : 0
    // Three rows of digits, and the word behind them in the row that it has anyway.
    let large = rect.width >= 120 && left >= 6 ? take(3) : 0
    let more = min(4, left / 4)
    left -= more
    let bytes = left >= 14 ? take(6) : 0

    var y = rect.y
    func next(_ height: Int, gap: Int = 0) -> Rect {
      defer { y += height + gap }
      return Rect(x: rect.x, y: y, width: rect.width, height: height)
    }
    verdict = next(1 + second, gap: gaps.0)
    names = next(1)
    vessels = next(least + left)
    digits = next(large)
    words = next(2 + details, gap: gaps.1)
    facts = next(first + others)
    strip = next(curve + line + more)
    legend = next(key)
    flows = next(bytes)
  }
}

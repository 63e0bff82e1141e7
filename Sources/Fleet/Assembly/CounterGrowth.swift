/// By how much a counter grew over some columns: the last value less the first, restarts taken out.
///
/// Nothing is extrapolated. What a counter grew between two readings is in the difference of the two,
/// however long nobody asked, and what it grew after the last one is not known. `increase()` of PromQL
/// guesses both ends, which makes a short job too large by up to a reading's time at each
/// (`FleetStoreTests` compares both with what was so).
package struct CounterGrowth: Sendable, Hashable {
  /// The growth in each column, the first of which is the one after the account's beginning; `nil` where
  /// nothing is known of it.
  package var columns: [Double?]
  /// The first column with a value, the column before the account being -1.
  package var first: Int?
  /// The last column with a value.
  package var last: Int?
  /// How often the counter began anew.
  package var restarts = 0

  /// The growth of all columns; `nil` where not even a difference is known.
  package var total: Double? {
    let known = columns.compactMap { $0 }
    return known.isEmpty ? nil : known.reduce(0, +)
  }

  /// Whether a value after another one means that the counter began anew.
  ///
  /// One that falls a little was told by another replica, which was read earlier: a counter that began
  /// anew would have to grow by nearly all it ever counted within one column. Such a value is passed over.
  package static func isRestart(from before: Double, to value: Double) -> Bool {
    value < 0.9 * before
  }

  /// - Parameters:
  ///   - values: the values at the ends of columns, first of the column before the account.
  ///   - wasThere: whether the counter's target was read in each of the same columns, so that a counter
  ///     that appears in the next one began there, at nothing.
  ///   - startsAtZero: whether it is such a counter at all.
  ///   - details: every value of a column, where that is known; the column before the account is 0.
  package init(
    _ values: [Double?], wasThere: [Bool], startsAtZero: Bool, details: [Int: [Double]] = [:]
  ) {
    columns = Array(repeating: nil, count: max(0, values.count - 1))
    var before: Double?
    for (place, value) in values.enumerated() {
      guard let value else { continue }
      if first == nil { first = place - 1 }
      last = place - 1
      for value in details[place] ?? [value] {
        guard
          let growth = grow(
            from: before, to: value, isBorn: place > 0 && startsAtZero && wasThere[place - 1])
        else { continue }
        if place > 0, before != nil || growth > 0 {
          columns[place - 1] = (columns[place - 1] ?? 0) + growth
        }
        before = value
      }
    }
  }

  /// By how much a counter grew from one value to the next; `nil` where that one is passed over.
  private mutating func grow(from before: Double?, to value: Double, isBorn: Bool) -> Double? {
    guard let before else { return isBorn ? value : 0 }
    if value >= before { return value - before }
    guard Self.isRestart(from: before, to: value) else { return nil }
    restarts += 1
    return value
  }

  /// The growth of one counter that is told under several names one after another, such as an
  /// accelerator's under that of each job: what it grew between two names is the later one's.
  static func shared(_ lists: [[Double?]]) -> [CounterGrowth] {
    let count = lists.map(\.count).max() ?? 0
    var growths = lists.map { _ in
      CounterGrowth([], wasThere: [], startsAtZero: false).resized(to: max(0, count - 1))
    }
    var before: Double?
    for place in 0..<count {
      let told = lists.indices.compactMap { list -> (list: Int, value: Double)? in
        guard place < lists[list].count, let value = lists[list][place] else { return nil }
        return (list, value)
      }.sorted { $0.value < $1.value }
      for (list, value) in told {
        if growths[list].first == nil { growths[list].first = place - 1 }
        growths[list].last = place - 1
        guard let known = before else {
          before = value
          continue
        }
        if value >= known {
          before = value
          guard place > 0 else { continue }
          growths[list].columns[place - 1] = (growths[list].columns[place - 1] ?? 0) + value - known
        } else if place > 0, isRestart(from: known, to: value) {
          growths[list].restarts += 1
          growths[list].columns[place - 1] = value
          before = value
        }
      }
    }
    return growths
  }

  private func resized(to count: Int) -> CounterGrowth {
    var copy = self
    copy.columns = Array(repeating: nil, count: count)
    return copy
  }
}

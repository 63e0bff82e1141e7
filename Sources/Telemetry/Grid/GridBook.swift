import Quantities

/// All that was said of the electricity of each grid, with every revision.
public struct GridBook: Sendable, Hashable {
  /// An interval and all that was said of it, in the order it was said.
  struct Slot: Sendable, Hashable {
    var span: TimeSpan
    var editions: [GridStatement]
    /// Whether a measurement of it was said anew with another value.
    var isRestated = false
  }

  private var slots: [DeviceID: [Slot]] = [:]
  /// The grids that something was said of, in the order they were first heard of.
  public private(set) var devices: [DeviceID] = []
  /// A number that is another one after everything that is written.
  ///
  /// It is the same for books in which the same was written in the same order, within one process.
  public private(set) var fingerprint = 0

  /// Whether everything that was ever said of an interval is kept.
  private let keepsRevisions: Bool

  /// A book in which nothing is written yet.
  ///
  /// - Parameter keepsRevisions: whether all that was said of an interval is kept for ever; otherwise
  ///   the best alone is, from two days after its end on.
  public init(keepsRevisions: Bool = true) { self.keepsRevisions = keepsRevisions }

  public static func == (left: Self, right: Self) -> Bool {
    left.devices == right.devices && left.slots == right.slots
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(devices)
    hasher.combine(slots)
  }

  /// Whether nothing is written in it.
  public var isEmpty: Bool { devices.isEmpty }

  /// How many intervals of one grid are kept: half a year of five-minute intervals.
  static let capacity = 53_000
  /// How many revisions of one interval are kept; then the second oldest goes.
  static let mostEditions = 64

  /// Takes in a statement.
  /// - Returns: whether it said anything new.
  @discardableResult
  public mutating func take(_ statement: GridStatement) -> Bool {
    guard 0 < statement.span.seconds, statement.span.seconds <= GridStatement.longest else {
      return false
    }
    if slots[statement.device] == nil { devices.append(statement.device) }
    var list = slots.removeValue(forKey: statement.device) ?? []
    defer { slots[statement.device] = list }
    let index = list.partitioningIndex { $0.span.start >= statement.span.start }
    guard list.indices.contains(index), list[index].span.start == statement.span.start else {
      list.insert(Slot(span: statement.span, editions: [statement]), at: index)
      sign(statement)
      if !keepsRevisions { Self.settle(&list, before: statement.said - Self.revisionTime) }
      if list.count > Self.capacity { list.removeFirst(Self.capacity / 8) }
      return true
    }
    let editions = list[index].editions
    let place = editions.partitioningIndex { $0.said > statement.said }
    if place > 0, editions[place - 1].agrees(with: statement) { return false }
    list[index].editions.insert(statement, at: place)
    if list[index].editions.count > Self.mostEditions { list[index].editions.remove(at: 1) }
    // A later edition may have another length, such as quarters of an hour instead of hours.
    list[index].span = list[index].editions.last?.span ?? statement.span
    let measured = list[index].editions.filter { $0.quality == .measured }
    list[index].isRestated = zip(measured, measured.dropFirst()).contains { $1.contradicts($0) }
    sign(statement)
    return true
  }

  /// For so many seconds after an interval its revisions are kept.
  private static let revisionTime = 172_800.0

  /// Keeps the best alone of what was said of intervals that ended before a time.
  private static func settle(_ list: inout [Slot], before time: Timestamp) {
    var index = list.partitioningIndex { $0.span.end > time } - 1
    // What is before a day that is settled is settled as well.
    var settled = 0
    while index >= 0, settled < 288 {
      settled += list[index].editions.count == 1 ? 1 : 0
      if let best = best(list[index], nil) { list[index].editions = [best] }
      index -= 1
    }
  }

  private mutating func sign(_ statement: GridStatement) {
    var hasher = Hasher()
    hasher.combine(fingerprint)
    hasher.combine(statement)
    fingerprint = hasher.finalize()
  }

  /// What is known of the interval that holds a time: the best there is, and of equals the newest.
  ///
  /// - Parameter asOf: only what had been said by then; everything where it is `nil`.
  public func statement(
    of device: DeviceID, at time: Timestamp, asOf: Timestamp? = nil
  ) -> GridStatement? {
    guard let list = slots[device] else { return nil }
    let index = list.partitioningIndex { $0.span.start > time } - 1
    guard index >= 0 else { return nil }
    return Self.best(list[index], asOf).flatMap { time < $0.span.end ? $0 : nil }
  }

  /// The best statements of the intervals that share time with a span, in order of time and without
  /// overlap: where one reaches into the next, the next one counts from its start.
  ///
  /// - Parameter prefersForecasts: take the newest forecast of an interval where there is one, so that
  ///   the present and the hours to come are told by the same source in the same terms.
  public func statements(
    of device: DeviceID, in span: TimeSpan, asOf: Timestamp? = nil, prefersForecasts: Bool = false
  ) -> [GridStatement] {
    guard let list = slots[device] else { return [] }
    let from = max(0, list.partitioningIndex { $0.span.start > span.start } - 1)
    var result: [GridStatement] = []
    for slot in list[from...] {
      guard slot.span.start < span.end else { break }
      let forecast = prefersForecasts ? Self.forecast(slot, asOf) : nil
      guard let best = forecast ?? Self.best(slot, asOf) else { continue }
      if let last = result.indices.last, result[last].span.end > best.span.start {
        result[last].span = TimeSpan(result[last].span.start, best.span.start)
      }
      result.append(best)
    }
    return result.filter { $0.span.end > span.start && $0.span.start < span.end }
  }

  /// The last measurement of which the interval ended by a time, and after another one if that is given.
  ///
  /// - Parameter metrics: of which it tells one; whatever it tells where there are none.
  public func lastMeasured(
    of device: DeviceID, before time: Timestamp, after earliest: Timestamp? = nil,
    telling metrics: [Metric] = [], asOf: Timestamp? = nil
  ) -> GridStatement? {
    guard let list = slots[device] else { return nil }
    var index = list.partitioningIndex { $0.span.start >= time } - 1
    while index >= 0 {
      if let earliest, list[index].span.end <= earliest { return nil }
      if let best = Self.best(list[index], asOf), best.quality == .measured, best.span.end <= time,
        metrics.isEmpty || metrics.contains(where: { best[$0] != nil })
      {
        return best
      }
      index -= 1
    }
    return nil
  }

  /// Everything that was said of an interval's start, in the order it was said.
  public func editions(of device: DeviceID, at start: Timestamp) -> [GridStatement] {
    guard let list = slots[device] else { return [] }
    let index = list.partitioningIndex { $0.span.start >= start }
    guard list.indices.contains(index), list[index].span.start == start else { return [] }
    return list[index].editions
  }

  /// How many intervals of a span were said anew with another value after they had been measured; more
  /// values of the same interval are no revision.
  public func restated(of device: DeviceID, in span: TimeSpan) -> Int {
    guard let list = slots[device] else { return 0 }
    let from = list.partitioningIndex { $0.span.end > span.start }
    let to = list.partitioningIndex { $0.span.start >= span.end }
    return list[from..<max(from, to)].count { $0.isRestated }
  }

  /// From the start of the first to the end of the last interval.
  public func span(of device: DeviceID) -> TimeSpan? {
    guard let list = slots[device], let first = list.first, let last = list.last else { return nil }
    return TimeSpan(first.span.start, last.span.end)
  }

  private static func forecast(_ slot: Slot, _ asOf: Timestamp?) -> GridStatement? {
    slot.editions.last { edition in
      edition.quality == .forecast && (asOf.map { edition.said <= $0 } ?? true)
    }
  }

  private static func best(_ slot: Slot, _ asOf: Timestamp?) -> GridStatement? {
    var best: GridStatement?
    for edition in slot.editions {
      if let asOf, edition.said > asOf { break }
      if let known = best, rank(known.quality) > rank(edition.quality) { continue }
      best = edition
    }
    return best
  }

  private static func rank(_ quality: GridStatement.Quality) -> Int {
    switch quality {
    case .measured: 2
    case .estimated: 1
    case .forecast: 0
    }
  }
}

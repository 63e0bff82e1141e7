import Telemetry

extension PowerLogDevices {
  /// Tells cards apart by the times of their rows.
  ///
  /// The cards of one tick are asked one after the other, so their rows stand some milliseconds apart
  /// and each tick has as many. Rows that are all equally far apart are those of one card, however
  /// near they stand.
  mutating func sortByTime(_ subjects: [Int], _ table: PowerLogTable) {
    let tracks = subjects.map { table.tracks[$0].rows }
    let hasClock = subjects.contains { table.tracks[$0].hasClock }
    func entry(_ card: Int, _ subject: PowerLogSubject, _ track: [PowerLogTrack]) -> Entry {
      Entry(
        subject: subject, name: "\(card)", label: "", mark: nil, tracks: track, hasClock: hasClock)
    }
    guard let ticks = PowerLogTicks.find(tracks), ticks.size > 1 else {
      if PowerLogTicks.isMixed(tracks) {
        loseMixed(tracks)
      } else {
        add(entry(0, table.subjects[subjects[0]], tracks))
      }
      return
    }
    assumptions.append("it names no GPU: \(ticks.size) GPUs by the order of the rows at each time")
    // The subjects of the first rows stand for the cards.
    let rows = PowerLogFileRows(tracks)
    var first: [PowerLogSubject] = []
    while first.count < ticks.size, rows.next() {
      first.append(table.subjects[subjects[rows.track]])
    }
    for (card, track) in cards(tracks, ticks).enumerated() {
      add(entry(card, first[card], [track]))
    }
  }

  private mutating func loseMixed(_ tracks: [PowerLogTrack]) {
    let rows = PowerLogFileRows(tracks)
    while rows.next() { lose(rows.line, "it names no GPU, and there are several") }
  }

  /// The rows of each card.
  private mutating func cards(_ tracks: [PowerLogTrack], _ ticks: PowerLogTicks) -> [PowerLogTrack]
  {
    let store = tracks[0].store
    let cards = (0..<ticks.size).map { _ in PowerLogTrack(store) }
    let rows = PowerLogFileRows(tracks)
    let tick = (0..<ticks.size).map { _ in PowerLogFileRow(store) }
    var lines: [Int] = []
    var count = 0
    var last: Int64?
    func end(_ devices: inout PowerLogDevices) {
      if count == ticks.size {
        for (card, row) in zip(cards, tick) { row.add(to: card) }
      } else {
        for line in lines {
          devices.lose(line, "\(count) rows at a time where there are \(ticks.size) GPUs")
        }
        devices.lose(more: count - lines.count)
      }
      count = 0
      lines.removeAll(keepingCapacity: true)
    }
    while rows.next() {
      let order = rows.packed.order
      if let last, PowerLogTicks.distance(order, last) > ticks.step { end(&self) }
      last = order
      if count < ticks.size { tick[count].keep(rows) }
      if lines.count < max(ticks.size, PowerLogCount.lineCount) { lines.append(rows.line) }
      count += 1
    }
    end(&self)
    for card in cards { card.finish() }
    return cards
  }
}

/// A row that is kept for a while.
private final class PowerLogFileRow: PowerLogRows {
  func keep(_ row: PowerLogFileRows) {
    take(row)
    self.row.pointee.packed = row.packed
  }

  func add(to track: PowerLogTrack) {
    track.add(
      ordinal: ordinal, line: line, time: packed, shape: shape,
      values: UnsafeBufferPointer(start: values, count: count))
  }
}

/// How the rows of a file whose cards have no names stand together in time.
struct PowerLogTicks {
  /// How far the rows of one tick may be from each other, in nanoseconds.
  let step: Int64
  /// How many rows most ticks have.
  private(set) var size = 1
  private var count = 0
  private var sizes: [Int: Int] = [:]
  private var inner = PowerLogHistogram()
  private var outer = PowerLogHistogram()
  private var isOfOneTime = true

  /// The ticks; `nil` where there are no ticks of several rows.
  static func find(_ tracks: [PowerLogTrack]) -> PowerLogTicks? {
    for step: Int64 in [0, 1, 2, 5, 10, 20, 50] {
      let ticks = PowerLogTicks(tracks, step * 1_000_000)
      if ticks.isRegular { return ticks }
    }
    return nil
  }

  private init(_ tracks: [PowerLogTrack], _ step: Int64) {
    self.step = step
    let rows = PowerLogFileRows(tracks)
    guard rows.next() else { return }
    let first = rows.packed.order
    var last = first
    var length = 1
    while rows.next() {
      let order = rows.packed.order
      let distance = Self.distance(order, last)
      if order != first { isOfOneTime = false }
      last = order
      if distance > step {
        end(length)
        length = 1
        outer.add(distance)
      } else {
        length += 1
        inner.add(distance)
      }
    }
    end(length)
    // A log that says nothing of a size tells the least.
    size = sizes.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 1
  }

  private mutating func end(_ length: Int) {
    count += 1
    // What is longer than any tick can be is all alike.
    sizes[min(length, 65), default: 0] += 1
  }

  static func distance(_ one: Int64, _ other: Int64) -> Int64 {
    let (difference, isTooFar) = one.subtractingReportingOverflow(other)
    return isTooFar ? .max : abs(difference)
  }

  /// Whether nearly all ticks have as many rows, which are near to each other and far from the next.
  private var isRegular: Bool {
    guard 2...64 ~= size else { return false }
    // The first and the last tick may be cut.
    let regular = sizes[size] ?? 0
    guard (regular + 2) * 10 >= count * 9, regular * 2 > count else { return false }
    // A single tick tells only by rows of the very same time.
    guard count > 1 else { return isOfOneTime }
    return 2 * outer.value(at: outer.count / 2) >= 5 * inner.value(at: inner.count * 9 / 10)
  }

  /// Whether many rows of the same time tell different powers.
  static func isMixed(_ tracks: [PowerLogTrack]) -> Bool {
    let rows = PowerLogFileRows(tracks)
    var last: (order: Int64, power: Double?)?
    var count = 0
    var mixed = 0
    while rows.next() {
      count += 1
      let now = (order: rows.packed.order, power: rows.power)
      if let last, last.order == now.order, let power = last.power, let other = now.power,
        power != other
      {
        mixed += 1
      }
      last = now
    }
    return mixed * 10 > count
  }
}

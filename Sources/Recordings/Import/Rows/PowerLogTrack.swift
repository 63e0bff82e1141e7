import Telemetry

/// The rows of one thing, in the order in which they came, packed into blocks of a store.
///
/// A row is some words of 64 bits: which row of all it is with its shape and the kind of its time, its
/// line where that is not as far from there as the last one's, its time, which values are not those of
/// the row before, and those. So what stays the same takes no room.
final class PowerLogTrack {
  /// Where rows stand in the store.
  struct Block {
    var place: Int
    var words: Int
  }

  let store: PowerLogStore
  private(set) var blocks: [Block] = []
  private(set) var count = 0
  /// The row of all that its first is; `.max` while there is none.
  private(set) var first = Int.max
  private var open: [UInt64] = []
  /// The row before the next one; behind a pointer, as all that every row looks at.
  private let before: UnsafeMutablePointer<Before>

  private struct Before {
    var values: [UInt64] = []
    var shape = -1
    var lineStep = Int.min
  }

  /// How many words a block has; a row may make it longer.
  private static let blockSize = 2048

  init(_ store: PowerLogStore) {
    self.store = store
    before = .allocate(capacity: 1)
    before.initialize(to: Before())
  }

  deinit {
    before.deinitialize(count: 1)
    before.deallocate()
  }

  /// How many words are not in the store yet.
  var openCount: Int { open.count }

  /// Adds a row.
  ///
  /// - Parameter ordinal: which row of all of its file it is.
  @inline(__always)
  func add(
    ordinal: Int, line: Int, time: PowerLogPackedTime, shape: Int,
    values: UnsafeBufferPointer<UInt64>
  ) {
    if count == 0 { first = ordinal }
    count += 1
    append(&open, ordinal, line, time, shape, values)
    if open.count >= Self.blockSize { flush() }
  }

  @inline(__always)
  private func append(
    _ open: inout [UInt64], _ ordinal: Int, _ line: Int, _ time: PowerLogPackedTime, _ shape: Int,
    _ values: UnsafeBufferPointer<UInt64>
  ) {
    if open.isEmpty {
      open.reserveCapacity(64)
      (before.pointee.shape, before.pointee.lineStep) = (-1, Int.min)
    }
    var head = UInt64(ordinal) | UInt64(shape) << 40 | UInt64(time.kind) << 60
    let step = line &- ordinal
    if step != before.pointee.lineStep { head |= 1 << 63 }
    open.append(head)
    if step != before.pointee.lineStep {
      open.append(UInt64(bitPattern: Int64(line)))
      before.pointee.lineStep = step
    }
    open.append(UInt64(bitPattern: time.word))
    if time.hasDay { open.append(time.day) }
    let isSame = shape == before.pointee.shape
    if !isSame {
      before.pointee.shape = shape
      before.pointee.values = Array(values)
    }
    var start = 0
    while start < values.count {
      let mark = open.count
      open.append(0)
      var mask: UInt64 = 0
      before.pointee.values.withUnsafeMutableBufferPointer { last in
        for place in start..<min(values.count, start + 64)
        where !isSame || values[place] != last[place] {
          mask |= 1 << UInt64(place - start)
          open.append(values[place])
          last[place] = values[place]
        }
      }
      open[mark] = mask
      start += 64
    }
  }

  /// Puts what is open into the store.
  func flush() {
    guard !open.isEmpty else { return }
    let place = open.withUnsafeBytes { store.append($0) }
    blocks.append(Block(place: place, words: open.count))
    open.removeAll(keepingCapacity: true)
  }

  /// Puts what is open into the store, since no row comes any more.
  func finish() {
    flush()
    open = []
    before.pointee.values = []
  }
}

/// The time of a row in a word, and its day in another where nobody said which number the month is.
struct PowerLogPackedTime {
  /// 0 of an instant, 1 of a wall's time, 2 of a time of day, 3 of the file's, 4 of a day without a
  /// year, 5 of a day of two numbers.
  var kind: UInt8
  var word: Int64
  var day: UInt64 = 0

  var hasDay: Bool { kind >= 4 }

  @inline(__always)
  init(kind: UInt8, word: Int64, day: UInt64 = 0) {
    (self.kind, self.word, self.day) = (kind, word, day)
  }

  init(_ time: PowerLogTime) {
    switch time {
    case .instant(let value): self.init(kind: 0, word: value)
    case .wall(let value): self.init(kind: 1, word: value)
    case .clock(let value): self.init(kind: 2, word: value)
    case .written: self.init(kind: 3, word: 0)
    case .yearless(let month, let day, let value):
      self.init(kind: 4, word: value, day: UInt64(month & 0xFF) | UInt64(day & 0xFF) << 8)
    case .either(let first, let second, let year, let value, let zone):
      // Zones are whole minutes, less than a day from UTC.
      let minutes = zone.map { UInt64($0 / 60_000_000_000 + 4096) } ?? 0
      self.init(
        kind: 5, word: value,
        day: UInt64(first & 0xFF) | UInt64(second & 0xFF) << 8 | UInt64(year & 0xFFFF) << 16
          | minutes << 32)
    }
  }

  var time: PowerLogTime {
    switch kind {
    case 0: .instant(word)
    case 1: .wall(word)
    case 2: .clock(word)
    case 3: .written
    case 4: .yearless(month: Int(day & 0xFF), day: Int(day >> 8 & 0xFF), nanoseconds: word)
    default:
      .either(
        first: Int(day & 0xFF), second: Int(day >> 8 & 0xFF), year: Int(day >> 16 & 0xFFFF),
        nanoseconds: word,
        zone: day >> 32 == 0 ? nil : (Int64(day >> 32) - 4096) * 60_000_000_000)
    }
  }

  /// The value by which rows of one file are compared, as `PowerLogTime.order`.
  var order: Int64 { kind < 3 ? word : time.order }
}

import Telemetry

/// Rows that come one after the other, in the memory of one of them.
///
/// After `next()` has said yes its properties are those of the row, until it is asked again.
class PowerLogRows {
  let store: PowerLogStore
  /// When it was, for rows whose time is known.
  final var time = Timestamp(nanoseconds: 0)
  /// Which row of its file it is.
  final var ordinal = 0
  /// The number of its line.
  final var line = 0
  /// The place of its file among those that are imported.
  final var file = 0
  /// What it has values of.
  final var shape = 0
  /// Its values; as many as its shape has.
  final var values: UnsafeMutablePointer<UInt64>
  /// Room of its own for values, where they are not another's.
  private final var own: UnsafeMutablePointer<UInt64>
  private final var room = 0
  /// How many values rows of the shape have; less than none where that is not known.
  private final var width = -1

  init(_ store: PowerLogStore) {
    self.store = store
    own = .allocate(capacity: 16)
    values = own
    room = 16
  }

  deinit { own.deallocate() }

  /// Goes on to the next row; false behind the last.
  func next() -> Bool { false }

  /// How many values it has.
  var count: Int { store.shapes[shape].metrics.count }

  /// Makes room for so many values.
  @inline(__always)
  final func reserve(_ count: Int) {
    if count > room { grow(count) }
    values = own
  }

  private func grow(_ count: Int) {
    let new = UnsafeMutablePointer<UInt64>.allocate(capacity: 2 * count)
    new.update(from: own, count: room)
    own.deallocate()
    own = new
    room = 2 * count
  }

  /// Shows the row of another, for as long as that is at it.
  @inline(__always)
  final func show(_ other: PowerLogRows) {
    guard other.store === store else { return take(other) }
    (time, ordinal, line, file) = (other.time, other.ordinal, other.line, other.file)
    shape = other.shape
    width = -1
    values = other.values
  }

  /// Takes over the row of another.
  @inline(__always)
  final func take(_ other: PowerLogRows) {
    (time, ordinal, line, file) = (other.time, other.ordinal, other.line, other.file)
    guard other.store === store else { return translate(other) }
    if shape != other.shape || width < 0 {
      shape = other.shape
      width = count
      reserve(width)
    }
    values.update(from: other.values, count: width)
  }

  /// Becomes a row of another shape, whose first values stay.
  final func become(_ shape: Int) {
    self.shape = shape
    width = -1
    reserve(count)
  }

  /// Takes over what another store's row has.
  private func translate(_ other: PowerLogRows) {
    shape = store.shape(of: other.store.shapes[other.shape].metrics)
    width = -1
    reserve(count)
    for place in 0..<count {
      values[place] = store.bits(other.store.content(other.values[place]))
    }
  }

  /// Its power as rows are compared by it.
  final var power: Double? {
    for place in store.shapes[shape].powers where PowerLogBits.isNumber(values[place]) {
      return Double(bitPattern: values[place])
    }
    return nil
  }
}

/// The rows of a track, in its order.
final class PowerLogTrackRows: PowerLogRows {
  private let track: PowerLogTrack
  private var buffer: [UInt64] = []
  private var at = 0
  private var end: Int
  private var block: Int
  private let lastBlock: Int
  private var lineStep = 0
  private var lastShape = -1
  private var columns = 0
  /// Its time as the file tells it.
  private(set) var packed = PowerLogPackedTime(kind: 3, word: 0)

  /// The rows of a finished track, or those of some of its blocks.
  init(_ track: PowerLogTrack, blocks: Range<Int>? = nil) {
    self.track = track
    let blocks = blocks ?? track.blocks.indices
    block = blocks.lowerBound
    lastBlock = blocks.upperBound
    end = 0
    super.init(track.store)
  }

  override func next() -> Bool {
    if at >= end {
      guard block < lastBlock, load(track.blocks[block]) else {
        buffer = []
        return false
      }
      block += 1
    }
    return buffer.withUnsafeBufferPointer { words in
      var at = at
      let head = words[at]
      at += 1
      ordinal = Int(head & 0xFF_FFFF_FFFF)
      let shape = Int(head >> 40 & 0xF_FFFF)
      if head >> 63 != 0 {
        line = Int(Int64(bitPattern: words[at]))
        lineStep = line &- ordinal
        at += 1
      } else {
        line = ordinal &+ lineStep
      }
      packed.kind = UInt8(head >> 60 & 7)
      packed.word = Int64(bitPattern: words[at])
      at += 1
      if packed.hasDay {
        packed.day = words[at]
        at += 1
      }
      if shape != lastShape {
        guard shape < store.shapes.count else { return false }
        lastShape = shape
        self.shape = shape
        columns = store.shapes[shape].metrics.count
        reserve(columns)
      }
      time.nanoseconds = packed.word
      var start = 0
      while start < columns {
        var mask = words[at]
        at += 1
        while mask != 0 {
          values[start + mask.trailingZeroBitCount] = words[at]
          at += 1
          mask &= mask &- 1
        }
        start += 64
      }
      self.at = at
      return true
    }
  }

  private func load(_ place: PowerLogTrack.Block) -> Bool {
    if buffer.count < place.words { buffer = [UInt64](repeating: 0, count: place.words) }
    let isRead = buffer.withUnsafeMutableBytes {
      store.read(
        place.place, into: UnsafeMutableRawBufferPointer(rebasing: $0[..<(place.words * 8)]))
    }
    at = 0
    end = isRead ? place.words : 0
    lastShape = -1
    return isRead
  }
}

/// The rows of several sources in one order, of which each source's own rows are already.
final class PowerLogMergedRows: PowerLogRows {
  private let sources: [PowerLogRows]
  private let isBefore: (PowerLogRows, PowerLogRows) -> Bool
  private var heap: PowerLogHeap
  private var current = -1

  /// Rows by what goes before what; of equal rows the earlier source's goes first.
  init(
    _ sources: [PowerLogRows], _ store: PowerLogStore,
    by isBefore: @escaping (PowerLogRows, PowerLogRows) -> Bool
  ) {
    self.sources = sources
    self.isBefore = isBefore
    heap = PowerLogHeap()
    super.init(store)
    for place in sources.indices where sources[place].next() {
      heap.push(place) { self.precedes($0, $1) }
    }
  }

  private func precedes(_ one: Int, _ other: Int) -> Bool {
    if isBefore(sources[one], sources[other]) { return true }
    return !isBefore(sources[other], sources[one]) && one < other
  }

  override func next() -> Bool {
    if current >= 0 {
      if sources[current].next() {
        heap.replaceFirst { precedes($0, $1) }
      } else {
        heap.removeFirst { precedes($0, $1) }
      }
    }
    guard let first = heap.first else {
      current = -1
      return false
    }
    current = first
    show(sources[first])
    return true
  }
}

/// Numbers of which the least is found at once, by an order that whoever asks knows.
struct PowerLogHeap {
  private var items: [Int] = []

  /// The first of all.
  var first: Int? { items.first }

  /// Adds one.
  mutating func push(_ item: Int, _ isBefore: (Int, Int) -> Bool) {
    items.append(item)
    var at = items.count - 1
    while at > 0, isBefore(items[at], items[(at - 1) / 2]) {
      items.swapAt(at, (at - 1) / 2)
      at = (at - 1) / 2
    }
  }

  /// Puts the first into its place again, since it is not what it was.
  mutating func replaceFirst(_ isBefore: (Int, Int) -> Bool) {
    var at = 0
    while true {
      var least = at
      for child in [2 * at + 1, 2 * at + 2] where child < items.count {
        if isBefore(items[child], items[least]) { least = child }
      }
      if least == at { return }
      items.swapAt(at, least)
      at = least
    }
  }

  /// Takes the first out.
  mutating func removeFirst(_ isBefore: (Int, Int) -> Bool) {
    guard let last = items.popLast(), !items.isEmpty else { return }
    items[0] = last
    replaceFirst(isBefore)
  }
}

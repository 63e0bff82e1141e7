import Telemetry

/// Rows that come one after the other, in the memory of one of them.
///
/// After `next()` has said yes its properties are those of the row, until it is asked again.
class PowerLogRows {
  /// What is known of a row.
  struct Row {
    var time = Timestamp(nanoseconds: 0)
    var ordinal = 0
    var line = 0
    var file = 0
    var shape = 0
    var values: UnsafeMutablePointer<UInt64>
    var packed = PowerLogPackedTime(kind: 3, word: 0)
    /// Room of its own for values, where they are not another's.
    var own: UnsafeMutablePointer<UInt64>
    var room = 16
    /// How many values rows of the shape have; less than none where that is not known.
    var width = -1
  }

  let store: PowerLogStore
  /// What is asked for with every row lies behind a pointer: properties of a class are watched each
  /// time they are looked at.
  let row: UnsafeMutablePointer<Row>

  init(_ store: PowerLogStore) {
    self.store = store
    let own = UnsafeMutablePointer<UInt64>.allocate(capacity: 16)
    row = .allocate(capacity: 1)
    row.initialize(to: Row(values: own, own: own))
  }

  deinit {
    row.pointee.own.deallocate()
    row.deallocate()
  }

  /// When it was, for rows whose time is known.
  @inline(__always)
  final var time: Timestamp {
    get { row.pointee.time }
    set { row.pointee.time = newValue }
  }
  /// Which row of its file it is.
  @inline(__always)
  final var ordinal: Int {
    get { row.pointee.ordinal }
    set { row.pointee.ordinal = newValue }
  }
  /// The number of its line.
  @inline(__always)
  final var line: Int {
    get { row.pointee.line }
    set { row.pointee.line = newValue }
  }
  /// The place of its file among those that are imported.
  @inline(__always)
  final var file: Int {
    get { row.pointee.file }
    set { row.pointee.file = newValue }
  }
  /// What it has values of.
  @inline(__always)
  final var shape: Int {
    get { row.pointee.shape }
    set { row.pointee.shape = newValue }
  }
  /// Its values; as many as its shape has.
  @inline(__always)
  final var values: UnsafeMutablePointer<UInt64> { row.pointee.values }
  /// Its time as the file tells it, of rows that come from there.
  @inline(__always)
  final var packed: PowerLogPackedTime { row.pointee.packed }

  /// Goes on to the next row; false behind the last.
  func next() -> Bool { false }

  /// How many values it has.
  var count: Int { store.shapes[shape].metrics.count }

  /// Makes room for so many values.
  @inline(__always)
  final func reserve(_ count: Int) {
    if count > row.pointee.room { grow(count) }
    row.pointee.values = row.pointee.own
  }

  private func grow(_ count: Int) {
    let new = UnsafeMutablePointer<UInt64>.allocate(capacity: 2 * count)
    new.update(from: row.pointee.own, count: row.pointee.room)
    row.pointee.own.deallocate()
    row.pointee.own = new
    row.pointee.room = 2 * count
  }

  /// Shows the row of another, for as long as that is at it.
  @inline(__always)
  final func show(_ other: PowerLogRows) {
    guard other.store === store else { return take(other) }
    let (own, room) = (row.pointee.own, row.pointee.room)
    row.pointee = other.row.pointee
    (row.pointee.own, row.pointee.room, row.pointee.width) = (own, room, -1)
  }

  /// Takes over the row of another.
  @inline(__always)
  final func take(_ other: PowerLogRows) {
    (time, ordinal, line, file) = (other.time, other.ordinal, other.line, other.file)
    guard other.store === store else { return translate(other) }
    if shape != other.shape || row.pointee.width < 0 {
      shape = other.shape
      row.pointee.width = count
      reserve(row.pointee.width)
    }
    values.update(from: other.values, count: row.pointee.width)
  }

  /// Becomes a row of another shape, whose first values stay.
  final func become(_ shape: Int) {
    self.shape = shape
    row.pointee.width = -1
    reserve(count)
  }

  /// Takes over what another store's row has.
  private func translate(_ other: PowerLogRows) {
    shape = store.shape(of: other.store.shapes[other.shape].metrics)
    row.pointee.width = -1
    reserve(count)
    for place in 0..<count {
      values[place] = store.bits(other.store.content(other.values[place]))
    }
  }

  /// Its power as rows are compared by it.
  final var power: Double? {
    get { powerPlace.map { Double(bitPattern: values[$0]) } }
    set {
      if let powerPlace, let newValue { values[powerPlace] = newValue.bitPattern }
    }
  }

  private var powerPlace: Int? {
    store.shapes[shape].powers.first { PowerLogBits.isNumber(values[$0]) }
  }
}

/// The rows of a track, in its order.
final class PowerLogTrackRows: PowerLogRows {
  /// Where it is.
  private struct Place {
    var at = 0
    var end = 0
    var block: Int
    var lineStep = 0
    var lastShape = -1
    var columns = 0
    var words: UnsafeMutablePointer<UInt64>
    var room = 0
  }

  private let track: PowerLogTrack
  private let lastBlock: Int
  private let place: UnsafeMutablePointer<Place>

  /// The rows of a finished track, or those of some of its blocks.
  init(_ track: PowerLogTrack, blocks: Range<Int>? = nil) {
    self.track = track
    let blocks = blocks ?? track.blocks.indices
    lastBlock = blocks.upperBound
    place = .allocate(capacity: 1)
    place.initialize(to: Place(block: blocks.lowerBound, words: .allocate(capacity: 1)))
    super.init(track.store)
  }

  deinit {
    place.pointee.words.deallocate()
    place.deallocate()
  }

  override func next() -> Bool {
    if place.pointee.at >= place.pointee.end {
      guard place.pointee.block < lastBlock, load(track.blocks[place.pointee.block]) else {
        return false
      }
      place.pointee.block += 1
    }
    let words = place.pointee.words
    var at = place.pointee.at
    let head = words[at]
    at += 1
    let ordinal = Int(head & 0xFF_FFFF_FFFF)
    row.pointee.ordinal = ordinal
    let shape = Int(head >> 40 & 0xF_FFFF)
    if head >> 63 != 0 {
      row.pointee.line = Int(Int64(bitPattern: words[at]))
      place.pointee.lineStep = row.pointee.line &- ordinal
      at += 1
    } else {
      row.pointee.line = ordinal &+ place.pointee.lineStep
    }
    row.pointee.packed.kind = UInt8(head >> 60 & 7)
    row.pointee.packed.word = Int64(bitPattern: words[at])
    row.pointee.time.nanoseconds = row.pointee.packed.word
    at += 1
    if row.pointee.packed.hasDay {
      row.pointee.packed.day = words[at]
      at += 1
    }
    if shape != place.pointee.lastShape {
      guard shape < store.shapes.count else { return false }
      place.pointee.lastShape = shape
      self.shape = shape
      place.pointee.columns = store.shapes[shape].metrics.count
      reserve(place.pointee.columns)
    }
    let values = row.pointee.values
    var start = 0
    while start < place.pointee.columns {
      var mask = words[at]
      at += 1
      while mask != 0 {
        values[start + mask.trailingZeroBitCount] = words[at]
        at += 1
        mask &= mask &- 1
      }
      start += 64
    }
    place.pointee.at = at
    return true
  }

  private func load(_ block: PowerLogTrack.Block) -> Bool {
    if place.pointee.room < block.words {
      place.pointee.words.deallocate()
      place.pointee.words = .allocate(capacity: block.words)
      place.pointee.room = block.words
    }
    let isRead = store.read(
      block.place,
      into: UnsafeMutableRawBufferPointer(start: place.pointee.words, count: block.words * 8))
    place.pointee.at = 0
    place.pointee.end = isRead ? block.words : 0
    place.pointee.lastShape = -1
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

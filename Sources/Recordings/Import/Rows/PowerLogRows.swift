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

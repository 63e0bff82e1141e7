/// A row of a series that can be packed: a time, a value and the integrals up to it.
protocol PackedRow: Sendable {
  var time: Timestamp { get }
  var value: Double { get }

  /// Appends all of some rows but their times; what `read` makes of it is the same to the last bit.
  static func write(_ rows: UnsafeBufferPointer<Self>, _ course: PackedCourse, to: inout [UInt8])

  /// Reads rows `from..<to` of the first `count` that begin at `bytes`.
  static func read(
    _ from: Int, _ to: Int, of count: Int, _ bytes: UnsafeRawPointer, _ times: PackedColumn,
    _ course: PackedCourse, _ body: (Self) -> Void)
}

/// What the numbers of a series are expected to do; where they do otherwise they are kept as they are.
struct PackedCourse: Sendable {
  /// How the integral goes on from one value to the next.
  enum Growth: Sendable { case count, held, trailing, straight }

  /// How much one step of the value is worth.
  let scale: Double
  let growth: Growth

  init(_ rule: Series.Rule, scale: Double) {
    self.scale = scale
    growth =
      rule.isCounter
      ? .count : rule.isHeld ? .held : rule.method == .average ? .trailing : .straight
  }

  /// The integral after another value, as `Series.following` adds it up where nothing is amiss.
  @inline(__always)
  func grown(_ cumulative: Double, _ last: Double, _ value: Double, _ elapsed: Double) -> Double {
    switch growth {
    case .count: cumulative + (value - last)
    case .held: cumulative + elapsed * last
    case .trailing: cumulative + elapsed * value
    case .straight: cumulative + elapsed * (last + value) / 2
    }
  }

  /// The number of steps that is exactly a value.
  @inline(__always)
  func steps(_ value: Double) -> Int64? {
    let steps = (value / scale).rounded()
    guard abs(steps) < 0x1p53 else { return nil }
    return (steps * scale).bitPattern == value.bitPattern ? Int64(steps) : nil
  }
}

/// The values of some rows: whole steps where they are, else all of their bits.
struct PackedValues {
  private let column: PackedColumn
  private let areSteps: Bool
  private let scale: Double

  @inline(__always)
  init(_ bytes: UnsafeRawPointer, _ place: inout Int, count: Int, _ course: PackedCourse) {
    areSteps = bytes.load(fromByteOffset: place, as: UInt8.self) != 0
    place += 1
    column = PackedColumn(bytes, &place, count: count)
    scale = course.scale
  }

  var areAlike: Bool { column.isFlat }

  @inline(__always)
  subscript(_ index: Int) -> Double {
    areSteps ? Double(column[index]) * scale : Double(ordinal: column[index])
  }

  /// Appends values; the buffer is room to work in.
  static func write(
    count: Int, _ course: PackedCourse, _ numbers: UnsafeMutableBufferPointer<Int64>,
    to bytes: inout [UInt8], _ value: (Int) -> Double
  ) {
    var areSteps = true
    for index in 0..<count {
      guard let steps = course.steps(value(index)) else {
        areSteps = false
        break
      }
      numbers[index] = steps
    }
    if !areSteps { for index in 0..<count { numbers[index] = value(index).ordinal } }
    bytes.append(areSteps ? 1 : 0)
    PackedColumn.write(UnsafeBufferPointer(rebasing: numbers[0..<count]), to: &bytes)
  }
}

extension [UInt8] {
  /// Appends the bytes of a number.
  mutating func append(bitsOf number: Double) {
    Swift.withUnsafeBytes(of: number.bitPattern) { append(contentsOf: $0) }
  }
}

/// Whole numbers that are packed into as many bits each as their distance from a straight line needs.
///
/// Any of them is read by itself. Numbers that are all the same, or lie on a line, take no bits. All
/// arithmetic wraps, so that any 64 bits come back as they were.
struct PackedColumn {
  /// What is said of a column before its bits: a byte with the width, and two flags.
  private enum Flag {
    static let width: UInt8 = 0x3F
    static let hasBase: UInt8 = 0x40
    static let hasSlope: UInt8 = 0x80
  }

  private let base: Int64
  /// How much each is more than the one before it, in 256ths.
  private let slope: Int64
  private let width: Int
  private let mask: UInt64
  private let bits: UnsafeRawPointer

  /// Bytes that must be readable after the last column.
  static let padding = 8

  /// The column that begins at `place`, which is moved behind it.
  @inline(__always)
  init(_ bytes: UnsafeRawPointer, _ place: inout Int, count: Int) {
    let head = bytes.load(fromByteOffset: place, as: UInt8.self)
    place += 1
    var base: Int64 = 0
    if head & Flag.hasBase != 0 {
      base = bytes.loadUnaligned(fromByteOffset: place, as: Int64.self)
      place += 8
    }
    var slope: Int64 = 0
    if head & Flag.hasSlope != 0 {
      slope = bytes.loadUnaligned(fromByteOffset: place, as: Int64.self)
      place += 8
    }
    let code = Int(head & Flag.width)
    let width = code == Self.wholeCode ? 64 : code
    self.base = base
    self.slope = slope
    self.width = width
    mask = width == 64 ? .max : (1 << UInt64(width)) &- 1
    bits = bytes + place
    place += (count * width + 7) / 8
  }

  @inline(__always)
  subscript(_ index: Int) -> Int64 {
    let number = base &+ Self.rise(index, slope)
    guard width > 0 else { return number }
    let place = index &* width
    let word = bits.loadUnaligned(fromByteOffset: place >> 3, as: UInt64.self)
    return number &+ Int64(bitPattern: (word >> UInt64(place & 7)) & mask)
  }

  @inline(__always)
  private static func rise(_ index: Int, _ slope: Int64) -> Int64 { (Int64(index) &* slope) >> 8 }

  /// Whether all numbers are the same.
  var isFlat: Bool { width == 0 && slope == 0 }

  /// Stands for 64 bits in the six of a width.
  private static let wholeCode = 63

  /// Appends numbers to bytes, whose padding is not there yet.
  static func write(_ numbers: UnsafeBufferPointer<Int64>, to bytes: inout [UInt8]) {
    guard let first = numbers.first, let last = numbers.last else { return }
    var slope: Int64 = 0
    let whole = last &- first
    if numbers.count > 2, whole.magnitude < 1 << 54 {
      slope = whole * 256 / Int64(numbers.count - 1)
    }
    let flat = distances(of: numbers, slope: 0)
    var (base, width) = flat
    if slope != 0 {
      let tilted = distances(of: numbers, slope: slope)
      // A slope takes the room of eight bytes itself.
      if tilted.width * numbers.count + 64 < flat.width * numbers.count {
        (base, width) = tilted
      } else {
        slope = 0
      }
    }
    let code = UInt8(width == 64 ? wholeCode : width)
    bytes.append(
      code | (base != 0 ? Flag.hasBase : 0) | (slope != 0 ? Flag.hasSlope : 0))
    if base != 0 { append(UInt64(bitPattern: base), bytes: 8, to: &bytes) }
    if slope != 0 { append(UInt64(bitPattern: slope), bytes: 8, to: &bytes) }
    guard width > 0 else { return }
    var word: UInt64 = 0
    var filled = 0
    for index in numbers.indices {
      let distance = UInt64(bitPattern: numbers[index] &- base &- rise(index, slope))
      word |= distance << UInt64(filled)
      guard filled + width >= 64 else {
        filled += width
        continue
      }
      append(word, bytes: 8, to: &bytes)
      let used = 64 - filled
      word = used == 64 ? 0 : distance >> UInt64(used)
      filled = filled + width - 64
    }
    append(word, bytes: (filled + 7) / 8, to: &bytes)
  }

  /// The least distance of numbers from a line through zero, and the bits that the others need from
  /// there on.
  private static func distances(
    of numbers: UnsafeBufferPointer<Int64>, slope: Int64
  ) -> (base: Int64, width: Int) {
    var low = Int64.max
    var high = Int64.min
    for index in numbers.indices {
      let distance = numbers[index] &- rise(index, slope)
      low = min(low, distance)
      high = max(high, distance)
    }
    let width = 64 - UInt64(bitPattern: high &- low).leadingZeroBitCount
    // A number is read in one load, from whichever bit of a byte it begins at.
    return (low, width > 56 ? 64 : width)
  }

  private static func append(_ word: UInt64, bytes count: Int, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: word) {
      bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[..<count]))
    }
  }
}

extension Double {
  /// A whole number that is in the same order as the number, next to that of its neighbours.
  @inline(__always)
  var ordinal: Int64 {
    let bits = Int64(bitPattern: bitPattern)
    return bits ^ ((bits >> 63) & .max)
  }

  @inline(__always)
  init(ordinal: Int64) {
    self.init(bitPattern: UInt64(bitPattern: ordinal ^ ((ordinal >> 63) & .max)))
  }
}

extension Float {
  /// The same of a number of single precision.
  @inline(__always)
  var ordinal: Int64 {
    let bits = Int32(bitPattern: bitPattern)
    return Int64(bits ^ ((bits >> 31) & .max))
  }

  @inline(__always)
  init(ordinal: Int64) {
    let bits = Int32(truncatingIfNeeded: ordinal)
    self.init(bitPattern: UInt32(bitPattern: bits ^ ((bits >> 31) & .max)))
  }
}

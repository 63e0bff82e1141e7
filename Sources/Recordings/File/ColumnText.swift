/// Whole numbers, one after another, as a text that SQLite itself can take apart.
///
/// A packed column is either NULL (no value at all), an integer (the same value everywhere) or a text:
///
/// - 20 characters: the base, in decimal, filled up with blanks before it;
/// - 20 characters: the slope, likewise;
/// - 1 character: how many planes follow, "1" to "4";
/// - 1 character: a check of all the bytes that follow it, see `check(_:)`;
/// - per plane, for each value one character, whose code is the digit plus 2.
///
/// Value i (from 0) is base + slope · i + its digits, of which plane 0 has the units, plane 1 the
/// multiples of 55 000, and so on. The character U+0001 in plane 0 says that there is no value. Such a
/// code stays below the surrogates and above the zero that ends a text, and small digits take one byte.
/// So `unicode(substr(…))` reads any value without the ones before it, which is what the views do.
enum ColumnText {
  /// What stands for a value that is not there.
  static let absent = Int64.min
  /// The base of the digits.
  static let radix: UInt64 = 55_000
  /// The characters before the first plane.
  static let header = 42
  /// Values beyond these are not packed: SQLite's sums would leave the whole numbers.
  static let range = -(Int64(1) << 61)...(Int64(1) << 61)

  /// A column as it is stored.
  enum Cell: Equatable {
    case empty
    case constant(Int64)
    case text([UInt8])
  }

  /// Packs values; `nil` when one of them is too large to be packed.
  static func pack(_ values: some RandomAccessCollection<Int64>) -> Cell? {
    let values = Array(values)
    guard let first = values.firstIndex(where: { $0 != absent }),
      let last = values.lastIndex(where: { $0 != absent })
    else { return .empty }
    var isConstant = true
    for value in values {
      if value != values[first] { isConstant = false }
      guard value == absent || range.contains(value) else { return nil }
    }
    if isConstant { return .constant(values[first]) }
    var slope: Int64 = 0
    var (low, high) = bounds(values, slope: 0)
    if last > first {
      let other = (values[last] - values[first]) / Int64(last - first)
      let (lower, upper) = bounds(values, slope: other)
      if UInt64(bitPattern: upper &- lower) < UInt64(bitPattern: high &- low) {
        (slope, low, high) = (other, lower, upper)
      }
    }
    var planes = 1
    var rest = UInt64(bitPattern: high &- low) / radix
    while rest > 0 {
      planes += 1
      rest /= radix
    }
    guard planes <= 4 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(header + 2 + values.count * (planes + 1))
    put(low, &bytes)
    put(slope, &bytes)
    bytes.append(UInt8(0x30 + planes))
    var digits: [UInt8] = []
    digits.reserveCapacity(values.count * (planes + 1))
    var divisor: UInt64 = 1
    for plane in 0..<planes {
      for (index, value) in values.enumerated() {
        guard value != absent else {
          digits.append(plane == 0 ? 1 : 2)
          continue
        }
        let rest = UInt64(bitPattern: value &- slope &* Int64(index) &- low)
        put(UInt32(truncatingIfNeeded: rest / divisor % radix) + 2, &digits)
      }
      divisor &*= radix
    }
    let sum = bytes.withUnsafeBytes { front in digits.withUnsafeBytes { check(front, $0) } }
    put(sum + 2, &bytes)
    bytes += digits
    return .text(bytes)
  }

  /// Appends the values of a text that holds `count` of them; false if it is damaged.
  static func unpack(
    _ text: UnsafeRawBufferPointer, count: Int, into values: inout [Int64]
  ) -> Bool {
    guard text.count > header, let low = number(text, 0), let slope = number(text, 20) else {
      return false
    }
    let planes = Int(text[40]) - 0x30
    guard 1...4 ~= planes else { return false }
    var at = 41
    guard let stored = code(text, &at), stored >= 2 else { return false }
    let front = UnsafeRawBufferPointer(rebasing: text[0..<41])
    let digits = UnsafeRawBufferPointer(rebasing: text[at...])
    guard check(front, digits) == stored - 2 else { return false }
    let begin = values.count
    values.reserveCapacity(begin + count)
    var line = low
    for _ in 0..<count {
      guard let code = code(text, &at), code >= 1 else { return false }
      values.append(code == 1 ? absent : line &+ Int64(code - 2))
      line &+= slope
    }
    var weight = Int64(radix)
    for _ in 1..<planes {
      for index in begin..<begin + count {
        guard let code = code(text, &at), code >= 2 else { return false }
        if code > 2, values[index] != absent { values[index] &+= Int64(code - 2) &* weight }
      }
      weight &*= Int64(radix)
    }
    return at == text.count
  }

  private static func bounds(_ values: [Int64], slope: Int64) -> (low: Int64, high: Int64) {
    var low = Int64.max
    var high = Int64.min
    var line: Int64 = 0
    for value in values {
      if value != absent {
        low = min(low, value &- line)
        high = max(high, value &- line)
      }
      line &+= slope
    }
    return (low, high)
  }

  /// A prime below the radix: a sum of the bytes times their places, modulo it, finds every change of
  /// one byte.
  private static let prime: UInt32 = 54_979

  private static func check(
    _ front: UnsafeRawBufferPointer, _ digits: UnsafeRawBufferPointer
  ) -> UInt32 {
    var sum: UInt64 = 0
    var place: UInt64 = 1
    for byte in front {
      sum &+= UInt64(byte) &* place
      place &+= 1
    }
    for byte in digits {
      sum &+= UInt64(byte) &* place
      place &+= 1
    }
    return UInt32(sum % UInt64(prime))
  }

  /// Writes a number to the right of 20 characters.
  private static func put(_ value: Int64, _ bytes: inout [UInt8]) {
    let digits = Array("\(value)".utf8)
    bytes.append(contentsOf: repeatElement(0x20, count: 20 - digits.count))
    bytes += digits
  }

  /// Writes a character by its code, in UTF-8.
  @inline(__always)
  private static func put(_ code: UInt32, _ bytes: inout [UInt8]) {
    if code < 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: code))
    } else if code < 0x800 {
      bytes.append(UInt8(truncatingIfNeeded: 0xC0 | code >> 6))
      bytes.append(UInt8(truncatingIfNeeded: 0x80 | code & 0x3F))
    } else {
      bytes.append(UInt8(truncatingIfNeeded: 0xE0 | code >> 12))
      bytes.append(UInt8(truncatingIfNeeded: 0x80 | code >> 6 & 0x3F))
      bytes.append(UInt8(truncatingIfNeeded: 0x80 | code & 0x3F))
    }
  }

  /// Reads one character of at most three bytes; `nil` at the end and where it is none.
  @inline(__always)
  private static func code(_ text: UnsafeRawBufferPointer, _ at: inout Int) -> UInt32? {
    guard at < text.count else { return nil }
    let first = UInt32(text[at])
    if first < 0x80 {
      at += 1
      return first
    }
    if first & 0xE0 == 0xC0, at + 1 < text.count {
      defer { at += 2 }
      return (first & 0x1F) << 6 | UInt32(text[at + 1]) & 0x3F
    }
    guard first & 0xF0 == 0xE0, at + 2 < text.count else { return nil }
    defer { at += 3 }
    return (first & 0xF) << 12 | (UInt32(text[at + 1]) & 0x3F) << 6 | UInt32(text[at + 2]) & 0x3F
  }

  /// The number that stands in 20 characters from `start` on.
  private static func number(_ text: UnsafeRawBufferPointer, _ start: Int) -> Int64? {
    var at = start
    while at < start + 19, text[at] == 0x20 { at += 1 }
    var isNegative = false
    if text[at] == 0x2D {
      isNegative = true
      at += 1
    }
    guard at < start + 20 else { return nil }
    var value: Int64 = 0
    while at < start + 20 {
      guard 0x30...0x39 ~= text[at] else { return nil }
      let (shifted, isFull) = value.multipliedReportingOverflow(by: 10)
      let digit = Int64(text[at] - 0x30)
      let (sum, isOver) = shifted.addingReportingOverflow(isNegative ? -digit : digit)
      guard !isFull, !isOver else { return nil }
      value = sum
      at += 1
    }
    return value
  }
}

extension ColumnText {
  /// The SQL that takes value `n.i` (from 1) out of a column of the packed row `p`.
  static func sql(_ column: String) -> String {
    let cell = "p.\"\(column)\""
    func digit(_ plane: Int) -> String {
      let before = plane == 0 ? "\(header)" : "\(header)+\(plane)*p.readings$"
      return "unicode(substr(\(cell),\(before)+n.i,1))"
    }
    let weights = (1...3).map { plane in
      (0..<plane).reduce(UInt64(1)) { weight, _ in weight * radix }
    }
    let higher = (1...3).map { "\(weights[$0 - 1])*coalesce(\(digit($0))-2,0)" }
    return """
      CASE typeof(\(cell)) WHEN 'text' THEN CAST(substr(\(cell),1,20) AS INTEGER)\
      +CAST(substr(\(cell),21,20) AS INTEGER)*(n.i-1)+nullif(\(digit(0)),1)-2\
      +CASE substr(\(cell),41,1) WHEN '1' THEN 0 ELSE \(higher.joined(separator: "+")) END \
      ELSE \(cell) END
      """
  }
}

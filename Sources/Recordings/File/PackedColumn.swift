/// Whole numbers, one after another, as bytes that SQLite itself can take apart.
///
/// A packed column is either NULL (no value at all), an integer (the same value everywhere) or a blob:
///
/// - 20 characters: the base, in decimal, filled up with blanks before it;
/// - 20 characters: the slope, likewise;
/// - 20 characters: the factor, likewise, such as 10 000 where whole percents are kept in millionths;
/// - 1 character: how many planes follow, "1" to "9";
/// - 2 characters: a check of all the bytes, see `check(_:_:)`;
/// - per plane, for each value one character, whose code is the digit plus 2.
///
/// Value i (from 0) is base + slope · i + factor · its digits, of which plane 0 has the units, plane 1
/// the multiples of 126, and so on. The code 1 in plane 0 says that there is no value. So every
/// character is ASCII, none is the zero that ends a text, and `unicode(substr(…))` reads any value
/// without the ones before it, which is what the views do. It is a blob all the same, since SQLite
/// counts its way through a text.
enum PackedColumn {
  /// What stands for a value that is not there.
  static let absent = Int64.min
  /// The base of the digits.
  static let radix: UInt64 = 126
  /// The characters before the first plane.
  static let header = 63
  /// Values beyond these are not packed: SQLite's sums would leave the whole numbers.
  static let range = -(Int64(1) << 61)...(Int64(1) << 61)

  /// A column as it is stored.
  enum Cell: Equatable {
    case empty
    case constant(Int64)
    case bytes([UInt8])
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
    let factor = commonFactor(values, from: values[first])
    var slope: Int64 = 0
    var (low, high) = bounds(values, slope: 0)
    if last > first {
      var other = (values[last] - values[first]) / Int64(last - first)
      other -= other % Int64(factor)
      let (lower, upper) = bounds(values, slope: other)
      if UInt64(bitPattern: upper &- lower) < UInt64(bitPattern: high &- low) {
        (slope, low, high) = (other, lower, upper)
      }
    }
    var planes = 1
    var rest = UInt64(bitPattern: high &- low) / factor / radix
    while rest > 0 {
      planes += 1
      rest /= radix
    }
    guard planes <= 9 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(header + 2 + values.count * (planes + 1))
    put(low, &bytes)
    put(slope, &bytes)
    put(Int64(factor), &bytes)
    bytes.append(UInt8(0x30 + planes))
    var digits = [UInt8](repeating: 2, count: values.count * planes)
    for (index, value) in values.enumerated() {
      guard value != absent else {
        digits[index] = 1
        continue
      }
      var rest = UInt64(bitPattern: value &- slope &* Int64(index) &- low) / factor
      var place = index
      while rest > 0 {
        digits[place] = UInt8(truncatingIfNeeded: rest % radix) + 2
        rest /= radix
        place += values.count
      }
    }
    let sum = bytes.withUnsafeBytes { front in digits.withUnsafeBytes { check(front, $0) } }
    bytes.append(UInt8(sum / UInt32(radix)) + 2)
    bytes.append(UInt8(sum % UInt32(radix)) + 2)
    bytes += digits
    return .bytes(bytes)
  }

  /// Appends the values of a blob that holds `count` of them; false if it is damaged.
  static func unpack(
    _ bytes: UnsafeRawBufferPointer, count: Int, into values: inout [Int64]
  ) -> Bool {
    guard bytes.count > header, let low = number(bytes, 0), let slope = number(bytes, 20),
      let factor = number(bytes, 40)
    else { return false }
    let planes = Int(bytes[60]) - 0x30
    guard 1...9 ~= planes, bytes.count == header + planes * count, bytes[61] >= 2, bytes[62] >= 2
    else { return false }
    let front = UnsafeRawBufferPointer(rebasing: bytes[0..<61])
    let digits = UnsafeRawBufferPointer(rebasing: bytes[header...])
    let stored = UInt32(bytes[61] - 2) * UInt32(radix) + UInt32(bytes[62] - 2)
    guard check(front, digits) == stored else { return false }
    let begin = values.count
    values.reserveCapacity(begin + count)
    var line = low
    for digit in digits[..<count] {
      guard digit > 0 else { return false }
      values.append(digit == 1 ? absent : line &+ Int64(digit - 2) &* factor)
      line &+= slope
    }
    var weight = factor
    for plane in 1..<max(1, planes) {
      weight &*= Int64(radix)
      for index in 0..<count {
        let digit = digits[plane * count + index]
        guard digit >= 2 else { return false }
        if digit > 2, values[begin + index] != absent {
          values[begin + index] &+= Int64(digit - 2) &* weight
        }
      }
    }
    return true
  }

  /// The largest number by which all values differ a whole number of times.
  private static func commonFactor(_ values: [Int64], from first: Int64) -> UInt64 {
    var factor: UInt64 = 0
    for value in values where value != absent && value != first {
      var (a, b) = ((value &- first).magnitude, factor)
      while b != 0 { (a, b) = (b, a % b) }
      factor = a
      if factor == 1 { break }
    }
    return max(1, factor)
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

  /// A prime that two digits hold, and above every place: a sum of the bytes times their places, modulo
  /// it, finds every change of one byte.
  private static let prime: UInt32 = 15_859

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

  /// The number that stands in 20 characters from `start` on.
  private static func number(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int64? {
    var at = start
    while at < start + 19, bytes[at] == 0x20 { at += 1 }
    var isNegative = false
    if bytes[at] == 0x2D {
      isNegative = true
      at += 1
    }
    guard at < start + 20 else { return nil }
    var value: Int64 = 0
    while at < start + 20 {
      guard 0x30...0x39 ~= bytes[at] else { return nil }
      let (shifted, isFull) = value.multipliedReportingOverflow(by: 10)
      let digit = Int64(bytes[at] - 0x30)
      let (sum, isOver) = shifted.addingReportingOverflow(isNegative ? -digit : digit)
      guard !isFull, !isOver else { return nil }
      value = sum
      at += 1
    }
    return value
  }
}

extension PackedColumn {
  /// The SQL that takes value `n.i` (from 1) out of a column of the packed row `p`.
  static func sql(_ column: String) -> String {
    let cell = "p.\"\(column)\""
    func digit(_ plane: Int) -> String {
      let before = plane == 0 ? "\(header)" : "\(header)+\(plane)*p.readings$"
      return "unicode(substr(\(cell),\(before)+n.i,1))"
    }
    var higher = ""
    var weight: UInt64 = 1
    for plane in 1..<9 {
      weight *= radix
      higher +=
        "+CASE WHEN substr(\(cell),61,1)>x'3\(plane)' THEN \(weight)*(\(digit(plane))-2) ELSE 0 END"
    }
    return """
      CASE typeof(\(cell)) WHEN 'blob' THEN CAST(substr(\(cell),1,20) AS INTEGER)\
      +CAST(substr(\(cell),21,20) AS INTEGER)*(n.i-1)\
      +CAST(substr(\(cell),41,20) AS INTEGER)*(nullif(\(digit(0)),1)-2\(higher)) ELSE \(cell) END
      """
  }
}

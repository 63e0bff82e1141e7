/// An amount of storage written by a person.
public enum ByteSize {
  /// Reads `500MB`, `10GB`, `1.5TB`, or with binary prefixes `10GiB`; a bare number is no size.
  ///
  /// - Returns: bytes; `nil` when it cannot be read, or is not at least one byte.
  public static func bytes(_ text: String) -> Int64? {
    let units: [(String, Double)] = [
      ("KiB", 1024), ("MiB", 1_048_576), ("GiB", 1_073_741_824), ("TiB", 1_099_511_627_776),
      ("kB", 1e3), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12),
    ]
    guard let unit = units.first(where: { text.hasSuffix($0.0) }) else { return nil }
    var number = text.dropLast(unit.0.count)
    while number.last == " " { number = number.dropLast() }
    guard let first = number.first, first.isNumber || first == ".", let value = Double(number),
      case let bytes = value * unit.1, bytes >= 1, bytes < 9e18
    else { return nil }
    return Int64(bytes)
  }
}

/// A walk along one line of a page of metrics.
///
/// Valid only as long as the buffer it was made from.
package struct PrometheusLine {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var at = 0

  /// A walk along a line without its newline; a carriage return at its end is not part of it.
  package init(_ line: UnsafeBufferPointer<UInt8>) {
    let count = line.last == 0x0D ? line.count - 1 : line.count
    bytes = UnsafeBufferPointer(rebasing: line[..<count])
  }

  /// Whether the whole line has been read.
  package var isAtEnd: Bool { at >= bytes.count }
  /// Whether a comment or a HELP or TYPE line begins here.
  package var isComment: Bool { !isAtEnd && bytes[at] == UInt8(ascii: "#") }
  /// Whether a list of labels begins here.
  package var hasLabels: Bool { !isAtEnd && bytes[at] == UInt8(ascii: "{") }

  /// Passes over spaces and tabs.
  package mutating func skipBlanks() {
    while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
  }

  /// The name of the series; `nil` when no series stands here.
  package mutating func name() -> UnsafeBufferPointer<UInt8>? {
    let start = at
    while at < bytes.count, Self.isNameByte(bytes[at], first: at == start) { at += 1 }
    guard at > start, at - start <= PrometheusText.textLimit, at < bytes.count else { return nil }
    let next = bytes[at]
    guard next == UInt8(ascii: "{") || next == 0x20 || next == 0x09 else { return nil }
    return UnsafeBufferPointer(rebasing: bytes[start..<at])
  }

  private static func isNameByte(_ byte: UInt8, first: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "_"), UInt8(ascii: ":"):
      true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): !first
    default: false
    }
  }

  /// The labels in braces; none where there are no braces, `nil` when they are torn.
  package mutating func labels() -> [PrometheusLabel]? {
    skipBlanks()
    guard skip(UInt8(ascii: "{")) else { return [] }
    var labels: [PrometheusLabel] = []
    while true {
      skipBlanks()
      if skip(UInt8(ascii: "}")) { return labels }
      guard labels.count < PrometheusText.labelLimit, let label = label() else { return nil }
      labels.append(label)
      skipBlanks()
      if skip(UInt8(ascii: ",")) { continue }
      return skip(UInt8(ascii: "}")) ? labels : nil
    }
  }

  private mutating func label() -> PrometheusLabel? {
    let start = at
    while at < bytes.count, Self.isNameByte(bytes[at], first: at == start) { at += 1 }
    guard at > start else { return nil }
    let name = String(decoding: bytes[start..<at], as: UTF8.self)
    skipBlanks()
    guard skip(UInt8(ascii: "=")) else { return nil }
    skipBlanks()
    guard skip(UInt8(ascii: "\"")), let value = quoted() else { return nil }
    return PrometheusLabel(name: name, value: value)
  }

  /// The text up to the closing quote, with `\\`, `\"` and `\n` undone.
  private mutating func quoted() -> String? {
    let start = at
    while at < bytes.count, bytes[at] != UInt8(ascii: "\""), bytes[at] != UInt8(ascii: "\\") {
      at += 1
    }
    guard at < bytes.count, at - start <= PrometheusText.textLimit else { return nil }
    if bytes[at] == UInt8(ascii: "\"") {
      defer { at += 1 }
      return String(decoding: bytes[start..<at], as: UTF8.self)
    }
    var text = Array(bytes[start..<at])
    while at < bytes.count, text.count <= PrometheusText.textLimit {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard at < bytes.count else { return nil }
        // Whatever else is escaped stands for itself, backslash and all, as Prometheus has it.
        switch bytes[at] {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "\\"), UInt8(ascii: "\""): text.append(bytes[at])
        default: text += [byte, bytes[at]]
        }
        at += 1
      default: text.append(byte)
      }
    }
    return nil
  }

  /// The value, and a look at what follows: nothing, a timestamp, or an exemplar.
  package mutating func value() -> Double? { sample()?.value }

  /// The value, and the timestamp behind it as it is written: milliseconds in Prometheus' own format,
  /// seconds in OpenMetrics.
  package mutating func sample() -> (value: Double, time: Slice<UnsafeBufferPointer<UInt8>>?)? {
    skipBlanks()
    let start = at
    while at < bytes.count, bytes[at] > 0x20 { at += 1 }
    guard let value = PrometheusNumber.read(bytes[start..<at]) else { return nil }
    skipBlanks()
    if isAtEnd || isComment { return (value, nil) }
    let next = at
    while at < bytes.count, bytes[at] > 0x20 { at += 1 }
    let time = bytes[next..<at]
    guard PrometheusNumber.read(time) != nil else { return nil }
    skipBlanks()
    return isAtEnd || isComment ? (value, time) : nil
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard at < bytes.count, bytes[at] == byte else { return false }
    at += 1
    return true
  }
}

/// A number as metrics are written: decimal, with an exponent perhaps, or one of three words.
package enum PrometheusNumber {
  /// The number that the bytes are from end to end; `nil` when they are none.
  package static func read(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Double? {
    var at = bytes.startIndex
    let end = bytes.endIndex
    guard at < end, end - at <= 64 else { return nil }
    var isNegative = false
    if bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") {
      isNegative = bytes[at] == UInt8(ascii: "-")
      at += 1
    }
    if at < end, bytes[at] > UInt8(ascii: "9") { return word(bytes[at..<end], isNegative) }
    var digits: UInt64 = 0
    var exponent = 0
    var isExact = true
    var count = 0
    var hasPoint = false
    while at < end {
      let byte = bytes[at]
      if byte == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        count += 1
        if digits < 1_000_000_000_000_000_000 {
          digits = digits * 10 + UInt64(byte - UInt8(ascii: "0"))
          if hasPoint { exponent -= 1 }
        } else {
          isExact = false
          if !hasPoint { exponent += 1 }
        }
      } else {
        break
      }
      at += 1
    }
    guard count > 0 else { return nil }
    if at < end {
      guard bytes[at] | 0x20 == UInt8(ascii: "e"),
        let power = Self.exponent(bytes[(at + 1)..<end])
      else { return nil }
      exponent += power
    }
    var number = JSONNumber()
    number.isNegative = isNegative
    number.digits = digits
    number.exponent = exponent
    // More digits than fit are rare; then the text itself is converted.
    return isExact ? number.double : Double(String(decoding: bytes, as: UTF8.self))
  }

  private static func exponent(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
    var at = bytes.startIndex
    guard at < bytes.endIndex else { return nil }
    let isNegative = bytes[at] == UInt8(ascii: "-")
    if isNegative || bytes[at] == UInt8(ascii: "+") { at += 1 }
    guard at < bytes.endIndex, bytes.endIndex - at <= 6 else { return nil }
    var value = 0
    for byte in bytes[at...] {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return isNegative ? -value : value
  }

  private static func word(
    _ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ isNegative: Bool
  ) -> Double? {
    let lower = bytes.map { $0 | 0x20 }
    if lower == Array("nan".utf8) { return .nan }
    if lower == Array("inf".utf8) || lower == Array("infinity".utf8) {
      return isNegative ? -.infinity : .infinity
    }
    return nil
  }
}

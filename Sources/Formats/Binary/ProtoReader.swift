/// Walks over the fields of one protocol-buffers message, without knowing its description.
///
/// Every step is checked against the end of the bytes; a message that makes no sense ends early and
/// says so. Source: protobuf.dev, "Encoding".
package struct ProtoReader {
  /// What a field holds, by its wire type.
  package enum Value {
    /// An integer of any width, a truth value or an enumeration.
    case varint(UInt64)
    /// Eight bytes: a `double` or a number of 64 bits.
    case fixed64(UInt64)
    /// Four bytes: a `float` or a number of 32 bits.
    case fixed32(UInt32)
    /// A text, a message of its own or packed numbers.
    case bytes(UnsafeBufferPointer<UInt8>)
  }

  /// How a value is encoded: the three lowest bits of a field's tag.
  private enum WireType: UInt64 {
    case varint = 0
    case i64 = 1
    case len = 2
    case i32 = 5

    static let mask: UInt64 = 7
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private var at = 0
  /// Whether the message ended where no message ends.
  package private(set) var isBroken = false

  /// A walk over the fields of one message, whose bytes must outlive it.
  package init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The next field's number and value; `nil` at the end.
  package mutating func next() -> (field: Int, value: Value)? {
    guard at < bytes.count, !isBroken else { return nil }
    guard let key = varint(), let field = Int(exactly: key >> 3), field > 0 else { return fail() }
    switch WireType(rawValue: key & WireType.mask) {
    case .varint:
      guard let value = varint() else { return fail() }
      return (field, .varint(value))
    case .i64:
      guard bytes.count - at >= 8 else { return fail() }
      defer { at += 8 }
      return (field, .fixed64(bytes.littleEndian(UInt64.self, at: at)))
    case .len:
      guard let length = varint().flatMap({ Int(exactly: $0) }), length <= bytes.count - at else {
        return fail()
      }
      defer { at += length }
      return (field, .bytes(bytes.part(at..<at + length)))
    case .i32:
      guard bytes.count - at >= 4 else { return fail() }
      defer { at += 4 }
      return (field, .fixed32(bytes.littleEndian(UInt32.self, at: at)))
    case nil:
      return fail()
    }
  }

  private mutating func fail() -> (field: Int, value: Value)? {
    isBroken = true
    return nil
  }

  private mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while at < bytes.count, shift < 64 {
      let byte = bytes[at]
      at += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    return nil
  }
}

extension ProtoReader.Value {
  /// The value of a field of type varint; `nil` for another wire type.
  package var number: UInt64? { if case .varint(let value) = self { value } else { nil } }
  /// The value of a field of type `double`; `nil` for another wire type.
  package var double: Double? {
    if case .fixed64(let bits) = self { Double(bitPattern: bits) } else { nil }
  }
  /// The value of a field of type `float`; `nil` for another wire type.
  package var float: Double? {
    if case .fixed32(let bits) = self { Double(Float(bitPattern: bits)) } else { nil }
  }
  /// The bytes of a text, a message or packed numbers; `nil` for another wire type.
  package var content: UnsafeBufferPointer<UInt8>? {
    if case .bytes(let bytes) = self { bytes } else { nil }
  }

  /// The text of a field, at most `cap` bytes of it.
  package func text(cap: Int = 256) -> String? {
    content.map { String(decoding: $0.prefix(cap), as: UTF8.self) }
  }
}

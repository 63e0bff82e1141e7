/// What libFuzzer made up: bytes, and behind them one that says how they are cut.
///
/// The control stands last, so that real files can be seeds as they are.
public struct FuzzInput {
  public let bytes: UnsafeBufferPointer<UInt8>
  public let control: UInt8

  /// Takes the last byte off; `nil` when nothing is left.
  init?(_ data: UnsafeBufferPointer<UInt8>) {
    guard let control = data.last, data.count > 1 else { return nil }
    self.control = control
    bytes = UnsafeBufferPointer(rebasing: data.dropLast())
  }

  /// Hands the bytes on in pieces of the length that the control tells.
  public func forEachPiece(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    let length = 1 + Int(control) * 3
    for start in stride(from: 0, to: bytes.count, by: length) {
      body(UnsafeBufferPointer(rebasing: bytes[start..<min(bytes.count, start + length)]))
    }
  }

  /// The bytes as a list: a byte that tells a length, then as many bytes, and so on.
  public var chunks: [[UInt8]] {
    var result: [[UInt8]] = []
    var rest = bytes[...]
    while let length = rest.popFirst() {
      result.append(Array(rest.prefix(Int(length))))
      rest = rest.dropFirst(Int(length))
    }
    return result
  }

  /// The lines, without their ends.
  public func forEachLine(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      body(UnsafeBufferPointer(rebasing: line))
    }
  }
}

/// A seed that `FuzzInput.chunks` takes apart again.
public func seed(chunks: [[UInt8]]) -> [UInt8] {
  chunks.flatMap { [UInt8(clamping: $0.count)] + $0.prefix(255) } + [7]
}

/// A seed that is a text.
public func seed(_ text: String) -> [UInt8] { Array(text.utf8) + [7] }

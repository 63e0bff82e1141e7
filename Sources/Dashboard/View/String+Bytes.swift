extension String {
  /// Whether this text contains another, byte by byte.
  func containsBytes(of text: String) -> Bool {
    let wanted = Array(text.utf8)
    let bytes = Array(utf8)
    guard !wanted.isEmpty, bytes.count >= wanted.count else { return wanted.isEmpty }
    return (0...(bytes.count - wanted.count)).contains { bytes[$0...].starts(with: wanted) }
  }
}

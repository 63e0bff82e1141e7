/// The names of the series that are wanted of a page, found by their bytes.
///
/// A page has thousands of lines of which a few dozen matter: the others are told by their name
/// alone, without making a text of them.
package struct PrometheusSelection: Sendable {
  /// The wanted names, each once.
  package let names: [String]
  /// Beginnings of names that tell whose page it is, wanted or not.
  package let prefixes: [String]

  private let spelled: [[UInt8]]
  private let spelledPrefixes: [[UInt8]]
  /// Indices into `names` by hash, open addressing; -1 where nothing is.
  private let slots: [Int]

  /// A selection; `prefixes` are beginnings of names that are only noted.
  package init(names: some Sequence<String>, prefixes: [String] = []) {
    self.names = Set(names).sorted()
    self.prefixes = prefixes
    spelled = self.names.map { Array($0.utf8) }
    spelledPrefixes = prefixes.map { Array($0.utf8) }
    var size = 16
    while size < 2 * spelled.count { size *= 2 }
    var slots = Array(repeating: -1, count: size)
    for (index, name) in spelled.enumerated() {
      var slot = name.withUnsafeBufferPointer(Self.hash) & (size - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
      slots[slot] = index
    }
    self.slots = slots
  }

  /// The index of a wanted name; `nil` when it is not wanted.
  package func index(of name: UnsafeBufferPointer<UInt8>) -> Int? {
    var slot = Self.hash(name) & (slots.count - 1)
    while slots[slot] >= 0 {
      if spelled[slots[slot]].elementsEqual(name) { return slots[slot] }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Adds the indices of the prefixes that a name has.
  package func note(_ name: UnsafeBufferPointer<UInt8>, in found: inout Set<Int>) {
    for (index, prefix) in spelledPrefixes.enumerated()
    where name.count >= prefix.count && !found.contains(index) {
      if name.starts(with: prefix) { found.insert(index) }
    }
  }

  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    Int(truncatingIfNeeded: FNV1a.hash(bytes))
  }
}

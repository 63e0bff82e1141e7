/// Reads the cells of a column.
struct PowerLogColumnReader {
  let place: Int
  let quantity: PowerLogQuantity
  let rank: Int
  let factor: Double?
  let hasDecimalComma: Bool
  let store: PowerLogStore
  /// What stands behind the digits of numbers, and how many of the metric's unit one of it is.
  private var unit: [UInt8] = []
  private var unitFactor: Double
  private var knowsUnit: Bool
  /// The last cell that is no plain number, and what it is.
  private var word: (cell: [UInt8], bits: UInt64)?

  init(
    place: Int, quantity: PowerLogQuantity, rank: Int, factor: Double?, hasDecimalComma: Bool,
    store: PowerLogStore
  ) {
    (self.place, self.quantity, self.rank) = (place, quantity, rank)
    (self.factor, self.hasDecimalComma, self.store) = (factor, hasDecimalComma, store)
    // A number without a unit, until one shows that it has one.
    knowsUnit = factor != nil
    unitFactor = factor ?? 1
  }

  /// The value of a cell.
  @inline(__always)
  mutating func read(_ cell: UnsafeBufferPointer<UInt8>) -> UInt64 {
    if knowsUnit {
      var digits: UInt64 = 0
      var at = 0
      var point = -1
      while at < cell.count {
        let digit = cell[at] &- 0x30
        if digit < 10 {
          digits = digits &* 10 &+ UInt64(digit)
        } else if cell[at] == 0x2E, point < 0 {
          point = at
        } else {
          break
        }
        at += 1
      }
      // Fifteen digits and the power of ten are exact, and so their quotient is the nearest number.
      let places = point < 0 ? 0 : at - point - 1
      if at > (point < 0 ? 0 : 1), at <= 15, cell.count - at == unit.count, isUnit(cell, at) {
        let number = Double(digits) / Self.powers[places]
        return PowerLogBits.of(number * unitFactor)
      }
    }
    return readSlowly(cell)
  }

  @inline(__always)
  private func isUnit(_ cell: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
    for place in 0..<unit.count where cell[start + place] != unit[place] { return false }
    return true
  }

  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  ]

  private mutating func readSlowly(_ cell: UnsafeBufferPointer<UInt8>) -> UInt64 {
    if let word, word.cell.elementsEqual(cell) { return word.bits }
    let bytes = ArraySlice(cell)
    let content = quantity.read(bytes, unit: factor, hasDecimalComma: hasDecimalComma)
    if case .number = content { learnUnit(bytes) }
    let bits = store.bits(content)
    word = (Array(cell), bits)
    return bits
  }

  /// Remembers what stands behind the digits of a cell that is a number.
  private mutating func learnUnit(_ cell: ArraySlice<UInt8>) {
    let rest = cell.drop { $0 &- 0x30 < 10 || $0 == 0x2E }
    let name = rest.drop { $0 == 0x20 }
    // An exponent belongs to the number.
    guard rest.count < cell.count, let first = name.first, first | 0x20 != 0x65,
      !hasDecimalComma || !rest.contains(0x2C),
      let known = quantity.factor(String(decoding: name, as: UTF8.self))
    else {
      if rest.isEmpty, let factor { (unit, unitFactor, knowsUnit) = ([], factor, true) }
      return
    }
    (unit, unitFactor, knowsUnit) = (Array(rest), known, true)
  }
}

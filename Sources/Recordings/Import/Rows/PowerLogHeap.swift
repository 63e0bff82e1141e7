/// Numbers of which the least is found at once, by an order that whoever asks knows.
struct PowerLogHeap {
  private var items: [Int] = []

  /// The first of all.
  var first: Int? { items.first }

  /// Adds one.
  mutating func push(_ item: Int, _ isBefore: (Int, Int) -> Bool) {
    items.append(item)
    var at = items.count - 1
    while at > 0, isBefore(items[at], items[(at - 1) / 2]) {
      items.swapAt(at, (at - 1) / 2)
      at = (at - 1) / 2
    }
  }

  /// Puts the first into its place again, since it is not what it was.
  mutating func replaceFirst(_ isBefore: (Int, Int) -> Bool) {
    var at = 0
    while true {
      var least = at
      for child in [2 * at + 1, 2 * at + 2] where child < items.count {
        if isBefore(items[child], items[least]) { least = child }
      }
      if least == at { return }
      items.swapAt(at, least)
      at = least
    }
  }

  /// Takes the first out.
  mutating func removeFirst(_ isBefore: (Int, Int) -> Bool) {
    guard let last = items.popLast(), !items.isEmpty else { return }
    items[0] = last
    replaceFirst(isBefore)
  }
}

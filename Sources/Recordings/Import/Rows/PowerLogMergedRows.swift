/// The rows of several sources in one order, of which each source's own rows are already.
final class PowerLogMergedRows: PowerLogRows {
  private let sources: [PowerLogRows]
  private let isBefore: (PowerLogRows, PowerLogRows) -> Bool
  private var heap: PowerLogHeap
  private var current = -1

  /// Rows by what goes before what; of equal rows the earlier source's goes first.
  init(
    _ sources: [PowerLogRows], _ store: PowerLogStore,
    by isBefore: @escaping (PowerLogRows, PowerLogRows) -> Bool
  ) {
    self.sources = sources
    self.isBefore = isBefore
    heap = PowerLogHeap()
    super.init(store)
    for place in sources.indices where sources[place].next() {
      heap.push(place) { self.precedes($0, $1) }
    }
  }

  private func precedes(_ one: Int, _ other: Int) -> Bool {
    if isBefore(sources[one], sources[other]) { return true }
    return !isBefore(sources[other], sources[one]) && one < other
  }

  override func next() -> Bool {
    if current >= 0 {
      if sources[current].next() {
        heap.replaceFirst { precedes($0, $1) }
      } else {
        heap.removeFirst { precedes($0, $1) }
      }
    }
    guard let first = heap.first else {
      current = -1
      return false
    }
    current = first
    show(sources[first])
    return true
  }
}

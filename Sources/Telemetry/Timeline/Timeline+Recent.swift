import Quantities

extension Timeline {
  /// The newest readings of a series up to a time, oldest first, as far as they are kept singly.
  ///
  /// With `changesOnly` a reading counts if its value is another than the one before it.
  public func recent(
    _ id: SeriesID, until time: Timestamp, limit: Int, changesOnly: Bool = false
  ) -> [(time: Timestamp, value: Double)] {
    let samples = series[id.index].samples
    var index = samples.place(after: time) - 1
    var result: [(time: Timestamp, value: Double)] = []
    while index >= 0, result.count < limit {
      let value = samples.value(at: index)
      let isNew = index > 0 && value != samples.value(at: index - 1)
      if !changesOnly || isNew { result.append((samples.time(at: index), value)) }
      index -= 1
    }
    return result.reversed()
  }
}

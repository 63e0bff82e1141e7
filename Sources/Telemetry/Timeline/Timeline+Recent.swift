import Quantities

extension Timeline {
  /// The newest readings of a series up to a time, oldest first, as far as they are kept singly.
  ///
  /// With `changesOnly` a reading counts if its value is another than the one before it.
  public func recent(
    _ id: SeriesID, until time: Timestamp, limit: Int, changesOnly: Bool = false
  ) -> [(time: Timestamp, value: Double)] {
    let samples = series[id.index].samples
    var index = samples.partitioningIndex { $0.time > time } - 1
    var result: [(time: Timestamp, value: Double)] = []
    while index >= 0, result.count < limit {
      let isNew = index > 0 && samples[index].value != samples[index - 1].value
      if !changesOnly || isNew { result.append((samples[index].time, samples[index].value)) }
      index -= 1
    }
    return result.reversed()
  }
}

import Canvas

/// Where the names beside the streams stand: each at the middle of its own, none on another.
struct FlowLabels {
  /// A name with as many of its notes as have room.
  struct Block: Hashable {
    /// The row of the name, counted from the top of the picture.
    var row: Int
    /// How many notes follow it.
    var notes: Int
  }

  /// The blocks, in the order of the streams.
  let blocks: [Block]

  /// Places names at rows that they would like best; notes give way, those of the last stream first.
  init(middles: [Int], notes: [Int], rows: Int) {
    var kept = notes
    while kept.count + kept.reduce(0, +) > rows,
      let index = kept.lastIndex(where: { $0 > 0 })
    {
      kept[index] -= 1
    }
    var tops: [Int] = []
    var free = 0
    for (middle, notes) in zip(middles, kept) {
      let top = max(free, middle - notes / 2)
      tops.append(top)
      free = top + 1 + notes
    }
    // What ran out at the bottom moves up.
    var limit = rows
    for index in tops.indices.reversed() {
      tops[index] = max(0, min(tops[index], limit - 1 - kept[index]))
      limit = tops[index]
    }
    blocks = zip(tops, kept).map { Block(row: $0, notes: $1) }
  }
}

/// How a timeline that goes on stays within its budget.
extension Timeline {
  /// The bytes that the values of all series take, by what is allocated for them.
  public var valuesSize: Int { series.reduce(0) { $0 + $1.size } }

  /// Looks, every few values of each series, whether they take more than they may, and forgets the oldest.
  ///
  /// Series that take little are left alone: what one of the others may take follows from what all of
  /// them together have left. Some more goes than must, so that this is seldom done and all series lose
  /// at the same time: what rests on older values is made anew then.
  mutating func keepBudget(after count: Int) {
    guard let budget else { return }
    unmeasured += count
    guard unmeasured >= min(65_536, 4096 + 32 * series.count) else { return }
    unmeasured = 0
    foldEnded()
    let most = budget.bytes(for: series.count)
    guard valuesSize > most else { return }
    let limit = Self.limit(of: series.map(\.size), together: most - most / 8)
    for index in series.indices where series[index].size > limit {
      series[index].trim(to: limit, budget)
    }
  }

  /// What each of some may take at most, so that all together take no more than may be.
  static func limit(of sizes: [Int], together most: Int) -> Int {
    var left = most
    for (place, size) in sizes.sorted().enumerated() {
      let share = left / (sizes.count - place)
      if size > share { return share }
      left -= size
    }
    return .max
  }
}

extension Series {
  /// What a series takes besides its values: itself, the texts of its descriptor, its place in tables.
  private static let frame = 1200

  /// The bytes that are allocated for it.
  var size: Int {
    Self.frame + bends.size + samples.size + tiers.reduce(0) { $0 + $1.buckets.size }
  }

  /// Forgets the oldest rows of its views until it takes no more than `limit`, as far as they are packed.
  mutating func trim(to limit: Int, _ budget: MemoryBudget) {
    let sizes = [samples.size] + tiers.map(\.buckets.size)
    let shares = [budget.valuesShare] + tiers.map(budget.share)
    let limits = Self.limits(sizes, shares, together: limit - Self.frame)
    let gone = samples.excess(over: limits[0])
    if gone > 0 { hasBeginning = false }
    samples.forget(gone)
    for tier in tiers.indices {
      let gone = tiers[tier].buckets.excess(over: limits[tier + 1])
      remember(tier, count: gone)
      tiers[tier].forget(gone)
    }
    revision += 1
  }

  /// What each view may take: its share, and its part of what others leave of theirs.
  private static func limits(_ sizes: [Int], _ shares: [Double], together most: Int) -> [Int] {
    var limits = sizes
    var open = Set(sizes.indices)
    var left = Double(max(0, most))
    while !open.isEmpty {
      let sum = open.reduce(0) { $0 + shares[$1] }
      let content = open.filter { Double(sizes[$0]) <= left * shares[$0] / sum }
      guard !content.isEmpty else {
        for view in open { limits[view] = Int(left * shares[view] / sum) }
        return limits
      }
      for view in content { left -= Double(sizes[view]) }
      open.subtract(content)
    }
    return limits
  }
}

extension PackedRows {
  /// How many of the oldest rows must go for it to take no more than `limit`: whole chunks, and never
  /// the newest.
  func excess(over limit: Int) -> Int {
    let slack = Swift.max(0, bytes.capacity - bytes.count)
    let size = size - slack
    guard size > limit, chunks.count > 1 else { return 0 }
    let packed = Swift.max(1, size - tail.capacity * MemoryLayout<Row>.stride)
    let share = Swift.min(1, Double(size - limit) / Double(packed))
    let gone = Int((share * Double(chunks.count)).rounded(.up))
    return Swift.min(chunks.count - 1, gone) * PackedChunk.length
  }

  /// Forgets the oldest rows and gives back what is free.
  mutating func forget(_ count: Int) {
    if count > 0 { removeFirst(count) }
    shrink()
  }
}

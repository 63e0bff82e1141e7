import Quantities

/// One quantity of one device over time, with its running integral.
///
/// Recent values are kept as they came; older ones as buckets that know minimum, maximum and the
/// integral at their end. Because every point carries the integral since the beginning, the total
/// over any span is one subtraction, at any age.
///
/// Bounds: `rawCapacity` samples of 32 bytes, and of each tier `capacity` buckets of 40 bytes, which is
/// 1.06 MB after half a year. Of a session that goes on the rows are packed, and how many are kept
/// follows from the timeline's budget (`Timeline+Budget`).
struct Series: Sendable {
  /// A value as it came.
  struct Sample: Sendable {
    var time: Timestamp
    var value: Double
    /// The integral (gauge) or unwrapped count (counter) since the beginning.
    var cumulative: Double
    /// Seconds since the beginning for which the integral is known.
    var covered: Double
  }

  /// The parts of the descriptor that the integral needs for every value, without its texts.
  struct Rule: Sendable {
    let isCounter: Bool
    let method: Provenance.Method
    let period: Double
    let range: Double
    let gap: Double
    let patience: Double
    /// The most a counter of energy can grow by in a second, in its unit; infinite for others.
    let ceiling: Double
    /// Whether a value stays true until the next one; a grid's always does, and is never
    /// interpolated.
    let isHeld: Bool
    /// Whether the last value also holds for the time after it.
    let goesOn: Bool

    init(_ descriptor: SeriesDescriptor) {
      isCounter = descriptor.metric.isCounter
      method = descriptor.provenance.method
      period = descriptor.provenance.period
      range = descriptor.provenance.range
      patience = descriptor.provenance.patience
      ceiling =
        descriptor.metric.isCounter && descriptor.metric.unit == .joule
        ? descriptor.device.kind.mostPower : .infinity
      goesOn = method == .annual || descriptor.device.kind == .grid
      isHeld = goesOn || method == .log
      gap = goesOn ? patience : descriptor.provenance.gap
    }
  }

  static let rawCapacity = 4096
  /// Of values that are packed at least so many are kept as they are, and at most.
  private static let tail = (least: 16, limit: 48)

  let descriptor: SeriesDescriptor
  let rule: Rule
  var samples: PackedRows<Sample>
  /// The first value ever, where the integral is zero; kept when all around it is forgotten.
  var beginning: Sample?
  var tiers: [Tier]
  /// What is kept of buckets that were forgotten.
  var bends = Bends()
  /// Set while samples are a page of a recording, whose tiers are complete already.
  var tiersAreComplete = false
  /// Whether `samples` still begin where the series does.
  var hasBeginning = true
  /// How many values came too late to be inserted.
  var dropped = 0
  /// How often what was known already changed.
  ///
  /// By a late or revised value, by points that were forgotten, by a page that was turned; values that
  /// follow the newest one leave it alone.
  var revision = 0
  /// Of a power limit, the series of the energy counters that it bounds, of the same device.
  var governed: [Int] = []
  /// Of a counter of energy, the highest power limit its device was seen to have, in watts.
  var powerLimit: Double?

  /// The most that a counter of energy can grow by in a second.
  ///
  /// Boards pass their limit for moments; one that is given more than they were built for says so.
  private var ceiling: Double { powerLimit.map { min(1.5 * $0, rule.ceiling) } ?? rule.ceiling }

  /// A series without values, which are packed if that is asked for.
  init(_ descriptor: SeriesDescriptor, packs: Bool = false) {
    self.descriptor = descriptor
    let rule = Rule(descriptor)
    self.rule = rule
    let course = packs ? PackedCourse(rule, scale: descriptor.metric.scale) : nil
    samples = PackedRows(course)
    tiers = course.map { Tier.bounded($0, period: rule.period) } ?? Tier.standard
  }

  /// Takes in a value, wherever it belongs.
  /// - Returns: how far a counter leapt beyond what can be true; such growth is left out.
  @discardableResult
  mutating func append(
    _ value: Double, at time: Timestamp, _ columns: inout TimeColumns
  ) -> Double? {
    guard let last = samples.last else {
      keep(Sample(time: time, value: value, cumulative: 0, covered: 0), &columns)
      beginning = beginning ?? samples[0]
      observe(&columns)
      return nil
    }
    guard time > last.time else {
      insert(value, at: time)
      return nil
    }
    let earlier = samples.count > 1 ? samples[samples.count - 2] : nil
    let next = following(last, after: earlier, value: value, at: time)
    if keep(next, &columns) {
      hasBeginning = false
      revision += 1
    }
    observe(&columns)
    let isLeap = rule.ceiling < .infinity && next.covered == last.covered && value > last.value
    return isLeap ? value - last.value : nil
  }

  /// - Returns: whether old samples were forgotten for it.
  @discardableResult
  private mutating func keep(_ sample: Sample, _ columns: inout TimeColumns) -> Bool {
    samples.append(
      sample, bound: Self.rawCapacity, least: Self.tail.least, limit: Self.tail.limit, &columns)
  }

  /// The sample that follows `last`, with the integral carried on.
  ///
  /// - Parameter earlier: the sample before `last`, where it is known.
  func following(
    _ last: Sample, after earlier: Sample?, value: Double, at time: Timestamp
  ) -> Sample {
    let elapsed = time - last.time
    var next = Sample(
      time: time, value: value, cumulative: last.cumulative, covered: last.covered)
    if rule.isCounter {
      if let growth = growth(from: last, to: value, in: elapsed, after: earlier) {
        next.cumulative += growth
        next.covered += elapsed
      }
    } else if elapsed <= rule.gap {
      next.covered += elapsed
      switch rule.method {
      case _ where rule.isHeld: next.cumulative += elapsed * last.value
      // A trailing mean holds for the time before it (right-hand rectangle).
      case .average: next.cumulative += elapsed * value
      default: next.cumulative += elapsed * (last.value + value) / 2
      }
    } else if rule.method == .average {
      // What lies further back than its window, a trailing mean says nothing of.
      next.covered += rule.period
      next.cumulative += rule.period * value
    }
    return next
  }

  /// How far a counter moved, or `nil` when that is not known: it was reset, or one of the two
  /// values is a glitch.
  ///
  /// Whoever reads or imports a counter relies on this gate alone. What it leaves out is a gap.
  private func growth(
    from last: Sample, to value: Double, in elapsed: Double, after earlier: Sample?
  ) -> Double? {
    // Back above where it was before a fall: the fall was a glitch, and what it left out is unknown.
    if let earlier, last.value < earlier.value, value >= earlier.value,
      Self.growth(from: earlier.value, to: last.value, range: rule.range) == nil
    {
      return nil
    }
    guard let growth = Self.growth(from: last.value, to: value, range: rule.range) else {
      return nil
    }
    // A second more, since counters are written in steps and are read a little late.
    return growth <= ceiling * (elapsed + 1) ? growth : nil
  }

  /// How far a counter moved, or `nil` when it was reset.
  ///
  /// A fall counts as a wrap only if the counter has a range and moved less than half of it;
  /// otherwise the driver was reloaded or the machine restarted.
  static func growth(from old: Double, to new: Double, range: Double) -> Double? {
    let difference = new - old
    if difference >= 0 { return difference }
    let wrapped = difference + range
    return range > 0 && wrapped >= 0 && wrapped < range / 2 ? wrapped : nil
  }

  /// Places a value that came late, or replaces one that was revised.
  private mutating func insert(_ value: Double, at time: Timestamp) {
    revision += 1
    let index = samples.place(from: time)
    if index < samples.count, samples.time(at: index) == time {
      if samples.value(at: index) == value { return }
      samples[index].value = value
    } else if index == 0, !hasBeginning {
      dropped += 1
      return
    } else {
      samples.insert(Sample(time: time, value: value, cumulative: 0, covered: 0), at: index)
    }
    if hasBeginning {
      samples[0].cumulative = 0
      samples[0].covered = 0
      beginning = samples[0]
    }
    for position in max(1, index)..<max(1, samples.count) {
      samples[position] = following(
        samples[position - 1], after: position > 1 ? samples[position - 2] : nil,
        value: samples[position].value, at: samples[position].time)
    }
    guard !tiersAreComplete else { return }
    for tier in tiers.indices {
      tiers[tier].revise(
        samples, at: index, isWhole: hasBeginning, isCounter: rule.isCounter)
    }
  }

  /// Lets the tiers take in the newest sample.
  private mutating func observe(_ columns: inout TimeColumns) {
    guard !tiersAreComplete, let last = samples.last else { return }
    let height = samples.height(at: samples.count - 1, isCounter: rule.isCounter)
    for tier in tiers.indices {
      if samples.course != nil, tiers[tier].isFull {
        remember(tier, count: tiers[tier].capacity / 4)
      }
      if tiers[tier].observe(last, height: height, &columns) { revision += 1 }
    }
  }
}

extension PackedRows<Series.Sample> {
  /// What a sample means as a height on a curve: its value, or a counter's rate up to it.
  func height(at index: Int, isCounter: Bool) -> Float {
    guard isCounter else { return Float(self[index].value) }
    guard index > 0 else { return .nan }
    let elapsed = self[index].covered - self[index - 1].covered
    guard elapsed > 0 else { return .nan }
    return Float((self[index].cumulative - self[index - 1].cumulative) / elapsed)
  }
}

extension RandomAccessCollection where Index == Int {
  /// The first index whose element satisfies `predicate`, if all that do come last.
  package func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if predicate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

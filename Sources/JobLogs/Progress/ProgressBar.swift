import Formats

/// A progress bar as tqdm, Keras, Ultralytics and rich draw it.
///
///     Steps:  12%|█▏        | 50/409 [02:00<13:54,  2.39s/it, loss=2.1]
///     100/100 ━━━━━━━━━━━━━━━━━━━━ 6s 57ms/step - accuracy: 0.61 - loss: 1.20
///      40/100 [===========>..................] - ETA: 3s - loss: 1.20 - accuracy: 0.61
///     1/100  6.74G  1.432  1.3  640: 40% ━━━━╸─────── 100/250 3.9it/s 26.0s<38.0s
///
/// Source: github.com/tqdm/tqdm, tqdm/std.py; github.com/keras-team/keras,
/// keras/src/utils/progbar.py; github.com/ultralytics/ultralytics, ultralytics/utils/tqdm.py.
struct ProgressBar {
  /// What stands before the percentage, without a colon; may be empty.
  var description: Range<Int>
  var done: Int64
  var total: Int64
  /// Seconds for one of what is counted: a moving mean.
  var secondsEach: Double?
  /// Seconds since the bar began, whole ones.
  var elapsed: Double?
  var unit = Count.Unit.iterations
  /// Where the values behind the rate stand; empty when there are none.
  var postfix: Range<Int>

  init?(_ line: LogLine) {
    if line.bytes.last == 0x5D {
      self.init(tqdm: line)
    } else if let bar = ProgressBar(arrow: line) {
      self = bar
    } else {
      self.init(heavy: line)
    }
  }

  /// Where a bar of tqdm ends behind which something else stands on the line; `nil` where nothing does.
  static func end(in line: UnsafeBufferPointer<UInt8>) -> Int? {
    guard var last = line.indices.last else { return nil }
    while last > 0, line[last] == 0x20 { last -= 1 }
    guard line[last] != 0x5D, line.count < 8192, let bar = line.find("%|"),
      let edge = line.find("| ", from: bar + 2), let open = line.find(" [", from: edge),
      open - edge < 32, let rate = line.find("/", from: open)
    else { return nil }
    var depth = 0
    for place in (open + 1)..<line.count {
      if line[place] == 0x5B { depth += 1 }
      if line[place] == 0x5D { depth -= 1 }
      if depth == 0 { return place > rate ? place + 1 : nil }
    }
    return nil
  }

  /// A bar of tqdm, which ends in a bracket.
  private init?(tqdm line: LogLine) {
    guard let bar = line.find("%|") else { return nil }
    var start = bar
    while start > 0, line.bytes[start - 1] &- 0x30 < 10 { start -= 1 }
    var end = start
    while end > 0, line.bytes[end - 1] == 0x20 || line.bytes[end - 1] == 0x3A { end -= 1 }
    guard start < bar, start == 0 || line.bytes[start - 1] == 0x20 || line.bytes[start - 1] == 0x3A,
      // A second bar within the first: two processes wrote into the same line.
      line.find("%|", from: bar + 2) == nil,
      let edge = line.find("| ", from: bar + 2), let count = line.number(at: edge + 2),
      let done = count.whole, line.starts(with: "/", at: count.end),
      let all = line.number(at: count.end + 1), let total = all.whole,
      line.starts(with: " [", at: all.end), total > 0, 0...total ~= done
    else { return nil }
    description = min(line.message, end)..<end
    (self.done, self.total) = (done, total)
    elapsed = line.find("<", from: all.end).flatMap {
      PlainNumber.clock(line.bytes[min($0, all.end + 2)..<$0])
    }
    postfix = line.bytes.count..<line.bytes.count
    if let comma = line.find(", ", from: all.end) {
      let end = readRate(line, at: line.skipSpaces(comma + 2))
      if let next = line.find(", ", from: end) { postfix = next..<(line.bytes.count - 1) }
    }
  }

  /// A bar of heavy strokes, as Keras, Ultralytics and rich draw it.
  private init?(heavy line: LogLine) {
    guard let strokes = Self.strokes(line) else { return nil }
    let before = line.skipSpaces(line.message)
    if let count = line.number(at: before), count.end < strokes.lowerBound,
      line.starts(with: "/", at: count.end), let all = line.number(at: count.end + 1),
      line.skipSpaces(all.end) == strokes.lowerBound, let done = count.whole,
      let total = all.whole
    {
      // Keras: the count, the bar, the seconds, the time of a step, and values.
      guard total > 0, 0...total ~= done else { return nil }
      self.init(done: done, total: total, end: line.bytes.count)
      readKeras(line, from: line.skipSpaces(strokes.upperBound))
      return
    }
    guard let count = line.number(behindSpaces: strokes.upperBound), let done = count.whole,
      line.starts(with: "/", at: count.end), let all = line.number(at: count.end + 1),
      let total = all.whole, total > 0, 0...total ~= done
    else { return nil }
    self.init(done: done, total: total, end: line.bytes.count)
    var end = strokes.lowerBound
    while end > line.message, [0x20, 0x25, 0x3A].contains(line.bytes[end - 1]) { end -= 1 }
    if line.starts(with: "%", at: end) {
      while end > line.message, line.bytes[end - 1] &- 0x30 < 10 { end -= 1 }
      while end > line.message, [0x20, 0x3A].contains(line.bytes[end - 1]) { end -= 1 }
    }
    description = line.message..<max(line.message, end)
    readTail(line, from: all.end)
  }

  /// A bar of Keras 2: the count, an arrow in brackets, what is left or what it took, and values.
  private init?(arrow line: LogLine) {
    let start = line.skipSpaces(line.message)
    guard start < line.bytes.count, line.bytes[start] &- 0x30 < 10,
      let count = line.number(at: start), let done = count.whole,
      line.starts(with: "/", at: count.end), let all = line.number(at: count.end + 1),
      let total = all.whole, total > 0, 0...total ~= done, line.starts(with: " [", at: all.end)
    else { return nil }
    var end = all.end + 2
    while end < line.bytes.count, [0x3D, 0x3E, 0x2E].contains(line.bytes[end]) { end += 1 }
    guard end - all.end > 6, line.starts(with: "] - ", at: end) else { return nil }
    self.init(done: done, total: total, end: line.bytes.count)
    readKeras(line, from: end + 4)
    if let dash = line.find(" - ", from: end + 1) { postfix = dash..<line.bytes.count }
  }

  private init(done: Int64, total: Int64, end: Int) {
    (self.done, self.total) = (done, total)
    description = 0..<0
    postfix = end..<end
  }

  /// Where three or more heavy strokes stand, with what follows them.
  private static func strokes(_ line: LogLine) -> Range<Int>? {
    guard let start = line.find("\u{2501}\u{2501}\u{2501}", from: line.message) else { return nil }
    var end = start
    while end < line.bytes.count, line.bytes[end] >= 0x80 || line.bytes[end] == 0x20 { end += 1 }
    // A second bar within the first.
    return line.find("\u{2501}\u{2501}\u{2501}", from: end) == nil ? start..<end : nil
  }

  /// `6s 57ms/step - accuracy: 0.6 - loss: 1.2`.
  private mutating func readKeras(_ line: LogLine, from start: Int) {
    var place = start
    if let passed = line.number(at: place), line.starts(with: "s ", at: passed.end) {
      place = line.skipSpaces(passed.end + 1)
      // While the bar runs, this is what is left.
      if done == total { elapsed = passed.value }
    }
    if let each = line.number(at: place), let unit = Self.timeUnit(line, each.end) {
      secondsEach = each.value * unit.seconds
      if line.starts(with: "/epoch", at: unit.end) { self.unit = .epochs }
      place = unit.end
    }
    if let dash = line.find(" - ", from: place) { postfix = dash..<line.bytes.count }
  }

  private static func timeUnit(_ line: LogLine, _ place: Int) -> (seconds: Double, end: Int)? {
    for (name, seconds) in [("ms/", 1e-3), ("us/", 1e-6), ("s/", 1.0)] as [(StaticString, Double)]
    where line.starts(with: name, at: place) {
      return (seconds, place + name.utf8CodeUnitCount - 1)
    }
    return nil
  }

  /// `3.9it/s 26.0s<38.0s` of Ultralytics, `0:00:01 • 0:00:10 9.40it/s v_num: 3` of rich.
  private mutating func readTail(_ line: LogLine, from start: Int) {
    var place = start
    for _ in 0..<6 {
      place = line.skipSpaces(place)
      guard let number = line.number(at: place) else {
        guard place < line.bytes.count, line.bytes[place] >= 0x80 else { break }
        while place < line.bytes.count, line.bytes[place] >= 0x80 { place += 1 }
        continue
      }
      let rate = readRate(line, at: place)
      if rate > number.end {
        place = rate
        continue
      }
      var end = number.end
      while end < line.bytes.count, line.bytes[end] != 0x20, line.bytes[end] != 0x3C { end += 1 }
      if elapsed == nil {
        elapsed =
          line.starts(with: "s", at: number.end) && end == number.end + 1
          ? number.value : PlainNumber.clock(line.bytes[place..<end])
      }
      while end < line.bytes.count, line.bytes[end] != 0x20 { end += 1 }
      place = end
    }
    postfix = min(place, line.bytes.count)..<line.bytes.count
  }

  /// Reads `2.00s/it`, `9.4it/s`, `3.2 batch/s` or `4800.00 examples/s`; returns where it ends.
  private mutating func readRate(_ line: LogLine, at place: Int) -> Int {
    guard let rate = line.number(at: place) else { return place }
    let start = line.skipSpaces(rate.end)
    var end = start
    while end < line.bytes.count, LogLine.isNamePart(line.bytes[end]) || line.bytes[end] == 0x2F {
      end += 1
    }
    guard end > start, rate.value > 0 else { return rate.end }
    if line.starts(with: "s/", at: start) {
      secondsEach = rate.value
      unit = Self.unit(line, (start + 2)..<end)
      return end
    }
    guard line.starts(with: "/s", at: end - 2), end - 2 > start else { return rate.end }
    secondsEach = 1 / rate.value
    unit = Self.unit(line, start..<(end - 2))
    return end
  }

  /// What a unit names: data, or whatever the loop goes through.
  private static func unit(_ line: LogLine, _ range: Range<Int>) -> Count.Unit {
    if line.holds("epoch", in: range) || line.holds("ep", in: range) { return .epochs }
    for name in [
      "examples", "example", "ex", "B", "kB", "MB", "GB", "iB", "KB", "k", "M", "G", "kiB", "MiB",
      "files", "file", "doc", "docs", "rows", "row", "tok", "tokens", "image", "images", "img",
      "frames", "frame", "chunks", "chunk", "samples", "sample", "seconds", "sec", "s", "lines",
      "line", "records", "record", "items", "item", "shards", "shard", "pages", "page",
    ] as [StaticString] where line.holds(name, in: range) {
      return .data
    }
    return .iterations
  }
}

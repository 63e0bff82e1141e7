import Formats
import Quantities
import Telemetry

/// Puts the scalars of one event file together into rows.
///
/// Scalars of the same step that were written within five seconds are one row, at the time of the
/// first. What a tag means is looked up once.
package struct TFEventsReader: Sendable {
  /// A row with the step it belongs to.
  package struct Row: Sendable {
    var counting: ScalarUse.Counting
    var step: Int64
    /// The numbers of the step.
    package var row: JobRow

    /// Adds a part to a sum; false where none was begun.
    fileprivate mutating func add(_ value: Double, to sum: String) -> Bool {
      guard let place = row.entries.firstIndex(where: { $0.name == sum }) else { return false }
      row.entries[place].value += value
      return true
    }
  }

  private struct Tag: Sendable {
    var bytes: [UInt8]
    var name: String
    var use: ScalarUse?
    /// The bit of its metric among those that rows hold.
    var bit: UInt64 = 0
    /// Whether its numbers are taken, as it was at a count of changes of the choice.
    var isTaken = false
    var asked = -1
  }

  /// The last part of the path of the file's folder.
  let folder: String
  private var decoder = TFEventsDecoder()
  private var tags: [Tag] = []
  private var places: [UInt64: Int] = [:]
  /// The tag that came last: they come in the same order again and again.
  private var lastTag = -1
  /// The metrics met so far; first those that count what a row belongs to.
  private var metrics: [Metric] = [.step, .epoch, .samples]
  private var waiting: Row?
  /// The bits of the metrics that the waiting row holds.
  private var held: UInt64 = 0
  /// The first step that was heard, and when, for each way of counting.
  private(set) var firsts: [ScalarUse.Counting: (step: Int64, time: Timestamp)] = [:]
  /// Scalars whose time is of another century.
  private(set) var timeless = 0

  /// A reader of one event file; `folder` is the last part of the path of its folder.
  package init(folder: String = "") { self.folder = folder }

  var damage: TFEventsDecoder.Damage? { decoder.damage }
  /// The number of whole records read.
  package var records: Int { decoder.records }
  /// The names of all scalars heard so far.
  var names: [String] { tags.map(\.name) }

  /// Takes bytes and returns the rows they complete.
  package mutating func feed(
    _ bytes: UnsafeBufferPointer<UInt8>, _ choice: inout ScalarChoice, into rows: inout [Row]
  ) {
    var decoder = TFEventsDecoder()
    swap(&decoder, &self.decoder)
    decoder.feed(bytes) { take($0, &choice, &rows) }
    swap(&decoder, &self.decoder)
  }

  /// Returns the row that has been waiting for more.
  package mutating func flush(into rows: inout [Row]) {
    if let row = waiting { rows.append(row) }
    waiting = nil
  }

  private mutating func take(
    _ scalar: TFScalar, _ choice: inout ScalarChoice, _ rows: inout [Row]
  ) {
    let known = tags.count
    let found = place(of: scalar.tag)
    if tags.count > known { choice.hear(name: tags[known].name) }
    guard let place = found, let value = tags[place].use?.value(scalar.value),
      let counting = tags[place].use?.counting
    else { return }
    if tags[place].asked != choice.changes, let use = tags[place].use {
      tags[place].isTaken = choice.takes(use, name: use.sum ?? tags[place].name)
      tags[place].asked = choice.changes
    }
    guard tags[place].isTaken else { return }
    guard 946_684_800...4_102_444_800 ~= scalar.wallTime else {
      timeless += 1
      return
    }
    let time = Timestamp(seconds: scalar.wallTime)
    let bit = tags[place].bit
    let isOther =
      waiting.map {
        $0.step != scalar.step || $0.counting != counting || abs(time - $0.row.time) > 5
      } ?? true
    // A better name for the rate takes the place of the one before.
    if !isOther, held & bit != 0, tags[place].use?.metric == .tokenRate {
      waiting?.row.entries.removeAll { $0.metric == .tokenRate }
      held &= ~bit
    }
    if !isOther, let sum = tags[place].use?.sum, waiting?.add(value, to: sum) == true { return }
    // A step that is told as a number as well begins no row of its own.
    if isOther || held & bit != 0 && bit != Self.stepBit {
      flush(into: &rows)
      begin(counting, scalar.step, time)
    }
    // The step of the event is the exact one.
    guard bit != Self.stepBit, let metric = tags[place].use?.metric else { return }
    held |= bit
    waiting?.row.entries.append(
      JobRow.Entry(
        metric: metric, value: value, name: tags[place].use?.sum ?? tags[place].name))
  }

  /// Begins a row with the count it belongs to.
  private mutating func begin(_ counting: ScalarUse.Counting, _ step: Int64, _ time: Timestamp) {
    if firsts[counting] == nil { firsts[counting] = (step, time) }
    let place =
      switch counting {
      case .steps: 0
      case .epochs: 1
      case .samples: 2
      }
    held = 1 << UInt64(place)
    var row = JobRow(time: time)
    row.entries.reserveCapacity(min(metrics.count, 16))
    // Torn off by the plausible range when it is absurd.
    row.entries.append(JobRow.Entry(metric: metrics[place], value: Double(step), name: ""))
    waiting = Row(counting: counting, step: step, row: row)
  }

  private static let stepBit: UInt64 = 1

  /// The bit of a metric; those beyond the 64 that there are not share none.
  private mutating func bit(of metric: Metric) -> UInt64 {
    let place = metrics.firstIndex(of: metric) ?? metrics.count
    if place == metrics.count { metrics.append(metric) }
    return place < 64 ? 1 << UInt64(place) : 0
  }

  /// The place of a tag in the list; `nil` when it is one too many.
  private mutating func place(of tag: UnsafeBufferPointer<UInt8>) -> Int? {
    let next = lastTag + 1 < tags.count ? lastTag + 1 : 0
    if next < tags.count, tags[next].bytes.elementsEqual(tag) {
      lastTag = next
      return next
    }
    let place = find(tag)
    lastTag = place ?? lastTag
    return place
  }

  private mutating func find(_ tag: UnsafeBufferPointer<UInt8>) -> Int? {
    // The bytes are compared as well.
    let hash = FNV1a.hash(tag)
    if let known = places[hash] {
      return known >= 0 && tags[known].bytes.elementsEqual(tag) ? known : nil
    }
    guard places.count < 65_536 else { return nil }
    let name = String(decoding: tag, as: UTF8.self)
    let use = ScalarNames.use(name, folder: folder)
    // Of thousands of numbers about layers only the hash is kept.
    guard use != nil || tags.count < 4096 else {
      places[hash] = -1
      return nil
    }
    places[hash] = tags.count
    var new = Tag(bytes: Array(tag), name: name, use: use)
    if let use = new.use { new.bit = bit(of: use.metric) }
    tags.append(new)
    return tags.count - 1
  }
}

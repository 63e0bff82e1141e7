import Quantities
import Telemetry

/// Puts the scalars of one event file together into rows.
///
/// Scalars of the same step that were written within five seconds are one row, at the time of the
/// first. What a tag means is looked up once.
struct TFEventsReader: Sendable {
  /// A row with the step it belongs to.
  struct Row: Sendable {
    var counting: ScalarUse.Counting
    var step: Int64
    var row: JobRow
  }

  private struct Tag: Sendable {
    var bytes: [UInt8]
    var name: String
    var use: ScalarUse?
    /// Whether its numbers are taken, as it was at a count of changes of the choice.
    var isTaken = false
    var asked = -1
  }

  /// The last part of the path of the file's folder.
  let folder: String
  private var decoder = TFEventsDecoder()
  private var tags: [Tag] = []
  private var places: [UInt64: Int] = [:]
  private var waiting: Row?
  /// The first step that was heard, and when, for each way of counting.
  private(set) var firsts: [ScalarUse.Counting: (step: Int64, time: Timestamp)] = [:]
  /// Scalars whose time is of another century.
  private(set) var timeless = 0

  init(folder: String = "") { self.folder = folder }

  var damage: TFEventsDecoder.Damage? { decoder.damage }
  var records: Int { decoder.records }
  /// The names of all scalars heard so far.
  var names: [String] { tags.map(\.name) }

  /// Takes bytes and returns the rows they complete.
  mutating func feed(
    _ bytes: UnsafeBufferPointer<UInt8>, _ choice: inout ScalarChoice, into rows: inout [Row]
  ) {
    var decoder = TFEventsDecoder()
    swap(&decoder, &self.decoder)
    decoder.feed(bytes) { take($0, &choice, &rows) }
    swap(&decoder, &self.decoder)
  }

  /// Returns the row that has been waiting for more.
  mutating func flush(into rows: inout [Row]) {
    if let row = waiting { rows.append(row) }
    waiting = nil
  }

  private mutating func take(
    _ scalar: TFScalar, _ choice: inout ScalarChoice, _ rows: inout [Row]
  ) {
    guard let place = place(of: scalar.tag), let use = tags[place].use,
      let value = use.value(scalar.value)
    else { return }
    let name = tags[place].name
    if tags[place].asked != choice.changes {
      tags[place].isTaken = choice.takes(use, name: name)
      tags[place].asked = choice.changes
    }
    guard tags[place].isTaken else { return }
    guard 946_684_800...4_102_444_800 ~= scalar.wallTime else {
      timeless += 1
      return
    }
    let time = Timestamp(seconds: scalar.wallTime)
    if firsts[use.counting] == nil { firsts[use.counting] = (scalar.step, time) }
    if let row = waiting,
      row.step != scalar.step || row.counting != use.counting
        || abs(time - row.row.time) > 5 || row.row[use.metric] != nil
    {
      flush(into: &rows)
    }
    if waiting == nil {
      var row = JobRow(time: time)
      // Torn off by the plausible range when it is absurd.
      let metric: Metric =
        switch use.counting {
        case .steps: .step
        case .epochs: .epoch
        case .samples: .samples
        }
      row.set(metric, Double(scalar.step))
      waiting = Row(counting: use.counting, step: scalar.step, row: row)
    }
    // The step of the event is the exact one.
    if use.metric != .step { waiting?.row.set(use.metric, value, name: name) }
  }

  /// The place of a tag in the list; `nil` when it is one too many.
  private mutating func place(of tag: UnsafeBufferPointer<UInt8>) -> Int? {
    // FNV-1a; the bytes are compared as well.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in tag { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    if let known = places[hash] { return tags[known].bytes.elementsEqual(tag) ? known : nil }
    guard tags.count < 4096 else { return nil }
    let name = String(decoding: tag, as: UTF8.self)
    places[hash] = tags.count
    tags.append(
      Tag(bytes: Array(tag), name: name, use: ScalarNames.use(name, folder: folder)))
    return tags.count - 1
  }
}

import Fuzzing
import JobLogs

/// The least byte first.
func little(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// A sound record around data.
func record(_ data: [UInt8]) -> [UInt8] {
  func sum(_ bytes: [UInt8]) -> [UInt8] {
    little(bytes.withUnsafeBufferPointer { TFEventsDecoder.masked($0) })
  }
  let length = little(UInt64(data.count))
  return length + sum(length) + data + sum(data)
}

/// A field that holds bytes, at most 127 of them.
func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
  [number << 3 | 2, UInt8(bytes.count)] + bytes
}

/// What an event holds: a time, a step and a summary's value.
func event(_ step: UInt8, _ tag: String, _ rest: [UInt8]) -> [UInt8] {
  [0x09] + little(Double(1_780_000_000 + Int(step)).bitPattern) + [0x10, step]
    + field(5, field(1, field(1, Array(tag.utf8)) + rest))
}

func read(_ feed: ((UnsafeBufferPointer<UInt8>) -> Void) -> Void) -> (rows: [JobRow], records: Int)
{
  var reader = TFEventsReader(folder: "train")
  var choice = ScalarChoice()
  var rows: [TFEventsReader.Row] = []
  feed { reader.feed($0, &choice, into: &rows) }
  reader.flush(into: &rows)
  return (rows.map(\.row), reader.records)
}

let simple = [0x15] + little(Float(2.5).bitPattern)
let tensor =
  field(8, [0x08, 1, 0x12, 0] + field(4, little(Float(2.5).bitPattern)))
  + field(9, field(1, field(1, Array("scalars".utf8))))
let events = [
  event(1, "train/loss", simple), event(1, "epoch_accuracy", tensor), event(2, "lr", simple),
]

// As a file, in pieces and at once; then as the data of records whose checksums are right.
fuzz(seeds: [seed(chunks: events), events.flatMap(record) + [7]]) { input in
  let whole = read { $0(input.bytes) }
  expectSame(read(input.forEachPiece).rows, whole.rows)
  expectSound(whole.rows)
  let chunks = input.chunks
  let sound = read { feed in chunks.flatMap(record).withUnsafeBufferPointer(feed) }
  precondition(sound.records == chunks.count, "a sound record was not read")
  expectSound(sound.rows)
}

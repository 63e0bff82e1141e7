import Formats
import Fuzzing
import JobLogs

/// A log around records, all of it sound.
func log(_ records: [[UInt8]]) -> [UInt8] {
  let block = 32 * 1024
  var file: [UInt8] = [0x3A, 0x57, 0x26, 0x42, 0xE1, 0xBE, 0x00]
  for record in records {
    var rest = record[...]
    var isFirst = true
    repeat {
      var room = block - file.count % block
      if room < 7 {
        file += Array(repeating: 0, count: room)
        room = block
      }
      let part = rest.prefix(room - 7)
      rest = rest.dropFirst(part.count)
      let type: UInt8 = isFirst ? (rest.isEmpty ? 1 : 2) : (rest.isEmpty ? 4 : 3)
      isFirst = false
      let sum = ([type] + part).withUnsafeBufferPointer { CRC32.zlib.checksum($0) }
      let head = UInt64(sum) | UInt64(part.count) << 32 | UInt64(type) << 48
      file += withUnsafeBytes(of: head.littleEndian) { Array($0.prefix(7)) } + part
    } while !rest.isEmpty
  }
  return file
}

/// A field that holds bytes, at most 127 of them.
func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
  let key = number << 3 | 2
  let head = key < 0x80 ? [UInt8(key)] : [UInt8(key & 0x7F) | 0x80, UInt8(key >> 7)]
  return head + [UInt8(bytes.count)] + bytes
}

func item(_ list: UInt64, _ key: String, _ json: String) -> [UInt8] {
  field(list, field(1, Array(key.utf8)) + field(16, Array(json.utf8)))
}

func read(_ feed: ((UnsafeBufferPointer<UInt8>) -> Void) -> Void) -> [JobRow] {
  var reader = WandBReader()
  feed { reader.feed($0) }
  return reader.takeRows()
}

let records = [
  field(17, field(1, Array("8kel".utf8)) + field(9, Array("a run".utf8))),
  field(2, item(1, "_timestamp", "1780000000.5") + item(1, "train/loss", "2.5")),
  field(2, item(1, "_timestamp", "1780000001") + item(1, "loss", "NaN") + field(2, [0x08, 0x01])),
  field(7, field(2, [0x08, 0x01]) + item(3, "gpu.0.powerWatts", "390.5")),
  field(7, item(3, "gpu.process.0.powerWatts", "390.5")), field(18, [0x08, 0x01]),
]

// As a log, in pieces and at once; then as the records of a sound log; then as a summary.
fuzz(seeds: [
  seed(chunks: records), log(records) + [7],
  seed("{\"_timestamp\": 1780000000.5, \"train/loss\": 0.5, \"_step\": 3, \"a\": {\"b\": [1]}}"),
]) { input in
  let whole = read { $0(input.bytes) }
  expectSame(read(input.forEachPiece), whole)
  expectSound(whole)
  expectSound(read { feed in log(input.chunks).withUnsafeBufferPointer(feed) })
  if let row = try? WandBSummary.row(Array(input.bytes)) { expectSound([row]) }
}

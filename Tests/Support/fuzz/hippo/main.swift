import Fuzzing
import Glibc
import Recordings
import Telemetry

/// The recording that is changed, and the file that every changed one is written to.
let path = "changed-\(getpid()).hippo"
let start = Timestamp(nanoseconds: 1_750_003_200_000_000_000)
let card = DeviceID(machine: "box", kind: .gpu, name: "GPU-0")

func file(_ path: String) -> [UInt8] {
  guard let file = fopen(path, "rb") else { return [] }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 1 << 20)
  return Array(bytes[..<fread(&bytes, 1, bytes.count, file)])
}

func keep(_ bytes: some Collection<UInt8>, at path: String) {
  guard let file = fopen(path, "wb") else { return }
  let bytes = Array(bytes)
  fwrite(bytes, 1, bytes.count, file)
  fclose(file)
}

/// A small recording with one of everything.
func recording() -> [UInt8] {
  unlink(path)
  let header = RecordingHeader(machine: "box", programVersion: "0", startedAt: start)
  guard let writer = try? RecordingWriter(path: path, header: header) else { return [] }
  try? writer.append(
    .device(Device(id: card, label: "0", model: "H100", attributes: ["driver": "1"])))
  for second in 0..<300 {
    var reading = Reading(device: card, time: start + Double(second))
    reading.set(.power, 300 + Double(second % 7))
    reading.set(.energy, Double(second) * 300)
    try? writer.append(.reading(reading))
  }
  try? writer.append(.event(Event(time: start + 5, kind: .mark, text: "mark 1", device: card)))
  try? writer.append(.state(SourceState(source: "nvml", time: start, health: .ok)))
  try? writer.close()
  return file(path)
}

/// The joules of the card, and whether the file is said to be damaged.
func read() -> (joules: [Double], isDamaged: Bool)? {
  guard let reader = try? RecordingReader(path: path), var timeline = try? reader.timeline(),
    let span = reader.span
  else { return nil }
  guard (try? reader.load(page: span, into: &timeline)) != nil else { return nil }
  var said: [Observation] = []
  _ = try? reader.observations { if said.count < 10_000 { said.append($0) } }
  expectSound(said, by: PlausibleTime.recorded.upperBound)
  // A name is only text: where it was changed, the same joules are those of another name.
  let device = timeline.devices.first?.id ?? card
  let joules = [Metric.power, .energy].map { metric in
    timeline.id(metric, of: device).map { timeline.total($0, over: span).amount } ?? -1
  }
  return (joules, !reader.damages().isEmpty)
}

let whole = recording()
let right = read()?.joules ?? []
precondition(right.count == 2, "the recording to be changed cannot be read")

// A whole file, or changes of the recording above: each a place, and the bytes that go there.
fuzz(seeds: [
  seed(chunks: [[0, 0, 100, 1, 2, 3]]), seed(chunks: [[0, 16, 0, 0xFF], [0, 40, 7, 0]]),
  seed(chunks: [[1, 0, 0] + [UInt8](repeating: 0, count: 200)]),
]) { input in
  if input.bytes.starts(with: Array("SQLite format 3\0".utf8)) {
    keep(input.bytes, at: path)
    _ = read()
    return
  }
  var changed = whole
  for chunk in input.chunks where chunk.count > 3 {
    let at = (Int(chunk[0]) << 16 | Int(chunk[1]) << 8 | Int(chunk[2])) % changed.count
    for (offset, byte) in chunk.dropFirst(3).enumerated() where at + offset < changed.count {
      changed[at + offset] = byte
    }
  }
  keep(changed, at: path)
  guard let found = read(), !found.isDamaged else { return }
  let isRight = zip(right, found.joules).allSatisfy { abs($0 - $1) <= 1e-6 * abs($0) }
  precondition(isRight, "a wrong total in silence")
}

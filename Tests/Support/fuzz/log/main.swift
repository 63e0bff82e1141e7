import CFuzzing
import DataSources
import Glibc
import Telemetry

/// Gives the log reader bytes in two different cuts, and expects it to survive and to be bounded.
///
/// The first byte says how long the pieces are. Values must be finite and observations no more than
/// the bytes could have said.
func fuzzLog(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  guard let data, size > 1 else { return 0 }
  let bytes = UnsafeBufferPointer(start: data + 1, count: size - 1)
  let piece = 1 + Int(data[0]) * 3
  var parser = LogParser(machine: "box", name: "log", label: "log")
  var time = Timestamp(nanoseconds: 1_790_000_000_000_000_000)
  var observations: [Observation] = []
  for start in stride(from: 0, to: bytes.count, by: piece) {
    time = time + 1
    let end = min(bytes.count, start + piece)
    observations += parser.consume(
      UnsafeBufferPointer(rebasing: bytes[start..<end]), arrival: time)
  }
  observations += parser.finish(arrival: time)
  for case .reading(let reading) in observations {
    precondition(!reading.isEmpty, "a reading of nothing")
    precondition(reading.time <= time, "a reading of the future")
    precondition(reading.values.allSatisfy { $0.value.isFinite }, "a value that is no number")
  }
  precondition(parser.understood <= bytes.count, "more lines than bytes")
  return 0
}

var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(LLVMFuzzerRunDriver(&count, &arguments, { fuzzLog($0, $1) }))

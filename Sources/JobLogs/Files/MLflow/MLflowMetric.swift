import Formats
import Telemetry

/// One line of a metric's file in MLflow's file store: milliseconds, value and step.
///
///     1664364007310 3.2727866172790527 0
///
/// Source: mlflow/mlflow, `store/tracking/file_store.py`. Newer versions may add fields behind.
struct MLflowMetric: Sendable, Equatable {
  var time: Timestamp
  var value: Double
  var step: Int64

  /// Reads a line; `nil` when it is none.
  init?(_ line: UnsafeBufferPointer<UInt8>) {
    let parts = line.split(maxSplits: 8, whereSeparator: { $0 == 0x20 || $0 == 0x0D })
    guard parts.count >= 2, let time = PlainNumber.whole(parts[0]),
      let value = PlainNumber.parse(parts[1]),
      let step = parts.count > 2 ? PlainNumber.whole(parts[2]) : 0
    else { return nil }
    self.init(milliseconds: time, value: value, step: step)
  }

  /// A value at a time in milliseconds since 1970; `nil` when that is of another century.
  init?(milliseconds: Int64, value: Double, step: Int64) {
    guard 946_684_800_000...4_102_444_800_000 ~= milliseconds else { return nil }
    time = Timestamp(nanoseconds: milliseconds * 1_000_000)
    self.value = value
    self.step = step
  }
}

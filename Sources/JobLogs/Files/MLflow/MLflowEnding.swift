import Quantities
import Telemetry

/// How a run of MLflow ended, as its status says, and when.
///
/// Source: github.com/mlflow/mlflow, mlflow/entities/run_status.py: 1 `RUNNING`, 2 `SCHEDULED`, 3
/// `FINISHED`, 4 `FAILED`, 5 `KILLED`; the database has the words, `meta.yaml` the numbers.
struct MLflowEnding: Sendable, Hashable {
  var cause: Event.Cause
  var words: String
  var time: Timestamp

  /// `nil` for a run that goes on, or whose end has no time; `milliseconds` count since 1970.
  init?(status: String, milliseconds: Int64?) {
    guard let milliseconds, 946_684_800_000...4_102_444_800_000 ~= milliseconds else { return nil }
    time = Timestamp(nanoseconds: milliseconds * 1_000_000)
    switch status {
    case "FINISHED", "3": (cause, words) = (.finished, "the run finished")
    case "FAILED", "4": (cause, words) = (.crashed, "the run failed")
    case "KILLED", "5": (cause, words) = (.cancelled, "the run was killed")
    default: return nil
    }
  }

  /// Reads `status: 3` and `end_time: 1700000000000` of the `meta.yaml` of a run's folder.
  init?(metadata text: String) {
    var values: [Substring: Substring] = [:]
    for line in text.split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      values[line[..<colon]] = value.prefix { $0 != " " && $0 != "\r" }
    }
    self.init(
      status: values["status"].map(String.init) ?? "",
      milliseconds: values["end_time"].flatMap { Int64($0) })
  }
}

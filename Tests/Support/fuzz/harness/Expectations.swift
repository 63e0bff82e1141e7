import JobLogs
import Telemetry

/// The time at which everything a test reads has arrived.
public let fuzzArrival = Timestamp(nanoseconds: 1_790_000_000_000_000_000)

/// Expects of observations what must hold whatever was read.
public func expectSound(_ observations: [Observation], by arrival: Timestamp = fuzzArrival) {
  for case .reading(let reading) in observations {
    precondition(!reading.isEmpty, "a reading of nothing")
    precondition(reading.time <= arrival, "a reading of the future")
    precondition(reading.values.allSatisfy { $0.value.isFinite }, "a value that is no number")
  }
}

/// Expects that rows make sound observations.
package func expectSound(_ rows: [JobRow]) {
  precondition(rows.allSatisfy { !$0.entries.isEmpty }, "a row of nothing")
  var job = JobRows(SourceContext(machine: "box"), source: "fuzz", kind: "file", path: "/file")
  var observations: [Observation] = []
  job.say(rows, arrival: fuzzArrival, to: &observations)
  expectSound(observations)
}

/// Expects the same rows, however the bytes they come from were cut.
package func expectSame(_ rows: [JobRow], _ others: [JobRow]) {
  precondition(rows.count == others.count, "rows depend on where the bytes were cut")
  for (row, other) in zip(rows, others) {
    let isSame =
      row.time == other.time && row.entries.count == other.entries.count
      && zip(row.entries, other.entries).allSatisfy {
        $0.metric == $1.metric && $0.value.bitPattern == $1.value.bitPattern && $0.name == $1.name
      }
    precondition(isSame, "a row depends on where the bytes were cut")
  }
}

import Telemetry

extension RecordingReader {
  /// The marks that were put into the recording after it was made, oldest first.
  ///
  /// - Throws: `RecordingError` if the file is damaged.
  func laterMarks() throws(RecordingError) -> [Event] {
    let table = try database.prepare(
      "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'mark'")
    guard try table.step() else { return [] }
    let query = try database.prepare("SELECT time, text FROM mark ORDER BY time, id")
    var result: [Event] = []
    while try query.step() {
      guard result.count < Self.mostNotices else { throw damage("it has no end of marks") }
      let time = Timestamp(nanoseconds: query.integer(0))
      guard PlausibleTime.recorded.contains(time) else { continue }
      result.append(Event(time: time, kind: .mark, text: query.text(1)))
    }
    return result
  }
}

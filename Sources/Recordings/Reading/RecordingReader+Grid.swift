import Quantities
import Telemetry

extension RecordingReader {
  /// What was said of the electricity, in the order it was said.
  ///
  /// - Throws: `RecordingError` if the file is damaged.
  func gridStatements() throws(RecordingError) -> [GridStatement] {
    guard try hasGridStatements() else { return [] }
    let query = try database.prepare(
      """
      SELECT device, start, end, said, quality, metric, value FROM grid_statement
      WHERE start < end ORDER BY said, device, start, quality, metric
      """)
    let metrics = Dictionary(
      Metric.gridMetrics.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var result: [GridStatement] = []
    while try query.step() {
      let place = Int(truncatingIfNeeded: query.integer(0)) &- 1
      guard catalogue.devices.indices.contains(place),
        let quality = GridStatement.Quality(rawValue: query.text(4)),
        let metric = metrics[query.text(5)]
      else { continue }
      let span = TimeSpan(
        Timestamp(nanoseconds: query.integer(1)), Timestamp(nanoseconds: query.integer(2)))
      let said = Timestamp(nanoseconds: query.integer(3))
      let steps = query.integer(6)
      guard PlausibleTime.recorded.contains(span.start), PlausibleTime.recorded.contains(span.end),
        metric.range.contains(Double(steps) * metric.scale)
      else { continue }
      let device = catalogue.devices[place].device.id
      let isSame = result.last.map {
        $0.device == device && $0.span == span && $0.said == said && $0.quality == quality
      }
      if isSame != true {
        guard result.count < Self.mostNotices * 50 else {
          throw damage("it has no end of what is said of the grid")
        }
        result.append(GridStatement(device: device, span: span, said: said, quality: quality))
      }
      result[result.count - 1].set(metric, steps: steps)
    }
    return result
  }

  private func hasGridStatements() throws(RecordingError) -> Bool {
    try database.prepare(
      "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'grid_statement'"
    ).step()
  }
}

import Formats
import Quantities
import Telemetry

extension JSONLineDecoder {
  /// Reads the value of `grid`: what is said of the electricity over one interval.
  mutating func grid(
    _ scanner: inout JSONScanner, _ arrival: Timestamp
  ) throws(JSONFault) -> GridStatement {
    var name: String?
    var (start, end): (Timestamp?, Timestamp?)
    var said = arrival
    var quality = GridStatement.Quality.measured
    var values: [(metric: Metric, steps: Int64)] = []
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.equals(key, "device") {
        name = try scanner.string()
      } else if scanner.equals(key, "start") {
        start = try timestamp(&scanner)
      } else if scanner.equals(key, "end") {
        end = try timestamp(&scanner)
      } else if scanner.equals(key, "said") {
        said = try timestamp(&scanner) ?? arrival
      } else if scanner.equals(key, "quality") {
        quality = try choice(scanner.string(), "quality")
      } else {
        let word = try scanner.text(key, cap: 60)
        guard let metric = Metric.gridMetrics.first(where: { $0.name == word }) else {
          try scanner.skipValue()
          continue
        }
        guard let steps = try scanner.number().whole(),
          metric.range.contains(Double(steps) * metric.scale)
        else { throw JSONFault("a value of “grid” cannot be") }
        values.append((metric, steps))
      }
    }
    guard let name, let start, let end, start < end, end - start <= GridStatement.longest else {
      throw JSONFault("a grid needs a device, a start and a later end")
    }
    var statement = GridStatement(
      device: DeviceID(machine: "", kind: .grid, name: name), span: TimeSpan(start, end),
      said: said, quality: quality)
    for (metric, steps) in values { statement.set(metric, steps: steps) }
    return statement
  }
}

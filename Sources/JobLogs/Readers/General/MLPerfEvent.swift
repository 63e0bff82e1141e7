/// Where the parts of an MLPerf event stand in its line, in any of the three forms there have been.
struct MLPerfEvent {
  /// In milliseconds since 1970.
  var time: Double
  var key: Range<Int>
  /// Where its value begins.
  var place: Int
  /// The name of the benchmark, which version 0.5 gives in every line.
  var benchmark: Range<Int>?

  /// Reads the event that begins at a place in a line; `nil` when it is none or torn.
  init?(_ line: LogLine, _ start: Int) {
    if line.starts(with: ":::MLPv0.5", at: start) {
      self.init(oldest: line, start)
    } else if line.starts(with: ":::MLLOG {", at: start), line.ends(with: "}") {
      self.init(json: line, start)
    } else if line.starts(with: ":::MLL ", at: start), line.ends(with: "}") {
      self.init(old: line, start)
    } else {
      return nil
    }
  }

  /// `:::MLLOG {"time_ms": 1745514104000, "key": "run_start", "value": null, "metadata": {}}`.
  private init?(json line: LogLine, _ start: Int) {
    guard let time = line.number(after: "\"time_ms\"", from: start)?.value,
      let name = line.find("\"key\": \"", from: start),
      let end = line.find("\"", from: name + 8),
      let value = line.find("\"value\": ", from: end)
    else { return nil }
    (self.time, key, place) = (time, (name + 8)..<end, value + 9)
  }

  /// `:::MLL 1561426495.331 run_start: {"value": null, "metadata": {}}`.
  private init?(old line: LogLine, _ start: Int) {
    guard let seconds = line.number(at: start + 7), let colon = line.find(": {", from: seconds.end),
      let value = line.find("\"value\": ", from: colon)
    else { return nil }
    let name = line.skipSpaces(seconds.end)
    (time, key, place) = (seconds.value * 1000, name..<max(colon, name), value + 9)
  }

  /// `:::MLPv0.5.0 resnet 1541700000.25 (main.py:123) eval_accuracy: {"epoch": 4, "value": 0.72}`.
  private init?(oldest line: LogLine, _ start: Int) {
    guard let first = line.find(" ", from: start), let second = line.find(" ", from: first + 1),
      let seconds = line.number(at: second + 1), let program = line.find(") ", from: seconds.end)
    else { return nil }
    let name = program + 2
    let colon = line.find(": ", from: name)
    let end = colon ?? line.bytes.count
    // A dictionary is whole, or the line is torn.
    guard name < end, line.find("{", from: name) == nil || line.ends(with: "}") else { return nil }
    benchmark = (first + 1)..<second
    let dictionary = colon.flatMap { line.find("\"value\": ", from: $0) }
    (time, key) = (seconds.value * 1000, name..<end)
    // A bare number may be the beginning of a longer one.
    place = dictionary.map { $0 + 9 } ?? line.bytes.count
  }
}

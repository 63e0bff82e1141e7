import Telemetry

extension FleetReader {
  /// Seconds between two values of a machine near the time that is looked at: as often as targets are mostly
  /// read.
  private static let fine: Int64 = 15

  /// What a store tells of one machine: seldom over all the past, often in the window that is looked at.
  package mutating func readHost(
    _ machine: String, instances: [String], window: TimeSpan, past: TimeSpan
  ) throws(StoreFault) -> [Observation] {
    var timeline = HostTimeline(machine)
    var step = Self.fine
    while window.seconds / Double(step) > 400 { step *= 2 }
    let coarse = FleetPast.step(past)
    func columns(_ span: TimeSpan, _ step: Int64) -> ClosedRange<Int64>? {
      let first = span.start.nanoseconds / 1_000_000_000 / step
      let last = span.end.nanoseconds / 1_000_000_000 / step
      return first <= last ? first...last : nil
    }
    var spans = [(window, step)]
    if coarse > step {
      // What is before the window, and after it where the time lies in the past.
      if past.start < window.start { spans.append((TimeSpan(past.start, window.start), coarse)) }
      if window.end < past.end { spans.append((TimeSpan(window.end, past.end), coarse)) }
    }
    for (span, step) in spans {
      guard let numbers = columns(span, step) else { continue }
      let query = queries.host(instances, numbers, step: step)
      timeline.take(try ask(query), step: spans[0].1)
    }
    return timeline.observations()
  }
}

extension FleetQueries {
  /// Everything that is told of one machine, by its targets.
  func host(_ instances: [String], _ numbers: ClosedRange<Int64>, step: Int64) -> FleetQuery {
    let series = HostSeries.own + HostSeries.others
    let names = Set(series.map(\.name) + [HostTimeline.info]).sorted()
    let pattern = instances.map(Self.escaped).joined(separator: "|")
    return FleetQuery(
      purpose: .past, text: selector.series(names, and: "instance=~\"\(pattern)\""),
      times: .columns(numbers, step: step))
  }
}

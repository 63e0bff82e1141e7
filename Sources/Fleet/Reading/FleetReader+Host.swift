import Telemetry

extension FleetReader {
  /// The longest window, in seconds, whose values are read one by one as they were told.
  private static let single = 7200.0
  /// About how many values each curve of a longer window has.
  private static let columns = 360.0

  /// What a store tells of one machine.
  ///
  /// Joules are told seldom over all the past, and everything in the window that is looked at. `widths` is how
  /// many accelerators each job holds on all its machines.
  package mutating func readHost(
    _ machine: String, instances: [String], window: TimeSpan, past: TimeSpan,
    widths: [String: Int] = [:]
  ) throws(StoreFault) -> [Observation] {
    let coarse = max(60, Int64(past.seconds / 720 / 60) * 60)
    var timeline = HostTimeline(machine, period: Double(coarse), widths: widths)
    if window.seconds <= Self.single {
      timeline.take(try ask(queries.host(instances, over: window)))
    } else {
      let step = max(60, Int64(window.seconds / Self.columns / 60) * 60)
      timeline.take(try ask(queries.host(instances, window, step: step)))
    }
    // What is before the window, and after it where the time lies in the past.
    var rest: [TimeSpan] = []
    if past.start < window.start { rest.append(TimeSpan(past.start, window.start)) }
    if window.end + Double(coarse) < past.end { rest.append(TimeSpan(window.end, past.end)) }
    for span in rest {
      timeline.take(try ask(queries.host(instances, span, step: coarse, onlyEnergy: true)))
    }
    return timeline.observations()
  }
}

extension FleetQueries {
  /// Every value that was told of one machine in a span, with the time at which it was read: a value that is
  /// asked for at another time would be a little old, and a counter's growth that of another time.
  func host(_ instances: [String], over span: TimeSpan) -> FleetQuery {
    let seconds = max(60, Int64(span.seconds))
    return FleetQuery(
      purpose: .past, text: series(of: instances, onlyEnergy: false) + "[\(seconds)s]",
      times: .at(span.end))
  }

  /// The last value of each step of a span.
  func host(
    _ instances: [String], _ span: TimeSpan, step: Int64, onlyEnergy: Bool = false
  ) -> FleetQuery {
    let first = span.start.nanoseconds / 1_000_000_000 / step
    let last = max(first, span.end.nanoseconds / 1_000_000_000 / step)
    return FleetQuery(
      purpose: .past,
      text: "last_over_time(\(series(of: instances, onlyEnergy: onlyEnergy))[\(step)s])",
      times: .columns(first...last, step: step))
  }

  private func series(of instances: [String], onlyEnergy: Bool) -> String {
    let all = (HostSeries.own + HostSeries.others).filter {
      !onlyEnergy || $0.metric == .energy || $0.metric == .judgedEnergy
    }
    let names = Set(all.map(\.name) + (onlyEnergy ? [] : HostTimeline.info)).sorted()
    let pattern = instances.map(Self.escaped).joined(separator: "|")
    return selector.series(names, and: "instance=~\"\(pattern)\"")
  }
}

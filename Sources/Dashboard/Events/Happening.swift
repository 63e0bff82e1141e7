import Telemetry

/// Something of a session that has a time and a name: an event, or a source that fell silent or came back.
public struct Happening: Hashable, Sendable {
  /// When it happened.
  public var time: Timestamp
  /// What happened, with whom.
  public var words: String
  /// What the scrubber draws for it.
  public var sort: Destination.EventSort

  /// All that happened in a session, oldest first.
  public static func all(in timeline: Timeline) -> [Happening] {
    let events = timeline.events.map { event in
      let sort: Destination.EventSort =
        event.cause == .alert
        ? .alert : event.kind == .gap ? .gap : event.kind == .mark ? .mark : .event
      return Happening(time: event.time, words: timeline.words(of: event), sort: sort)
    }
    let outages = outages(in: timeline)
    guard !outages.isEmpty else { return events }
    return (events + outages).enumerated().sorted {
      ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
    }.map(\.element)
  }

  /// When sources that had answered fell silent, and when they came back.
  private static func outages(in timeline: Timeline) -> [Happening] {
    var answered: [String: Bool] = [:]
    return timeline.states.compactMap { state in
      let isOK = state.health == .ok
      guard let wasOK = answered[state.source] else {
        // What never answered did not fall silent.
        if isOK { answered[state.source] = true }
        return nil
      }
      // Waiting is neither.
      guard state.health != .waiting, isOK != wasOK else { return nil }
      answered[state.source] = isOK
      let words =
        isOK ? "answers again" : state.message.isEmpty ? state.health.rawValue : state.message
      return Happening(
        time: state.time, words: "\(state.source): \(words)", sort: isOK ? .event : .gap)
    }
  }
}

import Accounting
import Quantities
import Telemetry

/// Something of a session that has a time and a name: an event, a source that fell silent or came back, or
/// an evaluation or a checkpoint of a job.
public struct Happening: Hashable, Sendable {
  /// When it happened.
  public var time: Timestamp
  /// What happened, with whom.
  public var words: String
  /// What the scrubber draws for it.
  public var sort: Destination.EventSort

  /// All that happened in a session, oldest first.
  public static func all(in timeline: Timeline) -> [Happening] {
    all(in: timeline, .fallback)
  }

  /// All that happened in a session, oldest first, in the words of a language.
  static func all(in timeline: Timeline, _ language: Language) -> [Happening] {
    let events = timeline.events.map { event in
      let sort: Destination.EventSort =
        event.cause == .alert
        ? .alert : event.kind == .gap ? .gap : event.kind == .mark ? .mark : .event
      return Happening(time: event.time, words: timeline.words(of: event), sort: sort)
    }
    let others = outages(in: timeline, language) + phases(in: timeline, language)
    guard !others.isEmpty else { return events }
    return (events + others).enumerated().sorted {
      ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
    }.map(\.element)
  }

  /// What jobs tell of their time besides training, with the joules it took.
  private static func phases(in timeline: Timeline, _ language: Language) -> [Happening] {
    guard let span = timeline.span else { return [] }
    let ledger = Ledger(timeline)
    return ledger.phases(over: span).map { phase in
      let joules = ledger.joules(of: phase).map { ", " + language.string(SI.energy($0)) } ?? ""
      let name = timeline.device(phase.job)?.label ?? phase.job.name
      return Happening(
        time: phase.span.start, words: "\(name): \(MFUWords.text(phase, in: language))\(joules)",
        sort: .phase)
    }
  }

  /// When sources that had answered fell silent, and when they came back.
  private static func outages(in timeline: Timeline, _ language: Language) -> [Happening] {
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
        isOK
        ? EventWords.answersAgain.text(in: language)
        : state.message.isEmpty ? state.health.rawValue : state.message
      return Happening(
        time: state.time, words: "\(state.source): \(words)", sort: isOK ? .event : .gap)
    }
  }
}

import Dashboard
import Quantities
import Recordings
import Telemetry

/// A stretch of a recording, as observations that stand on their own.
struct SpanCut {
  let reader: RecordingReader
  let span: TimeSpan
  private let whole: TimeSpan

  /// What a yearly mean, a profile and a forecast need of a grid before and after the stretch, in seconds.
  private static let gridReach = (back: 8 * 86_400.0, ahead: 2 * 86_400.0)

  /// The stretch between two times as users write them; without one to the recording's end.
  /// - Throws: `Failure` for a time that is none or not in the recording.
  init(_ reader: RecordingReader, from: String?, to: String?) throws {
    guard let whole = reader.span else {
      throw ReplayFeed.empty(reader.path, isComplete: reader.header.isComplete)
    }
    self.reader = reader
    self.whole = whole
    guard from != nil || to != nil else {
      span = whole
      return
    }
    let timeline = try reader.timeline()
    func time(_ text: String, _ option: String) throws -> Timestamp {
      do throws(Destination.Fault) {
        return try Destination(text).time(
          from: whole.end, in: whole, of: timeline, offset: HostEnvironment.utcOffset)
      } catch {
        throw Failure("\(option) \(text): \(error.words)")
      }
    }
    let start = try from.map { try time($0, "--from") } ?? whole.start
    let end = try to.map { try time($0, "--to") } ?? whole.end
    guard start < end else { throw Failure("--from is not before --to") }
    span = TimeSpan(start, end)
  }

  /// Passes every observation of the stretch on, devices and series first.
  ///
  /// What held when it began is told at its beginning: the state of each source, and the values of a grid,
  /// which is told seldom.
  func observations(_ body: (Observation) throws -> Void) throws {
    var held: [DeviceID: Reading] = [:]
    var states: [String: SourceState] = [:]
    var hasBegun = span.start <= whole.start
    func begin() throws {
      guard !hasBegun else { return }
      hasBegun = true
      for state in states.values.sorted(by: { ($0.time, $0.source) < ($1.time, $1.source) }) {
        var state = state
        state.time = max(state.time, span.start)
        try body(.state(state))
      }
      for reading in held.values.sorted(by: { $0.device.name < $1.device.name }) {
        var now = Reading(device: reading.device, time: span.start)
        for entry in reading.values { now.set(entry.metric, steps: entry.steps) }
        try body(.reading(now))
      }
    }
    try reader.observations { observation in
      switch observation {
      case .device, .series: try body(observation)
      case .grid(let statement):
        if statement.said <= span.end, statement.span.end > span.start - Self.gridReach.back,
          statement.span.start < span.end + Self.gridReach.ahead
        {
          try body(observation)
        }
      case .reading(let reading):
        if reading.time < span.start {
          if reading.device.kind == .grid { held[reading.device, default: reading].take(reading) }
          return
        }
        guard reading.time <= span.end else { return }
        try begin()
        try body(observation)
      case .event(let event):
        guard event.time >= span.start, event.time <= span.end else { return }
        try begin()
        try body(observation)
      case .state(let state):
        if state.time < span.start, span.start > whole.start {
          states[state.source] = state
        } else if state.time <= span.end {
          try begin()
          try body(observation)
        }
      }
    }
  }
}

extension Reading {
  /// Takes over the values of a later reading of the same device.
  fileprivate mutating func take(_ later: Reading) {
    for entry in later.values {
      remove(entry.metric)
      set(entry.metric, steps: entry.steps)
    }
  }
}

import Quantities
import Telemetry

/// Lets pass what speaks of a time that can be, by `PlausibleTime`, and counts the rest.
///
/// A stream from another machine goes by a clock of its own, which may be off, and one that was kept
/// in a file tells of what was once. It is measured by its own clock then: by ours as long as that is
/// about the same, else by that of three observations in a row that agree.
struct TimeGate {
  /// By whose clock the times were told.
  enum Clock {
    case ours
    case theirs
  }

  /// How many observations in a row must agree on another time before it is believed.
  private static let witnesses = 3
  /// How far ahead of ours another clock may be, in seconds: a year.
  ///
  /// One that was never set is behind.
  private static let farthest = 366 * 86_400.0

  private let clock: Clock
  /// How far the sender's clock is ahead of ours, in seconds; `nil` while that is not known.
  private var skew: Double?
  /// The newest time that was let pass.
  private var newest: Timestamp?
  /// What speaks of another time than is believed, as long as all in it agree.
  private var held: [Observation] = []
  private var heldTime: Timestamp?
  /// How many observations were refused.
  private(set) var refused = 0
  /// A refusal that nobody was told of, in words; only the first has any.
  private var words: String?

  init(_ clock: Clock) {
    self.clock = clock
    if clock == .ours { skew = 0 }
  }

  /// Appends those observations whose time can be.
  mutating func admit(
    _ observations: [Observation], at now: Timestamp, into result: inout [Observation]
  ) {
    for observation in observations {
      guard let (time, arrival) = Self.times(of: observation) else {
        result.append(observation)
        continue
      }
      let isKnown = skew != nil
      let believed = PlausibleTime.live(reference(now))
      if believed.contains(arrival), believed.contains(time) {
        if !isKnown { skew = 0 }
        newest = max(newest ?? arrival, arrival)
        drop(now)
        result.append(observation)
      } else if clock == .ours || skew == 0 || believed.contains(arrival) {
        refuse(believed.contains(arrival) ? time : arrival, now)
      } else {
        hold(observation, arrival, now, &result)
      }
    }
  }

  /// Lets pass what was held back at the end of a stream that spoke of no other time.
  mutating func finish(into result: inout [Observation]) {
    if skew == nil { result += held } else { refused += held.count }
    held = []
  }

  /// What to say of a refusal, once.
  mutating func refusal(line: Int) -> String? {
    defer { words = nil }
    return words.map { "line \(line): \($0)" }
  }

  /// The time now by the clock that the observations go by.
  private func reference(_ now: Timestamp) -> Timestamp {
    let theirs = now + (skew ?? 0)
    return max(theirs, newest ?? theirs)
  }

  private mutating func hold(
    _ observation: Observation, _ time: Timestamp, _ now: Timestamp,
    _ result: inout [Observation]
  ) {
    guard time <= now + Self.farthest else { return refuse(time, now) }
    if let heldTime, !PlausibleTime.live(heldTime).contains(time) { drop(now) }
    heldTime = max(heldTime ?? time, time)
    held.append(observation)
    guard held.count >= Self.witnesses, let agreed = heldTime else { return }
    skew = agreed - now
    newest = agreed
    result += held
    (held, heldTime) = ([], nil)
  }

  /// Gives up what was held back: others disagree with it.
  private mutating func drop(_ now: Timestamp) {
    if let heldTime { refuse(heldTime, now) }
    refused += max(0, held.count - 1)
    (held, heldTime) = ([], nil)
  }

  private mutating func refuse(_ time: Timestamp, _ now: Timestamp) {
    if refused == 0 {
      let isAhead = time > reference(now)
      let bound = SI.duration(isAhead ? PlausibleTime.ahead : PlausibleTime.back)
      let days = time.nanoseconds.flooredQuotient(by: 86_400_000_000_000)
      let date = CivilDate(daysSince1970: Int(days))
      words =
        "dated \(date.year)-\(Self.two(date.month))-\(Self.two(date.day)), more than \(bound) "
        + "\(isAhead ? "ahead of" : "before") the clock; such lines are passed over"
    }
    refused += 1
  }

  private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

  /// The time that an observation speaks of, and when it was made; `nil` for a description.
  private static func times(of observation: Observation) -> (Timestamp, Timestamp)? {
    switch observation {
    case .device, .series: nil
    case .reading(let reading): (reading.time, reading.arrival)
    case .grid(let statement): (min(statement.span.start, statement.said), statement.said)
    case .event(let event): (event.time, event.time)
    case .state(let state): (state.time, state.time)
    }
  }
}

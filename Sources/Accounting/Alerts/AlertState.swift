import Quantities
import Telemetry

/// What an alert has to say.
public struct AlertWord: Sendable, Hashable {
  /// What happened to the alert.
  public enum Kind: Sendable, Hashable {
    case raised
    case cleared
    /// It cannot be judged, and the text says why.
    case unjudged
  }

  /// What happened to it.
  public var kind: Kind
  /// In a sentence without the alert's name: `GPU 0 at 91 °C, above 85 °C for 1 min`.
  public var text: String
  /// The value that is told, in its unit; `nil` where none is known.
  public var value: Double?
  /// The unit of the value.
  public var unit: AlertUnit
  /// Whose value it is, in words.
  public var device: String
}

/// One alert as time goes on: a pure state machine that is told readings and answers with words.
///
/// What is not known neither raises nor clears it, and is no part of the time that it must hold.
public struct AlertState: Sendable {
  /// What the user asked for.
  public let rule: AlertRule
  private var subjects: [DeviceID?: Subject] = [:]
  private var last: Timestamp?
  /// When it last spoke of what is beyond the limit.
  private var lastWord: Timestamp?
  /// When it was raised; `nil` while it is not.
  private var raised: Timestamp?
  /// Since when nothing of it is known.
  private var unknownSince: Timestamp?
  private var hasSaidUnknown = false

  /// One of those that the quantity is told of.
  private struct Subject: Sendable {
    /// Since when the limit is passed without a hole.
    var since: Timestamp?
    var isRaised = false
    /// Whether it was spoken of since it was raised.
    var isTold = false
    var baseline = AlertBaseline()
  }

  /// A reading with what is compared with the limit.
  struct Judged {
    var reading: AlertReading
    /// The value in the unit of the reading.
    var value: Double
    /// The value in the unit of the limit.
    var measure: Double
    var baseline: Double?
  }

  /// Seconds without an answer after which it is told, once, that it cannot be judged.
  static let patience = 30.0
  /// Seconds between two looks from which on what lies between is not known.
  static let longestHole = 10.0

  /// An alert that has seen nothing yet.
  public init(_ rule: AlertRule) { self.rule = rule }

  /// Whether it is raised, as far as was told.
  public var isRaised: Bool { raised != nil }

  /// Takes in what is known at a time.
  public mutating func judge(_ readings: [AlertReading], at time: Timestamp) -> [AlertWord] {
    keepTime(time)
    var (judged, isJudged, reason): ([DeviceID?: Judged], Bool, String?) = ([:], false, nil)
    var isOver = false
    for reading in readings {
      switch reading.state {
      case .known(let value):
        guard let known = measure(value, reading, at: time) else {
          subjects[reading.subject]?.since = nil
          continue
        }
        isJudged = true
        judged[reading.subject] = known
        take(known.measure, of: reading.subject, at: time)
      case .unknown(let why):
        subjects[reading.subject]?.since = nil
        reason = reason ?? why
      case .over:
        isOver = isOver || subjects[reading.subject]?.isRaised == true
        subjects[reading.subject] = nil
      }
    }
    let named = Set(readings.map(\.subject))
    for subject in subjects.keys where !named.contains(subject) { subjects[subject]?.since = nil }
    var words = tell(judged, isOver, at: time)
    guard !isJudged, let reason else {
      unknownSince = nil
      return words
    }
    if let word = complain(reason, at: time) { words.append(word) }
    return words
  }

  /// What a hole in time or a clock that was put back does to what was counted.
  private mutating func keepTime(_ time: Timestamp) {
    let elapsed = last.map { time - $0 } ?? 0
    if elapsed < 0 || elapsed > max(Self.longestHole, 3 * rule.quantity.period) {
      for subject in subjects.keys { subjects[subject]?.since = nil }
    }
    if let known = lastWord, known > time { lastWord = time }
    if let known = raised, known > time { raised = time }
    if let known = unknownSince, known > time { unknownSince = time }
    last = time
  }

  private mutating func measure(
    _ value: Double, _ reading: AlertReading, at time: Timestamp
  ) -> Judged? {
    guard rule.limit.isRelative else {
      return Judged(reading: reading, value: value, measure: value)
    }
    var subject = subjects[reading.subject] ?? Subject()
    subject.baseline.take(value, at: time)
    subjects[reading.subject] = subject
    guard let baseline = rule.baseline ?? subject.baseline.median, baseline > 0 else { return nil }
    return Judged(
      reading: reading, value: value, measure: 100 * (value / baseline - 1), baseline: baseline)
  }

  private mutating func take(_ measure: Double, of name: DeviceID?, at time: Timestamp) {
    var subject = subjects[name] ?? Subject()
    if rule.isBeyond(measure) {
      let since = subject.since ?? time
      subject.since = since
      if time - since >= rule.hold { subject.isRaised = true }
    } else {
      subject.since = nil
      // What was never told has no end to tell of.
      if !subject.isTold || rule.isClear(measure) {
        (subject.isRaised, subject.isTold) = (false, false)
      }
    }
    subjects[name] = subject
  }

  /// The word that is due: of the worst of those that passed the limit, or that all is well again.
  private mutating func tell(
    _ judged: [DeviceID?: Judged], _ isOver: Bool, at time: Timestamp
  ) -> [AlertWord] {
    guard subjects.values.contains(where: \.isRaised) else {
      guard let since = raised else { return [] }
      raised = nil
      let worst = worst(of: judged) { _ in true }
      return [cleared(worst, after: time - since, isOver: isOver)]
    }
    guard
      let worst = worst(
        of: judged,
        where: { name in
          subjects[name].map { $0.isRaised && !$0.isTold && $0.since != nil } ?? false
        }), lastWord.map({ time - $0 >= rule.every }) ?? true
    else { return [] }
    let others = subjects.values.count { $0.isRaised && !$0.isTold } - 1
    for name in subjects.keys where subjects[name]?.isRaised == true {
      subjects[name]?.isTold = true
    }
    lastWord = time
    if raised == nil { raised = time }
    let held = subjects[worst.reading.subject]?.since.map { time - $0 } ?? 0
    return [raised(worst, held: max(rule.hold, held), others: others)]
  }

  private func worst(
    of judged: [DeviceID?: Judged], where isMeant: (DeviceID?) -> Bool
  ) -> Judged? {
    judged.filter { isMeant($0.key) }.values.reduce(nil) { worst, next in
      guard let worst else { return next }
      if next.measure == worst.measure {
        return next.reading.name < worst.reading.name ? next : worst
      }
      return rule.isWorse(next.measure, than: worst.measure) ? next : worst
    }
  }

  private mutating func complain(_ reason: String, at time: Timestamp) -> AlertWord? {
    let since = unknownSince ?? time
    unknownSince = since
    guard !hasSaidUnknown, time - since >= Self.patience else { return nil }
    hasSaidUnknown = true
    return AlertWord(
      kind: .unjudged, text: "cannot be judged: \(reason)", value: nil, unit: rule.limit.unit,
      device: "")
  }
}

import Quantities
import Telemetry

/// Where a user wants to go in time, as written: `14:32`, `-2h`, `2026-11-21 03:12`, `sat 03:12`, `max`,
/// `next gap`.
public enum Destination: Hashable, Sendable {
  /// A time of day, of the day that is looked at or the nearest one of the session that has it.
  case clock(secondOfDay: Int)
  /// A time of a date.
  case date(CivilDate, secondOfDay: Int)
  /// A time of the last such day of the session, Sunday 0.
  case weekday(Int, secondOfDay: Int)
  /// Seconds before or after what is looked at.
  case away(seconds: Double)
  /// Seconds after the session's start.
  case since(seconds: Double)
  /// A part of the session, 0...1.
  case share(Double)
  /// The session's end, which is now while it is live.
  case end
  /// Where the mean power of a minute was greatest.
  case greatestPower
  /// The next or the previous of what the scrubber draws.
  case event(EventSort, after: Bool)

  /// What of the scrubber is meant.
  public enum EventSort: String, CaseIterable, Hashable, Sendable {
    case mark, gap, alert, event, phase
  }

  /// Why a text names no time or there is no such time.
  public struct Fault: Error, Hashable, Sendable {
    /// In words, for the user.
    public var words: String { texts.english }
    /// The same in every language.
    let texts: Texts

    init(_ texts: Texts) { self.texts = texts }

    init(_ words: TravelWords, _ values: String...) {
      texts = Texts(
        words.texts.text(in: .en, values), words.texts.text(in: .fr, values))
    }
  }

  /// What can be written, shortly.
  public static let examples = "14:32 · -2h · 2026-11-21 03:12 · sat 03:12 · max · next gap"

  /// Reads what a user wrote.
  /// - Throws: `Fault` where it names no time.
  public init(_ text: String) throws(Fault) {
    let words = text.lowercased().split(separator: " ").map(String.init)
    guard let first = words.first else { throw Fault(.write, Self.examples) }
    let unknown = Fault(.noTime, String(text.prefix(24)), Self.examples)
    if words.count == 1 {
      self = try Self.single(first, unknown)
      return
    }
    guard words.count == 2 else { throw unknown }
    if ["next", "previous", "prev", "last"].contains(first) {
      guard let sort = EventSort(rawValue: words[1]) else {
        let all = EventSort.allCases.map(\.rawValue).joined(separator: ", ")
        throw Fault(.oneOf, first, all)
      }
      self = .event(sort, after: first == "next")
      return
    }
    guard let second = Self.secondOfDay(words[1]) else { throw unknown }
    if let date = Self.date(first) {
      self = .date(date, secondOfDay: second)
    } else if let day = Self.weekday(first) {
      self = .weekday(day, secondOfDay: second)
    } else {
      throw unknown
    }
  }

  private static func single(_ word: String, _ unknown: Fault) throws(Fault) -> Destination {
    switch word {
    case "start", "begin", "first": return .since(seconds: 0)
    case "end", "now", "live": return .end
    case "max", "peak": return .greatestPower
    default: break
    }
    if word.hasSuffix("%"), let number = Double(word.dropLast()), 0...100 ~= number {
      return .share(number / 100)
    }
    if let second = secondOfDay(word) { return .clock(secondOfDay: second) }
    if let sign = word.first, sign == "-" || sign == "+" || sign == "−",
      let length = Duration(text: String(word.dropFirst()))?.inSeconds, length >= 0
    {
      return .away(seconds: sign == "+" ? length : -length)
    }
    if let length = Duration(text: word)?.inSeconds, length >= 0 { return .since(seconds: length) }
    // `2026-11-21T03:12`, lower-cased.
    let parts = word.split(separator: "t", maxSplits: 1)
    if parts.count == 2, let date = date(String(parts[0])),
      let second = secondOfDay(String(parts[1]))
    {
      return .date(date, secondOfDay: second)
    }
    if let date = date(word) { return .date(date, secondOfDay: 0) }
    if let day = weekday(word) { return .weekday(day, secondOfDay: 0) }
    throw unknown
  }

  /// The seconds of `14:32` or `14:32:07`.
  private static func secondOfDay(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let limits = [23, 59, 59]
    guard 2...3 ~= parts.count else { return nil }
    var result = 0
    for (part, limit) in zip(parts, limits) {
      guard 1...2 ~= part.utf8.count, let number = Int(part), 0...limit ~= number else {
        return nil
      }
      result = result * 60 + number
    }
    return parts.count == 2 ? result * 60 : result
  }

  /// The date of `2026-11-21`.
  private static func date(_ text: String) -> CivilDate? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].utf8.count == 4, let year = Int(parts[0]),
      let month = Int(parts[1]), let day = Int(parts[2]), 1...12 ~= month, 1...31 ~= day
    else { return nil }
    let date = CivilDate(year: year, month: month, day: day)
    // A day that its month does not have counts on into the next one.
    return CivilDate(daysSince1970: date.daysSince1970) == date ? date : nil
  }

  private static let weekdays = [
    "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
  ]

  /// The day of `sat` or `saturday`, Sunday 0.
  private static func weekday(_ text: String) -> Int? {
    guard text.utf8.count >= 3 else { return nil }
    return weekdays.firstIndex { $0.hasPrefix(text) }
  }
}

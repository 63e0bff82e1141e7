import Quantities
import Telemetry

/// Times as HTTP writes them (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
package enum HTTPDate {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The time of a text in the form that is prescribed; `nil` for anything else, also for a day that the
  /// calendar does not have or that was another day of the week.
  package static func time(_ text: String) -> Timestamp? {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard text.utf8.count == 29, words.count == 6, words[5] == "GMT",
      let day = number(words[1], digits: 2), let year = number(words[3], digits: 4),
      let month = months.firstIndex(of: String(words[2])), 1900...2200 ~= year
    else { return nil }
    let clock = words[4].split(separator: ":", omittingEmptySubsequences: false)
    guard clock.count == 3, let hour = number(clock[0], digits: 2), hour < 24,
      let minute = number(clock[1], digits: 2), minute < 60,
      let second = number(clock[2], digits: 2), second <= 60
    else { return nil }
    let date = CivilDate(year: year, month: month + 1, day: day)
    let count = date.daysSince1970
    guard CivilDate(daysSince1970: count) == date,
      words[0] == days[((count % 7) + 7) % 7] + ","
    else { return nil }
    let seconds = Int64(count) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    return Timestamp(nanoseconds: seconds * 1_000_000_000)
  }

  /// What a header `Retry-After` says (RFC 9110 §10.2.3), in whole seconds or as a time; `nil` where it
  /// makes no sense.
  package static func retryAfter(_ text: String) -> HTTPResponse.RetryAfter? {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    if !digits.isEmpty, digits.utf8.count <= 15, digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }) {
      // Less than nothing is at once.
      return .seconds(text.hasPrefix("-") ? 0 : Double(digits) ?? 0)
    }
    return time(text).map { .date($0) }
  }

  private static func number(_ text: Substring, digits: Int) -> Int? {
    guard text.utf8.count == digits, text.utf8.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
    return Int(text)
  }
}

import Formats
import HTTP
import Telemetry

/// One meter behind a URL: which template reads it, and how it is asked.
struct WallMeter {
  let settings: WallSettings
  private var client: HTTPClient
  private var template: (any WallTemplate)?
  /// Seconds between two questions, once it is known what is asked.
  private(set) var period: Double
  private var stamp: (text: String, since: Timestamp)?
  private var hasAnswered = false

  init(_ settings: WallSettings, client: HTTPClient? = nil) {
    self.settings = settings
    let type = WallTemplates.named(settings)
    period = settings.period ?? max(1, type?.cadence ?? 1)
    var client = client ?? Self.client(slow: type?.cadence ?? 1 > 1)
    client.credentials = settings.credentials
    client.trust = settings.trust
    self.client = client
  }

  /// Whether it is known what is asked.
  var isKnown: Bool { template != nil }
  /// The template that reads it; `nil` before the first answer.
  var type: (any WallTemplate.Type)? { template.map { Swift.type(of: $0) } }
  /// What of the meter is read; empty where that is all of it or not known yet.
  var subject: String { template?.subject ?? "" }

  /// A plug over a radio link may take most of a second; a management controller takes several.
  private static func client(slow: Bool) -> HTTPClient {
    var client = HTTPClient()
    client.connectTimeout = 1
    client.timeout = slow ? 10 : 2.5
    client.limit = 1 << 20
    return client
  }

  /// Asks once, with the template that is known or has to be found first, and says when.
  ///
  /// What a meter tells is of when it was asked: the answer may be slow.
  mutating func ask(
    _ clock: any SessionClock
  ) throws(SourceFailure) -> (type: any WallTemplate.Type, answer: WallAnswer, time: Timestamp) {
    do throws(SourceFailure) {
      var template: any WallTemplate
      if let known = self.template {
        template = known
      } else {
        template = try WallTemplates.template(settings, WallPage(url: settings.url, client: client))
        let type = Swift.type(of: template)
        if type.isToldAtOnce, settings.url.isSecure, client.credentials?.scheme == .asked {
          client.credentials?.scheme = .basic
        }
        if type.cadence > 1 { client.timeout = max(client.timeout, 10) }
        period = settings.period ?? max(period, type.cadence)
      }
      let page = WallPage(url: settings.url, client: client)
      try template.prepare(page)
      let time = clock.now
      let answer = try template.read(page)
      self.template = template
      return (Swift.type(of: template), answer, time)
    } catch {
      var failure = error
      // Whoever goes on guessing locks the account of a management controller.
      if failure.health == .denied, !hasAnswered, settings.credentials != nil {
        failure.isFinal = true
      }
      throw failure
    }
  }

  /// Notes that it answered in the session: who is refused later need not be wrong for good.
  mutating func noteAnswer() { hasAnswered = true }

  /// Whether a value's own time moves, or has not stood still for long.
  mutating func isFresh(_ text: String?, _ time: Timestamp) -> Bool {
    guard let type, let text, let patience = settings.maxAge ?? type.patience else { return true }
    if type.hasClock, let then = RFC3339.nanoseconds(text.utf8),
      time - Timestamp(nanoseconds: then) > max(patience, 3 * period)
    {
      return false
    }
    guard let stamp, stamp.text == text else {
      stamp = (text, time)
      return true
    }
    return time - stamp.since <= max(patience, 3 * period)
  }

  /// Why an old value is not told.
  var staleness: SourceFailure {
    SourceFailure(
      .failed, "\(settings.url.authority) repeats an old value: its own time stands still",
      remedy: "check the meter; for one that reports changes only set max_age")
  }
}

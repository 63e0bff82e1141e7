import Telemetry

/// When one page is asked for next: a pure state machine without a clock.
///
/// Never sooner than the cadence after an answer. After a failure it waits twice as long each time, up
/// to an hour, with a part that differs between machines, so that they do not come back all at once;
/// what the server says in `Retry-After` is kept to. A service that did not answer at all was no burden
/// to and is asked again after seconds, which double up to the cadence.
package struct GridPollPlan: Sendable, Hashable {
  /// How a question ended.
  package enum Outcome: Sendable, Hashable {
    /// With values, and with what to ask conditionally with next time.
    case answered(etag: String?, lastModified: String?)
    /// With the word that nothing changed (304).
    case unchanged
    /// Without values, though nothing went wrong: an empty answer or one that is refused.
    case empty
    /// With the word that something went wrong: too many questions, an error of the server; with the
    /// seconds that the server asks to be left alone.
    case failed(retryAfter: Double?)
    /// With the word that the key is not good (401, 403).
    case denied
    /// Without any answer: no such host, nothing listening, no time left, no TLS.
    case silent
  }

  /// The least seconds between two questions.
  package let cadence: Double
  /// When to ask next; `nil` for at once.
  package private(set) var next: Timestamp?
  /// The tag to ask conditionally with.
  package private(set) var etag: String?
  /// The date to ask conditionally with, as the server wrote it.
  package private(set) var lastModified: String?
  /// How many questions in a row failed.
  package private(set) var failures = 0
  /// How many questions in a row nobody answered.
  package private(set) var silences = 0
  /// Until when the server asks to be left alone; `nil` where it does not.
  package private(set) var notBefore: Timestamp?
  /// Whether the key was refused last.
  package private(set) var isDenied = false
  private var random: UInt64

  /// The longest wait after a failure where the server names none, in seconds.
  package static let longest = 3600.0
  /// The first wait after a question that nobody answered, in seconds.
  package static let firstSilence = 15.0
  /// The longest wait that a server may ask for, in seconds.
  package static let mostRetryAfter = 86_400.0

  /// A plan that asks at once, or at a time; the seed is where its chances come from.
  package init(
    cadence: Double, seed: UInt64, next: Timestamp? = nil, notBefore: Timestamp? = nil
  ) {
    (self.cadence, self.next, self.notBefore) = (max(60, cadence), next, notBefore)
    random = seed
  }

  /// Whether it is time.
  package func isDue(_ now: Timestamp) -> Bool { next.map { $0 <= now } ?? true }

  /// Seconds until it is time.
  package func wait(_ now: Timestamp) -> Double { max(0, (next ?? now) - now) }

  /// Takes down how a question ended that was asked at a time.
  package mutating func ended(_ outcome: Outcome, asked: Timestamp) {
    var wait = cadence
    (notBefore, isDenied) = (nil, outcome == .denied)
    silences = outcome == .silent ? silences + 1 : 0
    switch outcome {
    case .answered(let etag, let lastModified):
      (self.etag, self.lastModified) = (etag, lastModified)
      failures = 0
    case .unchanged:
      failures = 0
    case .empty:
      // What was refused once must be seen whole again, so nothing conditional is asked.
      (etag, lastModified) = (nil, nil)
      failures += 1
      wait = max(cadence, min(Self.longest, backOff()))
    case .failed(let retryAfter):
      failures += 1
      let demanded = retryAfter.map { min(Self.mostRetryAfter, $0) }
      notBefore = demanded.map { asked + $0 }
      wait = max(cadence, backOff(), demanded ?? 0)
    case .denied:
      failures += 1
      wait = max(cadence, backOff())
    case .silent:
      wait = Self.firstSilence * Double(1 << min(silences - 1, 12)) * (0.75 + 0.5 * chance())
      wait = min(cadence, wait)
    }
    next = asked + wait
  }

  /// Makes it due, since there is something new to ask with.
  package mutating func askAtOnce() {
    next = nil
    isDenied = false
  }

  /// From half to the whole of the cadence doubled with each failure.
  private mutating func backOff() -> Double {
    let longest = min(max(Self.longest, cadence), cadence * Double(1 << min(failures, 8)))
    return longest * (0.5 + 0.5 * chance())
  }

  /// A number from 0 to 1, by SplitMix64.
  private mutating func chance() -> Double {
    random &+= 0x9E37_79B9_7F4A_7C15
    var bits = random
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((bits ^ (bits >> 31)) >> 11) * 0x1p-53
  }
}

import Quantities
import Telemetry

/// Whether a job that lives stands still: nothing came of it for far longer than it usually takes.
///
/// Evaluations and checkpoints take longer than steps, so the longest wait so far counts as well as the
/// usual one, and nothing is said before some lines have come.
struct StallWatch: Sendable {
  private var last: Timestamp?
  private var longest = 0.0
  private var sum = 0.0
  private var count = 0.0
  private var began: Timestamp?

  /// Takes note that something came; in words, how long it stood still, if it did.
  mutating func hear(at now: Timestamp) -> String? {
    defer { last = now }
    guard let last, now > last else { return nil }
    let wait = now - last
    if let began {
      self.began = nil
      return "job goes on after it stood still for \(SI.duration(now - began))"
    }
    longest = max(longest, wait)
    sum += wait
    count += 1
    return nil
  }

  /// In words, that it stands still; said once.
  mutating func look(at now: Timestamp) -> String? {
    guard began == nil, let last, count >= 5 else { return nil }
    let usual = sum / count
    guard now - last > max(60, 20 * usual, 4 * longest) else { return nil }
    began = last
    return "job stands still: nothing for \(SI.duration(now - last)), "
      + "usually something every \(SI.duration(usual))"
  }
}

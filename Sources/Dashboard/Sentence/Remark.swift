import Accounting
import Telemetry

/// Something worth a sentence: what it is, and the words for it.
struct Remark {
  /// What a remark is about, the most urgent first.
  enum Kind: Int, CaseIterable, Comparable {
    case alert, notRecorded, sourceFails, gpuLost, throttled, starvedBadly, outlier, starved, waits,
      idle
    case cost, power, nothing

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// Whether it asks for attention: two of these never stand in turn for less than ten seconds.
    var isAlarm: Bool { self <= .waits }
  }

  /// What it is about.
  var kind: Kind
  /// The device it speaks of, where that tells it from others of its kind.
  var subject: String = ""
  /// The role whose colour it has.
  var role: Theme.Role
  /// The whole sentence, and shorter ones for narrow screens, the longest first.
  var texts: [String]

  /// Whether another remark says the same thing, perhaps with newer numbers.
  func isSame(as other: Remark) -> Bool { kind == other.kind && subject == other.subject }
}

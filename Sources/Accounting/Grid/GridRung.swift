/// From what the share of an interval is known: the steps of a ladder, the best first.
public enum GridRung: Int, Sendable, Hashable, CaseIterable, Comparable {
  /// Measured by the source for this very interval.
  case measured
  /// Estimated or forecast by the source for this interval.
  case estimated
  /// The last measurement, at most two hours old.
  case stale
  /// The mean of this hour of the day over the last seven days.
  case profile
  /// The mean of a year.
  case annual
  /// Nothing is known.
  case unknown

  /// How many seconds after its interval a measurement may stand for what follows.
  public static let patience = 7200.0

  /// Whether it was not measured for the very interval, though it is more than a yearly mean.
  public var isEstimate: Bool { [.estimated, .stale, .profile].contains(self) }

  /// A word for people and for programs.
  public var word: String {
    switch self {
    case .measured: "measured"
    case .estimated: "estimated"
    case .stale: "stale"
    case .profile: "profile"
    case .annual: "annual"
    case .unknown: "unknown"
    }
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

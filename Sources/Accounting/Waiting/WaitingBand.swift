/// How bad the waiting for data is, by the share of time it takes.
///
/// The bounds are those of XProf's input-bound verdict (5 and 20 %) and of TraceML's (10 and 20 %).
public enum WaitingBand: String, Sendable, Hashable, CaseIterable, Comparable {
  /// Under 5 %.
  case fed
  /// 5 to 10 %.
  case watch
  /// 10 to 20 %.
  case inputBound = "input_bound"
  /// 20 % and more.
  case critical

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

  /// The band of a share, 0...1.
  public init(share: Double) {
    self =
      switch share {
      case ..<0.05: .fed
      case ..<0.10: .watch
      case ..<0.20: .inputBound
      default: .critical
      }
  }

  /// The band after this one for a new share: it is left downwards only by a fifth of its bound.
  public func next(_ share: Double) -> WaitingBand {
    let up = WaitingBand(share: share)
    return up >= self ? up : max(up, min(self, WaitingBand(share: share / 0.8)))
  }

  /// What must be known for a band: this many steps, or this many seconds.
  public static let enough = (steps: 20.0, seconds: 120.0)
}

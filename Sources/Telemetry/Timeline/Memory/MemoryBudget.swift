/// How much memory the values of a session may take, however long it lasts.
public struct MemoryBudget: Sendable {
  /// Bytes for the first series of a machine, which all may share.
  let base: Int
  /// Bytes for each series; as many again for each beyond `few`, which a larger machine has room for.
  let share: Int
  /// The most bytes, however many series there are.
  let most: Int
  /// Whether single values are kept for a screen to show.
  let showsValues: Bool

  /// For a session that is looked at.
  public static let screen = MemoryBudget(
    base: 2_000_000, share: 10_000, most: 64_000_000, showsValues: true)
  /// For a session of which only alerts and the account at its end are asked for.
  public static let account = MemoryBudget(
    base: 1_000_000, share: 5000, most: 32_000_000, showsValues: false)

  /// For whatever there is: as much as without a budget, but packed.
  static let endless = MemoryBudget(base: .max, share: 0, most: .max, showsValues: true)

  /// The bytes that so many series may take together.
  func bytes(for series: Int) -> Int {
    min(most, base + share * (series + max(0, series - Self.few)))
  }

  /// About as many series as a machine with eight accelerators has.
  private static let few = 500

  /// The part of what a series may take that its single values are for.
  var valuesShare: Double { showsValues ? 0.32 : 0.1 }

  /// The part of a tier.
  func share(of tier: Tier) -> Double {
    switch tier.width {
    case ..<60_000_000_000: showsValues ? 0.3 : 0.05
    case ..<900_000_000_000: 0.32
    case ..<3_600_000_000_000: 0.2
    default: 0.16
    }
  }
}

/// A familiar thing that takes a known amount of energy.
public struct Equivalent: Hashable, Sendable {
  /// The thing, to be put behind a number: `km in a Model 3`.
  public var name: String
  /// Joules for one of it.
  public var joules: Double
  /// Where that figure comes from.
  public var source: String

  /// A kilometre in a Tesla Model 3 RWD, from the wall: 0.1586 kWh (EPA 2024, 132 MPGe).
  public static let modelThreeKilometre = Equivalent(
    name: "km in a Model 3", joules: 0.1586 * 3.6e6,
    source: "EPA fuel economy 2024: 132 MPGe, from the wall")

  /// The driving life of that car: 51 061 kWh for 200 000 miles (Tesla Impact Report).
  public static let modelThreeLife = Equivalent(
    name: "of its life on the road", joules: 51_061 * 3.6e6,
    source: "132 MPGe × 200 000 miles, driving only")

  /// A smartphone charge: 12 Wh (US EPA equivalencies).
  public static let phoneCharge = Equivalent(
    name: "phone charges", joules: 0.012 * 3.6e6, source: "US EPA equivalencies, 2020")
}

/// A familiar thing that takes a known amount of energy, or causes a known amount of carbon.
public struct Equivalent: Hashable, Sendable {
  /// What an equivalent is counted in.
  public enum Basis: Sendable, Hashable {
    /// Energy.
    case joules
    /// CO2 equivalent.
    case grams
  }

  /// The thing, to be put behind a number: `km in a Model 3`.
  public var name: String
  /// Whether one of it is an amount of energy or of carbon.
  public var basis: Basis
  /// Joules, or grams of CO2 equivalent, for one of it.
  public var amount: Double
  /// Where that figure comes from.
  public var source: String
  /// Whether it is so large that shares of one are shown: `3 % of a Model 3's driving life`.
  public var isCountedInParts: Bool
  /// Which of ours it is; `nil` for one that was made up.
  public var kind: Kind?

  /// The things of the table.
  public enum Kind: Sendable, Hashable, CaseIterable {
    case prompt, bulb, phone, streaming, kettle, hippoMinute, carKilometre, laptop
    case householdEU, householdUS, hippoDay, carLife, training
    case petrolKilometre, flight, petrolLife
  }

  /// A thing that takes so many kilowatt-hours.
  public init(
    _ name: String, _ kind: Kind? = nil, kilowattHours: Double, parts: Bool = false, source: String
  ) {
    self.name = name
    self.kind = kind
    isCountedInParts = parts
    basis = .joules
    amount = kilowattHours * 3.6e6
    self.source = source
  }

  /// A thing that causes so many kilograms of CO2 equivalent.
  public init(
    _ name: String, _ kind: Kind? = nil, kilograms: Double, parts: Bool = false, source: String
  ) {
    self.name = name
    self.kind = kind
    isCountedInParts = parts
    basis = .grams
    amount = kilograms * 1000
    self.source = source
  }

  /// Joules for one of it; only of what is counted in joules.
  public var joules: Double { amount }

  /// A kilometre in a Tesla Model 3 RWD, from the wall: 0.1586 kWh (EPA 2024, 132 MPGe).
  public static let modelThreeKilometre = Equivalent(
    "km in a Model 3", .carKilometre, kilowattHours: 0.1586,
    source: "EPA fuel economy 2024: 132 MPGe, from the wall")

  /// The driving life of that car: 51 061 kWh for 200 000 miles (Tesla Impact Report).
  public static let modelThreeLife = Equivalent(
    "of a Model 3's driving life", .carLife, kilowattHours: 51_061, parts: true,
    source: "132 MPGe × 200 000 miles, driving only")

  /// A smartphone charge: 12 Wh (US EPA equivalencies).
  public static let phoneCharge = Equivalent(
    "phone charges", .phone, kilowattHours: 0.012, source: "US EPA equivalencies, 2020")

  /// A day's meals of an adult hippopotamus: 40 kg of fresh grass.
  ///
  /// A fifth of fresh grass is dry matter, of about 18 MJ gross energy a kilogram: 144 MJ.
  public static let hippoDay = Equivalent(
    "days of a hippo's grass", .hippoDay, kilowattHours: 40 * 0.2 * 18 / 3.6,
    source: "our arithmetic: 40 kg of grass a day, a fifth dry, 18 MJ/kg")

  /// A single meal: a hippopotamus eats its day's grass in about five hours of one night.
  public static let hippoMinute = Equivalent(
    "minutes of a hippo's lunch", .hippoMinute, kilowattHours: 40 * 0.2 * 18 / 3.6 / 300,
    source: "our arithmetic: a day's 40 kg of grass in 5 h")
}

/// An amount of energy or carbon as a number of familiar things.
public struct EquivalentCount: Hashable, Sendable {
  /// What is counted.
  public var thing: Equivalent
  /// How many of it the amount comes to.
  public var count: Double
}

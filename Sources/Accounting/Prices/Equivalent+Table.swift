/// The things an amount is compared with, each with its source.
///
/// No uncertainty is published for most of them, so counts are shown with two digits.
extension Equivalent {
  /// From small to large.
  public static let all: [Equivalent] = [
    Equivalent(
      "Gemini text prompts", .prompt, kilowattHours: 0.000_24,
      source: "Google 2025, median, the whole stack"),
    Equivalent(
      "hours of a LED bulb", .bulb, kilowattHours: 0.009, source: "nameplate 9 W"),
    phoneCharge,
    Equivalent(
      "hours of streaming", .streaming, kilowattHours: 0.077,
      source: "IEA, Kamiya 2020; mostly the screen"),
    Equivalent(
      "kettles of a litre boiled", .kettle, kilowattHours: 0.0988,
      source: "physics, 15 to 100 °C; a real kettle takes 10-25 % more"),
    hippoMinute, modelThreeKilometre,
    Equivalent(
      "laptop days", .laptop, kilowattHours: 0.4, source: "50 W for 8 h, an assumption"),
    Equivalent(
      "EU household days", .householdEU, kilowattHours: 9.86,
      source: "Odyssee-Mure 2023: 3.6 MWh a year"),
    Equivalent(
      "US household days", .householdUS, kilowattHours: 29.56,
      source: "US EIA 2022: 10 791 kWh a year"),
    hippoDay,
    modelThreeLife,
    Equivalent(
      "of GPT-3's training", .training, kilowattHours: 1_287_000, parts: true,
      source: "Patterson et al. arXiv:2104.10350, estimated"),
    Equivalent(
      "km in a petrol car", .petrolKilometre, kilograms: 0.2485,
      source: "US EPA: 400 g a mile, tailpipe only"),
    Equivalent(
      "flights New York – San Francisco", .flight, kilograms: 900,
      source: "Strubell et al. arXiv:1906.02243, one passenger, return"),
    strubellCar,
  ]

  /// A petrol car's life with its fuel: the car of “one model, five cars”.
  public static let strubellCar = Equivalent(
    "of a petrol car's life with fuel", .petrolLife, kilograms: 57_153, parts: true,
    source: "Strubell et al. arXiv:1906.02243, 126 000 lb")

  /// What became of “training one model emits as much as five cars”, line by line.
  ///
  /// Strubell et al. 2019; Patterson et al. 2021, arXiv:2104.10350; Meta, Llama 3.1 model card.
  public static let fiveCars: [String] = [
    "“One model = five cars”: 284 t, estimated for an architecture search (Strubell 2019).",
    "What was really run emitted 3.2 t, 88 times less (Patterson 2021).",
    "Later models did reach it: GPT-3 552 t, ten such cars; Llama 3.1 11 390 t, 200 cars.",
  ]

  /// An amount in every thing counted on its basis, as far as the count says something.
  ///
  /// Counts far below one part in a thousand or beyond a million are left out.
  public static func counts(joules: Double?, grams: Double?) -> [EquivalentCount] {
    all.compactMap { thing in
      let amount = thing.basis == .joules ? joules : grams
      guard let amount, amount > 0, amount.isFinite else { return nil }
      let count = amount / thing.amount
      return 1e-9...1e9 ~= count ? EquivalentCount(thing: thing, count: count) : nil
    }
  }

  /// The two that say most: the counts nearest to ten.
  public static func best(_ counts: [EquivalentCount], limit: Int) -> [EquivalentCount] {
    func distance(_ count: Double) -> Double { count >= 10 ? count / 10 : 10 / count }
    return Array(counts.sorted { distance($0.count) < distance($1.count) }.prefix(limit))
  }
}

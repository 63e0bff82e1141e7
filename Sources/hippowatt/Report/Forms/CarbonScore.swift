import Accounting
import Quantities
import Telemetry

/// A Software Carbon Intensity: ((E · I) + M) per R, of ISO/IEC 21031.
struct CarbonScore {
  /// Kilowatt-hours with the site's overhead, if the settings name one.
  let energy: Answer<Double>
  /// Grams of CO2 equivalent a kilowatt-hour.
  let intensity: Answer<Double>
  /// Grams of CO2 equivalent of making the hardware.
  let embodied: Answer<Double>
  /// Grams of CO2 equivalent: E · I + M, or E · I where M is not known.
  let grams: Answer<Double>
  /// Whether the making of the hardware is in the grams.
  var isWhole: Bool { embodied.value != nil }
  private let isModelled: Bool

  /// The carbon of some recordings of a set.
  init(of runs: [RunSet.Run], in set: RunSet, _ facts: FormFacts) {
    let pue = set.pue ?? 1
    let joules = RunSet.energy(of: runs, in: set)
    let perKilowattHour = RunSet.intensity(of: runs, in: set)
    energy = joules.map({ $0 / 3.6e6 * pue }) { $0 + " " + set.overhead(isCounted: true) }
    intensity = perKilowattHour
    let made = Self.embodied(runs, facts)
    embodied = made
    switch (energy, perKilowattHour) {
    case (.known(let energy, _), .known(let each, _)):
      grams = .known(
        energy * each + (made.value ?? 0),
        method: made.value == nil ? "E × I, operational part only." : "(E × I) + M.")
    case (.unknown(let reason), _), (_, .unknown(let reason)): grams = .unknown(because: reason)
    }
    isModelled = runs.contains { $0.report.energy?.isModelled ?? false }
  }

  private static func embodied(_ runs: [RunSet.Run], _ facts: FormFacts) -> Answer<Double> {
    guard let stated = facts.embodied else {
      return .unknown(
        because: "nobody stated what making the machine took (--embodied-kg and --lifetime-years)")
    }
    guard !runs.isEmpty, !runs.contains(where: \.report.isTimeless) else {
      return .unknown(because: "how long the machine was reserved is not known")
    }
    let years =
      runs.reduce(0) { sum, run in
        sum + run.report.span.seconds * Double(max(1, run.machines.count))
      } / (365.25 * 86_400)
    let share = stated.share
    return .known(
      stated.kilograms * 1000 * years / stated.years * share,
      method: "TE × TiR/EL × RR/ToR: \(FormNumber.decimal(stated.kilograms)) kg for one machine, "
        + "reserved for \(FormNumber.decimal(years * 365.25)) machine-days of "
        + "\(FormNumber.decimal(stated.years)) years, \(SI.percent(share)) % of it; stated by the "
        + "user.")
  }

  /// The score for a number of units; unknown where either is.
  func score(per count: Answer<Double>) -> Answer<Double> {
    switch (grams, count) {
    case (.known(let grams, let method), .known(let count, let counted)):
      .known(grams / count, method: "\(method) R: \(counted)")
    case (.unknown(let reason), _), (_, .unknown(let reason)): .unknown(because: reason)
    }
  }

  /// The rows of E, I, M and their sum.
  var rows: [(String, [String])] {
    let mark = isModelled ? "≈ " : ""
    return [
      ("E, energy (kWh)", energy.cells { mark + FormNumber.decimal($0) }),
      ("I, intensity (g CO2e/kWh)", intensity.cells { FormNumber.decimal($0) }),
      ("M, making the hardware (g CO2e)", embodied.cells { FormNumber.decimal($0) }),
      (
        isWhole ? "C = (E × I) + M (g CO2e)" : "C = E × I, operational part only (g CO2e)",
        grams.cells { mark + FormNumber.decimal($0) }
      ),
    ]
  }

  /// A score with its unit, marked where it is modelled or lacks a part.
  func written(_ score: Double, _ unit: String) -> String {
    (isModelled ? "≈ " : "") + "\(FormNumber.scientific(score)) g CO2e per \(unit)"
      + (isWhole ? "" : " (operational part only)")
  }

  /// What a score of either kind says of itself.
  static let boundary =
    "Only what the recordings' boundary names is in it: no network, no storage elsewhere, no people's "
    + "machines. Contracts, certificates and offsets are not counted."
}

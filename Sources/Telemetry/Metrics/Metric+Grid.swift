import Quantities

extension Metric {
  private static let mix = 0.0...1.0

  /// The share of renewables in the electricity produced, 0...1.
  public static let renewableShare = Metric(
    "renewable", .ratio, stored: "ppm", "renewable share", label: "renewable", in: mix,
    "solar, wind, hydro, bioenergy and other renewables, of all electricity")
  /// The share of renewables and nuclear in the electricity produced, 0...1.
  public static let lowCarbonShare = Metric(
    "low_carbon", .ratio, stored: "ppm", "low-carbon share", label: "low-carbon", in: mix,
    "renewables and nuclear, of all electricity")
  /// Lifecycle grams of CO2 equivalent per kilowatt-hour, location-based (GHG Protocol scope 2).
  public static let carbonIntensity = Metric(
    "intensity", .gramPerKilowattHour, stored: "mg_per_kwh", "carbon intensity",
    label: "intensity", in: 0...5000,
    "lifecycle grams of CO2 equivalent for a kilowatt-hour, location-based (GHG Protocol scope 2)")
  /// The share of solar in the electricity produced, 0...1.
  public static let solarShare = Metric(
    "solar", .ratio, stored: "ppm", "solar", in: mix, "share of all electricity")
  /// The share of wind in the electricity produced, 0...1.
  public static let windShare = Metric(
    "wind", .ratio, stored: "ppm", "wind", in: mix, "share of all electricity")
  /// The share of hydropower in the electricity produced, 0...1.
  public static let hydroShare = Metric(
    "hydro", .ratio, stored: "ppm", "hydro", in: mix, "share of all electricity")
  /// The share of biomass, biogas and waste in the electricity produced, 0...1.
  public static let bioenergyShare = Metric(
    "bioenergy", .ratio, stored: "ppm", "bioenergy", label: "bio", in: mix,
    "share of all electricity")
  /// The share of geothermal, tidal and other renewables in the electricity produced, 0...1.
  public static let otherRenewableShare = Metric(
    "other_renewable", .ratio, stored: "ppm", "other renewables", label: "other ren.", in: mix,
    "geothermal, tidal and the like, of all electricity")
  /// The share of nuclear in the electricity produced, 0...1.
  public static let nuclearShare = Metric(
    "nuclear", .ratio, stored: "ppm", "nuclear", in: mix, "share of all electricity")
  /// The share of gas in the electricity produced, 0...1.
  public static let gasShare = Metric(
    "gas", .ratio, stored: "ppm", "gas", in: mix, "share of all electricity")
  /// The share of coal in the electricity produced, 0...1.
  public static let coalShare = Metric(
    "coal", .ratio, stored: "ppm", "coal", in: mix, "share of all electricity")
  /// The share of oil and fossil fuels other than coal and gas in the electricity produced, 0...1.
  public static let oilShare = Metric(
    "oil", .ratio, stored: "ppm", "oil and other fossil", label: "oil, other", in: mix,
    "share of all electricity")

  static let grid: [Metric] = [
    renewableShare, lowCarbonShare, carbonIntensity, solarShare, windShare, hydroShare,
    bioenergyShare, otherRenewableShare, nuclearShare, gasShare, coalShare, oilShare,
  ]
}

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
  /// Grams of CO2 from combustion alone per kilowatt-hour: what scope 2 of the GHG Protocol counts.
  public static let directIntensity = Metric(
    "direct_intensity", .gramPerKilowattHour, stored: "mg_per_kwh", "direct carbon intensity",
    label: "direct", in: 0...3000,
    "grams of CO2 from combustion alone for a kilowatt-hour (GHG Protocol scope 2, location-based)")
  /// Grams of CO2 that one kilowatt-hour more would cause: for decisions, never for accounts.
  public static let marginalIntensity = Metric(
    "marginal_intensity", .gramPerKilowattHour, stored: "mg_per_kwh", "marginal intensity",
    label: "marginal", in: 0...3000,
    "grams of CO2 that one kilowatt-hour more would cause; for decisions, never for accounts")
  /// The least renewable share that a forecast allows for, 0...1.
  public static let renewableShareLow = Metric(
    "renewable_low", .ratio, stored: "ppm", "renewable share, low", label: "low", in: mix,
    "the lower end of a forecast's band")
  /// The greatest renewable share that a forecast allows for, 0...1.
  public static let renewableShareHigh = Metric(
    "renewable_high", .ratio, stored: "ppm", "renewable share, high", label: "high", in: mix,
    "the upper end of a forecast's band")
  /// Renewable production against load, which may exceed 1 where some of it is exported or stored.
  public static let renewableShareOfLoad = Metric(
    "renewable_of_load", .ratio, stored: "ppm", "renewable share of load", label: "of load",
    in: 0...10, "renewable production over the zone's load; above 1 there is a surplus")
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

  /// All that can be said of the electricity of a grid.
  public static var gridMetrics: [Metric] { grid }

  static let grid: [Metric] = [
    renewableShare, lowCarbonShare, carbonIntensity, directIntensity, marginalIntensity,
    renewableShareLow, renewableShareHigh, renewableShareOfLoad, solarShare, windShare, hydroShare,
    bioenergyShare, otherRenewableShare, nuclearShare, gasShare, coalShare, oilShare,
  ]
}

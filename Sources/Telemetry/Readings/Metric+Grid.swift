import Quantities

extension Metric {
  public static let renewableShare = Metric("renewable_ppm", .ratio, scale: 1e-6)
  public static let lowCarbonShare = Metric("low_carbon_ppm", .ratio, scale: 1e-6)
  public static let carbonIntensity = Metric(
    "intensity_mg_per_kwh", .gramPerKilowattHour, scale: 1e-3)
  public static let solarShare = Metric("solar_ppm", .ratio, scale: 1e-6)
  public static let windShare = Metric("wind_ppm", .ratio, scale: 1e-6)
  public static let hydroShare = Metric("hydro_ppm", .ratio, scale: 1e-6)
  public static let bioenergyShare = Metric("bioenergy_ppm", .ratio, scale: 1e-6)
  public static let otherRenewableShare = Metric("other_renewable_ppm", .ratio, scale: 1e-6)
  public static let nuclearShare = Metric("nuclear_ppm", .ratio, scale: 1e-6)
  public static let gasShare = Metric("gas_ppm", .ratio, scale: 1e-6)
  public static let coalShare = Metric("coal_ppm", .ratio, scale: 1e-6)
  public static let oilShare = Metric("oil_ppm", .ratio, scale: 1e-6)

  static let grid: [Metric] = [
    renewableShare, lowCarbonShare, carbonIntensity, solarShare, windShare, hydroShare,
    bioenergyShare, otherRenewableShare, nuclearShare, gasShare, coalShare, oilShare,
  ]
}

import Quantities

extension Metric {
  /// The highest power of one building's connection, in watts.
  private static let connection = 0.0...1e8
  private static let part = 0.0...1.0

  /// What the sun on a site's own roof gives, in watts, before any of it is stored or sent out.
  public static let sunPower = Metric(
    "sun_power", .watt, stored: "mw", "own sun", label: "sun", in: connection,
    "what the site's own photovoltaics give")
  /// What all of a site draws, in watts, the machine's own share included.
  public static let siteLoad = Metric(
    "site_load", .watt, stored: "mw", "site load", label: "load", in: connection,
    "what all of the site draws, the machine's part included; what charges a battery is none of it"
  )
  /// What a site takes from the grid, in watts.
  public static let gridImport = Metric(
    "grid_import", .watt, stored: "mw", "from the grid", label: "in", in: connection,
    "what the site takes from the grid")
  /// What a site gives to the grid, in watts: it counts for nobody here.
  public static let gridExport = Metric(
    "grid_export", .watt, stored: "mw", "to the grid", label: "out", in: connection,
    "what the site gives to the grid; it is credited to nobody here")
  /// What a site's battery gives, in watts.
  public static let batteryDischarge = Metric(
    "battery_discharge", .watt, stored: "mw", "from the battery", label: "discharge",
    in: connection, "what the site's battery gives")
  /// What a site's battery takes, in watts.
  public static let batteryCharge = Metric(
    "battery_charge", .watt, stored: "mw", "into the battery", label: "charge", in: connection,
    "what the site's battery takes")
  /// The part of a site's load that its own sun meets, at once or out of the battery, 0...1.
  public static let ownSunShare = Metric(
    "own_sun_share", .ratio, stored: "ppm", "own sun share", label: "own sun", in: part,
    "the part of the site's load that its own sun meets, at once or out of the battery: "
      + "min(sun, load) / load, and what was stored of it")
  /// The part of a site's load that its battery meets with what did not come from its own sun, or of
  /// which it is not known where it came from, 0...1.
  public static let otherStoredShare = Metric(
    "other_stored_share", .ratio, stored: "ppm", "other stored share", label: "other stored",
    in: part,
    "the part of the site's load that its battery meets with what came from elsewhere, or from nobody "
      + "knows where")

  static let site: [Metric] = [
    sunPower, siteLoad, gridImport, gridExport, batteryDischarge, batteryCharge, ownSunShare,
    otherStoredShare,
  ]
}

import Telemetry

/// A stretch of time over which what is known of the electricity does not change.
public struct GridStretch: Hashable, Sendable {
  /// The stretch.
  public var span: TimeSpan
  /// From what its values are known.
  public var rung: GridRung
  /// The share of renewables, 0...1.
  public var renewable: Double?
  /// The share of renewables and nuclear, 0...1.
  public var lowCarbon: Double?
  /// Lifecycle grams of CO2 equivalent for a kilowatt-hour.
  public var intensity: Double?
  /// Grams of CO2 from combustion alone for a kilowatt-hour.
  public var directIntensity: Double?
  /// The least and the greatest renewable share that the source allows for, 0...1.
  public var band: ClosedRange<Double>?
  /// Shares by fuel of what the grid gives, where they are told, 0...1; with `own` they are the whole.
  public var fuels: [Metric: Double] = [:]
  /// The grid that says it.
  public var device: DeviceID?
  /// The interval of the statement that stands here; another one than `span` where it is stale.
  public var said: TimeSpan?
  /// Whether the source said it before the interval.
  public var isForecast = false
  /// The part that the site's own sun met, at once or out of its battery, 0...1; it is in the shares above.
  public var own = 0.0
  /// The part that the site's battery met from nobody knows where, 0...1: counted as the grid's at that
  /// time, and as all or nothing in the band.
  public var stored = 0.0
  /// Whether the machine stands in a site that is measured, whether or not it told its sun then.
  public var hasSite = false
  /// Whether it did.
  public var isSiteKnown = false

  /// The metrics of shares by fuel, the cleanest first.
  public static let fuelMetrics: [Metric] = [
    .solarShare, .windShare, .hydroShare, .bioenergyShare, .otherRenewableShare, .nuclearShare,
    .gasShare, .coalShare, .oilShare,
  ]

  /// A stretch of which nothing is known.
  public init(_ span: TimeSpan) {
    self.span = span
    rung = .unknown
  }

  init(_ span: TimeSpan, _ rung: GridRung, _ statement: GridStatement) {
    self.span = span
    self.rung = rung
    renewable = statement[.renewableShare]
    lowCarbon = statement[.lowCarbonShare]
    intensity = statement[.carbonIntensity]
    directIntensity = statement[.directIntensity]
    device = statement.device
    said = statement.span
    isForecast = statement.quality == .forecast
    for metric in Self.fuelMetrics { fuels[metric] = statement[metric] }
    if let low = statement[.renewableShareLow], let high = statement[.renewableShareHigh],
      low <= high
    {
      band = low...high
    }
  }

  /// The same values over another stretch.
  func over(_ span: TimeSpan) -> GridStretch {
    var copy = self
    copy.span = span
    return copy
  }
}

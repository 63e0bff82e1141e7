import Telemetry

/// A stretch of time over which what is known of the electricity does not change.
public struct GridStretch: Hashable, Sendable {
  /// The stretch.
  public var span: TimeSpan
  /// From what its shares are known, and its grams unless they are from elsewhere.
  public var rung: GridRung
  /// The share of renewables, 0...1.
  public var renewable: Double?
  /// The share of renewables and nuclear, 0...1.
  public var lowCarbon: Double?
  /// Lifecycle grams of CO2 equivalent for a kilowatt-hour.
  public var intensity: Double?
  /// Grams of CO2 from combustion alone for a kilowatt-hour.
  public var directIntensity: Double?
  /// From what its lifecycle grams are known.
  public var intensityRung: GridRung { elsewhere.intensity ?? rung }
  /// From what its grams from combustion alone are known.
  public var directRung: GridRung { elsewhere.direct ?? rung }
  /// From what its shares by fuel are known: those of a statement without a renewable share are its own.
  public var fuelsRung: GridRung { renewable == nil ? min(intensityRung, directRung) : rung }
  /// From what grams are known that are not known from what the shares are.
  private var elsewhere = Elsewhere()
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

  /// When the interval ends over which the live source tells shares or grams of this stretch.
  private(set) var toldUntil: Timestamp?
  /// Whether that interval's values stand here, and not only after it.
  var isTold: Bool { min(rung, intensityRung, directRung) <= .estimated && toldUntil != nil }

  private struct Elsewhere: Hashable {
    var intensity: GridRung?
    var direct: GridRung?
  }

  /// The metrics of shares by fuel, the cleanest first.
  public static let fuelMetrics: [Metric] = [
    .solarShare, .windShare, .hydroShare, .bioenergyShare, .otherRenewableShare, .nuclearShare,
    .gasShare, .coalShare, .oilShare,
  ]

  private static let renewableMetrics: [Metric] = [
    .solarShare, .windShare, .hydroShare, .bioenergyShare, .otherRenewableShare,
  ]

  /// The least that the renewable share can be where it is not known, 0...1.
  ///
  /// `nil` where that is nothing, or the share is known. The low-carbon share is at least as much.
  public var leastRenewable: Double? {
    guard renewable == nil, let least = band?.lowerBound, least >= 0.005 else { return nil }
    return least
  }

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
    toldUntil = statement.span.end
    isForecast = statement.quality == .forecast
    for metric in Self.fuelMetrics { fuels[metric] = statement[metric] }
    if let low = statement[.renewableShareLow], let high = statement[.renewableShareHigh],
      low <= high
    {
      band = low...high
    }
  }

  /// With the grams of a statement that tells no renewable share: many services publish only those.
  func with(gramsOf told: GridStretch) -> GridStretch {
    var joined = self
    if let grams = told.intensity {
      joined.intensity = grams
      joined.elsewhere.intensity = told.rung
    }
    if let grams = told.directIntensity {
      joined.directIntensity = grams
      joined.elsewhere.direct = told.rung
    }
    joined.toldUntil = told.toldUntil
    // Some of the mix may be told, such as sun and wind. Of the rest it is not known what it is; but a share
    // from elsewhere that cannot be true beside it is none.
    func sum(_ metrics: [Metric]) -> Double {
      metrics.compactMap { told.fuels[$0] }.reduce(0) { $0 + max(0, $1) }
    }
    let least = min(1, sum(Self.renewableMetrics))
    let most = max(least, 1 - sum(Self.fuelMetrics.filter { !Self.renewableMetrics.contains($0) }))
    if let renewable, (least - 0.005...most + 0.005).contains(renewable) { return joined }
    joined.rung = .unknown
    joined.renewable = nil
    joined.lowCarbon = nil
    joined.elsewhere.intensity = joined.intensity.map { _ in joined.elsewhere.intensity ?? rung }
    joined.elsewhere.direct = joined.directIntensity.map { _ in joined.elsewhere.direct ?? rung }
    joined.fuels = told.fuels
    joined.device = told.device
    joined.said = told.said
    joined.isForecast = told.isForecast
    joined.band = least > 0 || most < 1 ? least...most : nil
    return joined
  }

  /// With what is as old as its service usually is taken as measured.
  var asFresh: GridStretch {
    func fresh(_ rung: GridRung) -> GridRung { rung == .stale ? .measured : rung }
    var copy = self
    copy.rung = fresh(rung)
    copy.elsewhere.intensity = elsewhere.intensity.map(fresh)
    copy.elsewhere.direct = elsewhere.direct.map(fresh)
    return copy
  }

  /// The same values over another stretch.
  func over(_ span: TimeSpan) -> GridStretch {
    var copy = self
    copy.span = span
    return copy
  }
}

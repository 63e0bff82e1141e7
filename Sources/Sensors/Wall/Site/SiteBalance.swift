import Telemetry

/// From where a site's load is met at one moment.
///
/// The sun meets the load first, then the battery, then the grid; what the sun has left charges the battery
/// before it leaves the site. That is how inverters are built, and of electrons that are alike nothing
/// else can be said. Own use as in `min(sun, load) / load`; what leaves is credited to nobody.
struct SiteBalance: Hashable {
  /// What the sun gives, in watts.
  var sun: Double
  /// What the site draws, in watts, without what charges the battery.
  var load: Double
  /// What comes from the grid, in watts; below zero where it goes there, `nil` where nothing tells.
  var feed: Double?
  /// What the battery gives, in watts; below zero where it is charged, `nil` without one.
  var battery: Double?

  /// What of the load the sun meets at once, in watts.
  var fromSun: Double { min(sun, load) }
  /// What of the load the battery meets, in watts.
  var fromBattery: Double { min(max(battery ?? 0, 0), load - fromSun) }
  /// What charges the battery, in watts.
  var charge: Double { max(0, -(battery ?? 0)) }
  /// What of that is from the sun, in watts.
  var chargeFromSun: Double { min(charge, sun - fromSun) }

  /// The least load of which a share can be told, in watts: below it meters tell their own noise.
  static let leastLoad = 1.0

  /// By so many watts the meters of a site may disagree.
  private static let leastDoubt = 200.0

  /// Balances what the meters tell.
  ///
  /// Where nothing tells the load it is what sun, grid and battery give together.
  /// - Throws: where something that is needed is not told or cannot be true.
  init(_ flows: SiteFlows) throws(SourceFailure) {
    let told = [flows.sun, flows.feed, flows.load, flows.battery].compactMap { $0 }
    if let absurd = told.first(where: { abs($0) > Metric.sunPower.range.upperBound }) {
      throw SourceFailure(.failed, "a power of \(absurd) W cannot be")
    }
    guard let sun = flows.sun else {
      throw SourceFailure(
        .failed, "nothing tells what the sun gives",
        remedy: "name the meter of the photovoltaics: sun = \"http://…\"")
    }
    // At night an inverter draws some watts of its own.
    guard sun > -50 - 0.05 * abs(flows.load ?? flows.feed ?? 0) else {
      throw SourceFailure(
        .failed, "the sun gives \(Int(sun.rounded())) W, which cannot be",
        remedy: "where its meter is wired the wrong way turn it round; a meter of its own is with "
          + "sun_scale = -1")
    }
    let load: Double
    if let told = flows.load {
      guard told >= 0 else {
        throw SourceFailure(
          .failed, "the load is \(Int(told.rounded())) W, which cannot be",
          remedy:
            "where its meter is wired the wrong way turn it round; a meter of its own is with "
            + "load_scale = -1")
      }
      load = told
    } else {
      guard let feed = flows.feed else {
        throw SourceFailure(
          .failed, "nothing tells what the site draws or takes from the grid",
          remedy: "name a meter at the connection (feed = \"http://…\") or of the load (load = …)")
      }
      load = max(0, sun) + feed + (flows.battery ?? 0)
    }
    // Losses of inverter and battery, and meters that are read one after the other, are less than that.
    if let feed = flows.feed, flows.load != nil {
      let given = max(0, sun) + feed + (flows.battery ?? 0)
      let greatest = max(load, abs(sun), abs(feed), abs(flows.battery ?? 0))
      // A battery that nobody named may take what is over.
      let isTooLittle = load - given > Self.leastDoubt + 0.3 * greatest
      guard !isTooLittle, given > -Self.leastDoubt - 0.3 * greatest else {
        throw SourceFailure(
          .failed,
          "sun, grid and battery give \(Int(given.rounded())) W and the load is \(Int(load.rounded())) W, "
            + "which cannot be",
          remedy: "check which way the meters are wired, and that they are of one site")
      }
    }
    // The machine draws something: what tells nothing of it tells no share.
    guard load >= Self.leastLoad else {
      throw SourceFailure(
        .failed, "the site draws \(Int(load.rounded())) W, of which no share can be told",
        remedy: "check that the meters are of the site that the machine stands in")
    }
    self.sun = max(0, sun)
    self.load = load
    feed = flows.feed
    battery = flows.battery
  }
}

import Formats
import HTTP
import Telemetry

/// Gateways of Enphase: `/production.json?details=1`; since firmware 7 with a token, over https.
///
/// Of `production` and `consumption` only what the gateway's own current transformers measure counts
/// (`type` is `eim`, and `activeCount` above zero): `wNow` in watts, as of `readingTime`. What the
/// micro-inverters report (`type` is `inverters`) is minutes old. `net-consumption` is above zero where it
/// comes from the grid. Some firmwares tell the net as `total-consumption`, so the load is worked out
/// from production and net. What IQ batteries do is not told here. Source: Enphase technical brief
/// “Accessing IQ Gateway local APIs”.
struct EnphaseTemplate: WallTemplate {
  static let name = "enphase"
  static let maker = "Enphase"
  static let cadence = 5.0
  static let probePath: String? = "/production.json?details=1"
  /// The day's numbers stand still for minutes shortly after 23:00.
  static let patience: Double? = 120

  static func recognises(_ answer: JSONValue) -> Bool {
    answer["production"]?.elements?.contains { $0["wNow"] != nil } == true
  }

  private let path: String

  init(_ settings: WallSettings) throws(SourceRequestError) {
    path = settings.url.path.count > 1 ? settings.url.path : Self.probePath ?? ""
  }

  func read(_ page: WallPage) throws(SourceFailure) -> WallAnswer {
    let answer = try page(path)
    let sun = Self.meter("production", in: answer["production"])
    guard let sun, let watts = try sun["wNow"]?.meterNumber("production.wNow") else {
      throw SourceFailure(
        .absent,
        "\(page.url.authority) has no meter of its production: micro-inverters alone are "
          + "minutes old", remedy: "a current transformer at the gateway measures it")
    }
    let net = Self.meter("net-consumption", in: answer["consumption"])
    var flows = SiteFlows()
    flows.sun = watts
    flows.feed = try net?["wNow"]?.meterNumber("net-consumption.wNow")
    var result = WallAnswer()
    result.flows = flows
    result.stamp = sun["readingTime"]?.number.map { "\($0)" }
    return result
  }

  private static func meter(_ kind: String, in list: JSONValue?) -> JSONValue? {
    list?.elements?.first {
      $0["type"]?.text == "eim" && $0["measurementType"]?.text == kind
        && $0["activeCount"]?.number ?? 0 > 0
    }
  }
}

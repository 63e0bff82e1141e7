import Formats
import HTTP
import Quantities
import Telemetry

/// Inverters of Fronius: `/solar_api/v1/GetPowerFlowRealtimeData.fcgi`.
///
/// `Body.Data.Site` tells `P_PV` (`null` while no inverter runs: at night), `P_Grid` (above zero from the
/// grid), `P_Load` (below zero where the site consumes) and `P_Akku` (above zero where the battery gives;
/// `null` without one), in watts. `P_Grid` and `P_Load` are `null` without a meter. A status other than 0
/// stands inside an answer of 200. Source: Fronius Solar API V1, GetPowerFlowRealtimeData.
struct FroniusTemplate: WallTemplate {
  static let name = "fronius"
  static let maker = "Fronius"
  static let cadence = 5.0
  static let probePath: String? = "/solar_api/v1/GetPowerFlowRealtimeData.fcgi"
  /// `Timestamp` has whole seconds, and the values behind it are renewed each few of them.
  static let patience: Double? = 60

  static func recognises(_ answer: JSONValue) -> Bool { answer["Body"]?["Data"]?["Site"] != nil }

  private let path: String

  init(_ settings: WallSettings) throws(SourceRequestError) {
    path = settings.url.path.count > 1 ? settings.url.path : Self.probePath ?? ""
  }

  func read(_ page: WallPage) throws(SourceFailure) -> WallAnswer {
    let answer = try page(path)
    let status = answer["Head"]?["Status"]
    if let code = status?["Code"]?.number, code != 0 {
      let reason = status?["Reason"]?.text ?? ""
      throw SourceFailure(
        .failed,
        "\(page.url.authority) answers with status \(Int(saturating: code)) \(reason.prefix(80))")
    }
    guard let site = answer["Body"]?["Data"]?["Site"] else {
      throw SourceFailure(.failed, "\(page.url.authority) tells no Body.Data.Site")
    }
    var flows = SiteFlows()
    flows.feed = try site["P_Grid"]?.meterNumber("P_Grid")
    flows.load = try site["P_Load"]?.meterNumber("P_Load").map { -$0 }
    flows.battery = try site["P_Akku"]?.meterNumber("P_Akku")
    // An inverter that sleeps gives nothing; one of which nothing is said may give anything.
    if let sun = site["P_PV"] { flows.sun = try sun.meterNumber("P_PV") ?? 0 }
    var result = WallAnswer()
    result.flows = flows
    result.stamp = answer["Head"]?["Timestamp"]?.text
    return result
  }
}

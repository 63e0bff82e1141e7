import Formats
import HTTP
import Telemetry

/// A server's management controller that speaks Redfish.
///
/// `Chassis/*/Power` tells `PowerControl[].PowerConsumedWatts`; newer ones tell
/// `EnvironmentMetrics.PowerWatts.Reading` and `EnergykWh.Reading`; a single `Sensors/*` tells `Reading`
/// in `ReadingUnits`. Where the URL names none of these, every chassis is looked at once, and one must
/// remain: of those that tell power the ones that are inside of another are left out. Links are followed
/// on the same host only. Source: DMTF DSP0266 and DSP0268.
struct RedfishTemplate: WallTemplate {
  static let name = "redfish"
  static let maker = "Redfish"
  /// A controller is slow, and renews its values every few seconds.
  static let cadence = 5.0
  static let isToldAtOnce = true
  static let probePath: String? = "/redfish/v1/"

  static func recognises(_ answer: JSONValue) -> Bool {
    answer["@odata.id"]?.text?.hasPrefix("/redfish/") == true || answer["RedfishVersion"] != nil
  }

  private static let mostChassis = 64

  /// The page that tells the power; `nil` until it has been found.
  private var path: String?
  private let channel: String?
  let subject: String

  init(_ settings: WallSettings) throws(SourceRequestError) {
    let named = settings.url.path
    let isRoot = ["", "/", "/redfish", "/redfish/", "/redfish/v1", "/redfish/v1/"].contains(named)
    path = isRoot ? nil : named
    channel = settings.channel
    subject = [isRoot ? nil : named, settings.channel].compactMap { $0 }.joined(separator: " ")
  }

  mutating func prepare(_ page: WallPage) throws(SourceFailure) {
    if path == nil { path = try look(page) }
  }

  func read(_ page: WallPage) throws(SourceFailure) -> WallAnswer { try read(page(path), page) }

  /// The page of the one chassis that tells power.
  private func look(_ page: WallPage) throws(SourceFailure) -> String {
    let list = try page("/redfish/v1/Chassis")
    var found: [(path: String, isInside: Bool)] = []
    for member in (list["Members"]?.elements ?? []).prefix(Self.mostChassis) {
      guard let chassis = try linked(member, page)?.answer else { continue }
      for name in ["EnvironmentMetrics", "Power"] {
        guard let value = chassis[name], let (path, metrics) = try linked(value, page),
          !candidates(metrics).isEmpty
        else { continue }
        found.append((path, chassis["Links"]?["ContainedBy"] != nil))
        break
      }
    }
    let outer = found.filter { !$0.isInside }
    let paths = (outer.isEmpty ? found : outer).map(\.path)
    guard paths.count == 1 else {
      throw SourceFailure(
        paths.isEmpty ? .absent : .failed,
        paths.isEmpty
          ? "no chassis of \(page.url.authority) tells its power"
          : "several chassis of \(page.url.authority) tell their power: "
            + paths.prefix(6).joined(separator: ", "),
        remedy: paths.isEmpty
          ? "" : "name the machine's in the URL: \(page.url.at(paths[0]))")
    }
    return paths[0]
  }

  /// The page that a link leads to, which may be missing.
  private func linked(
    _ value: JSONValue, _ page: WallPage
  ) throws(SourceFailure) -> (path: String, answer: JSONValue)? {
    guard let path = value["@odata.id"]?.text else { return nil }
    // Anything else would lead to another host, or out of the request.
    guard path.hasPrefix("/"), !path.hasPrefix("//"), path.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
    else { throw SourceFailure(.failed, "a link of the controller leads elsewhere") }
    do { return (path, try page(path)) } catch {
      guard error.health == .absent else { throw error }
      return nil
    }
  }

  /// The names and places of the powers on a page.
  private func candidates(_ page: JSONValue) -> [(String, JSONValue)] {
    if let power = page["PowerWatts"], power["Reading"]?.number != nil { return [("", power)] }
    return (page["PowerControl"]?.elements ?? []).enumerated().compactMap { index, control in
      control["PowerConsumedWatts"].map { _ in
        // Some tell processors and memory beside the machine, and only the name says which is which.
        ("\(index):" + (control["Name"]?.text ?? control["MemberId"]?.text ?? ""), control)
      }
    }
  }

  private func read(_ answer: JSONValue, _ page: WallPage) throws(SourceFailure) -> WallAnswer {
    var result = WallAnswer()
    if let symbol = answer["ReadingUnits"]?.text {
      guard let unit = WallUnit(symbol) else {
        throw SourceFailure(
          .failed, "the sensor is in \(symbol.prefix(20)), which is neither power nor energy")
      }
      result.set(try answer["Reading"]?.meterNumber("Reading"), in: unit)
      result.stamp = answer["ReadingTime"]?.text
      return result
    }
    if let power = answer["PowerWatts"] {
      result.set(try power["Reading"]?.meterNumber("PowerWatts.Reading"), in: .power(1))
      result.set(
        try answer["EnergykWh"]?["Reading"]?.meterNumber("EnergykWh.Reading"), in: .energy(3.6e6))
      return result
    }
    let controls = candidates(answer)
    let chosen = try WallChannel.choose(channel, among: controls.map(\.0), "power control")
    result.set(
      try controls[chosen].1["PowerConsumedWatts"]?.meterNumber("PowerConsumedWatts"), in: .power(1)
    )
    return result
  }
}

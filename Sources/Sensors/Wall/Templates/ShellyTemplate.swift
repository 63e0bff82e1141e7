import Formats
import HTTP
import Quantities
import Telemetry

/// Shelly plugs and meters of the second generation and later: `/rpc/Shelly.GetStatus`, or one
/// component alone such as `/rpc/Switch.GetStatus?id=0`.
///
/// `switch:0` and `pm1:0` tell `apower` in watts and `aenergy.total` in watt-hours; `em1:0` tells
/// `act_power` and `em1data:0.total_act_energy`; `em:0` tells `total_act_power` of three phases and
/// `emdata:0.total_act`. A value below zero flows out. Source: shelly-api-docs.shelly.cloud/gen2.
struct ShellyTemplate: WallTemplate {
  static let name = "shelly"
  static let maker = "Shelly"
  static let probePath: String? = "/rpc/Shelly.GetStatus"

  static func recognises(_ answer: JSONValue) -> Bool {
    answer["sys"]?["mac"] != nil || answer["apower"] != nil || answer["act_power"] != nil
      || answer["total_act_power"] != nil
  }

  private let path: String
  private let channel: String?
  var subject: String { channel ?? "" }

  init(_ settings: WallSettings) throws(SourceRequestError) {
    path = settings.url.path.count > 1 ? settings.url.path : "/rpc/Shelly.GetStatus"
    channel = settings.channel
  }

  /// What a component calls its power and its energy, and in which member the energy stands.
  private static let components: [(kind: String, power: String, energy: [String], data: String?)] =
    [
      ("switch", "apower", ["aenergy", "total"], nil),
      ("pm1", "apower", ["aenergy", "total"], nil),
      ("em1", "act_power", ["total_act_energy"], "em1data"),
      ("em", "total_act_power", ["total_act"], "emdata"),
      // Motors and lights: only where they are meant by name.
      ("cover", "apower", ["aenergy", "total"], nil),
      ("light", "apower", ["aenergy", "total"], nil),
    ]

  func read(_ page: WallPage) throws(SourceFailure) -> WallAnswer {
    let status = try page(path)
    if let code = status["error"]?["code"]?.number {
      if code == 401 { throw WallPage.refusal(page.url, 401, page.client.credentials) }
      let words = status["error"]?["message"]?.text ?? ""
      throw SourceFailure(
        .failed,
        "\(page.url.authority) answers with error \(Int(saturating: code)) \(words.prefix(80))")
    }
    // One component alone.
    if let alone = Self.components.first(where: { status[$0.power] != nil }) {
      return try Self.read(status, status, alone.power, alone.energy)
    }
    let found = status.members.compactMap { name, value in
      let kind = name.prefix { $0 != ":" }
      return Self.components.first { $0.kind == kind && value[$0.power] != nil }.map {
        (name: name, value: value, component: $0)
      }
    }
    let meters = found.filter { !["cover", "light"].contains($0.component.kind) }
    let candidates = channel == nil ? meters : found
    let chosen = candidates[
      try WallChannel.choose(channel, among: candidates.map(\.name), "meter")]
    let data = chosen.component.data.flatMap { data in
      status[data + chosen.name.drop { $0 != ":" }]
    }
    return try Self.read(
      chosen.value, data ?? chosen.value, chosen.component.power, chosen.component.energy)
  }

  private static func read(
    _ meter: JSONValue, _ data: JSONValue, _ power: String, _ energy: [String]
  ) throws(SourceFailure) -> WallAnswer {
    var answer = WallAnswer()
    answer.set(try meter[power]?.meterNumber(power), in: .power(1))
    let total = energy.reduce(JSONValue?.some(data)) { $0?[$1] }
    answer.set(try total?.meterNumber(energy.joined(separator: ".")), in: .energy(3600))
    return answer
  }
}

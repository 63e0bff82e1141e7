import Formats
import HTTP
import Telemetry

/// Plugs and meters with Tasmota: `/cm?cmnd=Status%208`, on later versions also `Status 10`.
///
/// `StatusSNS.ENERGY.Power` is in watts and `.Total` in kilowatt-hours, both lists where the plug has
/// several channels. `Time` is the plug's own, without a zone. The reader of a French Linky meter gives
/// volt-amperes as `Power`, which are no watts, and those of the whole house. Source: tasmota.github.io/docs/JSON-Status-Responses.
struct TasmotaTemplate: WallTemplate {
  static let name = "tasmota"
  static let maker = "Tasmota"
  static let probePath: String? = "/cm?cmnd=Status%208"
  /// `Time` has whole seconds.
  static let patience: Double? = 15

  static func recognises(_ answer: JSONValue) -> Bool {
    answer["StatusSNS"] != nil || answer["WARNING"]?.text?.contains("user=") == true
  }

  private var path: String
  private let isNamed: Bool
  private let channel: String?
  private let secret: String
  private let isKnown: Bool
  private let isMachine: Bool
  var subject: String { channel ?? "" }

  init(_ settings: WallSettings) throws(SourceRequestError) {
    isNamed = settings.url.path.count > 1
    path = isNamed ? settings.url.path : "/cm?cmnd=Status%208"
    channel = settings.channel
    secret = settings.credentials.map { "&" + $0.query(user: "user", password: "password") } ?? ""
    isKnown = settings.credentials != nil
    isMachine = settings.role == .machine
  }

  mutating func read(_ page: WallPage) throws(SourceFailure) -> WallAnswer {
    var status = try page(path, secret: secret)
    if status["StatusSNS"] == nil, status["WARNING"] == nil, !isNamed {
      path = "/cm?cmnd=Status%2010"
      status = try page(path, secret: secret)
    }
    if status["WARNING"] != nil {
      throw WallPage.refusal(page.url, 401, isKnown ? page.client.credentials : nil)
    }
    guard let sensors = status["StatusSNS"], let energy = sensors["ENERGY"] else {
      throw SourceFailure(
        .absent, "\(page.url.authority) tells no ENERGY: this device measures no power")
    }
    var answer = WallAnswer()
    let isHouse = sensors["TIC"] != nil
    if isHouse, isMachine {
      throw SourceFailure(
        .failed, "\(page.url.authority) reads the meter of a house, which is not this machine's",
        remedy: "to show it without counting it, set role = \"sensor\" in its [[source]]",
        isFinal: true)
    }
    // What it calls power is PAPP there, in volt-amperes.
    if !isHouse {
      answer.set(try value(energy, "Power")?.meterNumber("Power"), in: .power(1))
    }
    answer.set(try value(energy, "Total")?.meterNumber("Total"), in: .energy(3.6e6))
    answer.stamp = sensors["Time"]?.text
    return answer
  }

  private func value(_ energy: JSONValue, _ name: String) throws(SourceFailure) -> JSONValue? {
    guard let list = energy[name]?.elements else { return energy[name] }
    let names = list.indices.map { "\($0 + 1)" }
    return list[try WallChannel.choose(channel, among: names, "channel")]
  }
}

import Formats
import HTTP
import Telemetry

/// One entity of Home Assistant: `/api/states/sensor.plug_power`, with a long-lived token.
///
/// The state is a text, and `attributes.unit_of_measurement` says whether it is power or energy. Where
/// the device behind it is not reached the state is `unavailable` or `unknown`. `last_reported` is when
/// the value came last; versions before 2024.3 have `last_updated` only, which a value that stays the
/// same does not move. Source: developers.home-assistant.io/docs/api/rest.
struct HomeAssistantTemplate: WallTemplate {
  static let name = "home-assistant"
  static let maker = "Home Assistant"
  static let cadence = 5.0
  /// Devices report changes, and those that are asked are asked each half minute.
  static let patience: Double? = 600
  static let hasClock = true

  static func recognises(_ answer: JSONValue) -> Bool {
    answer["entity_id"]?.text != nil && answer["state"]?.text != nil
  }

  private let path: String
  let subject: String

  init(_ settings: WallSettings) throws(SourceRequestError) {
    let start = "/api/states/"
    guard settings.url.path.hasPrefix(start), settings.url.path.count > start.count else {
      throw SourceRequestError(
        "the template home-assistant needs the entity in the URL: "
          + "\(settings.url.at(start + "sensor.plug_power"))")
    }
    path = settings.url.path
    subject = String(path.dropFirst(start.count))
  }

  func read(_ page: WallPage) throws(SourceFailure) -> WallAnswer {
    let entity = try page(path)
    guard let state = entity["state"] else {
      throw SourceFailure(.failed, "\(page.url.authority) tells no state of \(subject)")
    }
    if let text = state.text, ["unknown", "unavailable"].contains(text) {
      throw SourceFailure(
        .failed, "Home Assistant says that \(subject) is \(text)",
        remedy: "check the device in Home Assistant")
    }
    let symbol = entity["attributes"]?["unit_of_measurement"]?.text
    guard let symbol, let unit = WallUnit(symbol) else {
      throw SourceFailure(
        .failed,
        "\(subject) has "
          + (symbol.map { "the unit “\($0.prefix(20))”, which is neither of power nor of energy" }
            ?? "no unit"),
        remedy: "name an entity in W, kW, Wh or kWh")
    }
    var answer = WallAnswer()
    answer.set(try state.meterNumber(subject), in: unit)
    answer.stamp = entity["last_reported"]?.text ?? entity["last_updated"]?.text
    return answer
  }
}

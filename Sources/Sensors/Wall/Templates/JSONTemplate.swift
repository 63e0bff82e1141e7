import Formats
import HTTP
import Telemetry

/// Any page of JSON in which the user names the places of power and energy (RFC 6901).
struct JSONTemplate: WallTemplate {
  static let name = "json"
  static let maker = "JSON"
  /// Only where the user names a place for the time.
  static let patience: Double? = 15

  static func recognises(_ answer: JSONValue) -> Bool { false }

  private let path: String
  private let power: JSONPointer?
  private let energy: JSONPointer?
  private let time: JSONPointer?
  private let powerUnit: WallUnit
  private let energyUnit: WallUnit
  let subject: String

  init(_ settings: WallSettings) throws(SourceRequestError) {
    guard settings.power != nil || settings.energy != nil else {
      throw SourceRequestError(
        "the template json needs the place of the value: power = \"/emeters/0/power\"")
    }
    if settings.energy != nil, settings.energyUnit == nil {
      throw SourceRequestError(
        "the unit of energy is not named: write such as energy_unit = \"kWh\"")
    }
    path = settings.url.path
    (power, energy, time) = (settings.power, settings.energy, settings.time)
    powerUnit = settings.powerUnit ?? .power(1)
    energyUnit = settings.energyUnit ?? .energy(1)
    subject = (settings.power ?? settings.energy)?.description ?? ""
  }

  func read(_ page: WallPage) throws(SourceFailure) -> WallAnswer {
    let answer = try page(path)
    var result = WallAnswer()
    if let power { result.set(try number(power, answer, page), in: powerUnit) }
    if let energy { result.set(try number(energy, answer, page), in: energyUnit) }
    switch time?.value(in: answer) {
    case .scalar(let scalar): result.stamp = "\(scalar)"
    case nil where time != nil:
      throw SourceFailure(.failed, "there is no time at \(time?.description ?? "")")
    default: break
    }
    return result
  }

  private func number(
    _ pointer: JSONPointer, _ answer: JSONValue, _ page: WallPage
  ) throws(SourceFailure) -> Double? {
    guard let value = pointer.value(in: answer) else {
      throw SourceFailure(
        .failed, "the answer of \(page.url.authority) has nothing at \(pointer)",
        remedy: "look at it: curl \(Secrets.masked(page.url.description))")
    }
    return try value.meterNumber(pointer.description)
  }
}

import Telemetry

extension AlertQuantity {
  /// The temperature of each accelerator, or of one device, in degrees Celsius.
  static let temperature = AlertQuantity(
    "temperature", example: "85 or \"85°C\"",
    [
      AlertSpelling(suffix: "", unit: .celsius), AlertSpelling(suffix: "°C", unit: .celsius),
      AlertSpelling(suffix: "C", unit: .celsius),
    ], options: [.device], marginShare: 0, leastMargin: 3
  ) { rule, scene in
    let moment = scene.moment
    func tells(_ device: Device) -> Bool { scene.timeline.id(.temperature, of: device.id) != nil }
    if let name = rule.device {
      return scene.readings(.celsius, of: name, "temperature", where: tells) {
        moment.value(.temperature, of: $0.id)
      }
    }
    let devices = scene.ledger.inventory.gpus.filter(tells)
    guard !devices.isEmpty else {
      return [
        AlertReading(
          nil, "the machine", .unknown("no accelerator here tells its temperature"), .celsius)
      ]
    }
    return devices.map { device in
      let name = scene.name(device)
      let value = moment.value(.temperature, of: device.id)
      return AlertReading(
        device.id, name,
        value.map { .known($0) } ?? .unknown("\(name) does not tell its temperature"), .celsius)
    }
  }
}

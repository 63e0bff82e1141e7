import Telemetry

extension AlertQuantity {
  /// The power of everything that is measured, or of one device, in watts.
  static let power = AlertQuantity(
    "power", example: "7000 or \"7kW\"",
    [
      AlertSpelling(suffix: "", unit: .watt), AlertSpelling(suffix: "kW", unit: .watt, factor: 1e3),
      AlertSpelling(suffix: "MW", unit: .watt, factor: 1e6),
      AlertSpelling(suffix: "W", unit: .watt),
    ], options: [.device]
  ) { rule, scene in
    let ledger = scene.ledger
    if let name = rule.device {
      return scene.readings(.watt, of: name, "power") { device in
        ledger.timeline.energySeries(of: device.id) != nil
      } _: {
        ledger.power(of: $0.id, at: scene.time)
      }
    }
    func whole(_ state: AlertReading.State) -> [AlertReading] {
      [AlertReading(nil, "the machine", state, .watt)]
    }
    let devices = ledger.powerDevices(at: scene.time)
    guard !devices.isEmpty else { return whole(.unknown("nothing here tells its power")) }
    guard let silent = devices.first(where: { ledger.power(of: $0.id, at: scene.time) == nil })
    else { return whole(ledger.power(at: scene.time).map { .known($0) } ?? .unknown(nil)) }
    // Without one of its parts the sum is too small: it may tell of too much, and of nothing else.
    if rule.side == .above, let least = ledger.power(of: devices, at: scene.time),
      rule.isBeyond(least)
    {
      return whole(.known(least))
    }
    return whole(.unknown("\(scene.name(silent)) does not tell its power"))
  }
}

extension AlertScene {
  /// The readings of those devices that a user calls by a name.
  func readings(
    _ unit: AlertUnit, of name: String, _ what: String, where tells: (Device) -> Bool,
    _ value: (Device) -> Double?
  ) -> [AlertReading] {
    let called = timeline.devices.filter { device in
      (device.label == name || device.id.name == name
        || "\(device.id.kind.name) \(device.label)" == name) && tells(device)
    }
    guard called.count == 1, let device = called.first else {
      let names = called.prefix(4).map { "\($0.id.kind.name) \($0.label)" }
      let reason =
        called.isEmpty
        ? "nothing called “\(name)” tells its \(what)"
        : "several things are called “\(name)”: write one of \(names.joined(separator: ", "))"
      return [AlertReading(nil, name, .unknown(reason), unit)]
    }
    let state: AlertReading.State =
      value(device).map { .known($0) } ?? .unknown("\(self.name(device)) does not tell its \(what)")
    return [AlertReading(device.id, self.name(device), state, unit)]
  }
}

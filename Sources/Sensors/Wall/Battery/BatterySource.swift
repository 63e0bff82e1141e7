import Linux
import Telemetry

/// The power of a laptop that runs on its battery.
///
/// While the batteries discharge and no supply is plugged in, what they give is what the machine draws.
/// At any other time they say what they take up, which is not the machine's power: then nothing is told.
/// Layout: Documentation/ABI/testing/sysfs-class-power; `power_now` in microwatts, or `current_now` in
/// microamperes times `voltage_now` in microvolts, and some drivers put a minus before what flows out.
struct BatterySource: DataSource {
  static let sourceName = "battery"
  let name = sourceName
  var interval: Double? { max(1, context.interval) }

  private static let folder = "/sys/class/power_supply"

  private let context: SourceContext
  private var reporter: DeviceReporter
  private var zeroPower = ZeroPowerCheck(alwaysDraws: true)
  /// What the gauges said last while the batteries did not carry the machine: after the plug is pulled
  /// they repeat it for some seconds.
  private var former: [String: Double] = [:]

  init(_ context: SourceContext) {
    self.context = context.forPower
    reporter = DeviceReporter(
      Device(
        id: context.device(.meter, "battery"), label: "battery", model: "battery, discharging",
        role: .machine))
  }

  /// One battery of the machine.
  private struct Battery {
    var name: String
    var status: String
    /// The size of what flows, in watts.
    var watts: Double?
  }

  /// What there is at the moment.
  private struct Supplies {
    var batteries: [Battery] = []
    var isPlugged = false

    /// The batteries that carry the machine together; `nil` where they do not, or not alone.
    var carrying: [Battery]? {
      guard !isPlugged else { return nil }
      let giving = batteries.filter { $0.status == "Discharging" }
      // One that rests beside another gives nothing; of any other nobody knows which way it flows.
      let others = batteries.filter { $0.status != "Discharging" }
      guard !giving.isEmpty, others.allSatisfy({ $0.status != "Charging" && ($0.watts ?? 0) == 0 })
      else { return nil }
      return giving
    }
  }

  mutating func probe() -> Probe {
    do throws(SourceFailure) {
      let supplies = try look()
      let names = supplies.batteries.map(\.name).joined(separator: ", ")
      guard let giving = supplies.carrying else {
        return Probe(.ok, "\(names), not discharging: tells the machine's power on battery only")
      }
      let isKnown = giving.allSatisfy { $0.watts != nil }
      return Probe(.ok, "\(names), discharging" + (isKnown ? "" : ", without telling its power"))
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let supplies = try look()
    guard let giving = supplies.carrying else {
      for battery in supplies.batteries { former[battery.name] = battery.watts }
      return []
    }
    var watts = 0.0
    for battery in giving {
      guard let power = battery.watts, former[battery.name] != power else { return [] }
      watts += power
    }
    former = [:]
    var observations: [Observation] = []
    var reading = Reading(device: reporter.device.id, time: clock.now)
    // No battery of a machine gives more than a kilowatt.
    reading.set(.power, (0...1000).contains(watts) ? watts : nil)
    if let event = zeroPower.take(&reading) { observations.append(.event(event)) }
    let period = interval ?? 1
    reporter.report(reading, to: &observations) { _ in
      Provenance(
        source: Self.sourceName, method: .instant, period: period,
        note: "the battery's gauge while it discharges; as old as its last look, some seconds")
    }
    return observations
  }

  private func look() throws(SourceFailure) -> Supplies {
    let parent = context.path(Self.folder)
    var supplies = Supplies()
    for name in SystemFile.names(in: parent) ?? [] {
      let path = "\(parent)/\(name)"
      switch SystemFile.text(path + "/type") ?? "" {
      case "Battery":
        // That of a mouse or a headset is not the machine's.
        guard SystemFile.text(path + "/scope") != "Device",
          SystemFile.number(path + "/present") != 0
        else { continue }
        supplies.batteries.append(
          Battery(
            name: name, status: SystemFile.text(path + "/status") ?? "Unknown",
            watts: Self.watts(path)))
      case let type where type.hasPrefix("USB") || ["Mains", "Wireless", "UPS"].contains(type):
        if let online = SystemFile.number(path + "/online"), online > 0 {
          supplies.isPlugged = true
        }
      default: break
      }
    }
    guard !supplies.batteries.isEmpty else {
      throw SourceFailure(
        .absent, "no battery in \(parent)", remedy: "only a laptop's battery can be read")
    }
    return supplies
  }

  private static func watts(_ path: String) -> Double? {
    if let power = SystemFile.number(path + "/power_now") { return Double(power.magnitude) * 1e-6 }
    guard let current = SystemFile.number(path + "/current_now"),
      let voltage = SystemFile.number(path + "/voltage_now"), voltage > 0
    else { return nil }
    return Double(current.magnitude) * 1e-6 * Double(voltage) * 1e-6
  }

  /// The line of the catalogue: `battery`.
  package static let entry = SourceEntry(
    sourceName, gives: "a laptop's power while it runs on its battery", feeds: [.meter],
    isRare: true
  ) { _, context in BatterySource(context) }
}

import Linux
import Telemetry

/// Power and energy sensors of boards, supplies and other chips.
///
/// Layout: Documentation/hwmon/sysfs-interface.rst, power in microwatts and energy in microjoules.
/// Sensors may contain each other. Batteries and chips that have a source of their own are left
/// out.
struct HwmonSource: DataSource {
  static let sourceName = "hwmon"

  let name = sourceName
  var interval: Double? { context.interval }

  private struct Meter {
    var id: DeviceID
    var channels: [HwmonChannel]
    var files: [SystemFile]
    var reporter: DeviceReporter
    /// For the meter of the whole machine; any other may be of something that is off.
    var zeroPower: ZeroPowerCheck?
  }

  private let context: SourceContext
  private var meters: [Meter] = []

  init(_ context: SourceContext) { self.context = context }

  mutating func probe() -> Probe {
    do throws(SourceFailure) {
      let channels = try HwmonChannel.all(in: context)
      var names: [String] = []
      var refusal: SystemError?
      for channel in channels {
        do {
          _ = try SystemFile(channel.path, capacity: 64).readNumber()
          if !names.contains(channel.meter) { names.append(channel.meter) }
        } catch {
          refusal = refusal ?? error
        }
      }
      if names.isEmpty, let refusal { throw Self.failure(refusal) }
      return Probe(.ok, "sensors: " + names.joined(separator: ", "))
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    if meters.isEmpty { meters = try look() }
    var observations: [Observation] = []
    var refusal: SystemError?
    for index in meters.indices {
      var reading = Reading(device: meters[index].id, time: clock.now)
      for (channel, file) in zip(meters[index].channels, meters[index].files) {
        do {
          guard let value = try file.readNumber() else { continue }
          channel.set(value, in: &reading)
        } catch {
          // A sensor that has no fresh value says so with an error; it is asked again.
          refusal = refusal ?? error
        }
      }
      if let refusal = meters[index].zeroPower?.take(&reading) {
        observations.append(.event(refusal))
      }
      let channels = meters[index].channels
      let interval = context.interval
      meters[index].reporter.report(reading, to: &observations) { metric in
        channels.first { $0.metric == metric }?.provenance(every: interval)
          ?? Provenance(source: Self.sourceName, method: .instant, period: interval)
      }
    }
    if observations.isEmpty, let refusal {
      // Looked for afresh next time: chips are numbered anew when their drivers are.
      meters = []
      throw Self.failure(refusal)
    }
    return observations
  }

  private func look() throws(SourceFailure) -> [Meter] {
    var meters: [Meter] = []
    let channels = try HwmonChannel.all(in: context)
    // One ACPI power meter measures the whole machine; of several nobody knows which does.
    let boards = Set(channels.filter { $0.chip == "power_meter" }.map(\.meter))
    // A supply that tells all it gives contains what is inside the machine, but not its own losses; of
    // several each feeds a part. A supply's input or output on a bus (`pin`, `pout`) stays a sensor:
    // the same names stand for the regulators of a board, and a second supply may not be on the bus.
    let supplies = Set(channels.filter(\.isSupplyTotal).map(\.meter))
    for channel in channels {
      let file = SystemFile(channel.path, capacity: 64)
      if let index = meters.firstIndex(where: { $0.id.name == channel.meter }) {
        meters[index].channels.append(channel)
        meters[index].files.append(file)
        continue
      }
      let id = context.device(.meter, channel.meter)
      let role: DeviceRole =
        boards == [channel.meter] ? .machine : supplies == [channel.meter] ? .platform : .sensor
      let device = Device(
        id: id, label: channel.meter, model: channel.chip, role: role,
        contents: role == .platform ? DeviceRole.machine.contents.subtracting([.platform]) : nil,
        attributes: ["folder": channel.folder])
      meters.append(
        Meter(
          id: id, channels: [channel], files: [file], reporter: DeviceReporter(device),
          zeroPower: role == .sensor ? nil : ZeroPowerCheck(alwaysDraws: true)))
    }
    return meters
  }

  private static func failure(_ error: SystemError) -> SourceFailure {
    error.failure(remedy: error.isDenied ? Remedy.sensor(error.path).text : "")
  }
}

extension HwmonSource {
  /// The line of the catalogue: `hwmon`.
  package static let entry = SourceEntry(
    "hwmon", gives: "power and energy sensors of the board and its supplies", feeds: [.meter]
  ) { _, context in HwmonSource(context.forPower) }
}

import Linux
import Telemetry

/// The power of NVIDIA Grace processors and of the modules they share with an accelerator.
///
/// The processor is a `package-N`, to which the accelerator's own power is added. The module
/// contains both, so it is shown as a meter and never added to anything.
struct GraceSource: DataSource {
  static let sourceName = "grace"

  let name = sourceName
  var interval: Double? { context.interval }

  private struct Meter {
    let sensor: GraceSensor
    let file: SystemFile
    var reporter: DeviceReporter
    var zeroPower = ZeroPowerCheck(alwaysDraws: true)
  }

  private let context: SourceContext
  private var meters: [Meter] = []

  init(_ context: SourceContext) { self.context = context }

  mutating func probe() -> Probe {
    let sensors = GraceSensor.all(in: context)
    guard !sensors.isEmpty else {
      let failure = Self.absence(context)
      return Probe(failure.health, failure.message, remedy: failure.remedy)
    }
    let names = sensors.map { "\($0.part.rawValue) \($0.socket)" }
    return Probe(.ok, "meters: " + names.joined(separator: ", "))
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    if meters.isEmpty { meters = look() }
    if meters.isEmpty { throw Self.absence(context) }
    var observations: [Observation] = []
    var refusal: SystemError?
    for index in meters.indices {
      let sensor = meters[index].sensor
      do {
        var reading = Reading(device: meters[index].reporter.device.id, time: clock.now)
        // Beyond 100 kW no module reaches.
        let watts = try meters[index].file.readNumber().flatMap {
          0...100_000_000_000 ~= $0 ? Double($0) * 1e-6 : nil
        }
        reading.set(.power, watts)
        if let refusal = meters[index].zeroPower.take(&reading) {
          observations.append(.event(refusal))
        }
        let period = max(context.interval, sensor.averagedOver)
        meters[index].reporter.report(reading, to: &observations) { _ in
          Provenance(
            source: Self.sourceName, method: .average, period: period,
            note: "ACPI power meter \(sensor.part.rawValue) Power Socket \(sensor.socket), µW")
        }
      } catch {
        refusal = refusal ?? error
      }
    }
    if observations.isEmpty, let refusal {
      // Looked for afresh next time: chips are numbered anew when their drivers are.
      meters = []
      throw refusal.failure(remedy: refusal.isDenied ? Remedy.sensor(refusal.path).text : "")
    }
    return observations
  }

  private static func absence(_ context: SourceContext) -> SourceFailure {
    SourceFailure(
      .absent, "no Grace processor: no meter “Power Socket” in \(context.path("/sys/class/hwmon"))",
      remedy: "load the driver with: sudo modprobe acpi_power_meter")
  }

  private func look() -> [Meter] {
    let sensors = GraceSensor.all(in: context)
    return sensors.map { sensor in
      let hasWhole = sensors.contains { $0.part == .grace && $0.socket == sensor.socket }
      let (role, name, model): (DeviceRole, String, String) =
        switch sensor.part {
        case .module: (.module, "module", "processor and accelerator")
        case .grace: (.processor, "package", "NVIDIA Grace")
        case .cores where hasWhole: (.processorPart, "core", "NVIDIA Grace")
        case .cores: (.processor, "package", "NVIDIA Grace, cores only")
        case .sysIO: (.processorPart, "uncore", "NVIDIA Grace")
        }
      let label = "\(name)-\(sensor.socket)"
      let device = Device(
        id: context.device(role == .module ? .meter : .cpu, label), label: label, model: model,
        role: role)
      return Meter(
        sensor: sensor, file: SystemFile(sensor.path, capacity: 64),
        reporter: DeviceReporter(device))
    }
  }
}

extension GraceSource {
  /// The line of the catalogue: `grace`.
  package static let entry = SourceEntry(
    "grace", gives: "power of Grace processors and their modules", feeds: [.cpu, .meter],
    isRare: true
  ) { _, context in GraceSource(context.forPower) }
}

import Glibc
import Telemetry

/// The power sensors of the board, its supplies and its cards, as the kernel's hwmon tree shows
/// them.
///
/// Powers in microwatts, energies in microjoules; the layout is that of
/// `Documentation/hwmon/sysfs-interface.rst`. What they measure overlaps in ways nobody can know,
/// except for the ACPI power meter, which measures the whole machine.
public struct HwmonSource: DataSource {
  public let name = "hwmon"

  let context: SourceContext
  let folder: String
  private var inputs: [Input] = []
  private var announced: Set<DeviceID> = []
  private var described: Set<Key> = []
  private var refused: Set<String> = []

  private struct Key: Hashable {
    let device: DeviceID
    let metric: Metric
  }

  private struct Input {
    let device: DeviceID
    let metric: Metric
    let file: SensorFile
  }

  public init(_ context: SourceContext) {
    self.context = context
    folder = context.path("/sys/class/hwmon")
  }

  public mutating func probe() -> Probe {
    do throws(SourceFailure) {
      var readable: [String] = []
      var first: SensorFile.Failure?
      for sensor in try sensors() {
        do {
          _ = try SensorFile(sensor.file).value()
          readable.append(sensor.device.label)
        } catch { first = first ?? error }
      }
      if readable.isEmpty, let first { throw failure(first) }
      return Probe(.ok, readable.joined(separator: ", "))
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  public mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    var result: [Observation] = []
    if inputs.isEmpty { result = try open(at: clock.now) }
    var readings: [Reading] = []
    var first: SensorFile.Failure?
    var isGone = false
    for input in inputs {
      do {
        let value = try input.file.value()
        if readings.last?.device != input.device {
          readings.append(Reading(device: input.device, time: clock.now))
        }
        let index = readings.count - 1
        if input.metric == .energy {
          readings[index].set(.energy, steps: value)
        } else if abs(value) < Self.unknown {
          readings[index].set(.power, Double(value) * 1e-6)
        }
      } catch {
        // A sensor that is busy has nothing to say this time; one that is gone is looked for.
        first = first ?? error
        isGone = isGone || error.code == ENODEV || error.code == ENXIO
      }
    }
    readings.removeAll(where: \.isEmpty)
    if isGone { inputs = [] }
    if readings.isEmpty, let first {
      inputs = []
      // What was announced just now is lost with the failure.
      if !result.isEmpty { (announced, described, refused) = ([], [], []) }
      throw failure(first)
    }
    return result + readings.map(Observation.reading)
  }

  /// Firmware says `0xffffffff` milliwatts when it does not know; no board draws a megawatt.
  private static let unknown: Int64 = 1_000_000_000_000

  /// Opens what may be read and says once what it is, and what is refused.
  private mutating func open(at now: Timestamp) throws(SourceFailure) -> [Observation] {
    var result: [Observation] = []
    var first: SensorFile.Failure?
    // Powers and energies of one device come together, so that they make one row.
    var sensors = try sensors()
    var order: [DeviceID: Int] = [:]
    for sensor in sensors where order[sensor.device.id] == nil {
      order[sensor.device.id] = order.count
    }
    let rank = { (sensor: Sensor) in order[sensor.device.id] ?? 0 }
    sensors.sort { rank($0) < rank($1) }
    for sensor in sensors {
      let file: SensorFile
      do { file = try SensorFile(sensor.file) } catch {
        first = first ?? error
        if refused.insert(sensor.file).inserted {
          result.append(.event(Event(time: now, kind: .note, text: failure(error).message)))
        }
        continue
      }
      let id = sensor.device.id
      if inputs.contains(where: { $0.device == id && $0.metric == sensor.metric }) { continue }
      inputs.append(Input(device: id, metric: sensor.metric, file: file))
      if announced.insert(id).inserted { result.append(.device(sensor.device)) }
      if described.insert(Key(device: id, metric: sensor.metric)).inserted {
        result.append(.series(sensor.descriptor))
      }
    }
    if inputs.isEmpty, let first {
      refused = []
      throw failure(first)
    }
    return result
  }

  private func failure(_ failure: SensorFile.Failure) -> SourceFailure {
    guard failure.isDenied else {
      return SourceFailure(.failed, failure.words, remedy: "see dmesg for what the kernel says")
    }
    return SourceFailure(
      .denied, "\(failure.path) may be read by root only",
      remedy: "sudo chmod a+r \(failure.path)")
  }
}

extension HwmonSource {
  static let entry = Catalogue.Entry("hwmon", gives: "power sensors of board, supplies and cards") {
    request, context throws(SourceRequestError) in
    guard request.argument.isEmpty else {
      throw SourceRequestError("source “hwmon” takes nothing after a colon")
    }
    return HwmonSource(context)
  }
}

import Quantities
import Telemetry

@testable import Accounting

/// The zero of time in tests: a full hour.
let origin = Timestamp(nanoseconds: 1_750_003_200_000_000_000)

/// The stretch between two times, in seconds after the origin.
func span(_ from: Double, _ to: Double) -> TimeSpan { TimeSpan(origin + from, origin + to) }

/// Whether two numbers agree but for rounding.
func near(_ left: Double?, _ right: Double) -> Bool {
  left.map { abs($0 - right) <= 1e-6 * max(1, abs($0), abs(right)) } ?? false
}

/// A timeline that is written down by hand, series by series.
struct Books {
  var timeline = Timeline()

  /// What the devices of these names are; any other is what its kind is where nobody said.
  static let roles: [String: DeviceRole] = [
    "wall": .machine, "psys": .platform, "module": .platform, "module-0": .module,
    "core-0": .processorPart, "dram-0": .memory,
  ]

  static func id(_ kind: DeviceKind, _ name: String = "0") -> DeviceID {
    DeviceID(machine: kind == .grid || kind == .site ? "" : "box", kind: kind, name: name)
  }

  /// Adds a series with its values, each with its second after the origin.
  mutating func add(
    _ device: DeviceID, _ metric: Metric, _ method: Provenance.Method, period: Double = 1,
    range: Double = 0, _ values: [(Double, Double)]
  ) {
    if timeline.device(device) == nil {
      timeline.apply(
        .device(Device(id: device, label: device.name, role: Self.roles[device.name])))
    }
    timeline.apply(
      .series(
        SeriesDescriptor(
          device: device, metric: metric,
          provenance: Provenance(source: "test", method: method, period: period, range: range))))
    for (second, value) in values {
      var reading = Reading(device: device, time: origin + second)
      reading.set(metric, value)
      timeline.apply(.reading(reading))
    }
  }

  /// Adds a counter that grows by `watts` joules a second, read at `seconds`.
  mutating func count(_ device: DeviceID, watts: Double, at seconds: [Double]) {
    add(device, .energy, .counter, seconds.map { ($0, 5000 + $0 * watts) })
  }

  /// Adds a power that stays what it is, read at `seconds`.
  mutating func draw(
    _ device: DeviceID, watts: Double, at seconds: [Double], method: Provenance.Method = .instant
  ) {
    let period = seconds.count > 1 ? seconds[1] - seconds[0] : 1
    add(device, .power, method, period: period, seconds.map { ($0, watts) })
  }

  var ledger: Ledger { Ledger(timeline) }
}

extension EnergySplit {
  /// The joules of a use; `nil` where it is left out.
  func amount(_ use: Use) -> Double? { joules.first { $0.use == use }?.joules }
}

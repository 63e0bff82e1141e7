import Accounting
import Quantities
import Telemetry

extension ExportedMetric {
  /// What is told of the machine as a whole.
  static let host: [ExportedMetric] = [
    hostInfo, hostPower, hostEnergy, hostKnownTime, hostObservedTime, hostError, processorEnergy,
    memoryEnergy,
  ]

  /// The machine's name as it knows it itself.
  public static let hostInfo = ExportedMetric(
    "host_info", .info, "The name of the machine and the grid that feeds it",
    by: ["host", "grid_zone"]
  ) { query in
    let machine = query.timeline.devices.lazy.map(\.id.machine).first { !$0.isEmpty }
    return machine.map { [Sample([$0, query.ledger.inventory.grid?.id.name ?? ""], 1)] } ?? []
  }

  /// The power of the whole machine.
  public static let hostPower = ExportedMetric(
    "host_power_watts", .gauge,
    "The power of the machine, by the meters that stand for it now: wall is a meter of the whole, "
      + "platform the chip set's own count, known the sum of the parts that are measured",
    by: ["boundary"]
  ) { query in
    var sums: [String: Double] = [:]
    for meters in query.ledger.inventory.machines {
      let choice = query.ledger.meterChoice(of: meters, at: query.span.end)
      // A wide meter that is between two readings leaves the parts to speak, and they say so.
      let speaks = choice.whole.map { query.moment.power(of: $0.id) != nil } ?? false
      let devices = speaks || choice.whole == nil ? choice.devices : meters.parts
      guard let watts = query.ledger.power(of: devices, at: query.span.end) else { continue }
      sums[SettledAccount.boundary(speaks ? choice.whole?.role : nil), default: 0] += watts
    }
    return sums.sorted { $0.key < $1.key }.map { Sample([$0.key], $0.value) }
  }

  /// The energy of the whole machine.
  public static let hostEnergy = ExportedMetric(
    "host_energy_joules_total", .counter,
    "Energy of the machine by what measured it, each joule once: the sum over boundary is the machine's",
    by: ["boundary"]
  ) { query in
    query.settled.joules.sorted { $0.key < $1.key }.map { Sample([$0.key], $0.value) }
  }

  /// For how long the machine's energy is known.
  public static let hostKnownTime = ExportedMetric(
    "host_energy_known_seconds_total", .counter,
    "Time for which the energy of the machine is known; over that observed it is the coverage"
  ) { query in
    query.settled.joules.isEmpty ? [] : [Sample([], query.settled.known)]
  }

  /// For how long the agent has watched.
  public static let hostObservedTime = ExportedMetric(
    "host_observed_seconds_total", .counter, "Time for which the agent watched the machine"
  ) { [Sample([], $0.settled.observed)] }

  /// How far the machine's energy may be from the truth.
  public static let hostError = ExportedMetric(
    "host_energy_error_joules_total", .counter,
    "The most that the energy of the machine may be wrong by, as sensors and readings bound it; not told "
      + "where it is not known"
  ) { query in
    query.ledger.uncertainty(over: query.span).map { [Sample([], $0)] } ?? []
  }

  /// The energy of processors.
  public static let processorEnergy = ExportedMetric(
    "cpu_energy_joules_total", .counter,
    "Energy of a processor package; it is part of the machine's",
    by: ["package"]
  ) { energies(of: $0.ledger.inventory.packages, $0) }

  /// The energy of memory.
  public static let memoryEnergy = ExportedMetric(
    "memory_energy_joules_total", .counter,
    "Energy of a package's memory; it is part of the machine's",
    by: ["package"]
  ) { energies(of: $0.ledger.inventory.memories, $0) }

  private static func energies(of devices: [Device], _ query: ExportQuery) -> [Sample] {
    devices.compactMap { device in
      query.timeline.energy(of: device.id, over: query.span)
        .flatMap { $0.isModelled ? nil : Sample([device.id.name], $0.joules) }
    }
  }
}

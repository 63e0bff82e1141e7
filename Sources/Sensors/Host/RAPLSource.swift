import Linux
import Telemetry

/// Energy counters of the processor's RAPL domains: package, core, uncore, dram, psys.
///
/// Layout: Documentation/power/powercap/powercap.rst, microjoules that wrap at
/// `max_energy_range_uj`; AMD processors use the same names. Domains contain each other (package
/// holds core and uncore, psys holds more than the package), so they are not to be added up
/// blindly. The files belong to root since CVE-2020-8694.
struct RAPLSource: DataSource {
  static let sourceName = "rapl"

  let name = sourceName

  private struct Domain {
    var id: DeviceID
    var counter: SystemFile
    /// Where the counter wraps, in joules; 0 when the kernel does not say.
    var range: Double
    var reporter: DeviceReporter
    /// For what draws power whenever we run; cores and graphics inside may be switched off.
    var check: StuckCounterCheck?
  }

  private let context: SourceContext
  private var domains: [Domain] = []
  private var isModelled = false
  private var saidRepeated = false

  init(_ context: SourceContext) { self.context = context }

  mutating func probe() -> Probe {
    do throws(SourceFailure) {
      let zones = try RAPLZone.all(in: context).zones
      var names: [String] = []
      var refusal: SystemError?
      for zone in zones {
        do {
          _ = try SystemFile(zone.counterPath, capacity: 64).readNumber()
          names.append(zone.name)
        } catch {
          refusal = refusal ?? error
        }
      }
      if names.isEmpty, let refusal { throw Self.failure(refusal) }
      return Probe(.ok, "domains: " + names.joined(separator: ", "))
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    var observations: [Observation] = []
    if domains.isEmpty { try look(clock, &observations) }
    let period = context.interval
    var refusal: SystemError?
    var hasReading = false
    for index in domains.indices {
      do {
        let counter = try domains[index].counter.readNumber()
        var reading = Reading(device: domains[index].id, time: clock.now)
        reading.set(.energy, steps: counter)
        if let refusal = domains[index].check?.take(&reading) {
          observations.append(.event(refusal))
        }
        let range = domains[index].range
        let note = isModelled ? Self.modelledNote : Self.note
        domains[index].reporter.report(reading, to: &observations) { _ in
          Provenance(
            source: Self.sourceName, method: .counter, period: period, range: range, note: note)
        }
        hasReading = hasReading || counter != nil
      } catch {
        refusal = refusal ?? error
      }
    }
    if !hasReading, let refusal {
      // Looked for afresh next time: the driver may have been loaded again under other numbers.
      domains = []
      throw Self.failure(refusal)
    }
    return observations
  }

  private static let note = "RAPL energy_uj, counted by the processor; wraps at its range"
  private static let modelledNote =
    "RAPL energy_uj, modelled by the AMD processor rather than measured; wraps at its range"

  private mutating func look(
    _ clock: any SessionClock, _ observations: inout [Observation]
  ) throws(SourceFailure) {
    let (zones, repeated) = try RAPLZone.all(in: context)
    let model = ProcessorModel.name(context) ?? ""
    isModelled = model.hasPrefix("AMD")
    domains = zones.map { zone in
      let id = context.device(.cpu, zone.name)
      let device = Device(
        id: id, label: zone.name, model: model, role: zone.role,
        attributes: ["zone": zone.folder])
      return Domain(
        id: id, counter: SystemFile(zone.counterPath, capacity: 64), range: zone.range,
        reporter: DeviceReporter(device),
        check: [.processor, .memory, .platform].contains(zone.role)
          ? StuckCounterCheck(alwaysDraws: true) : nil)
    }
    guard !repeated.isEmpty, !saidRepeated else { return }
    saidRepeated = true
    let text = "RAPL: left out \(repeated.joined(separator: ", ")), the same package once more"
    observations.append(.event(Event(time: clock.now, kind: .note, text: text)))
  }

  private static func failure(_ error: SystemError) -> SourceFailure {
    error.failure(remedy: error.isDenied ? Remedy.energyCounters.text : "")
  }
}

extension RAPLSource {
  /// The line of the catalogue: `rapl`.
  package static let entry = SourceEntry(
    "rapl", gives: "energy of the processor's packages and memory", feeds: [.cpu]
  ) { _, context in RAPLSource(context) }
}

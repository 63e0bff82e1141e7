import Telemetry

/// What EnergiBridge writes: a row for each interval, in milliseconds since 1970.
///
///     Delta,Time,CPU_FREQUENCY_0,…,DRAM_ENERGY (J),PACKAGE_ENERGY (J),PP0_ENERGY (J),…
///     0,1779966000000,2900,…,1000.25,61000.5,40000.125,…
///
/// Energies are RAPL's counters as they stand; `CPU_ENERGY` is the package of an AMD processor, and
/// `SYSTEM_POWER` what the controller of a Mac says of the whole. Source: tdurieux/EnergiBridge,
/// src/cpu/intel.rs, amd.rs, README.
enum EnergiBridgeLog: PowerLogFormat {
  static let name = "EnergiBridge CSV"

  static func recognises(_ text: PowerLogText) -> Bool {
    text.head(1).first?.hasPrefix("Delta,Time,CPU_") ?? false
  }

  private static let counters: [String: (name: String, role: DeviceRole)] = [
    "PACKAGE_ENERGY (J)": ("package", .processor), "CPU_ENERGY (J)": ("package", .processor),
    "DRAM_ENERGY (J)": ("dram", .memory), "PP0_ENERGY (J)": ("cores", .processorPart),
    "PP1_ENERGY (J)": ("graphics", .processorPart),
  ]

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    guard let titles = PowerLogSheet.Titles(text.head(1).first ?? "") else {
      return text.table()
    }
    var columns: [PowerLogSheet.Column] = []
    for (place, title) in titles.cells.enumerated() {
      if let (name, role) = counters[title] {
        let subject = PowerLogSubject(
          kind: .cpu, role: role, marks: [.name: name], note: "EnergiBridge, RAPL's counter, J")
        columns.append(.init(place, joules: subject))
      } else if title == "SYSTEM_POWER (Watts)" {
        let subject = PowerLogSubject(
          kind: .meter, role: .machine, marks: [.name: "system"], method: .instant,
          note: "EnergiBridge, SYSTEM_POWER, W")
        columns.append(.init(place, watts: subject))
      } else if title == "CPU_POWER (Watts)" {
        let subject = PowerLogSubject(
          kind: .cpu, role: .processor, marks: [.name: "package"], method: .instant,
          note: "EnergiBridge, CPU_POWER, W")
        columns.append(.init(place, watts: subject))
      }
    }
    guard !columns.isEmpty else { throw ImportError("tells no energy and no power") }
    return PowerLogSheet(titles: titles, time: [1], columns: columns).read(text)
  }
}

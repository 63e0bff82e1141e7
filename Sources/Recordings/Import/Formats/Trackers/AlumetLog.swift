import Formats
import Telemetry

/// What Alumet's CSV plugin writes: a measurement a line.
///
///     metric;timestamp;value;resource_kind;resource_id;consumer_kind;consumer_id;domain;__late_attributes
///     rapl_consumed_energy_J;2026-05-28T11:00:00.949565834Z;60.5;cpu_package;0;local_machine;;package;
///
/// Energies are what was used since the row before of the same thing. The sums that it makes of all
/// packages (`package_total`) and what it divides among processes are not read. Source: alumet-dev,
/// plugin-csv, plugin-rapl, plugin-nvml.
enum AlumetLog: PowerLogFormat {
  static let name = "Alumet CSV"

  static func recognises(_ text: PowerLogText) -> Bool {
    guard let line = text.head(1).first else { return false }
    return line.hasPrefix("metric;") && line.contains(";resource_kind;")
      && line.contains("timestamp") && line.contains("value")
  }

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    var table = text.table()
    guard let titles = text.head(1).first.flatMap({ PowerLogSheet.Titles($0) }) else {
      return table
    }
    var cells = CSVCells()
    var sums: [Int: Double] = [:]
    text.forEachLine { line in
      guard line.number > 1, !line.isBlank else { return true }
      guard line.isWhole else {
        table.addTorn(line: line.number)
        return true
      }
      cells.split(line.bytes, at: 0x3B)
      func cell(_ title: String) -> ArraySlice<UInt8> {
        titles.place(title).flatMap { $0 < cells.count ? cells[$0] : nil } ?? []
      }
      func word(_ title: String) -> String {
        String(decoding: cell(title).prefix(256), as: UTF8.self)
      }
      let metric = word("metric")
      guard metric.hasPrefix("rapl_consumed_energy") || metric.hasPrefix("nvml_") else {
        return true
      }
      let attributes = word("domain") + "," + word("__late_attributes")
      guard let (subject, isDelta, unit) = meaning(metric, word, attributes) else { return true }
      guard cells.count == titles.cells.count, let time = PowerLogTime(cell("timestamp")),
        let value = PlainNumber.parse(cell("value"))
      else {
        table.addBroken(line: line.number, "has no time or no value")
        return true
      }
      let place = table.place(of: subject)
      if isDelta {
        // Since when the first one counts is not told.
        let sum = sums[place].map { $0 + value * unit } ?? 0
        sums[place] = sum
        table.add(line: line.number, time: time, subject: place, [.init(.energy, .number(sum))])
      } else {
        table.add(
          line: line.number, time: time, subject: place, [.init(.power, .number(value * unit))])
      }
      return true
    }
    if table.isEmpty, table.torn.count + table.broken.count == 0 {
      throw ImportError("tells no energy of rapl or nvml")
    }
    return table
  }

  private static func meaning(
    _ metric: String, _ word: (String) -> String, _ attributes: String
  ) -> (subject: PowerLogSubject, isDelta: Bool, unit: Double)? {
    let consumer = word("consumer_kind")
    guard consumer.isEmpty || consumer == "local_machine" else { return nil }
    let id = word("resource_id")
    switch metric {
    case "rapl_consumed_energy_J", "rapl_consumed_energy":
      let words = attributes.split { $0 == "," || $0 == "=" || $0 == " " }.map(String.init)
      let domains: [(String, DeviceRole)] = [
        ("package", .processor), ("dram", .memory), ("pp0", .processorPart),
        ("pp1", .processorPart), ("platform", .platform),
      ]
      guard let (domain, role) = domains.first(where: { words.contains($0.0) }) else { return nil }
      return (
        PowerLogSubject(
          kind: .cpu, role: role, marks: [.name: id.isEmpty ? domain : "\(domain)-\(id)"],
          note: "Alumet, RAPL, J since the row before"), true, 1
      )
    case "nvml_energy_consumption_mJ":
      return (gpu(id), true, 1e-3)
    case "nvml_instant_power_mW":
      return (gpu(id), false, 1e-3)
    default: return nil
    }
  }

  private static func gpu(_ id: String) -> PowerLogSubject {
    PowerLogSubject(
      marks: [id.contains(":") ? .bus : .index: id], method: .instant, note: "Alumet, NVML")
  }
}

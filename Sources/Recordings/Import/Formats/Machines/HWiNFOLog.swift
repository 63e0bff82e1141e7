import Formats
import Telemetry

/// What HWiNFO logs on Windows: a column for each sensor.
///
///     Date,Time,"Core 0 VID [V]",…,"CPU Package Power [W]",…,"GPU Power [W]",…
///     28.5.2026,11:00:00.123,1.2,…,65.250,…,300.125,…
///
/// The day comes first. Several GPUs have columns of one title, in the order of the sensors. Sensors of
/// which it is not known what is inside of what are not read. Source: hwinfo.com, sensor logging.
enum HWiNFOLog: PowerLogFormat {
  static let name = "HWiNFO CSV"

  static func recognises(_ text: PowerLogText) -> Bool {
    guard let line = text.head(1).first, line.hasPrefix("Date,Time,") else { return false }
    return titles.keys.contains { line.contains($0) }
  }

  private static let titles: [String: (name: String, role: DeviceRole, kind: DeviceKind)] = [
    "CPU Package Power [W]": ("package", .processor, .cpu),
    "IA Cores Power [W]": ("cores", .processorPart, .cpu),
    "GT Cores Power [W]": ("graphics", .processorPart, .cpu),
    "Total DRAM Power [W]": ("dram", .memory, .cpu),
    "GPU Power [W]": ("", .accelerator, .gpu),
    "Total System Power [W]": ("system", .sensor, .meter),
  ]

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    guard let head = PowerLogSheet.Titles(text.head(1).first ?? "") else { return text.table() }
    var counts: [String: Int] = [:]
    var columns: [PowerLogSheet.Column] = []
    for (place, title) in head.cells.enumerated() {
      guard let (name, role, kind) = titles[title] else { continue }
      let count = counts[title, default: 0]
      counts[title] = count + 1
      let note = "HWiNFO, \(title)"
      let subject =
        kind == .gpu
        ? PowerLogSubject(marks: [.index: "\(count)"], method: .instant, note: note)
        : PowerLogSubject(
          kind: kind, role: role, marks: [.name: count == 0 ? name : "\(name)-\(count)"],
          method: .instant, note: note)
      columns.append(.init(place, watts: subject))
    }
    // At the end the titles come again, and the names of the devices.
    return PowerLogSheet(
      titles: head, time: [0, 1], columns: columns,
      isFooter: { $0.hasPrefix("Date,") || $0.hasPrefix(",") }
    ).read(text)
  }
}

import Formats
import Telemetry

/// What Intel Power Gadget and its Linux tool write.
///
///     System Time,RDTSC,Elapsed Time (sec),…,Processor Power_0(Watt),Cumulative Processor Energy_0(Joules),…
///     11:00:00:769,61075218263548,1.004,…,15.250,15.311,…
///
/// Times have no day, and milliseconds behind a colon; powers are means since the row before. Cores and
/// graphics are inside of the processor, memory is not. Source: Intel Power Gadget, and the Linux
/// tool's power_gadget.c.
enum PowerGadgetLog: PowerLogFormat {
  static let name = "Intel Power Gadget CSV"

  static func recognises(_ text: PowerLogText) -> Bool {
    text.head(1).first?.hasPrefix("System Time,RDTSC,Elapsed Time") ?? false
  }

  private static let parts: [(start: String, name: String, role: DeviceRole)] = [
    ("Processor Power_", "package", .processor), ("IA Power_", "cores", .processorPart),
    ("GT Power_", "graphics", .processorPart), ("DRAM Power_", "dram", .memory),
  ]

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    guard let titles = PowerLogSheet.Titles(text.head(1).first ?? "") else {
      return text.table()
    }
    var columns: [PowerLogSheet.Column] = []
    for (place, title) in titles.cells.enumerated() {
      for part in parts where title.hasPrefix(part.start) && title.hasSuffix("(Watt)") {
        let index = title.dropFirst(part.start.count).prefix { $0.isNumber }
        columns.append(
          .init(
            place,
            watts: PowerLogSubject(
              kind: .cpu, role: part.role, marks: [.name: "\(part.name)-\(index)"],
              note: "Intel Power Gadget, W, mean since the row before")))
      }
    }
    guard !columns.isEmpty else { throw ImportError("tells no power") }
    return PowerLogSheet(
      titles: titles, time: [0], columns: columns, clock: { time($0) },
      isFooter: { $0.contains("=") || $0.contains("Cumulative ") || $0.contains("Total ") }
    ).read(text)
  }

  /// A time of day with its milliseconds behind a third colon.
  private static func time(_ cell: [UInt8]) -> PowerLogTime? {
    var cell = cell
    let colons = cell.indices.filter { cell[$0] == UInt8(ascii: ":") }
    if colons.count == 3 {
      // The milliseconds may be written without their zeros.
      let digits = cell[(colons[2] + 1)...]
      guard 1...3 ~= digits.count else { return nil }
      cell =
        cell[..<colons[2]] + [0x2E] + Array(repeating: 0x30, count: 3 - digits.count) + digits
    }
    return PowerLogTime(cell)
  }
}

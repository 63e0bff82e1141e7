import Formats
import Telemetry

/// What `scaphandre json` writes: one object for each time in a list, powers in microwatts.
///
///     [{"host": {"consumption": 12000000.0, "timestamp": 1779966000.1}, "consumers": […],
///       "sockets": [{"id": 0, "consumption": 9000000.0, "timestamp": …}]}, …
///
/// The host is what RAPL counts, sockets and memory; accelerators are not in it. The list is left open
/// when the program is ended. Source: hubblo-org/scaphandre, src/exporters/json.rs.
enum ScaphandreLog: PowerLogFormat {
  static let name = "Scaphandre JSON"

  static func recognises(_ text: PowerLogText) -> Bool {
    guard let first = text.head(1).first else { return false }
    let start = first.prefix(256)
    return (start.hasPrefix("[{") || start.hasPrefix("{")) && start.contains("\"host\"")
      && start.contains("\"consumption\"")
  }

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    var table = text.table()
    let host = PowerLogSubject(
      kind: .cpu, role: .processor, marks: [.name: "packages"],
      note: "Scaphandre, what RAPL counts of the host, µW")
    let bytes = try text.whole()
    bytes.withUnsafeBufferPointer { bytes in
      var scanner = JSONScanner(bytes)
      _ = scanner.take(UInt8(ascii: "["))
      while scanner.peek() != nil, !scanner.take(UInt8(ascii: "]")) {
        let line = 1 + bytes[..<scanner.at].count { $0 == 0x0A }
        guard let entry = try? JSONFlat(next: &scanner) else {
          table.addTorn(line: line)
          return
        }
        _ = scanner.take(UInt8(ascii: ","))
        take(entry, line, host, &table)
      }
    }
    return table
  }

  private static func take(
    _ entry: JSONFlat, _ line: Int, _ host: PowerLogSubject, _ table: inout PowerLogTable
  ) {
    guard let microwatts = entry.double("host.consumption"),
      let time = time(entry.double("host.timestamp"))
    else {
      table.addBroken(line: line, "a host without consumption or timestamp")
      return
    }
    table.add(
      line: line, time: time, subject: table.place(of: host),
      [PowerLogValue(.power, .number(microwatts * 1e-6))])
    for place in 0..<8 {
      guard let microwatts = entry.double("sockets.\(place).consumption"),
        let id = entry.whole("sockets.\(place).id")
      else { continue }
      let socket = PowerLogSubject(
        kind: .cpu, role: .processorPart, marks: [.name: "socket-\(id)"], parent: "packages",
        note: "Scaphandre, socket, µW")
      table.add(
        line: line, time: self.time(entry.double("sockets.\(place).timestamp")) ?? time,
        subject: table.place(of: socket), [PowerLogValue(.power, .number(microwatts * 1e-6))])
    }
  }

  private static func time(_ seconds: Double?) -> PowerLogTime? {
    guard let seconds, 6e8..<6e9 ~= seconds else { return nil }
    return .instant(Int64((seconds * 1e6).rounded()) * 1000)
  }
}

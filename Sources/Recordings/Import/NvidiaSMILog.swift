import Formats
import Quantities
import Telemetry

/// What `nvidia-smi --query-gpu=timestamp,…,power.draw --format=csv -l 1` writes.
///
/// Columns are found by their names, with or without units. The time stamps have no zone: they are
/// taken as UTC, and the user states the difference. Rows of one tick are told apart by `index` or
/// `uuid`, else by their order.
enum NvidiaSMILog: PowerLogFormat {
  static let name = "nvidia-smi CSV"

  static func recognises(_ head: Substring) -> Bool {
    guard let line = head.split(whereSeparator: \.isNewline).first else { return false }
    let names = titles(line)
    return names.contains("timestamp") && names.contains(where: { $0.hasPrefix("power.draw") })
  }

  private static func titles(_ line: Substring) -> [String] {
    cells(line).map { cell in String(cell.prefix { $0 != " " }) }
  }

  /// The cells of a line, without the blanks and quotes around them.
  private static func cells(_ line: Substring) -> [String] {
    var cells = CSVCells()
    Array(line.utf8).withUnsafeBufferPointer { cells.split($0, at: UInt8(ascii: ",")) }
    return (0..<cells.count).map { String(decoding: cells[$0], as: UTF8.self) }
  }

  private static let metrics: [(names: [String], metric: Metric, factor: Double)] = [
    (["power.draw", "power.draw.average"], .power, 1), (["power.draw.instant"], .powerInstant, 1),
    (["enforced.power.limit", "power.limit"], .powerLimit, 1),
    (["power.default_limit"], .powerLimitDefault, 1), (["utilization.gpu"], .utilization, 0.01),
    (["utilization.memory"], .memoryActivity, 0.01), (["memory.used"], .memoryUsed, 1_048_576),
    (["memory.total"], .memoryTotal, 1_048_576), (["temperature.gpu"], .temperature, 1),
    (["temperature.memory"], .memoryTemperature, 1),
    (["clocks.current.sm", "clocks.sm"], .smClock, 1e6),
    (["clocks.current.memory", "clocks.mem"], .memoryClock, 1e6), (["fan.speed"], .fanSpeed, 0.01),
  ]

  static func read(_ text: String, machine: String) throws(ImportError) -> [Observation] {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard let head = lines.first else { throw ImportError("is empty") }
    let names = titles(head)
    guard let stampColumn = names.firstIndex(of: "timestamp") else {
      throw ImportError(line: 1, "has no column “timestamp”")
    }
    let columns = metrics.compactMap { entry -> (place: Int, metric: Metric, factor: Double)? in
      let place = entry.names.lazy.compactMap { names.firstIndex(of: $0) }.first
      return place.map { ($0, entry.metric, entry.factor) }
    }
    let nameColumn = names.firstIndex(of: "uuid") ?? names.firstIndex(of: "index")
    let labelColumn = names.firstIndex(of: "index")
    let modelColumn = names.firstIndex(of: "name")
    var rows: [(device: String, reading: Reading)] = []
    var known: [String: Device] = [:]
    var order: [String] = []
    var tick: (time: Timestamp?, count: Int) = (nil, 0)
    for (index, line) in lines.enumerated().dropFirst()
    where line.contains(where: { !$0.isWhitespace }) {
      let cells = cells(line)
      // A header may stand in the middle, and the last row may be torn.
      if cells.first == names.first { continue }
      guard cells.count == names.count else {
        if index == lines.count - 1 { break }
        throw ImportError(
          line: index + 1, "has \(cells.count) cells where the header has \(names.count)")
      }
      let stamp = cells[stampColumn]
      guard let time = timestamp(stamp) else {
        throw ImportError(line: index + 1, "“\(stamp.prefix(40))” is no time")
      }
      // The cards of one tick are asked one after the other, some milliseconds apart.
      tick = tick.time.map { abs(time - $0) < 0.05 } ?? false ? (time, tick.count + 1) : (time, 0)
      let name = nameColumn.map { cells[$0] } ?? "\(tick.count)"
      if known[name] == nil {
        order.append(name)
        known[name] = Device(
          id: DeviceID(machine: machine, kind: .gpu, name: name),
          label: labelColumn.map { cells[$0] } ?? "\(order.count - 1)",
          model: modelColumn.map { cells[$0] } ?? "")
      }
      guard let device = known[name] else { continue }
      var reading = Reading(device: device.id, time: time)
      for column in columns {
        reading.set(column.metric, number(cells[column.place]).map { $0 * column.factor })
      }
      if !reading.isEmpty { rows.append((name, reading)) }
    }
    guard !rows.isEmpty else { throw ImportError("holds no readings") }
    return order.compactMap { known[$0] }.flatMap {
      announce($0, columns.map(\.metric), rows.map(\.reading))
    }
      + rows.map { .reading($0.reading) }
  }

  private static func announce(
    _ device: Device, _ metrics: [Metric], _ readings: [Reading]
  ) -> [Observation] {
    let times = Array(readings.lazy.filter { $0.device == device.id }.prefix(2).map(\.time))
    let period = times.count == 2 ? max(0.1, times[1] - times[0]) : 1
    return [.device(device)]
      + metrics.map { metric in
        // From Ampere on power.draw is a mean over a second; older cards are rarely logged now.
        let isMean = metric == .power
        return .series(
          SeriesDescriptor(
            device: device.id, metric: metric,
            provenance: Provenance(
              source: "import", method: isMean ? .average : .instant, period: max(1, period),
              note: "nvidia-smi CSV")))
      }
  }

  /// The number a cell begins with; `nil` for `[N/A]` and its like.
  private static func number(_ cell: String) -> Double? {
    let digits = cell.prefix { $0 != " " }
    return Double(digits).flatMap { $0.isFinite ? $0 : nil }
  }

  /// Reads `2026/05/28 11:22:33.456`, with dashes or a `T` as well, as UTC.
  static func timestamp(_ text: some StringProtocol) -> Timestamp? {
    let parts = text.split { $0 == " " || $0 == "T" }
    guard parts.count == 2 else { return nil }
    let date = parts[0].split { $0 == "/" || $0 == "-" }.compactMap { Int($0) }
    let clock = parts[1].prefix { $0 != "+" && $0 != "Z" }.split(separator: ":")
    guard date.count == 3, clock.count == 3, 2000...2100 ~= date[0], 1...12 ~= date[1],
      1...31 ~= date[2], let hour = Int(clock[0]), let minute = Int(clock[1]),
      let second = Double(clock[2]), 0...23 ~= hour, 0...59 ~= minute, 0..<61 ~= second
    else { return nil }
    let seconds =
      CivilDate(year: date[0], month: date[1], day: date[2]).daysSince1970 * 86_400 + hour * 3600
      + minute * 60
    return Timestamp(nanoseconds: Int64(seconds) * 1_000_000_000 + Int64((second * 1e9).rounded()))
  }
}

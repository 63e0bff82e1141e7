import Canvas
import Formats
import Quantities
import Telemetry

/// Carbon-free energy of contracts, hour by hour, as the user declares it.
///
/// A file of it has two columns, `time` (an hour's beginning by RFC 3339) and `kWh` or `MWh`. An hour
/// without a line is not known; an hour without energy has a zero.
struct CarbonFreeContract: Sendable {
  /// An hour, in nanoseconds.
  static let hour: Int64 = 3_600_000_000_000

  /// Joules by the number of the hour since 1970.
  private let hours: [Int64: Double]
  private let file: String

  /// Reads a file's text.
  /// - Throws: `Failure` with the line that is wrong.
  init(_ text: String, file: String) throws {
    self.file = sanitized(file)
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    var hours: [Int64: Double] = [:]
    func wrong(_ line: Int, _ words: String) -> Failure {
      Failure("\(sanitized(file)): line \(line): \(words)")
    }
    func cells(_ line: Substring) -> [String] {
      line.split(separator: ",", omittingEmptySubsequences: false).map { cell in
        String(cell.filter { $0 != " " && $0 != "\"" })
      }
    }
    let head = cells(lines.first ?? "")
    guard head.count == 2, head[0] == "time", let unit = ["kWh": 3.6e6, "MWh": 3.6e9][head[1]]
    else {
      throw wrong(1, "write “time,kWh” or “time,MWh” above the hours")
    }
    for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty {
      let cells = cells(line)
      guard cells.count == 2, let time = RFC3339.nanoseconds(Array(cells[0].utf8)) else {
        throw wrong(
          index + 1, "write a time with its zone and an energy: 2026-09-21T14:00:00Z,12.5")
      }
      guard time.isMultiple(of: Self.hour) else {
        throw wrong(index + 1, "\(sanitized(cells[0])) is not the beginning of an hour")
      }
      guard let energy = Double(cells[1]), energy.isFinite, energy >= 0 else {
        throw wrong(index + 1, "“\(sanitized(cells[1]))” is no energy")
      }
      guard hours.updateValue(energy * unit, forKey: time / Self.hour) == nil else {
        throw wrong(index + 1, "the hour \(sanitized(cells[0])) is there twice")
      }
    }
    self.hours = hours
  }

  /// The share of a set's energy that is met by the contracts in the hour in which it was drawn.
  ///
  /// Σ min(contract, load) over Σ load, hour by hour (24/7 carbon-free energy): what is left over in one
  /// hour counts for no other.
  func score(_ set: RunSet) -> Answer<Double> {
    if case .unknown(let reason) = RunSet.energy(of: set.runs, in: set) {
      return .unknown(because: "its energy is not known: \(reason)")
    }
    var loads: [Int64: Double] = [:]
    for run in set.runs {
      for (hour, joules) in run.hours { loads[hour, default: 0] += joules * (set.pue ?? 1) }
    }
    var (met, all) = (0.0, 0.0)
    for (hour, load) in loads.sorted(by: { $0.key < $1.key }) where load > 0 {
      guard let contract = hours[hour] else {
        let time = FormText.time(Timestamp(nanoseconds: hour * Self.hour))
        return .unknown(because: "\(file) has no line for the hour \(time)")
      }
      met += min(contract, load)
      all += load
    }
    guard all > 0 else { return .unknown(because: "no energy was drawn") }
    return .known(
      met / all,
      method: "Σ min(contract, load) / Σ load over \(loads.count) hours (24/7 matching); what the "
        + "contracts of \(file) deliver is declared by the user and not checked. "
        + set.overhead(isCounted: true))
  }
}

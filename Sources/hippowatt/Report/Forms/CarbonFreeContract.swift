import Canvas
import Dashboard
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
    // Spreadsheets begin a text with a mark of its encoding.
    let text = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    var hours: [Int64: Double] = [:]
    func wrong(_ line: Int, _ words: String) -> Failure {
      Failure("\(sanitized(file)): line \(line): \(words)")
    }
    let head = Self.cells(lines.first ?? "")
    guard head.count == 2, head[0] == "time", let unit = ["kWh": 3.6e6, "MWh": 3.6e9][head[1]]
    else {
      throw wrong(1, "write “time,kWh” or “time,MWh” above the hours")
    }
    for (index, line) in lines.enumerated().dropFirst() where !line.allSatisfy({ $0 == " " }) {
      let cells = Self.cells(line)
      guard cells.count == 2, let time = Self.time(cells[0]) else {
        throw wrong(
          index + 1, "write a time with its zone and an energy: 2026-09-21T14:00:00Z,12.5")
      }
      guard time.isMultiple(of: Self.hour) else {
        throw wrong(
          index + 1,
          "\(sanitized(cells[0])) is not the beginning of an hour of UTC, as loads are counted")
      }
      guard let energy = Self.number(cells[1]), (energy * unit).isFinite else {
        throw wrong(index + 1, "“\(sanitized(cells[1]))” is no energy")
      }
      guard hours.updateValue(energy * unit, forKey: time / Self.hour) == nil else {
        throw wrong(index + 1, "the hour \(sanitized(cells[0])) is there twice")
      }
    }
    self.hours = hours
  }

  /// The cells of a line, without blanks around them and without the quotation marks of a whole cell.
  private static func cells(_ line: Substring) -> [String] {
    line.split(separator: ",", omittingEmptySubsequences: false).map { cell in
      func trimmed(_ text: Substring) -> Substring {
        let rest = text.drop { $0 == " " || $0 == "\t" }
        return rest.dropLast(rest.reversed().prefix { $0 == " " || $0 == "\t" }.count)
      }
      let cell = trimmed(cell)
      let isQuoted = cell.count >= 2 && cell.hasPrefix("\"") && cell.hasSuffix("\"")
      return String(isQuoted ? trimmed(cell.dropFirst().dropLast()) : cell)
    }
  }

  /// Nanoseconds since 1970 of a time by RFC 3339; `nil` for a day that its month does not have.
  private static func time(_ text: String) -> Int64? {
    guard let time = RFC3339.nanoseconds(text.utf8) else { return nil }
    let day = text.utf8.prefix(10)
    let midnight = RFC3339.nanoseconds(Array(day) + Array("T00:00:00Z".utf8))
    let date = midnight.map { CivilTime(Timestamp(nanoseconds: $0), offset: 0).isoDate }
    return date == String(decoding: day, as: UTF8.self) ? time : nil
  }

  /// A decimal number that is not below zero; `nil` for any other way to write one.
  private static func number(_ text: String) -> Double? {
    let isPlain = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte)
    }
    guard isPlain, let value = Double(text), value.isFinite, value >= 0 else { return nil }
    return value
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
    var (met, all, count) = (0.0, 0.0, 0)
    for (hour, load) in loads.sorted(by: { $0.key < $1.key }) where load > 0 {
      guard let contract = hours[hour] else {
        let time = FormText.time(Timestamp(nanoseconds: hour * Self.hour))
        return .unknown(because: "\(file) has no line for the hour \(time)")
      }
      met += min(contract, load)
      all += load
      count += 1
    }
    guard all > 0 else { return .unknown(because: "no energy was drawn") }
    return .known(
      met / all,
      method:
        "Σ min(contract, load) / Σ load over \(count) hour\(count == 1 ? "" : "s") (24/7 matching), "
        + "without the carbon-free share of the grid; what the contracts of \(file) deliver is declared "
        + "by the user and not checked. " + set.overhead(isCounted: true))
  }
}

import Telemetry

/// The peak rates, memory and power of an accelerator product, as its maker states them.
public struct Accelerator: Hashable, Sendable {
  /// The product's name, shorter than the driver's.
  public var name: String
  /// Dense peak rates of one device in FLOP/s (operations for int8); what is unknown is missing.
  public var peaks: [Precision: Double]
  /// Bytes a second between one device and its memory.
  public var memoryBandwidth: Double
  /// Bytes of memory of one device.
  public var memory: Double
  /// Watts of one device: the board's power, or the module's; `nil` where it is not published.
  public var power: Double?
  /// The document the figures are from.
  public var source: String
  /// How many devices the system shows for one board: 2 for a board with two dies.
  public var dies: Double
  let patterns: [Pattern]

  /// Words that a product name must and must not contain.
  struct Pattern: Hashable, Sendable {
    var wanted: [Substring] = []
    var unwanted: [Substring] = []
    var endsName = false

    init(_ text: Substring) {
      for word in text.split(separator: " ") {
        if word == "$" {
          endsName = true
        } else if word.first == "-" {
          unwanted.append(word.dropFirst())
        } else {
          wanted.append(word)
        }
      }
    }

    func matches(_ words: [Substring]) -> Bool {
      wanted.allSatisfy(words.contains) && !unwanted.contains(where: words.contains)
        && (!endsName || words.last == wanted.last)
    }
  }

  /// Every product there is a row for, in order of the table.
  public static let all: [Accelerator] = table.split(separator: "\n").compactMap(Accelerator.init)

  /// Words that mark a name as that of a share of a board or of a slower product of the same name.
  private static let unwanted: [Substring] = ["laptop", "mobile", "mig", "vgpu", "grid"]

  /// The product of that name, as a driver gives it; `nil` for one there is no row for.
  ///
  /// Laptop chips and shares of a board carry a board's name and have other rates: they match
  /// nothing, since a wrong peak is worse than none.
  public static func find(_ name: String) -> Accelerator? {
    let lower = String(name.lowercased().prefix(200))
    let words = lower.split { !$0.isLetter && !$0.isNumber }
    if words.contains(where: unwanted.contains) { return nil }
    return all.first { $0.patterns.contains { $0.matches(words) } }
  }

  private init?(row: Substring) {
    let fields = row.split(separator: "|", omittingEmptySubsequences: false)
    guard fields.count == 14, let memory = Double(fields[3]), let bandwidth = Double(fields[4])
    else { return nil }
    let dies = Double(fields[12]) ?? 1
    let order: [Precision] = [.fp32, .tf32, .bf16, .fp16, .fp8, .int8, .fp4]
    name = String(fields[0])
    patterns = fields[1].split(separator: ",").map(Pattern.init)
    power = Double(fields[2]).map { $0 / dies }
    self.memory = memory * 1e9 / dies
    memoryBandwidth = bandwidth * 1e9 / dies
    peaks = [:]
    for (precision, field) in zip(order, fields[5..<12]) {
      peaks[precision] = Double(field).map { $0 * 1e12 / dies }
    }
    self.dies = dies
    source = String(fields[13])
  }
}

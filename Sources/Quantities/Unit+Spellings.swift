/// How a unit, or a multiple of it, is spelled at the end of a name: `mw`, `uj`, `percent`.
public struct UnitSpelling: Hashable, Sendable {
  /// Lower-case letters, digits and underscores; empty where the unit needs no word.
  public let suffix: String
  /// How many of the unit one of the spelled is worth.
  public let factor: Double

  init(_ suffix: String, _ factor: Double) {
    self.suffix = suffix
    self.factor = factor
  }

  /// A stem with the spelling behind it: `power` and `mw` become `power_mw`.
  public func name(of stem: String) -> String { suffix.isEmpty ? stem : "\(stem)_\(suffix)" }

  /// What stands before the spelling in a name that ends with it; `nil` for any other name.
  public func stem(of name: String) -> String? {
    guard !suffix.isEmpty else { return name }
    let ending = "_" + suffix
    guard name.utf8.count > ending.utf8.count, name.hasSuffix(ending) else { return nil }
    return String(name.dropLast(ending.count))
  }
}

extension Unit {
  /// Every spelling of the unit's multiples in the names of columns and of values in JSON lines.
  ///
  /// One suffix means one thing: `e6` counts millionths wherever it stands. Multiples that lower-case
  /// letters cannot tell apart, such as milli and mega, are spelled only where one of them is in use.
  public var spellings: [UnitSpelling] {
    switch self {
    case .watt: [.init("w", 1), .init("mw", 1e-3), .init("kw", 1e3)]
    case .joule: [.init("j", 1), .init("uj", 1e-6), .init("wh", 3600), .init("kwh", 3.6e6)]
    case .volt: [.init("v", 1), .init("mv", 1e-3)]
    case .ampere: [.init("a", 1), .init("ma", 1e-3)]
    case .byte:
      [
        .init("b", 1), .init("mib", 1_048_576), .init("gib", 1_073_741_824), .init("gb", 1e9),
      ]
    case .bytePerSecond: [.init("bps", 1)]
    case .ratio: [.init("", 1), .init("ppm", 1e-6), .init("percent", 0.01)]
    case .celsius: [.init("c", 1), .init("mc", 1e-3)]
    case .hertz: [.init("hz", 1), .init("mhz", 1e6), .init("ghz", 1e9)]
    case .second: [.init("s", 1), .init("ms", 1e-3), .init("us", 1e-6)]
    case .count: [.init("", 1), .init("e3", 1e-3), .init("e6", 1e-6), .init("e12", 1e-12)]
    case .perSecond: [.init("", 1), .init("e3", 1e-3), .init("e6", 1e-6)]
    case .flop: [.init("flop", 1), .init("mflop", 1e6)]
    case .flopPerSecond: [.init("flops", 1), .init("mflops", 1e6)]
    case .bits: [.init("", 1)]
    case .gramPerKilowattHour: [.init("g_per_kwh", 1), .init("mg_per_kwh", 1e-3)]
    }
  }

  /// The spelling of the unit itself.
  public var plainSpelling: UnitSpelling { spellings.first { $0.factor == 1 } ?? .init("", 1) }

  /// The spelling of a multiple; `nil` where there is none.
  public func spelling(worth factor: Double) -> UnitSpelling? {
    spellings.first { $0.factor == factor }
  }
}

import Quantities

/// One property of a device that is measured, with the resolution it is kept in.
///
/// Values travel and are stored as whole numbers of `scale`, so that what was seen live and what
/// is read back from a recording are the same to the last bit.
public struct Metric: Hashable, Sendable {
  /// Lower-case letters, digits and underscores; also the column's name in a recording.
  public let name: String
  public let unit: Unit
  /// How many of `unit` one stored step is worth: 0.001 for a power in milliwatts.
  public let scale: Double
  /// Whether it only grows and is read by difference.
  public let isCounter: Bool

  public init(_ name: String, _ unit: Unit, scale: Double = 1, counter: Bool = false) {
    self.name = name
    self.unit = unit
    self.scale = scale
    isCounter = counter
  }

  public static func == (left: Self, right: Self) -> Bool { left.name == right.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }

  /// The whole number of steps nearest to `value`, which is in `unit`; `nil` when it has none.
  public func steps(_ value: Double) -> Int64? {
    let steps = (value / scale).rounded()
    return steps.isFinite && abs(steps) < 9.2e18 ? Int64(steps) : nil
  }
}

extension Metric {
  /// Every metric that has a name here, so that a plain name in a JSON line finds its unit.
  public static let known: [String: Metric] = {
    let all = electricity + accelerators + host + data + jobs + grid
    return Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
  }()
}

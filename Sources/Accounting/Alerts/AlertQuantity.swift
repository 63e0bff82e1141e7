import Quantities
import Telemetry

/// Something that an alert can watch: how its limit is written, and how it is read.
public struct AlertQuantity: Sendable {
  /// What only some quantities can be told in the settings.
  public enum Option: String, Sendable, Hashable, CaseIterable {
    /// The one device that is watched.
    case device
    /// The number that a relative limit is stated against.
    case baseline
    /// Whether what will be at the job's end is judged as well.
    case projected
    /// Whose budget it is: the job's or the machine's.
    case of
  }

  /// As the settings spell it.
  public let name: String
  /// How a limit is written, for whoever wrote it otherwise.
  public let example: String
  let spellings: [AlertSpelling]
  /// The unit of a limit against a baseline's own values; `nil` where there is no baseline.
  let relativeTo: AlertUnit?
  /// Whether an alert may be raised by little as well as by much.
  public let takesBelow: Bool
  /// Whether the limit is what the quantity itself means, and none is written.
  public let isYesOrNo: Bool
  /// What may be told beside its limit.
  public let options: Set<Option>
  /// Seconds that it must hold where nothing is said.
  public let hold: Double
  /// By how much it must fall below its limit to be over, as a share of the limit.
  let marginShare: Double
  /// The same as a number of its unit, where that is more.
  let leastMargin: Double
  /// Seconds between two looks at it.
  let period: Double
  let read: @Sendable (AlertRule, AlertScene) -> [AlertReading]

  init(
    _ name: String, example: String, _ spellings: [AlertSpelling],
    relativeTo: AlertUnit? = nil, takesBelow: Bool = true, isYesOrNo: Bool = false,
    options: Set<Option> = [], hold: Double = 0, marginShare: Double = 0.05,
    leastMargin: Double = 0, every period: Double = 1,
    read: @escaping @Sendable (AlertRule, AlertScene) -> [AlertReading]
  ) {
    self.name = name
    self.example = example
    self.spellings = spellings
    self.relativeTo = relativeTo
    self.takesBelow = takesBelow
    self.isYesOrNo = isYesOrNo
    self.options = options
    self.hold = hold
    self.marginShare = marginShare
    self.leastMargin = leastMargin
    self.period = period
    self.read = read
  }

  /// Everything that can be watched.
  public static let all: [AlertQuantity] = [
    .waiting, .power, .temperature, .joulesPerToken, .joulesPerStep, .idle, .budget,
  ]

  /// Reads a limit or a margin as a person writes it: `85`, `7kW`, `30%`, `+20%`, `5 kWh`; `nil` for
  /// what is none of this quantity's.
  ///
  /// `currency` is that of the tariff, if there is one.
  public func limit(_ text: String, currency: String?) -> AlertLimit? {
    if relativeTo != nil, let first = text.first, first == "+" || first == "-",
      let value = AlertSpelling(suffix: "%", unit: .percent).read(text)
    {
      return AlertLimit(value, .percent, isRelative: true)
    }
    for spelling in spellings {
      if let value = spelling.read(text) { return AlertLimit(value, spelling.unit) }
    }
    guard options.contains(.of), let currency,
      let value = AlertSpelling(
        suffix: currency.isEmpty ? "money" : currency, unit: .money(currency)
      ).read(text)
    else { return nil }
    return AlertLimit(value, .money(currency))
  }

  /// By how much a limit must be cleared where the user says nothing, in the limit's unit.
  func margin(of limit: AlertLimit) -> Double {
    limit.unit == .percent ? 5 : max(leastMargin, marginShare * abs(limit.value))
  }
}

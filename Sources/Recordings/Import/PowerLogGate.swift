import Quantities
import Telemetry

/// Which values of a device can be true: the limits that the live sources keep, for logs.
struct PowerLogGate {
  private let role: DeviceRole
  /// How many devices of the role it is the sum of.
  private let count: Int
  /// The limit of the board, in watts, as last told.
  private var limit: Double?
  private var lastEnergy: (joules: Double, time: Timestamp)?
  /// Powers and energies that cannot be true, and where first.
  private(set) var refused = PowerLogCount()
  /// Powers that the file says it does not know.
  private(set) var absent = PowerLogCount()

  init(_ subject: PowerLogSubject) {
    role = subject.role
    count = max(1, subject.count)
  }

  /// The most that devices of the role can draw, in watts.
  private var most: Double { Double(count) * mostOfOne }

  private var mostOfOne: Double {
    switch role {
    case .accelerator, .acceleratorPart: 4000
    case .processor, .processorPart, .memory: 4000
    case .module, .platform, .component, .user: 20_000
    // A rack of today draws 140 kW.
    case .machine, .sensor: 200_000
    }
  }

  /// The number of a value, where there is one that can be true.
  ///
  /// What is left out is counted for the one metric that the account is made of.
  mutating func pass(
    _ metric: Metric, _ bits: UInt64, _ row: PowerLogRows, counting counted: Metric
  ) -> Double? {
    if PowerLogBits.isNumber(bits) {
      return pass(metric, Double(bitPattern: bits), row, counting: counted)
    }
    guard metric == counted else { return nil }
    switch row.store.content(bits) {
    case .absent(let word): absent.add(line: row.line, word.isEmpty ? "an empty cell" : word)
    case .unreadable(let text): refused.add(line: row.line, "“\(text)” is no power")
    case .number: break
    }
    return nil
  }

  @inline(__always)
  private mutating func pass(
    _ metric: Metric, _ number: Double, _ row: PowerLogRows, counting counted: Metric
  ) -> Double? {
    guard number.isFinite else {
      if metric == counted { refused.add(line: row.line, "\(number) W") }
      return nil
    }
    switch metric {
    case .power, .powerInstant, .energy: return measured(number, metric, row)
    case .powerLimit, .powerLimitDefault: return 0.1...10_000 ~= number ? number : nil
    case .modulePower: return 0...8000 ~= number ? number : nil
    default: return metric.range.contains(number) ? number : nil
    }
  }

  /// Takes in the limit that a row tells, in watts, which counts for the powers of the row.
  @inline(__always)
  mutating func note(limit watts: Double) {
    if 0.1...10_000 ~= watts { limit = watts }
  }

  private mutating func measured(
    _ number: Double, _ metric: Metric, _ row: PowerLogRows
  ) -> Double? {
    let most = min(self.most, limit.map { 1.5 * $0 } ?? .infinity)
    if metric == .energy {
      defer { lastEnergy = (number, row.time) }
      guard number >= 0 else {
        refused.add(line: row.line, "\(number) J")
        return nil
      }
      // A counter that drops out for a moment would be charged all it ever counted when it is back.
      if let lastEnergy, number > lastEnergy.joules,
        number - lastEnergy.joules > max(10, most * (row.time - lastEnergy.time + 1))
      {
        refused.add(line: row.line, "a counter that grew by \(number - lastEnergy.joules) J")
        return nil
      }
      return number
    }
    guard 0...most ~= number else {
      refused.add(line: row.line, "\(Self.text(number)) W")
      return nil
    }
    return number
  }

  /// A number of watts without an empty fraction.
  static func text(_ number: Double) -> String {
    abs(number) < 1e15 && number == number.rounded() ? "\(Int64(number))" : "\(number)"
  }
}

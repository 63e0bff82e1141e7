import Quantities
import Telemetry

/// Which values of a device can be true: the limits that the live sources keep, for logs.
struct PowerLogGate {
  /// By what the values of a metric are judged.
  enum Rule {
    case power
    case energy
    case range(Double, Double)

    init(_ metric: Metric) {
      switch metric {
      case .power, .powerInstant: self = .power
      case .energy: self = .energy
      case .powerLimit, .powerLimitDefault: self = .range(0.1, 10_000)
      case .modulePower: self = .range(0, 8000)
      default: self = .range(metric.range.lowerBound, metric.range.upperBound)
      }
    }
  }

  /// The limit of the board, in watts, as last told.
  private var limit: Double?
  private var lastEnergy: (joules: Double, time: Timestamp)?
  /// Powers and energies that cannot be true, and where first.
  private(set) var refused = PowerLogCount()
  /// Powers that the file says it does not know.
  private(set) var absent = PowerLogCount()

  /// The most that devices of the role can draw, in watts.
  private let most: Double

  /// Whether it can be that nothing is drawn: a board whose driver answers is fed, and one that says
  /// 0 W does not know.
  private let canBeZero: Bool

  init(_ subject: PowerLogSubject) {
    // Rows that were made of windows have the joules of those, whatever they are.
    canBeZero = subject.role != .accelerator || subject.rowDistance > 0
    most = Double(max(1, subject.count)) * Self.mostOfOne(subject.role)
  }

  private static func mostOfOne(_ role: DeviceRole) -> Double {
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
  /// - Parameter isCounted: whether the account is made of the metric; then what is left out is counted.
  @inline(__always)
  mutating func pass(
    _ rule: Rule, _ bits: UInt64, _ row: PowerLogRows, isCounted: Bool
  ) -> Double? {
    let number = Double(bitPattern: bits)
    // Words and what is no number are told from numbers by that alone.
    guard number.isFinite else {
      if isCounted { refuse(bits, row) }
      return nil
    }
    switch rule {
    case .range(let least, let most): return least <= number && number <= most ? number : nil
    case .power: return power(number, row)
    case .energy: return energy(number, row)
    }
  }

  private mutating func refuse(_ bits: UInt64, _ row: PowerLogRows) {
    switch row.store.content(bits) {
    case .absent(let word): absent.add(line: row.line, word.isEmpty ? "an empty cell" : word)
    case .unreadable(let text): refused.add(line: row.line, "“\(text)” is no power")
    case .number(let number): refused.add(line: row.line, "\(number) W")
    }
  }

  /// Takes in the limit that a row tells, in watts, which counts for the powers of the row.
  @inline(__always)
  mutating func note(limit watts: Double) {
    if 0.1...10_000 ~= watts { limit = watts }
  }

  /// The most that can be by what the row says.
  private var mostNow: Double { limit.map { min(most, 1.5 * $0) } ?? most }

  @inline(__always)
  private mutating func power(_ number: Double, _ row: PowerLogRows) -> Double? {
    guard 0 <= number, number <= mostNow, number > 0 || canBeZero else {
      refused.add(line: row.line, "\(Self.text(number)) W")
      return nil
    }
    return number
  }

  private mutating func energy(_ number: Double, _ row: PowerLogRows) -> Double? {
    defer { lastEnergy = (number, row.time) }
    guard number >= 0 else {
      refused.add(line: row.line, "\(number) J")
      return nil
    }
    // A counter that drops out for a moment would be charged all it ever counted when it is back.
    if let lastEnergy, number > lastEnergy.joules,
      number - lastEnergy.joules > max(10, mostNow * (row.time - lastEnergy.time + 1))
    {
      refused.add(line: row.line, "a counter that grew by \(number - lastEnergy.joules) J")
      return nil
    }
    return number
  }

  /// A number of watts without an empty fraction.
  static func text(_ number: Double) -> String {
    abs(number) < 1e15 && number == number.rounded() ? "\(Int64(number))" : "\(number)"
  }
}

import Seeded
import Telemetry
import Testing

@testable import Accounting

/// The stated uncertainty bounds the true error, whatever the machine does and however it is read.
@Suite struct UncertaintyTests {
  /// What a device draws over time, in watts.
  enum Load: CaseIterable {
    case idle, step, ramp, bursts, fastBursts

    func watts(at second: Double, phase: Double) -> Double {
      let time = second + phase
      switch self {
      case .idle: return 70
      case .step: return time < 30 ? 70 : 700
      case .ramp: return 70 + 630 * min(1, max(0, time / 60))
      case .bursts: return time.truncatingRemainder(dividingBy: 7.3) < 2.1 ? 700 : 70
      case .fastBursts: return time.truncatingRemainder(dividingBy: 0.83) < 0.29 ? 700 : 70
      }
    }
  }

  /// How it is read.
  enum Sensor: CaseIterable {
    case counter, mean, moment
  }

  private static let device = Books.id(.gpu)

  /// The true joules of every hundredth second since the beginning.
  private static func joules(_ load: Load, _ phase: Double) -> [Double] {
    var sum = 0.0
    return [0]
      + (0..<9000).map { tick in
        sum += 0.01 * load.watts(at: (Double(tick) + 0.5) / 100, phase: phase)
        return sum
      }
  }

  @Test(arguments: Load.allCases, Sensor.allCases)
  func `The truth lies within what is stated`(load: Load, sensor: Sensor) throws {
    var dice = SeededRandom()
    for period in [0.1, 1, 5] {
      for _ in 0..<8 {
        let phase = Double.random(in: 0..<7, using: &dice)
        let truth = Self.joules(load, phase)
        func true_(_ second: Double) -> Double { truth[min(9000, max(0, Int(second * 100)))] }
        // Readings come a little late, never twice alike.
        let times = stride(from: 2.0, to: 88, by: period).map {
          $0 + .random(in: 0..<0.02, using: &dice)
        }
        var books = Books()
        switch sensor {
        case .counter:
          // A counter that is written every tenth of a second.
          books.add(
            Self.device, .energy, .counter, period: period,
            times.map { ($0, 1e6 + true_(($0 * 10).rounded(.down) / 10)) })
        case .mean:
          books.add(
            Self.device, .power, .average, period: 1,
            times.map { ($0, true_($0) - true_($0 - 1)) })
        case .moment:
          books.add(
            Self.device, .power, .instant, period: period,
            times.map { ($0, load.watts(at: $0, phase: phase)) })
        }
        let from = Double.random(in: 5..<20, using: &dice)
        let to = Double.random(in: 60..<80, using: &dice)
        let balance = books.ledger.balance(of: Self.device, over: span(from, to))
        let total = try #require(balance.counted ?? balance.integrated)
        guard let doubt = balance.uncertainty else {
          #expect(sensor == .moment && period > 1)
          continue
        }
        // Of what is not covered nothing is said.
        if sensor == .mean, period > 1 {
          #expect(total.coverage < 0.25)
          continue
        }
        let error = abs(total.amount - (true_(to) - true_(from)))
        #expect(error <= doubt, "\(period) s, phase \(phase): \(error) J, stated \(doubt) J")
      }
    }
  }
}

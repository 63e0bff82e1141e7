import Accounting
import Telemetry

/// What the user has chosen to see of a race.
public struct RaceState: Hashable, Sendable {
  /// What the two are laid beside each other by.
  public var alignment = RaceAlignment.start
  /// What their curves are drawn over.
  public var axis = RaceAxis.joules
  /// Which of the baselines is raced against, from 0.
  public var rival = 0

  /// A race from the start, over joules, against the first baseline.
  public init() {}

  /// The next of all, and the first after the last.
  static func next<Choice: CaseIterable & Equatable>(_ choice: Choice) -> Choice {
    let all = Array(Choice.allCases)
    return all[((all.firstIndex(of: choice) ?? 0) + 1) % all.count]
  }

  /// Takes a key while the race is open; false for one that is not its own.
  mutating func press(_ key: String) -> Bool {
    switch key {
    case "a": alignment = Self.next(alignment)
    case "x": axis = Self.next(axis)
    case "o": rival = (rival + 1) % 1_000_000
    default: return false
    }
    return true
  }
}

extension RaceAlignment {
  /// What is the same for both, in words.
  var words: RaceTexts {
    switch self {
    case .start: .atStart
    case .step: .atStep
    case .tokens: .atTokens
    case .loss: .atLoss
    }
  }
}

extension RaceAxis {
  /// What it counts, in words.
  func words(_ scene: RaceScene) -> String {
    switch self {
    case .joules: scene.say(.joules)
    case .time: scene.say(.time)
    case .progress: scene.say(.units, scene.unit(scene.race.run))
    }
  }
}

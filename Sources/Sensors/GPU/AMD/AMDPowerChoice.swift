import Telemetry

/// Decides which power of a card is believed, that of `gpu_metrics` or that of its sensors: a pure
/// state machine.
///
/// Both come from the same firmware, but some versions fill in only one, and some write the same
/// number for ever. `gpu_metrics` is asked first, since it tells much else in the same read. Once
/// the sensors had to stand in they stay, so that the series means one thing.
struct AMDPowerChoice {
  /// Why the sensors stand in.
  enum Fault: Hashable {
    /// `gpu_metrics` says nothing, or 0 W.
    case blank
    /// It has said the same watts for long, though the sensors moved.
    case frozen(watts: Double)
  }

  /// A power in watts, and whether it is a mean.
  struct Power: Hashable {
    var watts: Double
    var isAverage: Bool
  }

  /// Seconds without a change after which the sensors are asked as well, and after which
  /// `gpu_metrics` may be taken for frozen.
  private static let suspicion = 5.0
  private static let patience = 10.0

  /// Whether the sensors' power is given.
  private(set) var usesSensors = false
  /// Since when `gpu_metrics` has said the same watts.
  private var standing: (watts: Double, since: Timestamp)?
  /// What the sensors said meanwhile.
  private var range: ClosedRange<Double>?

  /// Chooses a power; `metrics` is missing where the file says nothing that can be, and `sensors`
  /// is asked only where that is of use.
  mutating func choose(
    _ metrics: Power?, at time: Timestamp, sensors: () -> Power?
  ) -> (power: Power?, fault: Fault?) {
    if usesSensors { return (sensors() ?? metrics, nil) }
    guard let metrics else {
      guard let other = sensors() else { return (nil, nil) }
      usesSensors = true
      return (other, .blank)
    }
    if let standing, standing.watts == metrics.watts {
      guard time - standing.since >= Self.suspicion, let other = sensors() else {
        return (metrics, nil)
      }
      let low = min(range?.lowerBound ?? other.watts, other.watts)
      let high = max(range?.upperBound ?? other.watts, other.watts)
      range = low...high
      // A card at its limit says the same for long, and so may a sensor that is itself stuck.
      let hasMoved = high - low > max(5, 0.1 * high)
      let isFar = abs(other.watts - metrics.watts) > max(10, 0.2 * other.watts)
      guard time - standing.since >= Self.patience, hasMoved, isFar else { return (metrics, nil) }
      usesSensors = true
      return (other, .frozen(watts: metrics.watts))
    }
    standing = (metrics.watts, time)
    range = nil
    return (metrics, nil)
  }
}

extension AMDPowerChoice.Fault {
  /// What is wrong, as the end of a sentence; `watts` is what the sensors say.
  func words(_ watts: Double) -> String {
    let other = "its sensor says \(Int(watts.rounded())) W and serves instead"
    return switch self {
    case .blank: "gpu_metrics tells no power, but \(other)"
    case .frozen(let still): "gpu_metrics stands still at \(Int(still.rounded())) W, but \(other)"
    }
  }
}

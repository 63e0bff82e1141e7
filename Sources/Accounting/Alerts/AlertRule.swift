import Quantities
import Telemetry

/// An alert as the user asked for it.
public struct AlertRule: Sendable {
  /// On which side of its limit a quantity is too much or too little.
  public enum Side: String, Sendable, Hashable {
    case above
    case below
  }

  /// What the user calls it; by default what it watches.
  public var name: String
  /// Whether the user gave the name.
  public var isNamed: Bool
  /// What is watched.
  public var quantity: AlertQuantity
  /// Where it is too much or too little.
  public var side: Side
  /// What it must not pass.
  public var limit: AlertLimit
  /// How far on the good side of the limit it must be to be over, in the limit's unit.
  public var margin: Double
  /// Seconds that it must hold.
  public var hold: Double
  /// The shortest time between two words of it, in seconds.
  public var every = 60.0
  /// The device that is watched, as the user calls it; `nil` for all there are.
  public var device: String?
  /// What a relative limit is stated against; `nil` for the job's own median.
  public var baseline: Double?
  /// Whether what will be at the job's end is judged as well.
  public var isProjected = false
  /// Whether a budget is the machine's since the session began, and not the job's.
  public var isOfMachine = false
  /// Whether the terminal rings.
  public var bell = false
  /// What is run when it is raised, by `/bin/sh`.
  public var command: String?
  /// Seconds after which a command that goes on is ended.
  public var timeout = 30.0

  /// An alert on a quantity; without a name it is called by what it watches.
  public init(
    _ quantity: AlertQuantity, _ side: Side, _ limit: AlertLimit, name: String? = nil,
    hold: Double? = nil, margin: Double? = nil
  ) {
    self.quantity = quantity
    self.side = side
    self.limit = limit
    self.hold = hold ?? quantity.hold
    self.margin = margin ?? quantity.margin(of: limit)
    isNamed = name != nil
    self.name = name ?? ""
    if name == nil { self.name = plainName }
  }

  /// What it is called where the user gave no name: `projected budget above 5 kWh`.
  public var plainName: String {
    let whose = device ?? (isOfMachine ? "the machine" : nil)
    return (isProjected ? "projected " : "") + quantity.name + (whose.map { " of \($0)" } ?? "")
      + (quantity.isYesOrNo ? "" : " \(side.rawValue) \(limit.text)")
  }

  /// The device that stands for the alert in events.
  public var id: DeviceID { DeviceID(machine: "", kind: .alert, name: name) }

  /// Whether a value passes the limit.
  func isBeyond(_ value: Double) -> Bool {
    side == .above ? value > limit.value : value < limit.value
  }

  /// Whether a value is so far on the good side that what was raised is over.
  func isClear(_ value: Double) -> Bool {
    side == .above ? value <= limit.value - margin : value >= limit.value + margin
  }

  /// A value by which the limit is passed more than by another.
  func isWorse(_ value: Double, than other: Double) -> Bool {
    side == .above ? value > other : value < other
  }
}

import Telemetry

/// What measures one machine: meters of the whole of it, and of its parts.
public struct MachineMeters: Hashable, Sendable {
  /// The machine's name.
  public let machine: String
  /// What measures the whole machine or a good part of it, the widest first: meters at the plug,
  /// then the chip set's own count.
  public internal(set) var wholes: [Device] = []
  /// The parts that may be added up, since none contains another.
  public internal(set) var parts: [Device] = []

  init(_ machine: String) { self.machine = machine }

  /// The parts that a wide meter does not contain.
  func rest(beside whole: Device) -> [Device] { parts.filter { !whole.contains($0) } }
}

/// Which meters stand for a machine over a stretch of time.
public struct MeterChoice: Hashable, Sendable {
  /// When it holds.
  public var span: TimeSpan
  /// The meter of the whole machine, or of a good part of it; `nil` where the parts are added up.
  public var whole: Device?
  /// The devices whose energies are added up, with the whole first.
  public var devices: [Device]
  /// Wide meters that were passed over because they told less than the parts inside them.
  public var tooSmall: [Device] = []
}

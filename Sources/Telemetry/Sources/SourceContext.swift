/// What a data source may know of the machine and the session; filled in once, at the start.
public struct SourceContext: Sendable {
  /// The name of the machine the readings speak of.
  public var machine: String
  /// The folder that holds `proc`, `sys` and `etc`: `/`, or another one in tests.
  public var root: String
  /// The session's interval in seconds.
  public var interval: Double
  /// The IANA name of the time zone, such as `Europe/Paris`, if it is known.
  public var timeZone: String?
  /// The country whose grid feeds the machine, as ISO 3166-1 alpha-2, if the user said so.
  public var country: String?
  /// The environment of the process, for programs that are started as sources.
  public var environment: [String: String]
  /// The user id whose processes may be read; `nil` for everybody's.
  public var user: UInt32?
  /// Whether servers found on this machine may be queried without the user naming them.
  public var mayAskServers = false
  /// Whether the program asks once, for somebody who waits for the answer, and ends.
  public var isOneQuestion = false
  /// The live grid that would be asked if the user said so; `nil` where one is asked.
  public var unaskedGrid: SourceRequest?
  /// What times without a zone mean that the machine's programs write; `nil` where that is not known.
  public var localTime: LocalTime?
  /// Paths that other sources of the session follow already.
  public var followed: [String] = []

  /// The jobs of the session and their processes, as other sources find them.
  public var roster = JobRoster()

  /// The context of a session on a machine; the rest is for callers to fill in.
  public init(
    machine: String, root: String = "/", interval: Double = 1, timeZone: String? = nil,
    country: String? = nil, environment: [String: String] = [:]
  ) {
    self.machine = machine
    self.root = root
    self.interval = interval
    self.timeZone = timeZone
    self.country = country
    self.environment = environment
  }

  /// The context of a source that reads watts: asked each second, however seldom the session asks.
  ///
  /// Sensors tell a mean over a second or the watts at a moment. What lies between two readings
  /// would be guessed, and the joules with it.
  public var forPower: SourceContext {
    var context = self
    context.interval = min(1, interval)
    return context
  }

  /// The path of a system file under `root`.
  public func path(_ path: String) -> String { root == "/" ? path : root + path }

  /// A device of this machine.
  public func device(_ kind: DeviceKind, _ name: String) -> DeviceID {
    DeviceID(machine: machine, kind: kind, name: name)
  }
}

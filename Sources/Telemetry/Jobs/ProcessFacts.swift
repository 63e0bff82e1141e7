/// Who a process on an accelerator is, decoded from the attributes of its device.
///
/// The accelerator is the device's `parent`. A timeline decodes the rest when the device is
/// announced, and never again.
public struct ProcessFacts: Hashable, Sendable {
  /// The names of the attributes that the facts of the same names are decoded from.
  public enum Key: String, Sendable, CaseIterable {
    case pid, user, command, container, job
    /// When it began, in clock ticks since the machine started; pid and start together name exactly
    /// one process.
    case started
  }

  /// The process id as the driver gives it; inside a container that may be the one on the host.
  public var pid: Int?
  /// Clock ticks since the machine started; `nil` where the process could not be found in `/proc`.
  public var started: String?
  /// The name of the user it runs as, or the number where there is no name.
  public var user: String?
  /// The command line, or the kernel's short name in brackets.
  public var command: String?
  /// Kind and short id of its container, such as `docker 1f0c2a9b8e7d`.
  public var container: String?
  /// The batch job it belongs to, such as `slurm 4711`.
  public var job: String?

  /// Nothing is known.
  public init() {}

  /// Decodes the attributes.
  public init(_ attributes: [String: String]) {
    func text(_ key: Key) -> String? { attributes[key.rawValue] }
    pid = text(.pid).flatMap { Int($0) }
    started = text(.started)
    user = text(.user)
    command = text(.command)
    container = text(.container)
    job = text(.job)
  }
}

import Quantities
import Telemetry

/// Another machine, by a command that prints what `hippowatt record -o -` prints there, such as one of ssh.
///
/// It is called what the user calls it, whatever it calls itself. Its clock is compared with ours when it
/// begins to speak; where they differ, its times are told in ours. A command that ends is started again.
public struct RemoteHostSource: DataSource {
  /// `host:` and what the user calls it.
  public let name: String
  /// The name of all such sources.
  public static let sourceKind = "host"
  public var kind: String { Self.sourceKind }
  /// What the user calls the machine.
  public var remoteMachine: String { host }
  /// As for any command.
  public var interval: Double? { stream.interval }

  private let host: String
  private var stream: ExecSource
  /// Seconds by which its clock is ahead of ours; `nil` until it has spoken.
  private var ahead: Double?

  /// Below this, clocks that are kept by one time server cannot be told from the way between them.
  static let leastSkew = 1.0

  /// The machine of a name, reached by a command of the shell.
  public init(host: String, command: String, context: SourceContext) {
    self.host = host
    name = "host:" + host
    stream = ExecSource(command: command, context: context)
  }

  public mutating func probe() -> Probe { stream.probe() }

  public mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let told: [Observation]
    do throws(SourceFailure) { told = try stream.sample(clock) } catch {
      // What ssh or the program there says is what a user can act on; the command is the user's own.
      guard !stream.lastWords.isEmpty else { throw error }
      let words =
        stream.lastWords.hasPrefix(host + ": ") ? stream.lastWords : "\(host): \(stream.lastWords)"
      throw SourceFailure(
        error.health, words, remedy: "try it by hand: ssh \(host) true")
    }
    let now = clock.now
    guard !told.isEmpty else { return [] }
    var result: [Observation] = []
    // The way and a stall make what comes look older, and nothing makes it look younger: the greatest
    // difference is the clocks'.
    if let newest = told.arrivals.max() {
      let skew = newest - now
      let found = abs(skew) >= Self.leastSkew ? skew : 0
      if ahead.map({ skew - $0 >= Self.leastSkew }) ?? true {
        if found != 0 { result.append(.event(note(found, now))) }
        ahead = found
      }
    }
    let shift = ahead ?? 0
    for observation in told { result.append(observation.told(by: host, ahead: shift)) }
    return result
  }

  /// Waits until the machine has said something, for those who have nothing else to do.
  func wait(milliseconds: Int32) { stream.wait(milliseconds: milliseconds) }

  private func note(_ ahead: Double, _ now: Timestamp) -> Event {
    Event(
      time: now, kind: .note,
      text:
        "the clock of \(host) is \(SI.duration(abs(ahead))) \(ahead > 0 ? "ahead of" : "behind") ours; "
        + "its times are told in ours")
  }
}

extension [Observation] {
  /// When readings reached whoever took them.
  fileprivate var arrivals: [Timestamp] {
    compactMap { if case .reading(let reading) = $0 { reading.arrival } else { nil } }
  }
}

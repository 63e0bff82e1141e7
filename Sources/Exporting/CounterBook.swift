import Quantities
import Telemetry

/// What counters have come to, over all runs of the agent since the machine was started.
///
/// A store takes a counter that fell for one that began anew, and adds all it shows to what it knew. So a
/// counter must never fall: a page tells no less than the page before, and what is told is written down
/// before it is. What was drawn while no agent ran is in no counter.
public struct CounterBook: Sendable {
  /// A counter with the values of its labels.
  public struct Key: Hashable, Sendable {
    /// The metric's name.
    public var name: String
    /// The values of its labels.
    public var labels: [String]

    /// A counter with the values of its labels.
    public init(_ name: String, _ labels: [String]) { (self.name, self.labels) = (name, labels) }
  }

  /// What is known of a counter.
  public struct Entry: Hashable, Sendable {
    /// What earlier runs had come to.
    var base: Double
    /// What was told last.
    public var told: Double
    /// When that was.
    public var time: Timestamp
  }

  /// When its counters began to count; before the machine's next start it never changes.
  public let since: Timestamp
  /// The counters by their names and labels.
  public private(set) var entries: [Key: Entry] = [:]

  /// For how long a counter is remembered that is not told any more, in seconds: a job that is found again
  /// after a restart, or a board that comes back, goes on.
  public static let memory = 6 * 3600.0

  /// A book of a first run.
  public init(since: Timestamp) { self.since = since }

  /// A book that goes on with what an earlier run had told.
  public init(goingOnWith told: [(key: Key, value: Double)], since: Timestamp, at time: Timestamp) {
    self.since = since
    for (key, value) in told where value.isFinite && value >= 0 {
      entries[key] = Entry(base: value, told: value, time: time)
    }
  }

  /// What to tell of a counter that grew by `growth` since the agent was started.
  ///
  /// A growth that is revised downwards, as by a late reading, is told again when it is passed.
  mutating func tell(_ key: Key, _ growth: Double, at time: Timestamp) -> Double {
    var entry = entries[key] ?? Entry(base: 0, told: 0, time: time)
    entry.told = max(entry.told, entry.base + growth)
    entry.time = time
    entries[key] = entry
    return entry.told
  }

  /// Forgets counters that have not been told since a time.
  mutating func forget(before time: Timestamp) {
    if entries.values.contains(where: { $0.time < time }) {
      // What an earlier run had told is kept: without it a counter that comes back would fall.
      entries = entries.filter { $0.value.time >= time || $0.value.base > 0 }
    }
  }
}

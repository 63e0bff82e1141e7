/// Decides whether a power of 0 W can be true: a pure state machine, one for a device.
///
/// Some laptops, guests of a shared GPU and boards with broken firmware answer 0 W where they know
/// nothing. A device that works draws something, so 0 W while it is busy is unknown and not nothing;
/// and who said so for long without ever having told any watts is not believed while idle either.
/// Without work 0 W may be true: a GPU that sleeps, a rail that is switched off. Of a machine that is
/// asked it never is.
public struct ZeroPowerCheck: Sendable {
  /// The share of its time from which on a device is busy; below it a sensor's steps may be too
  /// coarse for what it draws.
  private static let busy = 0.1
  /// Seconds for which the last share that was told holds.
  private static let memory = 5.0
  /// How many readings, over how many seconds, make a habit of it.
  private static let patience = (readings: 3, seconds: 2.0)

  private let alwaysDraws: Bool
  private var activity: (share: Double, time: Timestamp)?
  private var hasToldWatts = false
  private var refused = 0
  private var first: Timestamp?
  private var hasSaid = false

  /// A check of a device that has said nothing yet; `alwaysDraws` is for one that draws power
  /// whenever anybody can ask, such as the machine we run on.
  public init(alwaysDraws: Bool = false) { self.alwaysDraws = alwaysDraws }

  /// Takes a power of 0 W that cannot be true out of a reading of the device.
  ///
  /// Returns what is to be told of it: once, when it has become a habit.
  public mutating func take(_ reading: inout Reading) -> Event? {
    // The busiest of what is told: some GPUs tell no utilization, but what their parts do.
    let shares = reading.values.lazy.filter { Self.activities.contains($0.metric) }
    if let share = shares.map(\.value).max() { activity = (share, reading.time) }
    let powers = reading.values.filter { Self.powers.contains($0.metric) }
    if powers.contains(where: { $0.steps > 0 }) { hasToldWatts = true }
    guard powers.contains(where: { $0.steps == 0 }) else { return nil }
    guard alwaysDraws || isHabit || isBusy(at: reading.time) else { return nil }
    for power in powers where power.steps == 0 { reading.remove(power.metric) }
    refused += 1
    let since = first ?? reading.time
    first = since
    guard !hasSaid, refused >= Self.patience.readings,
      reading.time - since >= Self.patience.seconds
    else { return nil }
    hasSaid = true
    return Event(
      time: reading.time, kind: .note,
      text: "says 0 W" + (alwaysDraws ? "" : " while it is busy")
        + ", which cannot be; such a power is not counted",
      device: reading.device, cause: .refused)
  }

  private var isHabit: Bool { hasSaid && !hasToldWatts }

  private func isBusy(at time: Timestamp) -> Bool {
    guard let activity, activity.share >= Self.busy else { return false }
    return time - activity.time <= Self.memory
  }

  private static let activities: Set<Metric> = [.utilization, .smActive, .tensorActive]
  private static let powers: Set<Metric> = [.power, .powerInstant, .modulePower]
}

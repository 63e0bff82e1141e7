import Quantities
import Telemetry

/// A training machine that does not exist, for trying the screen out without hardware.
///
/// Everything follows from the seed and the time alone, so two processes that simulate the same
/// seed show the same numbers. Every series it announces has the method `.simulated`, and every
/// model name carries the word SIMULATED.
public struct SimulatedSource: DataSource {
  /// `simulated`, as in the catalogue.
  public let name = "simulated"

  /// Where the story starts when nobody says: 2026-01-01T00:00:00Z.
  public static let defaultEpoch = Timestamp(nanoseconds: 1_767_225_600_000_000_000)

  let seed: UInt64
  let machine: String
  private(set) var epoch: Timestamp
  let period: Double
  let run: SimulatedRun
  let noise: ValueNoise
  /// Whether the story starts at the first call instead of at `epoch`.
  var startsNow = false
  private var isAnnounced = false
  private var last: Timestamp?
  private var lastGrid: Timestamp?

  /// A simulation on a machine of that name.
  ///
  /// The model is loaded at `epoch`; counters begin at zero there.
  public init(
    seed: UInt64 = 1, epoch: Timestamp? = nil, machine: String, period: Double = 1
  ) {
    self.seed = seed
    self.machine = machine
    self.epoch = epoch ?? Self.defaultEpoch
    self.period = period
    run = SimulatedRun(seed: seed)
    noise = ValueNoise(seed: seed &+ 77)
  }

  public mutating func probe() -> Probe {
    Probe(.ok, "always there: a machine with 8 SIMULATED accelerators, seed \(seed)")
  }

  public mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let now = clock.now
    var result: [Observation] = []
    if !isAnnounced {
      isAnnounced = true
      if startsNow { epoch = now }
      result = devices.map(Observation.device) + descriptors.map(Observation.series)
    }
    result += readings(at: now).filter { !$0.isEmpty }.map(Observation.reading)
    if let event = turningPoint(at: now) { result.append(.event(event)) }
    if isGridDue(now) {
      lastGrid = now
      result.append(.reading(grid(at: now)))
    }
    last = now
    return result
  }

  /// Tells the story from `start` to `end`, one row each `period` seconds.
  ///
  /// The observations of each instant are handed to `body`, so nothing is kept.
  public static func observations(
    seed: UInt64 = 1, machine: String, from start: Timestamp, to end: Timestamp,
    every period: Double, body: ([Observation]) throws -> Void
  ) throws {
    var source = SimulatedSource(seed: seed, epoch: start, machine: machine, period: period)
    var time = start
    while time <= end {
      try body(source.sample(FixedClock(time)))
      time = time + max(1e-3, period)
    }
  }

  /// The grid is stated again every quarter of an hour, and once a minute in between.
  private func isGridDue(_ now: Timestamp) -> Bool {
    guard let lastGrid else { return true }
    return Self.quarter(now) != Self.quarter(lastGrid) || now - lastGrid >= 60
  }

  /// The phase that began since the last call, as an event at the second it began.
  private func turningPoint(at now: Timestamp) -> Event? {
    guard let last, now > last, now - last < 600 else { return nil }
    let from = Int((last - epoch).rounded(.down))
    let to = Int((now - epoch).rounded(.down))
    let phase = SimulatedRun.phase(at: to)
    guard phase != .training, phase != SimulatedRun.phase(at: from) else { return nil }
    var start = to
    while start - 1 > from, SimulatedRun.phase(at: start - 1) == phase { start -= 1 }
    return Event(
      time: max(last, epoch + Double(start)), kind: .note,
      text: phase.rawValue)
  }

  static func quarter(_ time: Timestamp) -> Int64 { time.nanoseconds / 900_000_000_000 }
}

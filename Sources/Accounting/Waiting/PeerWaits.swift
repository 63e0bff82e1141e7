import Telemetry

/// Finds who in a job waits for whom: a pure rule over the ticks of its accelerators.
///
/// Where one rank is late, the others wait for it in their collectives: spinning kernels at low power, or
/// nothing at all. Who is late has a loader that its trainer waits for, or a trainer that is busy itself,
/// and no kernel of its own.
enum PeerWaits {
  /// A shorter wait than this share of a tick is no lateness.
  private static let least = 0.1

  /// What ties an accelerator to the one that it was last seen to wait for.
  struct Bond: Sendable {
    var late: DeviceID?
    /// How its watts go with the time in which that one computes.
    var beside = WattsByWork(least: 8, weight: 0.95)
    /// Whether it spun at low power for whole seconds in which that one waited.
    var hasSpun = false
    /// Seconds in which nobody could tell yet whether it waited, for whomever.
    var doubted = 0

    /// What ties it to another one now.
    func renewed(_ late: DeviceID) -> Self { Self(late: late, doubted: doubted) }

    /// Whether it is too early to say that it did not wait: its watts have not been compared for long.
    ///
    /// Where ranks are late in turn there is never enough to compare, and the doubt has an end.
    var isOpen: Bool { !hasSpun && !beside.isLong && doubted < 15 }
  }

  /// How much of a tick a rank kept the others waiting for, by what it did itself.
  static func length(_ tick: AcceleratorTick, _ split: TickSplit) -> Double {
    tick.isSpinning ? 0 : min(1, split.data + split.host)
  }

  /// The place of the one that is late, and how late it is; `nil` where nobody is.
  ///
  /// Where most are late, the loader of all is, and nobody waits for anybody.
  static func late(_ ticks: [AcceleratorTick], _ splits: [TickSplit]) -> (
    place: Int, length: Double
  )? {
    let lengths = zip(ticks, splits).map(length)
    guard ticks.count > 1, let place = lengths.indices.max(by: { lengths[$0] < lengths[$1] }),
      lengths[place] >= least,
      2 * lengths.count(where: { $0 >= 0.5 * lengths[place] }) <= ticks.count
    else { return nil }
    return (place, lengths[place])
  }

  /// Turns what the others' time was lost to into waiting for the one that is late.
  ///
  /// - Parameter bonds: for each, what ties it to the late one.
  /// - Returns: whether anybody waited for it, and the places of those of whom that cannot be said yet.
  static func settle(
    _ ticks: [AcceleratorTick], _ splits: inout [TickSplit],
    late: (place: Int, length: Double), bonds: inout [Bond]
  ) -> (hasVictims: Bool, open: [Int]) {
    var hasVictims = false
    var open: [Int] = []
    for place in ticks.indices where place != late.place {
      let tick = ticks[place]
      let own = length(tick, splits[place])
      guard own < 0.5 * late.length, isAcquitted(tick, late.length) else { continue }
      let lost = late.length - own
      if late.length >= 0.5, tick.isSpinning {
        splits[place] = TickSplit(peer: late.length, rung: .power, watts: tick.watts)
        bonds[place].hasSpun = true
        hasVictims = true
      } else if splits[place].unexplained >= least {
        let ofGap = min(lost, splits[place].gap)
        let ofHost = min(lost - ofGap, splits[place].host)
        splits[place].gap -= ofGap
        splits[place].host -= ofHost
        splits[place].peer = ofGap + ofHost
        hasVictims = true
      } else if let watts = spinning(tick, lost, bonds[place]) {
        splits[place].peer = lost
        splits[place].rung = .power
        splits[place].watts = watts
        hasVictims = true
      } else if mayHaveSpun(tick, lost), bonds[place].isOpen {
        bonds[place].doubted += 1
        open.append(place)
      }
    }
    return (hasVictims, open)
  }

  private static func isAcquitted(_ tick: AcceleratorTick, _ length: Double) -> Bool {
    tick.trainer.map { $0.onQueue < min(0.3, 0.5 * length) } ?? true
  }

  /// The watts of one that spins for another for a part of a tick; `nil` where its power tells nothing of
  /// that.
  ///
  /// Its kernels never end, so only what it draws may say so: watts that go down whenever the late one
  /// waits, second by second. Watts that are merely low may be heat, or another training's; they count
  /// where it was seen to spin for that one for whole seconds.
  private static func spinning(_ tick: AcceleratorTick, _ length: Double, _ bond: Bond) -> Double? {
    guard mayHaveSpun(tick, length) else { return nil }
    if let low = bond.beside.withoutWork, let high = bond.beside.atWork, low <= 0.75 * high {
      return min(low, tick.watts)
    }
    guard bond.hasSpun, let pair = tick.levels.pair,
      pair.busy - tick.watts >= 0.5 * length * (pair.busy - pair.floor)
    else { return nil }
    return max(pair.floor, pair.busy - (pair.busy - tick.watts) / length)
  }

  /// Whether its kernels went on without a pause while another was late, as those of a collective do.
  private static func mayHaveSpun(_ tick: AcceleratorTick, _ length: Double) -> Bool {
    length >= least && tick.utilization.map { $0 >= 0.9 } ?? false
  }
}

/// Finds who in a job waits for whom: a pure rule over the ticks of its accelerators.
///
/// Where one rank is late, the others wait for it in their collectives: spinning kernels at low power, or
/// nothing at all. Who is late has a loader that its trainer waits for, or a trainer that is busy itself,
/// and no kernel of its own.
enum PeerWaits {
  /// Turns what the others' time was lost to into waiting for the one that is late.
  ///
  /// - Returns: the place of the one that is late, where there is one, and for how much of the tick each
  ///   waited for it.
  static func settle(_ ticks: [AcceleratorTick], _ splits: inout [TickSplit]) -> Int? {
    guard ticks.count > 1 else { return nil }
    let late = ticks.indices.filter { place in
      let split = splits[place]
      return !ticks[place].isSpinning && (split.data >= 0.5 || split.host >= 0.5)
    }
    // Where most are late, the loader of all is, and nobody waits for anybody.
    guard !late.isEmpty, 2 * late.count <= ticks.count,
      let culprit = late.max(by: {
        splits[$0].data + splits[$0].host < splits[$1].data + splits[$1].host
      })
    else { return nil }
    let length = min(1, splits[culprit].data + splits[culprit].host)
    var hasVictims = false
    for place in ticks.indices where !late.contains(place) {
      let tick = ticks[place]
      let isAcquitted = tick.trainer.map { $0.onQueue < 0.3 } ?? true
      guard isAcquitted else { continue }
      if tick.isSpinning {
        splits[place] = TickSplit(peer: length, rung: .power, watts: tick.watts)
        hasVictims = true
      } else if splits[place].unexplained >= 0.5 {
        splits[place].peer = splits[place].unexplained
        splits[place].host = 0
        splits[place].gap = 0
        hasVictims = true
      }
    }
    return hasVictims ? culprit : nil
  }
}

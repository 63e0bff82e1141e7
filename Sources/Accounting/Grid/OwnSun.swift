import Quantities
import Telemetry

/// The sun and the battery of the site that the machine stands in, over time.
///
/// The machine is one of the site's loads and gets of each what the whole load gets: share = f + (1 − f)·grid,
/// with f = min(sun, load) / load and what was stored of the sun, as in 24/7 carbon-free energy matching.
/// What leaves the site counts for nothing.
struct OwnSun: Sendable {
  private let timeline: Timeline
  private let sun: Timeline.SeriesID
  private let other: Timeline.SeriesID?
  /// The site.
  let device: Device

  /// The energy is cut into five minutes of UTC, which divide every grid's interval.
  private static let bucket: Int64 = 300_000_000_000

  /// The site of a timeline; `nil` where none is measured.
  init?(_ timeline: Timeline) {
    guard
      let device = timeline.devices.first(where: {
        $0.id.kind == .site && timeline.id(.ownSunShare, of: $0.id) != nil
      }), let sun = timeline.id(.ownSunShare, of: device.id)
    else { return nil }
    self.timeline = timeline
    self.device = device
    self.sun = sun
    other = timeline.id(.otherStoredShare, of: device.id)
  }

  /// A stretch of the grid with the site's own sun in it, in pieces of five minutes at most.
  ///
  /// Before the session and after it nobody knows the sun on this roof: there the grid stays what it is.
  func mixed(_ stretch: GridStretch) -> [GridStretch] {
    guard let session = timeline.span else { return [stretch] }
    // Now is a little after the newest reading.
    if stretch.span.seconds < 1, (session.start...(session.end + 60)).contains(stretch.span.start) {
      return [piece(stretch)]
    }
    let from = min(max(stretch.span.start, session.start), stretch.span.end)
    let to = max(from, min(stretch.span.end, session.end))
    var result: [GridStretch] = []
    if stretch.span.start < from {
      result.append(stretch.over(TimeSpan(stretch.span.start, from)))
    }
    var start = from
    while start < to {
      let next = (start.nanoseconds.flooredQuotient(by: Self.bucket) + 1) * Self.bucket
      let end = min(Timestamp(nanoseconds: next), to)
      result.append(piece(stretch.over(TimeSpan(start, end))))
      start = end
    }
    if to < stretch.span.end { result.append(stretch.over(TimeSpan(to, stretch.span.end))) }
    return result
  }

  private func piece(_ stretch: GridStretch) -> GridStretch {
    let span = stretch.span
    var result = stretch
    result.hasSite = true
    guard let own = mean(sun, over: span) else {
      // The sun may have met all of it or nothing.
      result.renewable = nil
      result.lowCarbon = nil
      result.intensity = nil
      result.directIntensity = nil
      result.fuels = [:]
      result.rung = .unknown
      result.band = (stretch.band?.lowerBound ?? stretch.renewable).map { $0...1 }
      return result
    }
    let stored = other.flatMap { mean($0, over: span) } ?? 0
    let grid = max(0, 1 - own)
    result.isSiteKnown = true
    result.own = own
    result.stored = min(stored, grid)
    result.renewable = stretch.renewable.map { own + grid * min(max($0, 0), 1) }
    result.lowCarbon = stretch.lowCarbon.map { own + grid * min(max($0, 0), 1) }
    result.intensity = stretch.intensity.map { own * GridAccount.ownSunLifecycle + grid * $0 }
    result.directIntensity = stretch.directIntensity.map { grid * $0 }
    result.fuels = stretch.fuels.mapValues { $0 * grid }
    let low = min(max(stretch.band?.lowerBound ?? stretch.renewable ?? 0, 0), 1)
    let high = min(max(stretch.band?.upperBound ?? stretch.renewable ?? 1, 0), 1)
    // What comes out of the battery from nobody knows where may be all renewable or none of it.
    let rest = grid - result.stored
    if result.stored > 0 || stretch.band != nil || stretch.renewable == nil {
      let least = own + rest * min(low, high)
      result.band = least...max(least, min(1, own + result.stored + rest * max(low, high)))
    }
    return result
  }

  /// The mean of a share over a span of which half is known at least.
  private func mean(_ id: Timeline.SeriesID, over span: TimeSpan) -> Double? {
    let total = timeline.total(id, over: span)
    if span.seconds >= 1, total.coverage >= 0.5 { return total.mean.map { min(max($0, 0), 1) } }
    // A moment has no mean, nor has what lies between the only reading and the next.
    guard span.seconds <= 60 else { return nil }
    let descriptor = timeline.descriptor(id)
    let middle = span.start + span.seconds / 2
    return timeline.moment(at: middle).value(descriptor.metric, of: descriptor.device)
  }
}

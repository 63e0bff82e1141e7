import Quantities
import Telemetry

/// The sun and the battery of the site that the machine stands in, over time.
///
/// The machine is one of the site's loads and gets of each what the whole load gets: share = f + (1 − f)·grid,
/// with f = min(sun, load) / load and what was stored of the sun, as in 24/7 carbon-free energy matching.
/// What leaves the site counts for nothing.
struct OwnSun: Sendable {
  private let timeline: Timeline
  private let sun: Timeline.SeriesID?
  private let other: Timeline.SeriesID?
  /// The site; `nil` where its meters were asked and never answered.
  let device: Device?

  /// The energy is cut into minutes of UTC, which divide every grid's interval, and are known of a
  /// recording's whole length.
  private static let minute: Int64 = 60_000_000_000

  /// The site of a timeline; `nil` where none is asked.
  init?(_ timeline: Timeline) {
    device = timeline.devices.first {
      $0.id.kind == .site && timeline.id(.ownSunShare, of: $0.id) != nil
    }
    guard device != nil || timeline.states.contains(where: { $0.kind == DeviceKind.site.name })
    else { return nil }
    self.timeline = timeline
    sun = device.flatMap { timeline.id(.ownSunShare, of: $0.id) }
    other = device.flatMap { timeline.id(.otherStoredShare, of: $0.id) }
  }

  /// The series that the shares rest on.
  var series: [Timeline.SeriesID] { [sun, other].compactMap { $0 } }

  /// A stretch of the grid with the site's own sun in it, in pieces of a minute at most.
  ///
  /// Before the session and after it nobody knows the sun on this roof: there the grid stays what it is.
  func mixed(_ stretch: GridStretch) -> [GridStretch] {
    guard let session = timeline.span else { return [stretch] }
    // Now is a little after the newest reading.
    if stretch.span.seconds < 1, (session.start...(session.end + 60)).contains(stretch.span.start) {
      return [moment(stretch)]
    }
    let from = min(max(stretch.span.start, session.start), stretch.span.end)
    let to = max(from, min(stretch.span.end, session.end))
    var result: [GridStretch] = []
    if stretch.span.start < from {
      result.append(stretch.over(TimeSpan(stretch.span.start, from)))
    }
    let inside = TimeSpan(from, to)
    var silences = (sun.map { timeline.silences($0, in: inside) } ?? [inside])[...]
    var start = from
    while start < to {
      while let first = silences.first, first.end <= start { silences.removeFirst() }
      let isSilent = silences.first.map { $0.start <= start } ?? false
      var end = to
      if isSilent {
        end = min(end, silences.first?.end ?? end)
      } else {
        let next = (start.nanoseconds.flooredQuotient(by: Self.minute) + 1) * Self.minute
        end = min(end, Timestamp(nanoseconds: next), silences.first?.start ?? end)
      }
      let piece = stretch.over(TimeSpan(start, end))
      result.append(isSilent ? silent(piece) : known(piece))
      start = end
    }
    if to < stretch.span.end { result.append(stretch.over(TimeSpan(to, stretch.span.end))) }
    return result
  }

  /// What is known while the site tells nothing: the sun may have met all of it or none.
  private func silent(_ stretch: GridStretch) -> GridStretch {
    var result = stretch
    result.hasSite = true
    result.renewable = nil
    result.lowCarbon = nil
    result.intensity = nil
    result.directIntensity = nil
    result.fuels = [:]
    result.rung = .unknown
    result.band = (stretch.band?.lowerBound ?? stretch.renewable).map { min(max($0, 0), 1)...1 }
    return result
  }

  /// A piece over which the site tells its sun.
  ///
  /// The mean counts; where the sun came and went within the piece the band says so, since the machine may
  /// have drawn more in its brighter or in its darker part.
  private func known(_ stretch: GridStretch) -> GridStretch {
    guard let sun, let own = mean(sun, over: stretch.span) else { return silent(stretch) }
    let stored = other.flatMap { mean($0, over: stretch.span) } ?? 0
    let extremes = timeline.extremes(sun, over: stretch.span)
    let low = min(own, max(0, extremes?.low ?? own))
    let high = max(own, min(1, extremes?.high ?? own))
    return mixed(stretch, own: own, within: low...high, stored: stored)
  }

  /// What is known at a moment.
  private func moment(_ stretch: GridStretch) -> GridStretch {
    guard let device else { return silent(stretch) }
    let moment = timeline.moment(at: stretch.span.start)
    guard let own = moment.value(.ownSunShare, of: device.id) else { return silent(stretch) }
    let stored = moment.value(.otherStoredShare, of: device.id) ?? 0
    return mixed(stretch, own: own, within: own...own, stored: stored)
  }

  private func mixed(
    _ stretch: GridStretch, own: Double, within range: ClosedRange<Double>, stored: Double
  ) -> GridStretch {
    var result = stretch
    let grid = max(0, 1 - own)
    result.hasSite = true
    result.isSiteKnown = true
    result.own = own
    result.stored = min(stored, grid)
    result.renewable = stretch.renewable.map { own + grid * min(max($0, 0), 1) }
    result.lowCarbon = stretch.lowCarbon.map { own + grid * min(max($0, 0), 1) }
    result.intensity = stretch.intensity.map { own * GridAccount.ownSunLifecycle + grid * $0 }
    result.directIntensity = stretch.directIntensity.map { grid * $0 }
    result.fuels = stretch.fuels.mapValues { $0 * grid }
    let least = min(max(stretch.band?.lowerBound ?? stretch.renewable ?? 0, 0), 1)
    let most = max(least, min(max(stretch.band?.upperBound ?? stretch.renewable ?? 1, 0), 1))
    // What comes out of the battery from nobody knows where may be all renewable or none of it.
    func bound(_ own: Double, _ share: Double, _ stored: Double, _ isRenewable: Bool) -> Double {
      let part = min(stored, 1 - own)
      return own + (isRenewable ? part : 0) + (1 - own - part) * share
    }
    let low = bound(range.lowerBound, least, stored, false)
    let high = bound(range.upperBound, most, stored, true)
    if result.stored > 0 || stretch.band != nil || stretch.renewable == nil || high - low > 1e-9 {
      result.band = min(low, high)...min(1, max(low, high))
    }
    return result
  }

  /// The mean of a share over a span in which it is told.
  private func mean(_ id: Timeline.SeriesID, over span: TimeSpan) -> Double? {
    if let mean = timeline.total(id, over: span).mean, mean.isFinite { return min(max(mean, 0), 1) }
    // What lies between the only reading and the next has no mean.
    let descriptor = timeline.descriptor(id)
    let middle = span.start + span.seconds / 2
    return timeline.moment(at: middle).value(descriptor.metric, of: descriptor.device)
  }
}

import Quantities
import Telemetry

/// What is known of the electricity over time, each stretch from the best source there is.
///
/// Values are held over their interval and never interpolated. Where the live source is silent, its
/// last measurement stands for two hours, then the same hour of the last seven days, then the year.
public struct GridCourse: Sendable {
  private let timeline: Timeline
  /// The source that says intervals, if there is one.
  public let live: Device?
  /// The grid whose values are readings: a yearly mean, a simulation, somebody's own sensor.
  public let held: Device?
  /// The site's own sun, where it is measured.
  private let own: OwnSun?
  private let asOf: Timestamp?

  /// A profile needs so many of the last seven days.
  static let leastDays = 3

  /// The course of a timeline; with `asOf` as it was known at that time, forecasts included.
  public init(_ timeline: Timeline, asOf: Timestamp? = nil) {
    self.timeline = timeline
    self.asOf = asOf
    let grids = timeline.devices.filter { $0.id.kind == .grid }
    let said = Set(timeline.gridBook.devices)
    // What one kilowatt-hour more would cause says nothing of those that were drawn.
    live = grids.first { device in
      said.contains(device.id) && GridFacts(device.attributes)?.signal != .marginal
    }
    held =
      grids.first { timeline.id(.renewableShare, of: $0.id) != nil }
      ?? grids.first { timeline.id(.carbonIntensity, of: $0.id) != nil }
    own = OwnSun(timeline)
  }

  /// The site whose own sun is measured; `nil` where there is none or it never answered.
  public var site: Device? { own?.device }
  /// Whether a site's meters are asked, whether or not they answer.
  public var isInSite: Bool { own != nil }
  /// The series of the site that the shares rest on.
  var siteSeries: [Timeline.SeriesID] { own?.series ?? [] }

  /// The stretches of a span, in order and without gaps: the grid's, with the site's own sun in them.
  public func stretches(in span: TimeSpan) -> [GridStretch] {
    let stretches = gridStretches(in: span)
    guard let own else { return stretches }
    return stretches.flatMap(own.mixed)
  }

  /// The grid alone.
  private func gridStretches(in span: TimeSpan) -> [GridStretch] {
    guard span.seconds > 0 else { return [] }
    guard let live else { return heldStretches(in: span) }
    var result: [GridStretch] = []
    var reached = span.start
    for statement in timeline.gridBook.statements(of: live.id, in: span, asOf: asOf)
    where Self.told.contains(where: { statement[$0] != nil }) {
      let from = max(statement.span.start, reached)
      let to = min(statement.span.end, span.end)
      guard from < to else { continue }
      if reached < from { result += gap(TimeSpan(reached, from), live) }
      let rung: GridRung = statement.quality == .measured ? .measured : .estimated
      let stretch = GridStretch(TimeSpan(from, to), rung, statement)
      // Where it tells grams alone, shares are what they are without it.
      result +=
        stretch.renewable == nil
        ? gap(stretch.span, live).map { $0.with(gramsOf: stretch) } : [stretch]
      reached = to
    }
    if reached < span.end { result += gap(TimeSpan(reached, span.end), live) }
    return result
  }

  /// What a statement must tell one of to stand for its interval.
  private static let told: [Metric] = [.renewableShare, .carbonIntensity, .directIntensity]

  /// What is known at one time.
  ///
  /// Every service tells an interval after it is over. So what is no older than usual counts as measured
  /// here: one interval until it is told, and two that may be missed. In an account it stays what it is,
  /// since its own interval will still be told.
  public func state(at time: Timestamp) -> GridStretch {
    let one = TimeSpan(time, Timestamp(nanoseconds: time.nanoseconds.saturatingAdd(1)))
    let state = stretches(in: one).first ?? GridStretch(one)
    guard let cadence = live.flatMap({ GridFacts($0.attributes) })?.cadence,
      let told = state.toldUntil, time - told <= 3 * cadence
    else { return state }
    return state.asFresh
  }

  /// What stands for a stretch of which the live source says nothing.
  private func gap(_ span: TimeSpan, _ live: Device) -> [GridStretch] {
    func last(_ told: [Metric]) -> GridStatement? {
      timeline.gridBook.lastMeasured(
        of: live.id, before: span.start, after: span.start - GridRung.patience, telling: told,
        asOf: asOf)
    }
    let shares = last([.renewableShare])
    // Grams alone that are newer than the last share outlast it.
    let grams = last(Self.told).flatMap { $0[.renewableShare] == nil ? $0 : nil }
    var result: [GridStretch] = []
    var start = span.start
    if let shares {
      let end = min(shares.span.end + GridRung.patience, span.end)
      result.append(GridStretch(TimeSpan(start, end), .stale, shares))
      start = end
    }
    if start < span.end { result += longGap(TimeSpan(start, span.end), live) }
    guard let grams else { return result }
    let end = grams.span.end + GridRung.patience
    return result.flatMap { stretch in
      let cut = min(max(end, stretch.span.start), stretch.span.end)
      let told = GridStretch(stretch.span, .stale, grams)
      let near = stretch.over(TimeSpan(stretch.span.start, cut)).with(gramsOf: told)
      let far = stretch.over(TimeSpan(cut, stretch.span.end))
      return [near, far].filter { $0.span.seconds > 0 }
    }
  }

  /// What stands for a stretch that is too far from the last measurement.
  private func longGap(_ span: TimeSpan, _ live: Device) -> [GridStretch] {
    var result: [GridStretch] = []
    var start = span.start
    while start < span.end {
      let hour = start.nanoseconds.flooredQuotient(by: Self.hour)
      let end = min(Timestamp(nanoseconds: (hour + 1) * Self.hour), span.end)
      let stretch = TimeSpan(start, end)
      if let profile = profile(stretch, hour, live) {
        result.append(profile)
      } else {
        result += heldStretches(in: stretch)
      }
      start = end
    }
    return result
  }

  private static let hour: Int64 = 3_600_000_000_000

  /// The mean of the same hour of the seven days before.
  private func profile(_ span: TimeSpan, _ hour: Int64, _ live: Device) -> GridStretch? {
    let days: [GridStatement] = (1...7).compactMap { day in
      let time = Timestamp(nanoseconds: (hour - 24 * Int64(day)) * Self.hour + Self.hour / 2)
      let known = timeline.gridBook.statement(of: live.id, at: time, asOf: asOf)
      return known?.quality == .measured ? known : nil
    }
    let shares = days.compactMap { $0[.renewableShare] }
    guard shares.count >= Self.leastDays else { return nil }
    func mean(_ metric: Metric) -> Double? {
      let values = days.compactMap { $0[metric] }
      return values.count == shares.count ? values.reduce(0, +) / Double(values.count) : nil
    }
    var stretch = GridStretch(span)
    stretch.rung = .profile
    stretch.renewable = mean(.renewableShare)
    stretch.lowCarbon = mean(.lowCarbonShare)
    stretch.intensity = mean(.carbonIntensity)
    stretch.directIntensity = mean(.directIntensity)
    stretch.device = live.id
    if let low = shares.min(), let high = shares.max() { stretch.band = low...high }
    return stretch
  }

  /// The stretches over which readings of a grid hold.
  private func heldStretches(in span: TimeSpan) -> [GridStretch] {
    guard let held else { return [GridStretch(span)] }
    let metrics: [Metric] = [.renewableShare, .lowCarbonShare, .carbonIntensity, .directIntensity]
    let ids = metrics.compactMap { timeline.id($0, of: held.id) }
    var cuts = ids.flatMap { timeline.changes($0, in: span) } + [span.start, span.end]
    // Before its first reading nothing is known.
    cuts += ids.compactMap { timeline.firstReading($0)?.time }.filter { span.contains($0) }
    cuts.sort()
    let isAnnual = timeline.id(.renewableShare, of: held.id).map {
      timeline.descriptor($0).provenance.method == .annual
    }
    let fuels = GridStretch.fuelMetrics.filter { timeline.id($0, of: held.id) != nil }
    return zip(cuts, cuts.dropFirst()).filter { $0 < $1 }.map { from, to in
      var stretch = GridStretch(TimeSpan(from, to))
      let moment = timeline.moment(at: from)
      let share = moment.known(.renewableShare, of: held.id)?.value
      let intensity = moment.known(.carbonIntensity, of: held.id)?.value
      guard share != nil || intensity != nil else { return stretch }
      stretch.rung = isAnnual == true ? .annual : .measured
      stretch.device = held.id
      stretch.renewable = share
      stretch.lowCarbon = moment.known(.lowCarbonShare, of: held.id)?.value
      stretch.intensity = intensity
      stretch.directIntensity = moment.known(.directIntensity, of: held.id)?.value
      for metric in fuels { stretch.fuels[metric] = moment.known(metric, of: held.id)?.value }
      return stretch
    }
  }
}

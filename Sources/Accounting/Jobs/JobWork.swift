import Quantities
import Telemetry

/// How much of something a job did, and the energy of the very time it did it in.
///
/// Tokens are told at other times than steps. What they cost is asked of the stretch between two of
/// their own reports, and never of another.
public struct JobWork: Hashable, Sendable {
  /// How the amount is known.
  public enum Basis: String, Sendable, Hashable {
    /// By difference of what the job counts, between two of its reports.
    case counted
    /// By the rate that the job states.
    case stated = "stated rate"
    /// Steps times the tokens of a step, as counted over a longer stretch.
    case scaled = "scaled by steps"
    /// Steps times the batch that the job states.
    case batches = "steps times the batch"
    /// One pass, over the seconds that the job says it took.
    case statedTime = "stated time"
  }

  /// How many.
  public var count: Double
  /// The stretch it was done in.
  public var span: TimeSpan
  /// Seconds of the stretch that pauses took: their energy is not in it.
  public var pausedSeconds = 0.0
  /// The energy of the stretch without its pauses, if anything measures it.
  public var energy: EnergyAmount?
  /// How the amount is known.
  public var basis: Basis

  /// An amount with the stretch and the energy it took.
  public init(
    count: Double, span: TimeSpan, pausedSeconds: Double = 0, energy: EnergyAmount?, basis: Basis
  ) {
    self.count = count
    self.span = span
    self.pausedSeconds = pausedSeconds
    self.energy = energy
    self.basis = basis
  }

  /// Seconds of the stretch without its pauses.
  public var seconds: Double { max(0, span.seconds - pausedSeconds) }
  /// How many a second, pauses left out.
  public var perSecond: Double? { seconds > 0 && count > 0 ? count / seconds : nil }

  /// Joules for one of them, where a share of the work was done by what is measured here.
  func joules(seenShare: Double) -> Double? {
    guard let energy, energy.isKnown, energy.joules > 0, count > 0,
      seconds >= JobCost.leastSeconds
    else { return nil }
    // What was done while the energy was not known took as much as the rest.
    return energy.joules / (count * seenShare * energy.coverage)
  }
}

extension Ledger {
  /// What is asked for when work is looked for.
  struct WorkQuery {
    var job: DeviceID
    var facts: JobFacts
    /// The stretch that the cost is taken over.
    var span: TimeSpan
    /// Where else counts may be told, such as a first one before the first step.
    var room: TimeSpan?
    /// Steps in that stretch, without those in pauses.
    var steps: Double
    /// The time looked at, where the newest reports are wanted; `nil` for those inside the stretch.
    var time: Timestamp?
    /// Nothing before this enters.
    var since: Timestamp?
    /// Whether pauses that the job tells are left out.
    var isWithoutPauses: Bool
    /// Pauses that the job does not tell, with their steps.
    var unnamed: [StepStatistics.Interval] = []

    /// Those of them inside the stretch.
    var unnamedInside: [StepStatistics.Interval] { unnamed.filter { span.holds($0.span) } }
  }

  /// How much a job did of what a counter or a rate tells, over the longest part of a stretch that is
  /// known.
  func work(_ counter: Metric, _ rate: Metric?, _ query: WorkQuery) -> JobWork? {
    let counted = countedWork(counter, query)
    let stated = rate.flatMap { statedWork($0, query) }
    func overlap(_ work: JobWork?) -> Double {
      work.flatMap { $0.span.intersection(query.span)?.seconds } ?? 0
    }
    // What was counted is believed before what is stated, where both tell of as much.
    let best = overlap(stated) > 1.1 * overlap(counted) ? stated : counted ?? stated
    if overlap(best) < query.span.seconds / 2, query.steps > 0, let counted,
      let scaled = scaledWork(counter, counted, query)
    {
      return scaled
    }
    return best
  }

  private func pauses(_ span: TimeSpan, _ query: WorkQuery) -> [TimeSpan] {
    query.isWithoutPauses ? statedPauses(of: query.job, in: span).map(\.span) : []
  }

  /// The work of a stretch with the energy outside of some pauses.
  private func work(
    _ count: Double, _ span: TimeSpan, without holes: [TimeSpan], _ basis: JobWork.Basis,
    _ query: WorkQuery
  ) -> JobWork {
    JobWork(
      count: count, span: span, pausedSeconds: holes.isEmpty ? 0 : span.seconds(of: holes),
      energy: jobEnergy(of: query.job, over: span, without: holes), basis: basis)
  }

  /// The reports of a count at both ends of what is asked for.
  func ends(_ id: Timeline.SeriesID, _ query: WorkQuery) -> TimeSpan? {
    if let time = query.time {
      return timeline.progress(id, at: time, over: query.span.seconds, since: query.since).map {
        TimeSpan($0.from.time, $0.to.time)
      }
    }
    let reports = timeline.changeReports(id, in: query.room ?? query.span, since: query.since)
    guard let first = reports.first, let last = reports.last, first.time < last.time else {
      return nil
    }
    return TimeSpan(first.time, last.time)
  }

  private func countedWork(_ counter: Metric, _ query: WorkQuery) -> JobWork? {
    guard let id = timeline.id(counter, of: query.job), let span = ends(id, query) else {
      return nil
    }
    let total = timeline.total(id, over: span)
    // A count that began anew in between says nothing of the whole.
    guard total.covered >= span.seconds * (1 - 1e-9), total.amount > 0 else { return nil }
    var (count, holes) = (total.amount, pauses(span, query))
    for pause in query.unnamed where pause.span.start >= span.start && pause.span.end <= span.end {
      guard let inside = amount(id, in: pause, of: (total.amount, span), query) else { continue }
      count -= inside
      holes.append(pause.span)
    }
    guard count > 0 else { return nil }
    return work(count, span, without: holes, .counted, query)
  }

  /// How much was counted between two steps with a pause between them; `nil` where that is not known.
  private func amount(
    _ id: Timeline.SeriesID, in pause: StepStatistics.Interval, of whole: (Double, TimeSpan),
    _ query: WorkQuery
  ) -> Double? {
    let ends = [pause.span.start, pause.span.end]
    if ends.allSatisfy({ timeline.reading(id, at: $0)?.time == $0 }) {
      return timeline.total(id, over: pause.span).amount
    }
    return each(whole.0, over: whole.1, query).map { $0 * pause.steps }
  }

  /// How much a step was over a stretch, where steps are told densely enough.
  private func each(_ count: Double, over span: TimeSpan, _ query: WorkQuery) -> Double? {
    guard let id = timeline.id(.step, of: query.job),
      let from = timeline.reading(id, at: span.start), let to = timeline.reading(id, at: span.end),
      to.value > from.value
    else { return nil }
    let lag = max(span.start - from.time, span.end - to.time)
    return lag <= 0.02 * span.seconds ? count / (to.value - from.value) : nil
  }

  private func scaledWork(
    _ counter: Metric, _ counted: JobWork, _ query: WorkQuery
  ) -> JobWork? {
    guard let id = timeline.id(counter, of: query.job) else { return nil }
    let total = timeline.total(id, over: counted.span).amount
    guard let each = each(total, over: counted.span, query) else { return nil }
    let holes = pauses(query.span, query) + query.unnamedInside.map(\.span)
    return work(each * query.steps, query.span, without: holes, .scaled, query)
  }

  /// The work by a rate: each reading of it speaks of the time since the one before.
  private func statedWork(_ rate: Metric, _ query: WorkQuery) -> JobWork? {
    // Samples a second are those of all devices.
    guard query.facts.timing != .none,
      let factor = rate == .sampleRate ? 1 : query.facts.rateFactor,
      let id = timeline.id(rate, of: query.job)
    else { return nil }
    let floor = max(query.since ?? query.span.start, query.span.start)
    let provenance = timeline.descriptor(id).provenance
    guard let last = timeline.reading(id, at: query.span.end), last.time > floor else { return nil }
    let inside = timeline.readings(id, in: TimeSpan(floor, query.span.end))
    var from = timeline.reading(id, at: floor)
    if let since = query.since, let first = from, first.time < since { from = nil }
    guard let begin = from ?? inside.first else { return nil }
    let span = TimeSpan(max(floor, begin.time), last.time)
    let holes = pauses(span, query) + query.unnamed.map(\.span)
    guard span.seconds > 0 else { return nil }
    guard provenance.method == .log,
      inside.first.map({ $0.time - begin.time <= provenance.gap }) ?? false
    else {
      guard let mean = timeline.total(id, over: span).mean else { return nil }
      let seconds = span.seconds - span.seconds(of: holes)
      return work(mean * seconds * factor, span, without: holes, .stated, query)
    }
    var (count, known, before) = (0.0, 0.0, begin.time)
    for report in inside where report.time > before {
      let part = TimeSpan(max(before, span.start), report.time)
      if report.time - before <= provenance.gap {
        known += part.seconds
        count += report.value * (part.seconds - part.seconds(of: holes))
      }
      before = report.time
    }
    guard count > 0, known >= JobCost.leastCoverage * span.seconds else { return nil }
    return work(count / known * span.seconds * factor, span, without: holes, .stated, query)
  }

  /// The passes over the data that a job made, between two of its words of them.
  ///
  /// With whole numbers, only the report at which the number changes tells when a pass ended. Where
  /// there is but one, the seconds that the job says it took are those before it.
  func epochWork(_ query: WorkQuery) -> JobWork? {
    guard let id = timeline.id(.epoch, of: query.job) else { return nil }
    if let span = ends(id, query), let from = timeline.reading(id, at: span.start),
      let to = timeline.reading(id, at: span.end), to.value > from.value
    {
      return work(
        to.value - from.value, span, without: pauses(span, query), .counted, query)
    }
    let end = query.time ?? query.span.end
    guard let last = timeline.reading(id, at: end),
      let time = timeline.id(.epochTime, of: query.job),
      let took = timeline.reading(time, at: last.time), took.time == last.time,
      last.value == last.value.rounded(), last.value >= 1,
      query.since.map({ last.time - took.value >= $0 - 1 }) ?? true
    else { return nil }
    let span = TimeSpan(last: took.value, endingAt: last.time)
    return work(1, span, without: pauses(span, query), .statedTime, query)
  }
}

import Glibc
import Telemetry

/// The settled beginnings of grid accounts, which the next ledger of a session goes on from.
///
/// An account adds joules stretch by stretch, in order of time. Nearly all of its stretches are the
/// same a second later, so that only those after the last settled one are added again. What is settled
/// counts only as long as all it rests on is what it was; else the account is made from scratch, and
/// the numbers are the same to the last bit either way.
public final class GridTally: @unchecked Sendable {
  /// The beginning of an account, and what it rests on.
  struct Settled {
    /// Up to here the account is added up.
    var end: Timestamp
    var account = GridAccount()
    /// Whether stretches of it are those of the grid whose values are readings, or of a site.
    var restsOnHeld = false
    var basis: Basis?
  }

  /// All that an account up to a time is a function of.
  struct Basis: Hashable {
    /// What is known of a series, and its newest value where that came before the end.
    struct Source: Hashable {
      var series: Timeline.SeriesID
      var revision: Int
      var newest: Timestamp?
      var amount: Double
    }

    var live: DeviceID?
    var held: DeviceID?
    var book: Int
    var sources: [Source]
    var heldSources: [Source]
    var choices: [TimeSpan: [[DeviceID]]]
  }

  /// So many spans with different starts are kept; a screen asks for one or two.
  private static let capacity = 8
  /// Meters tell of the last seconds late: what is younger than this is added anew each time.
  static let patience = 120.0

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var known: [Timestamp: Settled] = [:]
  /// What the ledgers found of accelerators' idle power.
  let floors = IdleFloorTally()
  /// What the ledgers found of curves.
  let curves = CurveTally()

  /// A tally in which nothing is settled.
  public init() {
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// What was settled of the spans that begin at a time.
  func settled(from start: Timestamp) -> Settled? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return known[start]
  }

  func settle(_ settled: Settled, from start: Timestamp) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if known[start] == nil, known.count >= Self.capacity { known = [:] }
    known[start] = settled
  }
}

extension Ledger {
  /// The account of a span, stretch by stretch, beginning with what is settled of it.
  func added(_ course: GridCourse, over span: TimeSpan) -> GridAccount {
    var settled = settled(course, over: span) ?? GridTally.Settled(end: span.start)
    let old = settled.end
    let youngest = min(span.end, timeline.span?.end ?? span.end) - GridTally.patience
    var account = settled.account
    var restsOnHeld = settled.restsOnHeld
    for stretch in course.stretches(in: TimeSpan(settled.end, span.end)) {
      if stretch.device != course.live?.id || stretch.rung >= .annual || stretch.hasSite {
        restsOnHeld = true
      }
      if let joules = energy(over: stretch.span)?.joules, joules > 0 {
        account.add(joules, stretch)
      }
      // Only at the end of an interval that was told do the stretches after it not depend on those before.
      // Without intervals what holds at a time depends on nothing before it.
      let isToldTo = stretch.isTold && stretch.toldUntil == stretch.span.end
      guard isToldTo || course.live == nil, stretch.span.end <= youngest else { continue }
      settled.end = stretch.span.end
      settled.account = account
      settled.restsOnHeld = restsOnHeld
    }
    if settled.end > old {
      settled.basis = basis(course, TimeSpan(span.start, settled.end), settled.restsOnHeld)
      tally.settle(settled, from: span.start)
    }
    return account
  }

  /// What is settled of a span; `nil` where anything that it rests on has changed.
  func settled(_ course: GridCourse, over span: TimeSpan) -> GridTally.Settled? {
    guard course.live != nil || course.isInSite, let settled = tally.settled(from: span.start),
      settled.end <= span.end,
      settled.basis == basis(course, TimeSpan(span.start, settled.end), settled.restsOnHeld)
    else { return nil }
    return settled
  }

  /// What an account over a span rests on.
  private func basis(_ course: GridCourse, _ span: TimeSpan, _ restsOnHeld: Bool)
    -> GridTally.Basis
  {
    func source(_ id: Timeline.SeriesID, _ isWhole: Bool) -> GridTally.Basis.Source {
      let newest = timeline.newest(id)
      let isBehind = newest.map { isWhole || $0 < span.end } ?? true
      return .init(
        series: id, revision: timeline.revision(of: id), newest: isBehind ? newest : nil,
        amount: timeline.total(id, over: span).amount)
    }
    var basis = GridTally.Basis(
      live: course.live?.id, held: course.held?.id, book: timeline.gridBook.fingerprint,
      sources: [], heldSources: [], choices: [:])
    for meters in inventory.machines {
      let ids = (meters.wholes + meters.parts).compactMap { timeline.energySeries(of: $0.id) }
      basis.sources += ids.map { source($0, false) }
      for choice in meterChoices(of: meters) {
        guard let part = choice.span.intersection(span), part.seconds > 0 else { continue }
        basis.choices[part, default: []].append(choice.devices.map(\.id))
      }
    }
    if restsOnHeld, let held = course.held {
      let metrics: [Metric] = [
        .renewableShare, .lowCarbonShare, .carbonIntensity, .directIntensity,
      ]
      basis.heldSources = metrics.compactMap { timeline.id($0, of: held.id) }
        .map { source($0, true) }
    }
    basis.heldSources += course.siteSeries.map { source($0, false) }
    return basis
  }
}

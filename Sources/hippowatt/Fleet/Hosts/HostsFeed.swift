import Accounting
import Dashboard
import Glibc
import Sensors
import Telemetry

/// Many machines by a stream of each, in one timeline.
final class HostsFeed: Feed {
  private let live: LiveFeed
  private let names: [String]
  private let clock: SystemClock
  private let tariff: Tariff?
  private let tally = GridTally()
  private var open: String?
  private var picture: FleetPicture
  private var lookedAt: (time: Timestamp, window: Double)?

  let interval = 1.0
  var news: Int32? { live.news }
  var fleet: FleetPicture? { picture }

  /// The machines of these names, each reached by a command.
  init(
    _ hosts: [(name: String, command: String)], clock: SystemClock, context: SourceContext,
    privacy: PrivacyFilter, tariff: Tariff?
  ) {
    self.clock = clock
    self.tariff = tariff
    names = hosts.map(\.name)
    live = LiveFeed(clock: clock, machine: context.machine, interval: 1, privacy: privacy)
    picture = FleetPicture(store: names.count == 1 ? names[0] : "\(names.count) × ssh")
    picture.isReached = true
    for host in hosts {
      live.collector.add(
        RemoteHostSource(host: host.name, command: host.command, context: context), interval: 1)
    }
  }

  /// Keeps what the machines tell in a recording as well.
  func record(to path: String) throws { try live.record(to: path, isSimulated: false) }

  var timeline: Timeline { open.map(live.timeline.only) ?? live.timeline }

  var bounds: TimeSpan { live.bounds }

  var info: SessionInfo {
    var info = live.info
    info.machine = open ?? picture.store
    return info
  }

  func update(for view: ViewState) {
    open = view.fleet?.open
    live.take(live.collector.drain())
    let time = view.cursor.time(in: bounds)
    // The accounts of all machines are made once a second, and when another time is looked at.
    let isDue =
      lookedAt.map { abs(time - $0.time) >= 1 || $0.window != view.window } ?? true
    guard isDue else { return }
    lookedAt = (time, view.window)
    look(at: time, window: view.window)
  }

  private func look(at time: Timestamp, window: Double) {
    let moment = HostsMoment(
      Ledger(live.timeline, tally: tally), at: time, window: window, since: clock.start,
      tariff: tariff
    ).moment(names)
    picture.moment = moment
    picture.told = time
    let failed = live.timeline.states(at: time).filter {
      $0.kind == RemoteHostSource.sourceKind && $0.health != .ok && $0.health != .waiting
    }
    picture.warning = failed.map(\.message).joined(separator: " · ")
  }

  /// Waits until every machine has spoken twice or failed, at most so many seconds.
  func settle(seconds: Double) {
    let start = clock.now
    while clock.now - start < seconds {
      live.take(live.collector.drain())
      look(at: clock.now, window: seconds)
      let states = live.timeline.states(at: clock.now).filter {
        $0.kind == RemoteHostSource.sourceKind
      }
      let failed = states.count { $0.health == .failed }
      let speaking = picture.moment?.hosts.count { $0.watts != nil } ?? 0
      if speaking + failed >= names.count, clock.now - start > 3 { return }
      poll(nil, 0, 50)
    }
  }

  func mark(_ event: Event) -> String? { live.mark(event) }

  func close() { live.close() }
}

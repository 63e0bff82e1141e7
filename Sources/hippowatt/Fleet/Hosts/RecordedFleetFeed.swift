import Accounting
import Dashboard
import Telemetry

/// The machines of a recording, as a fleet.
final class RecordedFleetFeed: Feed {
  private let replay: ReplayFeed
  private let tariff: Tariff?
  private let tally = GridTally()
  private var open: String?
  private var picture: FleetPicture
  private var lookedAt: (time: Timestamp, window: Double)?

  var interval: Double { replay.interval }
  var fleet: FleetPicture? { picture }

  /// The machines of a recording that is open.
  init(_ replay: ReplayFeed, tariff: Tariff?) {
    self.replay = replay
    self.tariff = tariff
    let name: String
    if case .recording(let file) = replay.info.origin { name = file } else { name = "" }
    picture = FleetPicture(store: name)
    picture.isReached = true
  }

  var timeline: Timeline { open.map(replay.timeline.only) ?? replay.timeline }
  var bounds: TimeSpan { replay.bounds }

  var info: SessionInfo {
    var info = replay.info
    info.machine = open ?? picture.store
    return info
  }

  func update(for view: ViewState) throws {
    open = view.fleet?.open
    try replay.update(for: view)
    let time = view.cursor.time(in: bounds)
    let isDue = lookedAt.map { abs(time - $0.time) >= 0.5 || $0.window != view.window } ?? true
    if isDue { try look(at: time, window: view.window) }
  }

  /// Looks at all machines at a time, reading what that asks for.
  private func look(at time: Timestamp, window: Double) throws {
    lookedAt = (time, window)
    repeat {
      let ledger = Ledger(replay.timeline, tally: tally)
      picture.moment = HostsMoment(
        ledger, at: time, window: window, since: bounds.start, tariff: tariff
      ).moment(ledger.inventory.machines.map(\.machine))
    } while try replay.supply()
    picture.told = bounds.end
  }

  func supply() throws -> Bool { try replay.supply() }
  func mark(_ event: Event) -> String? { replay.mark(event) }
  func close() { replay.close() }
}

import Accounting
import Dashboard
import Fleet
import HTTP
import Telemetry

/// Asks a store once, for what is printed.
struct FleetOnce {
  /// Nobody asks again, so that all is asked for at once.
  private static let mostQueries = 60

  private var reader: FleetReader
  private let assemble: (FleetAnswers, FleetView) -> FleetAssembly
  private(set) var timeline = Timeline()
  private(set) var picture: FleetPicture
  private(set) var cost = FleetReader.Cost()

  init(_ reader: FleetReader, _ assemble: @escaping (FleetAnswers, FleetView) -> FleetAssembly) {
    self.reader = reader
    self.assemble = assemble
    picture = FleetPicture(store: reader.store.url.authority)
  }

  var moment: FleetMoment {
    picture.moment
      ?? FleetMoment(time: Timestamp(nanoseconds: 0), span: TimeSpan(last: 0, endingAt: .zero))
  }

  mutating func read(_ view: FleetView, now: Timestamp) throws {
    let assemble = assemble
    picture.moment = try reader.asking { reader throws(StoreFault) in
      assemble(try reader.read(view, now: now, mostQueries: Self.mostQueries), view).moment()
    }
    picture.moment?.storeAhead = Double(reader.store.ahead)
    picture.warning = reader.warning ?? ""
    picture.told = now
    cost = reader.cost
  }

  mutating func readPast(_ span: TimeSpan, now: Timestamp) throws {
    timeline.apply(
      try reader.asking { reader throws(StoreFault) in try reader.readPast(span, now: now) })
  }
}

extension Timestamp {
  fileprivate static let zero = Timestamp(nanoseconds: 0)
}

import Accounting
import Dashboard
import Fleet
import Glibc
import HTTP
import Telemetry

/// Many machines as a store tells them: a timeline of all together, and one of the machine whose screen is
/// open.
final class FleetFeed: Feed {
  private let worker: FleetWorker
  private let clock = SystemClock()
  /// Seconds between two questions.
  private let refresh: Double
  private let begin: Timestamp
  private var together = Timeline(budget: .screen)
  private var single: (name: String, timeline: Timeline)?
  private var open: String?
  private var picture: FleetPicture
  private var end: Timestamp

  let interval = 1.0
  var news: Int32? { worker.news }
  var fleet: FleetPicture? { picture }

  init(
    _ reader: sending FleetReader, refresh: Double, history: Double,
    assemble: @escaping @Sendable (FleetAnswers, FleetView) -> FleetAssembly
  ) throws {
    picture = FleetPicture(store: reader.store.url.authority)
    self.refresh = refresh
    let now = clock.now
    begin = now - history
    end = now
    worker = try FleetWorker(reader, assemble: assemble)
  }

  var timeline: Timeline {
    guard let open else { return together }
    return single.map { $0.name == open ? $0.timeline : Timeline() } ?? Timeline()
  }

  var bounds: TimeSpan { TimeSpan(begin, end) }

  var info: SessionInfo {
    SessionInfo(
      origin: .live, machine: open ?? picture.store,
      isSimulated: picture.moment?.isSimulated ?? false, utcOffset: HostEnvironment.utcOffset)
  }

  func update(for view: ViewState) {
    open = view.fleet?.open
    end = max(end, clock.now)
    worker.want(request(for: view))
    take()
  }

  private func request(for view: ViewState) -> FleetWorker.Request {
    let time = view.cursor.time(in: bounds)
    let isLive = view.cursor.mode == .live
    // The present moves on by the time between two questions, and what plays by half of what passes in it.
    let pace = isLive ? refresh : view.cursor.mode == .playing ? max(1, view.cursor.speed / 2) : 1
    let step = Int64(max(1, pace)) * 1_000_000_000
    let shown = Timestamp(nanoseconds: time.nanoseconds / step * step)
    return FleetWorker.Request(
      view: FleetView(time: max(begin, shown), window: view.window),
      past: TimeSpan(begin, isLive ? shown : end.rounded(to: refresh)), host: open,
      window: view.window, isLive: isLive)
  }

  /// How long a question may take before that is said, in nanoseconds.
  private static let patience: Int64 = 8_000_000_000

  private func take() {
    let (news, problem, busySince, isAsking) = worker.fetch()
    picture.isAsking = isAsking
    if let news {
      if let moment = news.moment {
        picture.moment = moment
        picture.told = end
      }
      if let warning = news.warning { picture.warning = warning }
      together.apply(news.past)
      if let host = news.host {
        var timeline = Timeline()
        timeline.apply(host.observations)
        single = (host.name, timeline)
      }
    }
    let waited = busySince.map { SystemClock.read(CLOCK_MONOTONIC) - $0 } ?? 0
    picture.problem =
      problem.isEmpty && waited > Self.patience
      ? "no answer for \(waited / 1_000_000_000) s" : problem
  }

  func mark(_ event: Event) -> String? {
    together.apply(.event(event))
    return "a store keeps no marks"
  }

  func close() {}
}

extension Timestamp {
  /// The last time before that is a multiple of some seconds.
  fileprivate func rounded(to seconds: Double) -> Timestamp {
    let step = Int64(max(1, seconds)) * 1_000_000_000
    return Timestamp(nanoseconds: nanoseconds / step * step)
  }
}

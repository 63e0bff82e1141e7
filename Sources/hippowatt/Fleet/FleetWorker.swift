import Accounting
import CSystem
import Fleet
import Glibc
import HTTP
import Linux
import SwiftOverlayShims
import Telemetry

/// Asks the store on a thread of its own, so that the screen never waits for it.
///
/// Of what the screen wants only the newest is asked for. A store that hangs holds this thread and nothing
/// else; nobody joins it.
final class FleetWorker: Sendable {
  /// What the screen wants to show.
  struct Request: Sendable, Hashable {
    var view: FleetView
    /// All the time that the scrubber shows.
    var past: TimeSpan
    /// The machine whose own screen is open, and the seconds its curves show.
    var host: String?
    var window: Double
    /// Whether it is the present, whose answer may still change.
    var isLive: Bool
  }

  /// What came of it since it was fetched last.
  struct News: Sendable {
    var moment: FleetMoment?
    /// The targets of each machine, of that moment.
    var past: [Observation] = []
    var host: (name: String, observations: [Observation])?
    var warning: String?
    var cost: FleetReader.Cost?
  }

  private struct State {
    var wanted: Request?
    var news = News()
    var hasNews = false
    var problem = ""
    var busySince: Int64?
    var answered: Request?
  }

  private let state = Locked(State())
  private let wake = cs_event_descriptor()
  /// Readable when something came.
  let news = cs_event_descriptor()

  private final class Box {
    let worker: FleetWorker
    var reader: FleetReader
    let assemble: @Sendable (FleetAnswers, FleetView) -> FleetAssembly
    init(
      _ worker: FleetWorker, _ reader: FleetReader,
      _ assemble: @escaping @Sendable (FleetAnswers, FleetView) -> FleetAssembly
    ) {
      (self.worker, self.reader, self.assemble) = (worker, reader, assemble)
    }
  }

  /// Starts the thread.
  init(
    _ reader: sending FleetReader,
    assemble: @escaping @Sendable (FleetAnswers, FleetView) -> FleetAssembly
  ) throws {
    let box = Box(self, reader, assemble)
    let hasStarted = DetachedThread.start { FleetWorker.run(box) }
    guard hasStarted else { throw Failure("no thread could be started for the store") }
  }

  /// Says what the screen wants; what it wanted before is not asked for any more.
  func want(_ request: Request) {
    let isNew = state.withLock { state in
      defer { state.wanted = request }
      return state.wanted != request
    }
    guard isNew else { return }
    var one: UInt64 = 1
    _ = write(wake, &one, 8)
  }

  /// What came since the last call, and how the store does.
  func fetch() -> (news: News?, problem: String, busySince: Int64?, isAsking: Bool) {
    var entry = pollfd(fd: news, events: Int16(POLLIN), revents: 0)
    if poll(&entry, 1, 0) > 0 {
      var count: UInt64 = 0
      _ = read(news, &count, 8)
    }
    return state.withLock { state in
      defer {
        state.news = News()
        state.hasNews = false
      }
      return (
        state.hasNews ? state.news : nil, state.problem, state.busySince,
        state.wanted != state.answered
      )
    }
  }

  /// Milliseconds until something that could not be answered is asked for again.
  private static let patience: Int32 = 5000

  private static func run(_ box: Box) {
    let worker = box.worker
    var hasFailed = false
    while true {
      var entry = pollfd(fd: worker.wake, events: Int16(POLLIN), revents: 0)
      if poll(&entry, 1, hasFailed ? patience : -1) > 0 {
        var count: UInt64 = 0
        _ = read(worker.wake, &count, 8)
      }
      guard let request = worker.state.withLock({ $0.wanted }) else { continue }
      worker.state.withLock { $0.busySince = SystemClock.read(CLOCK_MONOTONIC) }
      do throws(StoreFault) {
        try worker.answer(request, box)
        hasFailed = false
        worker.state.withLock { state in
          state.problem = ""
          state.answered = request
        }
      } catch {
        hasFailed = true
        let url = box.reader.store.url
        worker.state.withLock { $0.problem = error.words(url) + "; " + error.remedy(url) }
      }
      worker.state.withLock { $0.busySince = nil }
      worker.tell()
    }
  }

  private func answer(_ request: Request, _ box: Box) throws(StoreFault) {
    let now = SystemClock.wall
    let answers = try box.reader.read(request.view, now: now)
    let assembly = box.assemble(answers, request.view)
    var moment = assembly.moment()
    moment.storeAhead = Double(box.reader.store.ahead)
    let (cost, warning) = (box.reader.cost, box.reader.warning)
    publish { [moment] news in
      news.moment = moment
      news.cost = cost
      news.warning = warning ?? ""
    }
    let past = try box.reader.readPast(request.past, now: now)
    if !past.isEmpty { publish { $0.past += past } }
    guard let host = request.host else { return }
    let window = TimeSpan(last: max(300, request.window), endingAt: request.view.time)
    let observations = try box.reader.readHost(
      host, instances: assembly.instances(of: host), window: window, past: request.past,
      widths: Dictionary(
        moment.jobs.compactMap { job in job.gpus.map { (job.number, $0) } }, uniquingKeysWith: max))
    publish { $0.host = (host, observations) }
  }

  private func publish(_ change: (inout News) -> Void) {
    state.withLock { state in
      change(&state.news)
      state.hasNews = true
    }
    tell()
  }

  private func tell() {
    var one: UInt64 = 1
    _ = write(news, &one, 8)
  }
}

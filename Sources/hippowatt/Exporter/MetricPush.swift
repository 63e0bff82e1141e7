import Glibc
import HTTP
import Linux
import Telemetry

/// Sends pages to a collector, on a thread of its own: a collector that hangs holds nothing up.
///
/// What is sent while the one before is still on its way takes the place of it. Nothing is lost by that,
/// since counters say all there was.
final class MetricPush: Sendable {
  private let url: HTTPURL
  private let credentials: HTTPCredentials?
  private let interval: Double
  private let state = Locked(State())

  private struct State {
    var next: String?
    var isRunning = false
    var problem: String?
    var due: Timestamp?
  }

  /// A way to a collector's `/v1/metrics`, which is added where the URL names no path.
  init(url text: String, interval: Double) throws {
    let (address, credentials) = HTTPCredentials.split(text)
    do {
      var url = try HTTPURL(address)
      if url.path.isEmpty || url.path == "/" { url.path = "/v1/metrics" }
      self.url = url
    } catch { throw Failure("--otlp: \(error)") }
    self.credentials = credentials
    self.interval = interval
  }

  /// Whether the next page is due; asks once for each.
  func isDue(at time: Timestamp) -> Bool {
    state.withLock { state in
      guard state.due.map({ time >= $0 }) ?? true else { return false }
      state.due = time + interval
      return true
    }
  }

  /// What is wrong since the last call, if anything.
  func takeProblem() -> String? {
    state.withLock { state in
      defer { state.problem = nil }
      return state.problem
    }
  }

  /// Sends a page.
  func send(_ page: String) {
    let mustStart = state.withLock { state in
      state.next = page
      defer { state.isRunning = true }
      return !state.isRunning
    }
    guard mustStart, !start() else { return }
    state.withLock { state in
      state.isRunning = false
      state.problem = "no thread could be started to send metrics"
    }
  }

  private func start() -> Bool { DetachedThread.start { [self] in run() } }

  private func run() {
    var client = HTTPClient()
    client.timeout = 10
    client.credentials = credentials
    while let page = state.withLock({ state in
      defer { state.next = nil }
      if state.next == nil { state.isRunning = false }
      return state.next
    }) {
      var problem: String?
      do {
        let response = try client.post(url, text: page, contentType: "application/json")
        if !(200...299).contains(response.status) {
          problem = "the collector at \(url.authority) answers with status \(response.status)"
        }
      } catch { problem = error.words(url) }
      if let problem { state.withLock { $0.problem = "metrics are not sent: \(problem)" } }
    }
  }
}

import Formats
import HTTP
import Telemetry

/// A store that speaks Prometheus' interface, asked by one thread at a time.
package struct PromStore {
  /// Where it is, with the path it has in front of `/api/v1`.
  package let url: HTTPURL
  /// How much of an answer is taken.
  package var limits = PromLimits()
  /// Seconds by which its clock is ahead of ours: it is asked in its own time, and answers in ours.
  package var ahead: Int64 = 0
  private var client = HTTPClient()

  /// A store at a URL; `user:password@` in it tells who asks, and is shown nowhere.
  /// - Throws: `SourceRequestError` that says what is wrong with the URL.
  package init(
    _ text: String, token: String? = nil, trust: HTTPTrust = .system, timeout: Double = 20
  ) throws(SourceRequestError) {
    let (plain, named) = HTTPCredentials.split(text)
    var url = try HTTPURL(plain)
    while url.path.hasSuffix("/") { url.path.removeLast() }
    guard !url.path.contains("?") else {
      throw SourceRequestError("a store's URL has no query; write it like http://127.0.0.1:9090")
    }
    self.url = url
    client.credentials = token.map { HTTPCredentials(token: $0) } ?? named
    client.trust = trust
    client.timeout = timeout
    client.connectTimeout = 2
  }

  /// Asks for one time.
  package func instant(
    _ query: String, at time: Timestamp, keep: [String]
  ) throws(StoreFault) -> PromAnswer {
    try ask("/api/v1/query", [("query", query), ("time", seconds(time))], keep)
  }

  /// Asks for every step of a span; both its ends are among them.
  package func range(
    _ query: String, from start: Timestamp, to end: Timestamp, step: Int64, keep: [String]
  ) throws(StoreFault) -> PromAnswer {
    try ask(
      "/api/v1/query_range",
      [
        ("query", query), ("start", seconds(start)), ("end", seconds(end)),
        ("step", String(step)),
      ], keep)
  }

  private func seconds(_ time: Timestamp) -> String {
    var writer = JSONWriter()
    let own = time.nanoseconds + ahead * 1_000_000_000
    writer.seconds(nanoseconds: own / 1_000_000 * 1_000_000)
    return writer.text
  }

  private func ask(
    _ path: String, _ items: [(name: String, value: String)], _ keep: [String]
  ) throws(StoreFault) -> PromAnswer {
    var client = client
    client.limit = limits.bytes
    let response: HTTPResponse
    do throws(HTTPFailure) {
      response = try client.get(
        url.at(url.path + path).with(query: items),
        headers: [HTTPHeader("Accept", "application/json")])
    } catch {
      throw .http(error)
    }
    switch response.status {
    case 200, 400, 422, 503:
      // An error has words of its own, but not every proxy in front of the store.
      do throws(StoreFault) {
        var answer = try PromDecoder.decode(response.body, keep: keep, limits: limits)
        (answer.date, answer.seconds) = (response.date, response.seconds)
        if ahead != 0 {
          for place in answer.points.indices { answer.points[place].time -= ahead * 1000 }
        }
        return answer
      } catch {
        if case .torn = error, response.status != 200 { throw .unable(response.status) }
        throw error
      }
    case 401, 403, 407: throw .forbidden(response.status)
    case 429, 500...599: throw .unable(response.status)
    default: throw .foreign(response.status)
    }
  }
}

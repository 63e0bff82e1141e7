import HTTP
import Loopback
import Synchronization
import Telemetry

@testable import Sensors

/// A meter whose pages a test changes while it runs.
final class PlayedMeter: Sendable {
  private let pages = Mutex<[String: LoopbackServer.Reply]>([:])
  private let heard = Mutex<[String]>([])
  private let shared = Mutex<LoopbackServer?>(nil)

  /// A meter with these pages of JSON by their paths; any other is not there.
  init(_ pages: [String: String]) throws {
    for (path, text) in pages { set(path, text) }
    let server = try LoopbackServer.hearing { [weak self] in self?.answer($0) ?? .silence() }
    shared.withLock { $0 = server }
  }

  func set(_ path: String, _ text: String) { set(path, .page(text, type: "application/json")) }

  func set(_ path: String, _ reply: LoopbackServer.Reply) {
    pages.withLock { $0[path] = reply }
  }

  private func answer(_ request: String) -> LoopbackServer.Reply {
    heard.withLock { $0.append(request) }
    let words = request.split(separator: " ")
    let path = words.count > 1 ? String(words[1]) : ""
    return pages.withLock { $0[path] } ?? .status(404, [], "not found")
  }

  /// The paths that were asked for.
  var asked: [String] {
    heard.withLock { $0 }.map { $0.split(separator: " ").dropFirst().first.map(String.init) ?? "" }
  }

  /// All that was heard.
  var requests: [String] { heard.withLock { $0 } }

  func url(_ path: String = "") -> String { shared.withLock { $0?.url(path) ?? "" } }
  var authority: String { String(url().dropFirst(7)) }

  /// The source that reads it.
  func source(
    _ path: String = "", _ options: [String: String] = [:], timeout: Double = 5,
    environment: [String: String] = [:], user: String = ""
  ) throws -> WallSource {
    let context = SourceContext(machine: "box", environment: environment)
    let url = user.isEmpty ? url(path) : "http://\(user)@\(authority)\(path)"
    let request = SourceRequest(kind: "wall", argument: url, options: options)
    var client = HTTPClient()
    client.timeout = timeout
    client.limit = 1 << 20
    return WallSource(try WallSettings(request, context), context, client: client)
  }
}

extension WallSource {
  /// Why it has nothing to say.
  mutating func failure(at seconds: Double = 0) -> SourceFailure? {
    do throws(SourceFailure) {
      _ = try sample(FixedClock(Timestamp(seconds: seconds)))
      return nil
    } catch {
      return error
    }
  }

  /// The watts and the joules it tells first; of a counter that is watched, none.
  mutating func values(at seconds: Double = 0) throws(SourceFailure) -> [Double] {
    let observations = try sample(FixedClock(Timestamp(seconds: seconds)))
    return observations.flatMap { observation -> [Double] in
      if case .reading(let reading) = observation { reading.values.map(\.value) } else { [] }
    }
  }
}

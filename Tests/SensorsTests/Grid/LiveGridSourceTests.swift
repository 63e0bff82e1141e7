import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Sensors

/// A service that a test plays.
final class PlayedService: GridFetcher, Sendable {
  struct Asked: Sendable {
    var request: GridRequest
    var time: Timestamp
    var etag: String?
  }

  private let heard = Mutex<[Asked]>([])
  private let play: @Sendable (GridRequest, Timestamp) -> GridReply?

  init(_ play: @escaping @Sendable (GridRequest, Timestamp) -> GridReply?) { self.play = play }

  var asked: [Asked] { heard.withLock { $0 } }

  func get(
    _ request: GridRequest, etag: String?, lastModified: String?, now: Timestamp
  ) throws(GridFetchFailure) -> GridReply {
    heard.withLock { $0.append(Asked(request: request, time: now, etag: etag)) }
    guard let reply = play(request, now) else {
      throw GridFetchFailure(
        SourceFailure(.failed, "no answer from the service within 20 s"), isSilent: true)
    }
    return reply
  }

  /// A page of Energy-Charts for the four hours before a time, with a wind of its own.
  static func power(_ now: Timestamp, wind: Double = 400) -> GridReply {
    let newest = (now.seconds / 900).rounded(.down) * 900 - 900
    let starts = (0..<16).map { Int(newest) - 900 * (15 - $0) }
    func row(_ name: String, _ value: Double) -> String {
      "{\"name\":\"\(name)\",\"data\":[\(starts.map { _ in "\(value)" }.joined(separator: ","))]}"
    }
    let text =
      "{\"unix_seconds\":[\(starts.map(String.init).joined(separator: ","))],"
      + "\"production_types\":[\(row("Wind onshore", wind)),\(row("Fossil gas", 600))]}"
    return GridReply(200, Array(text.utf8), etag: "\"1\"")
  }

  static func forecast(_ now: Timestamp) -> GridReply {
    let start = Int((now.seconds / 900).rounded(.down) * 900)
    let starts = (0..<8).map { "\(start + 900 * $0)" }.joined(separator: ",")
    let shares = (0..<8).map { "\(60 + $0)" }.joined(separator: ",")
    return GridReply(
      200,
      Array("{\"unix_seconds\":[\(starts)],\"ren_share\":[\(shares)],\"substitute\":false}".utf8))
  }

  static func plain(_ request: GridRequest, _ now: Timestamp) -> GridReply {
    request.purpose == .forecast ? forecast(now) : power(now)
  }
}

@Suite struct LiveGridSourceTests {
  private let start = Timestamp(seconds: 1_790_000_100)

  private func source(
    _ service: PlayedService, _ options: [String: String] = [:], zone: String = "DE",
    environment: [String: String] = [:], isOneQuestion: Bool = false
  ) throws -> LiveGridSource {
    let request = SourceRequest(kind: "live-grid", argument: zone, options: options)
    var context = SourceContext(machine: "box", environment: environment)
    context.isOneQuestion = isOneQuestion
    return LiveGridSource(try LiveGridSettings(request, context), fetcher: service)
  }

  @Test func `It announces the zone, then says what is new and nothing twice`() throws {
    let service = PlayedService { PlayedService.plain($0, $1) }
    var source = try source(service)
    let first = try source.sample(FixedClock(start))
    let device = try #require(first.devices.first)
    #expect(device.id == DeviceID(machine: "", kind: .grid, name: "energy-charts:DE"))
    #expect(GridFacts(device.attributes)?.basis == .production)
    #expect(first.statements.count == 24)
    #expect(first.statements.allSatisfy { $0.device == device.id && $0.said == start })
    #expect(first.statements.count { $0.quality == .forecast } == 8)
    #expect(first.states.map(\.health) == [.ok])
    let interval = try #require(source.interval)
    #expect(890...902 ~= interval)
    // Not due yet: no question, no word.
    #expect(try source.sample(FixedClock(start + 100)).isEmpty)
    #expect(service.asked.count == 2)
    let second = try source.sample(FixedClock(start + interval))
    #expect(second.devices.isEmpty)
    #expect(second.statements.count == 1)
    #expect(service.asked.map(\.request.purpose) == [.mix, .forecast, .mix])
    #expect(service.asked.last?.etag == "\"1\"")
  }

  @Test func `A revised interval is said again`() throws {
    let begin = start
    let service = PlayedService { request, now in
      request.purpose == .forecast
        ? PlayedService.forecast(now) : PlayedService.power(now, wind: now == begin ? 400 : 500)
    }
    var source = try source(service)
    _ = try source.sample(FixedClock(start))
    let again = try source.sample(FixedClock(start + 901)).statements
    #expect(again.count == 16)
    #expect(again.allSatisfy { $0[.renewableShare].map { abs($0 - 500 / 1100.0) < 1e-5 } == true })
  }

  @Test func `Through refusals, errors and silence it recovers, and never asks too often`() throws {
    let begin = start
    let service = PlayedService { request, now in
      switch now - begin {
      case ..<3000: GridReply(429, [], retryAfter: 3000)
      case ..<9000: GridReply(500)
      case ..<15000: nil
      case ..<20000: GridReply(200, Array("{\"unix_seconds\":[],\"ren_share\":[]}".utf8))
      default: PlayedService.plain(request, now)
      }
    }
    var source = try source(service)
    var now = start
    var words: [String] = []
    var health: [SourceState.Health] = []
    var statements = 0
    var calls = 0
    while now < start + 86_400 {
      let heard = try source.sample(FixedClock(now))
      words += heard.states.map(\.message)
      health += heard.states.map(\.health)
      statements += heard.statements.count
      calls += 1
      now = now + (source.interval ?? 1)
    }
    let all = words.joined(separator: "\n")
    for text in ["asked too often (429)", "out of order (500)", "no answer", "answer is empty"] {
      #expect(all.contains(text), "\(text) in \(all)")
    }
    #expect(health.last == .ok && statements > 200)
    for purpose in [GridRequest.Purpose.mix, .forecast] {
      let times = service.asked.filter { $0.request.purpose == purpose }.map(\.time)
      // Where nobody answered it may come back sooner; there is nobody to burden.
      let gaps = zip(times.dropFirst(), times).filter { !(9000..<15000 ~= $1 - start) }
        .map { $0 - $1 }
      #expect((gaps.min() ?? 0) >= (purpose == .mix ? 900 : 3600))
      #expect((gaps.first ?? 0) >= 3000)
    }
    // It wakes for its questions and for nothing else.
    #expect(calls <= service.asked.count + 1)
    #expect(service.asked.count < 160)
  }

  @Test func `What it heard is known at the next start, without a question too many`() throws {
    let tree = FileTree()
    let options = ["cache": tree.root + "/cache"]
    let service = PlayedService { PlayedService.plain($0, $1) }
    var first = try source(service, options)
    let said = try first.sample(FixedClock(start)).statements
    let other = PlayedService { _, _ in nil }
    var second = try source(other, options)
    let remembered = try second.sample(FixedClock(start + 60)).statements
    #expect(remembered.count == said.count && other.asked.isEmpty)
    #expect(Set(remembered.map(\.span)) == Set(said.map(\.span)))
    #expect(
      Set(remembered.map { "\($0.span) \($0.quality) \($0.values)" })
        == Set(said.map { "\($0.span) \($0.quality) \($0.values)" }))
    // Later it asks, and what it knew stays.
    let late = try second.sample(FixedClock(start + 901))
    #expect(!other.asked.isEmpty && late.states.last?.message.contains("known until") == true)
  }

  @Test(arguments: [
    "", "{", "null", "{\"grid_cache\":2,\"intervals\":[]}",
    "{\"grid_cache\":1,\"intervals\":[{\"start\":1e300,\"seconds\":-5,\"quality\":\"measured\"}]}",
    "{\"grid_cache\":1,\"next\":{\"mix\":9e15},\"intervals\":[{\"start\":1790000000,\"seconds\":900,"
      + "\"quality\":\"measured\",\"renewable\":7}]}",
  ]) func `A cache that is not ours is passed over`(text: String) throws {
    let tree = FileTree()
    tree.write("/cache/energy-charts-DE.json", text)
    let service = PlayedService { PlayedService.plain($0, $1) }
    var source = try source(service, ["cache": tree.root + "/cache"])
    let heard = try source.sample(FixedClock(start))
    #expect(service.asked.count == 2 && heard.statements.count == 24)
  }

  @Test func `A service that does not answer is no failure of the next start, nor asked twice`()
    throws
  {
    let tree = FileTree()
    let options = ["cache": tree.root + "/cache"]
    let silent = PlayedService { _, _ in nil }
    var first = try source(silent, options)
    let heard = try first.sample(FixedClock(start))
    #expect(heard.states.map(\.health) == [.failed])
    // Both pages are of one host: the second would wait as long.
    #expect(silent.asked.count == 1)
    #expect((first.interval ?? 0) < 25)
    let service = PlayedService { PlayedService.plain($0, $1) }
    var second = try source(service, options)
    let said = try second.sample(FixedClock(start + 5))
    #expect(said.statements.count == 24 && said.states.map(\.health) == [.ok])
  }

  @Test(arguments: [(nil, false, 0), (nil, true, 2), (3000, true, 0)] as [(Double?, Bool, Int)])
  func `An error is kept for the next start, and one question goes past it unless forbidden`(
    retryAfter: Double?, isOneQuestion: Bool, asked: Int
  ) throws {
    let tree = FileTree()
    let options = ["cache": tree.root + "/cache"]
    var first = try source(
      PlayedService { _, _ in GridReply(503, retryAfter: retryAfter) }, options)
    _ = try first.sample(FixedClock(start))
    let service = PlayedService { PlayedService.plain($0, $1) }
    var second = try source(service, options, isOneQuestion: isOneQuestion)
    let said = try second.sample(FixedClock(start + 5))
    #expect(service.asked.count == asked)
    guard asked == 0 else { return }
    // What was said last, and when it is asked again.
    #expect(said.states.last?.health == .failed)
    #expect(said.states.last?.message.contains("(503)") == true)
    #expect(said.states.last?.remedy.contains("asked again at 20") == true)
    let account = second.account(start + 5)
    #expect(account.waits.first?.contains("said last:") == true, "\(account.waits)")
    #expect(said.devices.first?.attributes["unasked"] != nil)
  }

  @Test func `A forecast that is guessed is called so, also from the cache`() throws {
    let tree = FileTree()
    let options = ["cache": tree.root + "/cache"]
    let service = PlayedService { request, now in
      guard request.purpose == .forecast else { return PlayedService.power(now) }
      let page = String(decoding: PlayedService.forecast(now).body, as: UTF8.self)
      return GridReply(200, Array((page.dropLast(6) + "true}").utf8))
    }
    for time in [start, start + 10] {
      var source = try source(service, options)
      let devices = try source.sample(FixedClock(time)).devices
      #expect(devices.last?.attributes["forecast_remark"]?.isEmpty == false)
      #expect(source.account(time).forecastRemark.contains("guessed from the past"))
    }
    #expect(service.asked.count == 2)
  }

  @Test func `A wish that cannot be met says why`() throws {
    let service = PlayedService { PlayedService.plain($0, $1) }
    for (zone, options, word) in [
      ("", [:], "live-grid:DE"), ("XX", [:], "provider"), ("../x", [:], "live-grid:DE"),
      ("FR", ["provider": "gb"], "does not cover"), ("DE", ["provider": "nobody"], "there are"),
    ] as [(String, [String: String], String)] {
      let error = #expect(throws: SourceRequestError.self) {
        try self.source(service, options, zone: zone)
      }
      let text = error?.description ?? ""
      #expect(text.contains(word), "\(zone): \(text)")
    }
    var france = try source(service, zone: "fr")
    #expect(try france.sample(FixedClock(start)).devices.first?.id.name == "rte:FR")
  }
}

extension [Observation] {
  var statements: [GridStatement] {
    compactMap { if case .grid(let statement) = $0 { statement } else { nil } }
  }
  fileprivate var states: [SourceState] {
    compactMap { if case .state(let state) = $0 { state } else { nil } }
  }
}

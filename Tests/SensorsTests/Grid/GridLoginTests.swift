import Glibc
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Sensors

/// Keys and tokens: what is sent, when it is renewed and that it is shown nowhere.
@Suite struct GridLoginTests {
  private let start = Timestamp(seconds: 1_790_000_100)

  private func source(
    _ provider: String, _ zone: String, _ service: PlayedService, _ options: [String: String] = [:],
    _ environment: [String: String] = [:]
  ) throws -> LiveGridSource {
    var options = options
    options["provider"] = provider
    return LiveGridSource(
      try LiveGridSettings(
        SourceRequest(kind: "live-grid", argument: zone, options: options),
        SourceContext(machine: "box", environment: environment)), fetcher: service)
  }

  private func write(_ key: String, _ mode: mode_t, in tree: FileTree) {
    tree.write("/key", key)
    chmod(tree.root + "/key", mode)
  }

  private static func rates(_ now: Timestamp, ahead: Bool) -> GridReply {
    let first = (now.seconds / 300).rounded(.down) * 300 + (ahead ? 0 : -900)
    let rows = (0..<3).map { place in
      let time = GridStamp.seconds(Timestamp(seconds: first + Double(place) * 300))
      return "{\"point_time\":\"\(time)\",\"value\":1000}"
    }
    return GridReply(
      200,
      Array(
        ("{\"data\":[\(rows.joined(separator: ","))],\"meta\":{\"region\":\"CAISO_NORTH\","
          + "\"signal_type\":\"co2_moer\",\"units\":\"lbs_co2_per_mwh\","
          + "\"data_point_period_seconds\":300}}").utf8))
  }

  private static func page(_ request: GridRequest, _ now: Timestamp) -> GridReply {
    if request.purpose == .index {
      return GridReply(
        200,
        Array(
          ("{\"data\":[{\"point_time\":\"\(GridStamp.seconds(now))\",\"value\":34}],"
            + "\"meta\":{\"region\":\"CAISO_NORTH\",\"units\":\"percentile\"}}").utf8))
    }
    return rates(now, ahead: request.purpose == .forecast)
  }

  @Test func `WattTime gives marginal grams alone, for a token that is renewed in time`() throws {
    let logins = Mutex(0)
    let long = String(repeating: "t", count: 3000)
    let service = PlayedService { request, now in
      if request.path == "/login" {
        let count = logins.withLock {
          $0 += 1
          return $0
        }
        return GridReply(200, Array("{\"token\":\"\(long)\(count)\"}".utf8))
      }
      let count = logins.withLock { $0 }
      return request.secretHeader?.value == "Bearer \(long)\(count)"
        ? Self.page(request, now) : GridReply(401)
    }
    var source = try source(
      "watttime", "caiso_north", service, [:], ["WATTTIME_LOGIN": "me:a:pass-word"])
    var now = start
    var heard: [Observation] = []
    while now < start + 7200 {
      heard += try source.sample(FixedClock(now))
      now = now + (source.interval ?? 60)
    }
    #expect(heard.statements.count > 20)
    for statement in heard.statements {
      #expect(statement.values.map(\.metric) == [.marginalIntensity])
      #expect(statement.quality != .measured)
      #expect(abs((statement[.marginalIntensity] ?? 0) - 453.59237) < 0.01)
    }
    let asked = service.asked
    let times = asked.filter { $0.request.path == "/login" }.map(\.time)
    #expect(times.count == 5, "\(times)")
    // The key goes to the login and nowhere else.
    #expect(asked.allSatisfy { ($0.request.credentials != nil) == ($0.request.path == "/login") })
    #expect(heard.words.contains("marginal index 34 of 100"))
    let device = try #require(
      heard.compactMap { if case .device(let one) = $0 { one } else { nil } }.first)
    #expect(GridFacts(device.attributes)?.signal == .marginal)
  }

  @Test func `A token that ends early is renewed once, and a refusal is no storm`() throws {
    let isDead = Mutex(false)
    let service = PlayedService { request, now in
      if request.path == "/login" {
        return isDead.withLock { $0 }
          ? GridReply(403, Array("no pass-word".utf8))
          : GridReply(200, Array("{\"token\":\"abc123\"}".utf8))
      }
      return isDead.withLock { $0 } ? GridReply(401) : Self.page(request, now)
    }
    var source = try source(
      "watttime", "CAISO_NORTH", service, [:], ["WATTTIME_LOGIN": "me:pass-word"])
    _ = try source.sample(FixedClock(start))
    isDead.withLock { $0 = true }
    let before = service.asked.count
    let refused = try source.sample(FixedClock(start + 301))
    // One page is refused, then the login; the others find no token and ask for none.
    #expect(service.asked.count - before == 2)
    #expect(refused.words.contains("refuses (403)") || refused.words.contains("refuses (401)"))
    #expect(!refused.words.contains("pass-word") && !refused.words.contains("abc123"))
    isDead.withLock { $0 = false }
    var now = start + 301
    while now < start + 7200 {
      now = now + (source.interval ?? 60)
      _ = try source.sample(FixedClock(now))
    }
    #expect(source.account(now).hasAnswered)
  }

  @Test func `A key that is no user and password is refused at once`() throws {
    let service = PlayedService { _, _ in nil }
    let error = #expect(throws: SourceRequestError.self) {
      try source("watttime", "CAISO_NORTH", service, [:], ["WATTTIME_LOGIN": "secret-alone"])
    }
    #expect(error?.description.contains("user:password") == true)
    #expect(error?.description.contains("secret-alone") == false)
  }

  @Test func `A key that was rotated works without a new start`() throws {
    let tree = FileTree()
    write("old-key-1\n", 0o600, in: tree)
    let row =
      "{\"zone\":\"DE\",\"datetime\":\"\(GridStamp.seconds(start - 3700))\",\"carbonIntensity\":300,"
      + "\"emissionFactorType\":\"lifecycle\",\"isEstimated\":false,"
      + "\"powerConsumptionBreakdown\":{\"wind\":1,\"coal\":1}}"
    let valid = Mutex("old-key-1")
    let service = PlayedService { request, _ in
      let key = request.secretHeader?.value ?? ""
      return key == valid.withLock { $0 }
        ? GridReply(200, Array(row.utf8)) : GridReply(401, Array("bad \(key)".utf8))
    }
    var source = try source("electricitymaps", "DE", service, ["key_file": tree.root + "/key"])
    _ = try source.sample(FixedClock(start))
    #expect(source.account(start).hasAnswered)
    valid.withLock { $0 = "new-key-2" }
    // Refused, and the file still holds the old one: one question for a page and no more.
    var asked = service.asked.count
    let refused = try source.sample(FixedClock(start + 901))
    #expect(service.asked.count - asked == 2)
    #expect(refused.words.contains("refuses (401)") && !refused.words.contains("key-1"))
    #expect(try source.sample(FixedClock(start + 910)).isEmpty)
    write("new-key-2\n", 0o600, in: tree)
    asked = service.asked.count
    // It looks at the file meanwhile, and asks with the new key at once.
    #expect((source.interval ?? 0) <= 15)
    let later = try source.sample(FixedClock(start + 926))
    #expect(service.asked.count - asked == 2)
    #expect(!later.words.contains("refuses"), "\(later.words)")
  }

  @Test func `A file that is gone is told and the old key shown nowhere`() throws {
    let tree = FileTree()
    write("old-key-1\n", 0o600, in: tree)
    let service = PlayedService { _, _ in GridReply(403) }
    var source = try source("electricitymaps", "DE", service, ["key_file": tree.root + "/key"])
    write("world-readable\n", 0o644, in: tree)
    let words = try source.sample(FixedClock(start)).words
    #expect(words.contains("no other can be read") && words.contains("chmod 600"), "\(words)")
    #expect(!words.contains("old-key-1") && !words.contains("world-readable"))
  }

  @Test func `A service that repeats the key in its answer does not get it shown`() throws {
    let service = PlayedService { request, _ in
      GridReply(
        200, Array("{\"error\":\"no such key: \(request.secretHeader?.value ?? "")\"}".utf8))
    }
    var source = try source(
      "electricitymaps", "DE", service, [:], ["ELECTRICITYMAPS_API_KEY": "plain0word1"])
    let words = try source.sample(FixedClock(start)).words
    #expect(words.contains("no such key: ***") && !words.contains("plain0word1"), "\(words)")
  }
}

extension [Observation] {
  fileprivate var words: String {
    compactMap {
      if case .state(let state) = $0 { state.message + " " + state.remedy } else { nil }
    }
    .joined(separator: "\n")
  }
}

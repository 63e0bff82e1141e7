import Loopback
import Quantities
import Seeded
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import HTTP
@testable import Serving

/// What several servers behind one URL, torn answers and old copies make of the counts: nothing.
@Suite struct ServeReplicaTests {
  static let start = Timestamp(nanoseconds: 1_773_500_000_000_000_000)

  /// One process that counts.
  struct Replica {
    var started: Double?
    var tokens: Double
    var rate: Double
    var labels = "model_name=\"m\",engine=\"0\""
    var prefix = "vllm:"

    func page(at second: Int) -> String {
      let count = (tokens + rate * Double(second)).rounded(.down)
      let start = started.map { "process_start_time_seconds \($0)\n" } ?? ""
      return start + """
        \(prefix)num_requests_running{\(labels)} 3
        \(prefix)generation_tokens_total{\(labels)} \(count)
        \(prefix)prompt_tokens_total{\(labels)} \(count * 2)
        \(prefix)prompt_tokens_cached_total{\(labels)} \(count)
        \(prefix)request_success_total{finished_reason="stop",\(labels)} \((count / 50).rounded(.down))

        """
    }
  }

  /// What a source makes of pages, one a second.
  struct Heard {
    var timeline = Timeline()
    var failures: [String] = []
    var restarts = 0
    var readings = 0

    /// Tokens known to have been written, and the seconds in which they were.
    var output: (tokens: Double, seconds: Double) {
      guard let job = timeline.devices.first(where: { $0.id.kind == .job })?.id,
        let id = timeline.id(.outputTokens, of: job), let span = timeline.span
      else { return (0, 0) }
      let total = timeline.total(id, over: span)
      return (total.amount, total.covered)
    }
  }

  func follow(seconds: Int, _ page: @escaping @Sendable (Int) -> String) throws -> Heard {
    let second = Mutex(0)
    let server = try LoopbackServer { path in
      guard path == "/metrics" else { return .status(404) }
      return .page(page(second.withLock { $0 }))
    }
    var client = HTTPClient()
    client.timeout = 10
    var source = ServeSource(
      try HTTPURL(server.url()), SourceContext(machine: "box"), client: client)
    var heard = Heard()
    for now in 0..<seconds {
      second.withLock { $0 = now }
      do throws(SourceFailure) {
        let said = try source.sample(FixedClock(Self.start + Double(now)))
        heard.restarts += said.events.count { $0.cause == .restarted }
        heard.readings += said.readings.count
        heard.timeline.apply(said)
      } catch {
        heard.failures.append(error.message)
      }
    }
    return heard
  }

  static let early = Replica(started: 1_773_400_000.25, tokens: 1000, rate: 50)
  static let late = Replica(started: 1_773_400_007.5, tokens: 90_000, rate: 70)

  // MARK: Several servers

  @Test(arguments: [true, false], [0, 1])
  func `two servers that answer in turn have no rate, and it is said`(
    tells: Bool, first: Int
  ) throws {
    var replicas = [Self.early, Self.late]
    if !tells { for index in replicas.indices { replicas[index].started = nil } }
    let pair = replicas
    let heard = try follow(seconds: 40) { pair[($0 + first) % 2].page(at: $0) }
    #expect(heard.output.tokens == 0 && heard.restarts == 0)
    #expect(heard.failures.count > 30)
    #expect(heard.failures.last?.hasPrefix("several servers answer at 127.0.0.1:") == true)
  }

  @Test func `two servers that were started together have no rate either`() throws {
    for apart in [0.0, 0.01, 0.5, 1] {
      var other = Self.late
      other.started = Self.early.started.map { $0 + apart }
      let pair = [Self.early, other]
      let heard = try follow(seconds: 40) { pair[$0 % 2].page(at: $0) }
      #expect(heard.restarts == 0, "\(apart)")
      #expect(heard.output.tokens == 0 && heard.failures.count > 25, "\(apart): \(heard.output)")
    }
  }

  @Test func `labels that take turns are two servers as well`() throws {
    var replicas = [Self.early, Self.late]
    for (index, pod) in ["a", "b"].enumerated() {
      replicas[index].started = nil
      replicas[index].labels = "model_name=\"m\",engine=\"0\",pod=\"\(pod)\""
    }
    let pair = replicas
    let heard = try follow(seconds: 40) { pair[$0 % 2].page(at: $0) }
    #expect(heard.output.tokens == 0 && heard.restarts == 0 && heard.failures.count > 30)
  }

  @Test func `servers of two kinds that take turns have no rate`() throws {
    var other = Self.late
    other.prefix = "aphrodite:"
    other.started = nil
    var own = Self.early
    own.started = nil
    let pair = [own, other]
    let heard = try follow(seconds: 40) { pair[$0 % 2].page(at: $0) }
    #expect(heard.output.tokens == 0 && heard.restarts == 0 && heard.failures.count > 30)
  }

  @Test func `both on one page add up`() throws {
    var other = Self.late
    other.labels = "model_name=\"m\",engine=\"0\",instance=\"b:8000\""
    other.started = 1_773_400_007.5
    let pair = [Self.early, other]
    let heard = try follow(seconds: 20) { pair[0].page(at: $0) + pair[1].page(at: $0) }
    #expect(heard.output.tokens == 19 * 120 && heard.failures.isEmpty && heard.restarts == 0)
  }

  @Test func `one of several on a page that starts anew adds only its own`() throws {
    var other = Self.late
    other.labels = "model_name=\"m\",engine=\"0\",instance=\"b:8000\""
    let pair = [Self.early, other]
    let heard = try follow(seconds: 30) { second in
      var again = pair[1]
      if second >= 15 {
        again.tokens = -14 * 70
        again.started = Self.start.seconds + 14
      }
      return pair[0].page(at: second) + again.page(at: second)
    }
    #expect(heard.output.tokens == 29 * 120 && heard.failures.isEmpty, "\(heard.output)")
  }

  @Test func `one that is left alone is followed again after a minute`() throws {
    let pair = [Self.early, Self.late]
    let heard = try follow(seconds: 120) { second in
      (second < 20 ? pair[second % 2] : pair[1]).page(at: second)
    }
    #expect(heard.output.seconds > 35 && heard.output.seconds < 45)
    #expect(heard.output.tokens == heard.output.seconds * 70, "\(heard.output)")
    #expect(heard.restarts == 0)
  }

  @Test func `a server that another takes the place of is followed after a minute`() throws {
    let (old, new) = (Self.late, Self.early)
    let heard = try follow(seconds: 120) { ($0 < 20 ? old : new).page(at: $0) }
    #expect(heard.restarts == 0 && heard.output.seconds > 110, "\(heard.output)")
    #expect(heard.output.tokens == 19 * 70 + 99 * 50, "\(heard.output)")
    #expect(heard.failures.allSatisfy { $0.hasPrefix("another server answers at 127.0.0.1:") })
    #expect(heard.failures.count > 50)
  }

  @Test func `no way of taking turns makes tokens that nobody wrote`() throws {
    for seed in UInt64(0)..<36 {
      var random = SeededRandom(seed)
      let tells = seed % 2 == 0
      let stay = [0.0, 0.5, 0.8, 0.95][Int(seed / 2) % 4]
      var replicas = [Self.early, Self.late]
      replicas[0].tokens = Double(Int.random(in: 0..<100_000, using: &random))
      replicas[1].tokens = Double(Int.random(in: 200_000..<900_000, using: &random))
      if Bool.random(using: &random) { replicas.swapAt(0, 1) }
      replicas[1].started = Double.random(in: 1_773_300_000...1_773_490_000, using: &random)
      if seed % 3 == 2 {
        var third = Self.early
        third.tokens = Double(Int.random(in: 1_000_000..<2_000_000, using: &random))
        third.started = 1_773_450_000.75
        replicas.append(third)
      }
      if !tells { for index in replicas.indices { replicas[index].started = nil } }
      if seed % 5 == 4 { for index in replicas.indices { replicas[index].started = 1.7734e9 } }
      var turns: [Int] = []
      for _ in 0..<60 {
        let isSame = Double.random(in: 0..<1, using: &random) < stay
        let before = turns.last ?? 0
        let step = Int.random(in: 1..<replicas.count, using: &random)
        turns.append(isSame ? before : (before + step) % replicas.count)
      }
      let (pair, plan) = (replicas, turns)
      let heard = try follow(seconds: 60) { pair[plan[$0]].page(at: $0) }
      let output = heard.output
      // What is told is the rate of one of them at the most.
      #expect(
        output.tokens <= 70 * output.seconds + 1,
        "seed \(seed): \(output), restarts \(heard.restarts), turns \(turns)")
      if tells { #expect(heard.restarts == 0, "seed \(seed): turns \(turns)") }
    }
  }

  @Test func `a server that counts in bursts loses none, whatever strays come between`() throws {
    for seed in UInt64(0)..<16 {
      var random = SeededRandom(seed)
      var counts = [1000.0]
      for _ in 1..<80 {
        let isBurst = Int.random(in: 0..<6, using: &random) == 0
        let burst = isBurst ? Double(Int.random(in: 1..<8000, using: &random)) : 0
        counts.append((counts.last ?? 0) + burst)
      }
      // It rests at the end, so that all it did has been told.
      let all = counts + Array(repeating: counts.last ?? 0, count: 8)
      let strays = Set((0..<2).map { _ in Int.random(in: 1..<70, using: &random) })
      let started = seed % 2 == 0 ? Self.early.started : nil
      let heard = try follow(seconds: all.count) { second in
        let page = Replica(started: started, tokens: all[second], rate: 0).page(at: 0)
        return strays.contains(second) ? String(page.dropLast(60)) : page
      }
      let written = (all.last ?? 0) - 1000
      #expect(heard.output.tokens == written, "seed \(seed): \(heard.output) of \(written)")
      #expect(heard.restarts == 0 && heard.failures.isEmpty, "seed \(seed): \(heard.failures)")
    }
  }
}

extension String {
  /// With every occurrence of a text replaced by another.
  func replacing(_ text: String, _ other: String) -> String {
    var result = ""
    var rest = self[...]
    while !rest.isEmpty {
      if rest.hasPrefix(text) {
        result += other
        rest = rest.dropFirst(text.count)
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result
  }
}

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

/// Strays between a server's pages, and pages that are hostile.
extension ServeReplicaTests {
  // MARK: Strays

  @Test(arguments: [true, false])
  func `one torn or old page costs nothing`(tells: Bool) throws {
    var replica = Self.early
    if !tells { replica.started = nil }
    let server = replica
    let strays: [@Sendable (Int) -> String] = [
      { server.page(at: $0 - 6) },
      { String(server.page(at: $0).prefix(150)) },
      { _ in "" },
      { String(server.page(at: $0).dropLast(90)) },
      { _ in "process_start_time_seconds 1.77e+0" },
      { second in
        var old = server
        old.started = old.started.map { $0 - 9000 }
        old.tokens += 77_777
        return old.page(at: second)
      },
    ]
    for (index, stray) in strays.enumerated() {
      let heard = try follow(seconds: 40) { $0 == 20 ? stray($0) : server.page(at: $0) }
      #expect(heard.output.tokens == 39 * 50, "stray \(index): \(heard.output)")
      #expect(heard.output.seconds == 39 && heard.restarts == 0, "stray \(index)")
      #expect(
        heard.failures.count == ([2, 4].contains(index) ? 1 : 0),
        "stray \(index): \(heard.failures)")
    }
  }

  @Test func `a cache that repeats an old page for a while makes no restart`() throws {
    var server = Self.early
    server.started = nil
    let replica = server
    let heard = try follow(seconds: 60) { replica.page(at: (20..<30).contains($0) ? 12 : $0) }
    #expect(heard.output.tokens == 59 * 50 && heard.restarts == 0, "\(heard.output)")
  }

  @Test(arguments: [true, false])
  func `a restart is one, with all that was counted since`(tells: Bool) throws {
    var replica = Self.early
    if !tells { replica.started = nil }
    let first = replica
    let heard = try follow(seconds: 40) { second in
      var now = first
      if second >= 20 {
        now.tokens = -19 * 50
        now.started = first.started.map { _ in Self.start.seconds + 18.5 }
      }
      return now.page(at: second)
    }
    #expect(heard.output.tokens == 39 * 50 && heard.restarts == 1, "\(heard.output)")
    #expect(heard.failures.isEmpty && heard.output.seconds == 39)
  }

  @Test func `what restarts over and over loses no more than it says`() throws {
    let heard = try follow(seconds: 60) { second in
      let since = second % 6
      return Replica(
        started: Self.start.seconds + Double(second - since) - 0.5, tokens: 0, rate: 50
      ).page(at: 0).replacing(
        "_total{model_name=\"m\",engine=\"0\"} 0",
        "_total{model_name=\"m\",engine=\"0\"} \(50 * since)")
    }
    #expect(heard.output.tokens <= 59 * 50 && heard.output.tokens >= 40 * 50, "\(heard.output)")
  }

  // MARK: Hostile pages

  @Test func `counts that cannot be, and labels with codes, tell nothing`() throws {
    let server = Self.early
    let heard = try follow(seconds: 30) { second in
      let junk = ["NaN", "1e300", "-5", "+Inf", "1e17"][second % 5]
      return server.page(at: second) + """
        vllm:generation_tokens_total{model_name="\u{1B}[31mred\\"\\n",engine="\(second % 2)x"} \(junk == "1e17" ? "0" : junk)
        vllm:request_success_total{finished_reason="\u{1B}]0;x\u{7}",engine="9"} \(junk == "1e17" ? "0" : junk)

        """
    }
    #expect(heard.output.tokens == 29 * 50 && heard.failures.isEmpty, "\(heard.output)")
    let labels = heard.timeline.devices.map(\.label)
    #expect(!labels.isEmpty)
  }

  @Test func `ten megabytes are refused, and the next page is read`() throws {
    let server = Self.early
    let filler = String(repeating: "# x\n", count: 10 * 262_144)
    let heard = try follow(seconds: 6) {
      $0 == 3 ? server.page(at: $0) + filler : server.page(at: $0)
    }
    #expect(heard.output.tokens == 5 * 50)
    #expect(heard.failures.count == 1 && heard.failures[0].hasSuffix("answered more than 8 MiB"))
  }
}

import Telemetry
import Testing

@testable import Sensors

/// When a service is asked: no clock, no network.
@Suite struct GridPollPlanTests {
  private let start = Timestamp(seconds: 1_790_000_000)

  @Test func `It asks at once and then at its cadence`() {
    var plan = GridPollPlan(cadence: 900, seed: 1)
    #expect(plan.isDue(start))
    plan.ended(.answered(etag: "\"a\"", lastModified: nil), asked: start)
    #expect(!plan.isDue(start + 899) && plan.isDue(start + 900))
    #expect(plan.wait(start + 100) == 800)
    plan.ended(.unchanged, asked: start + 900)
    #expect(plan.etag == "\"a\"" && plan.wait(start + 900) == 900)
  }

  @Test(arguments: UInt64(1)...50)
  func `Failures wait longer each time, never less than the cadence`(seed: UInt64) {
    var plan = GridPollPlan(cadence: 300, seed: seed)
    var waits: [Double] = []
    for _ in 0..<12 {
      plan.ended(.failed(retryAfter: nil), asked: start)
      waits.append(plan.wait(start))
    }
    #expect(waits.allSatisfy { 300...3600 ~= $0 }, "seed \(seed): \(waits)")
    #expect((waits.last ?? 0) >= 1800, "seed \(seed): \(waits)")
    plan.ended(.answered(etag: nil, lastModified: nil), asked: start)
    #expect(plan.wait(start) == 300 && plan.failures == 0)
  }

  @Test func `What a server asks for is kept to, within a day`() {
    var plan = GridPollPlan(cadence: 900, seed: 7)
    plan.ended(.failed(retryAfter: 5000), asked: start)
    #expect(plan.wait(start) == 5000)
    plan.ended(.failed(retryAfter: 1), asked: start)
    #expect(plan.wait(start) >= 900)
    plan.ended(.failed(retryAfter: 1e9), asked: start)
    #expect(plan.wait(start) == 86_400)
  }

  @Test func `After an answer without values nothing conditional is asked`() {
    var plan = GridPollPlan(cadence: 900, seed: 7)
    plan.ended(.answered(etag: "x", lastModified: "y"), asked: start)
    plan.ended(.empty, asked: start + 900)
    #expect(plan.etag == nil && plan.lastModified == nil)
    #expect(plan.wait(start + 900) >= 900)
  }

  @Test(arguments: UInt64(1)...20)
  func `Nobody answering is asked again after seconds, up to the cadence`(seed: UInt64) {
    var plan = GridPollPlan(cadence: 900, seed: seed)
    var waits: [Double] = []
    for _ in 0..<10 {
      plan.ended(.silent, asked: start)
      waits.append(plan.wait(start))
    }
    #expect(10...20 ~= waits[0] && waits[1] > 20 && waits.last == 900, "seed \(seed): \(waits)")
    #expect(plan.notBefore == nil)
    plan.ended(.answered(etag: nil, lastModified: nil), asked: start)
    #expect(plan.wait(start) == 900 && plan.silences == 0)
  }

  @Test func `Two machines do not come back together`() {
    let waits = (0..<20).map { seed in
      var plan = GridPollPlan(cadence: 900, seed: UInt64(seed))
      plan.ended(.failed(retryAfter: nil), asked: start)
      plan.ended(.failed(retryAfter: nil), asked: start)
      return plan.wait(start)
    }
    #expect(Set(waits).count > 15)
  }
}

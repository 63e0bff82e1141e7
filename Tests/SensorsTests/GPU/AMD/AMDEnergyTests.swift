import Telemetry
import TestSupport
import Testing

@testable import Sensors

@Suite("Energy of AMD GPUs")
struct AMDEnergyTests {
  private let first = AMDTree.pci(0)

  /// What a timeline made of a run of watts, one second each.
  private func run(_ tree: AMDTree, _ watts: [Double], counts: Bool = true) throws -> Timeline {
    var source = tree.source
    var timeline = Timeline()
    for (second, watts) in watts.enumerated() {
      // The counter at a time holds what was drawn until then; the power is that of the moment.
      tree.draw(watts: watts, seconds: second == 0 ? 0 : 1, counts: counts)
      timeline.apply(try source.sample(FixedClock(Timestamp(seconds: Double(second)))))
    }
    return timeline
  }

  private func total(
    _ metric: Metric, _ timeline: Timeline, _ span: TimeSpan
  ) -> (amount: Double, covered: Double)? {
    let device = DeviceID(machine: "box", kind: .gpu, name: first)
    return timeline.id(metric, of: device).map {
      let total = timeline.total($0, over: span)
      return (total.amount, total.covered)
    }
  }

  private static let script: [Double] = (0...60).map { $0 % 20 < 12 ? 640 : 180 }
  private var truth: Double { Self.script.dropFirst().reduce(0, +) }
  private var span: TimeSpan { TimeSpan(Timestamp(seconds: 0), Timestamp(seconds: 60)) }

  @Test("the counter gives the energy of a run to a thousandth, from its first second")
  func energyByCounter() throws {
    let timeline = try run(AMDTree(), Self.script)
    let amount = try #require(total(.energy, timeline, span))
    #expect(abs(amount.amount / truth - 1) < 0.001)
    #expect(abs(amount.covered - 60) < 1e-6)
  }

  @Test("power alone gives it to a hundredth")
  func energyByPower() throws {
    let tree = AMDTree()
    tree.set(["energy": nil])
    let timeline = try run(tree, Self.script, counts: false)
    let amount = try #require(total(.power, timeline, span))
    #expect(total(.energy, timeline, span) == nil)
    #expect(abs(amount.amount / truth - 1) < 0.01)
  }

  @Test("a counter that stands still from the start is never announced")
  func frozenFromTheStart() throws {
    let tree = AMDTree()
    var source = tree.source
    var heard: [Said] = []
    for second in 0..<12 { heard.append(try source.said(at: Double(second))) }
    #expect(heard.allSatisfy { $0.steps(.energy, of: first) == nil })
    #expect(heard.flatMap(\.events).map(\.kind) == [.gap])
    #expect(heard.flatMap(\.events).first?.text.contains("stands still") == true)
    #expect(heard.allSatisfy { $0.steps(.power, of: first) == 100_000 })
  }

  @Test("a counter in a unit of its own is left out, and told of once")
  func otherUnit() throws {
    let tree = AMDTree()
    var source = tree.source
    var events: [Event] = []
    for second in 0..<12 {
      tree.set(["energy": UInt64(1_000_000 + second * 100_000 * 1000)])
      let said = try source.said(at: Double(second))
      #expect(said.steps(.energy, of: first) == nil)
      events += said.events
    }
    #expect(events.map(\.text).count == 1)
    #expect(events.first?.text.contains("times what its power says") == true)
  }

  @Test("one bad step at the start does not cost the counter")
  func badStart() throws {
    let tree = AMDTree()
    var source = tree.source
    tree.set(["energy": 5])
    var events = try source.said(at: 0).events
    var said: Said?
    for second in 1..<8 {
      tree.draw(watts: 300, seconds: 1)
      said = try source.said(at: Double(second))
      events += said?.events ?? []
    }
    #expect(said?.steps(.energy, of: first) != nil)
    #expect(events.isEmpty)
  }

  @Test("a counter that stops under load is left out until it moves")
  func frozenLater() throws {
    let tree = AMDTree()
    var source = tree.source
    var said = try source.said(at: 0)
    for second in 1..<6 {
      tree.draw(watts: 300, seconds: 1)
      said = try source.said(at: Double(second))
    }
    #expect(said.steps(.energy, of: first) != nil)
    var events: [Event] = []
    for second in 6..<20 {
      said = try source.said(at: Double(second))
      events += said.events
    }
    #expect(said.steps(.energy, of: first) == nil)
    #expect(events.map(\.kind) == [.gap])
    tree.draw(watts: 300, seconds: 1)
    #expect(try source.said(at: 20).steps(.energy, of: first) != nil)
  }

  @Test(
    "a counter that is reset or leaps adds nothing that was not drawn", arguments: [0, 1 << 45])
  func resetCounter(value: UInt64) throws {
    let tree = AMDTree()
    var source = tree.source
    var timeline = Timeline()
    var events: [Event] = []
    for second in 0..<30 {
      tree.draw(watts: 200, seconds: second == 0 ? 0 : 1)
      if second >= 15 {
        tree.set(["energy": value + UInt64(second - 14) * 200 * 65536])
      }
      let observations = try source.sample(FixedClock(Timestamp(seconds: Double(second))))
      events += Said(observations).events
      timeline.apply(observations)
    }
    let span = TimeSpan(Timestamp(seconds: 0), Timestamp(seconds: 29))
    let amount = try #require(total(.energy, timeline, span))
    #expect(events.count == 1)
    #expect(abs(amount.amount - 28 * 200) < 1)
    #expect(abs(amount.covered - 28) < 1e-6)
  }
}

import Glibc
import Telemetry
import TestSupport
import Testing

@testable import Sensors

@Suite("Intel GPUs")
struct IntelSourceTests {
  private let card = IntelTree.card

  /// What the source said in each second while a counter followed watts.
  private func run(
    _ tree: IntelTree, _ seconds: Int, _ advance: (Int) -> Void
  ) throws -> (Timeline, [Said]) {
    var source = tree.source
    var timeline = Timeline()
    var heard: [Said] = []
    for second in 0...seconds {
      if second > 0 { advance(second) }
      let observations = try source.sample(FixedClock(Timestamp(seconds: Double(second))))
      timeline.apply(observations)
      heard.append(Said(observations))
    }
    return (timeline, heard)
  }

  private func joules(_ timeline: Timeline, _ seconds: Double) -> Double? {
    let device = DeviceID(machine: "box", kind: .gpu, name: card)
    let span = TimeSpan(Timestamp(seconds: 0), Timestamp(seconds: seconds))
    return timeline.id(.energy, of: device).map { timeline.total($0, over: span).amount }
  }

  @Test("xe: the whole card's counter, its limits, clock, heat and memory")
  func xe() throws {
    let tree = IntelTree()
    tree.plug(driver: "xe")
    tree.addMeter(2, label: "pkg", limits: ["max": 120_000_000])
    tree.addMeter(
      1, label: "card", limits: ["max": 0, "rated_max": 190_000_000, "crit": 328_000_000])
    for (name, text) in [
      ("temp2_input", "61000"), ("temp3_label", "vram"), ("temp3_input", "70000"),
    ] { tree.files.write(tree.hwmon(card) + "/" + name, text + "\n") }
    let (timeline, heard) = try run(tree, 30) { second in
      tree.draw(1, watts: second % 2 == 0 ? 180 : 90, seconds: 1)
      tree.draw(2, watts: 60, seconds: 1)
    }
    let said = try #require(heard.last)
    #expect(abs((joules(timeline, 30) ?? 0) / (15 * 270) - 1) < 0.001)
    #expect(heard.first?.devices.first?.model == "Intel e20b")
    let expected: [(Metric, Int64)] = [
      (.powerLimit, 190_000), (.temperature, 61_000), (.memoryTemperature, 70_000),
      (.smClock, 2_400_000_000), (.memoryTotal, 12_616_466_432),
    ]
    for (metric, steps) in expected { #expect(said.steps(metric, of: card) == steps) }
    #expect(heard.flatMap(\.events).isEmpty)
  }

  @Test("i915: the only counter, and the clock of the card")
  func i915() throws {
    let tree = IntelTree()
    tree.plug(driver: "i915", model: "56c0")
    tree.addMeter(1, limits: ["max": 150_000_000])
    let (timeline, heard) = try run(tree, 10) { _ in tree.draw(1, watts: 75, seconds: 1) }
    #expect(abs((joules(timeline, 10) ?? 0) / 750 - 1) < 0.001)
    #expect(heard.last?.steps(.smClock, of: card) == 1_950_000_000)
    #expect(heard.last?.steps(.powerLimit, of: card) == 150_000)
  }

  @Test(
    "a limit of 0 is switched off and is none; the burst's binds where the seconds' does not",
    arguments: [
      (["max": 120, "cap": 200, "rated_max": 190, "crit": 328], 120_000, 190_000),
      (["max": 0, "cap": 200, "rated_max": 190, "crit": 328], 200_000, 190_000),
      (["max": 0, "cap": 0, "rated_max": 190], 190_000, 190_000),
      (["cap": 200], 200_000, nil), (["max": 0, "cap": 0, "crit": 328], nil, nil), ([:], nil, nil),
    ] as [([String: Int], Int64?, Int64?)])
  func limits(watts: [String: Int], limit: Int64?, rated: Int64?) throws {
    let tree = IntelTree()
    tree.plug(driver: "xe")
    tree.addMeter(1, label: "card", limits: watts.mapValues { $0 * 1_000_000 })
    let (_, heard) = try run(tree, 3) { _ in tree.draw(1, watts: 90, seconds: 1) }
    #expect(heard.last?.steps(.powerLimit, of: card) == limit)
    #expect(heard.last?.steps(.powerLimitDefault, of: card) == rated)
  }

  @Test("the card's counter is told by its label, and its limits by theirs")
  func labels() throws {
    let tree = IntelTree()
    tree.plug(driver: "xe")
    tree.addMeter(1, label: "pkg", limits: ["max": 120_000_000])
    tree.addMeter(2, label: "card", limits: ["max": 190_000_000])
    tree.files.write(tree.hwmon(card) + "/power1_label", "pkg\n")
    tree.files.write(tree.hwmon(card) + "/power2_label", "card\n")
    let (timeline, heard) = try run(tree, 10) { _ in
      tree.draw(1, watts: 60, seconds: 1)
      tree.draw(2, watts: 90, seconds: 1)
    }
    #expect(abs((joules(timeline, 10) ?? 0) / 900 - 1) < 0.001)
    #expect(heard.last?.steps(.powerLimit, of: card) == 190_000)
  }

  @Test("of several chips of one card the one of the whole card is read, not a tile's")
  func tiles() throws {
    let tree = IntelTree()
    tree.plug(driver: "i915")
    let tile = tree.folder(card) + "/hwmon/hwmon3"
    tree.files.write(tile + "/name", "i915_gt0\n")
    tree.files.write(tile + "/energy1_input", "5\n")
    tree.files.write(tree.hwmon(card) + "/name", "i915\n")
    tree.addMeter(1)
    let (timeline, _) = try run(tree, 10) { _ in tree.draw(1, watts: 75, seconds: 1) }
    #expect(abs((joules(timeline, 10) ?? 0) / 750 - 1) < 0.001)
  }

  @Test("a counter that stands still while clients work is left out, one at rest is not")
  func frozen() throws {
    let tree = IntelTree()
    tree.plug(driver: "xe")
    tree.addMeter(1, label: "card")
    tree.open(41, cycles: 0, of: 1000)
    let (timeline, heard) = try run(tree, 40) { second in
      // Work from second 20 on, which the counter does not see.
      tree.draw(1, watts: 40, seconds: second < 10 ? 1 : 0)
      tree.open(41, cycles: max(0, second - 20) * 900, of: 1000 + second * 1000)
    }
    #expect(heard.flatMap(\.events).map(\.cause) == [.refused])
    #expect(heard[19].steps(.energy, of: card) != nil)
    #expect(heard.suffix(10).allSatisfy { $0.steps(.energy, of: card) == nil })
    let device = DeviceID(machine: "box", kind: .gpu, name: card)
    let id = try #require(timeline.id(.energy, of: device))
    let span = TimeSpan(Timestamp(seconds: 30), Timestamp(seconds: 40))
    #expect(timeline.total(id, over: span).covered == 0)
  }

  @Test("a card counter that says what cannot be is left for the package's")
  func impossible() throws {
    let tree = IntelTree()
    tree.plug(driver: "xe")
    tree.addMeter(1, label: "card", limits: ["crit": 328_000_000])
    tree.addMeter(2, label: "pkg")
    let (timeline, heard) = try run(tree, 20) { _ in
      tree.draw(1, watts: 4000, seconds: 1)
      tree.draw(2, watts: 110, seconds: 1)
    }
    #expect(heard.flatMap(\.events).count == 1)
    #expect(heard.flatMap(\.events).first?.text.contains("that of the pkg serves") == true)
    let joules = joules(timeline, 20) ?? 0
    #expect(joules > 15 * 110 && joules <= 20 * 110 + 1)
  }

  @Test("a step that cannot be is not counted, and told of")
  func leap() throws {
    let tree = IntelTree()
    tree.plug(driver: "i915")
    tree.addMeter(1, limits: ["max": 150_000_000])
    let (timeline, heard) = try run(tree, 20) { second in
      tree.draw(1, watts: second == 10 ? 5_000_000 : 100, seconds: 1)
    }
    #expect(heard.flatMap(\.events).count == 1)
    #expect(abs((joules(timeline, 20) ?? 0) - 1900) < 1)
  }

  @Test("activity and memory are those of the clients, without video")
  func clients() throws {
    let tree = IntelTree()
    tree.plug(driver: "xe")
    tree.open(41, cycles: 0, of: 1000)
    var source = tree.source
    let first = try source.said(at: 0)
    #expect(first.steps(.memoryUsed, of: card) == 2 << 30)
    #expect(first.steps(.utilization, of: card) == nil)
    tree.open(41, cycles: 300, of: 2000)
    let second = try source.said(at: 2)
    #expect(second.steps(.utilization, of: card) == 300_000)
    #expect(second.provenance(.utilization, of: card)?.period == 2)
    let process = second.readings.first { $0.device.kind == .process }
    #expect(process?.values.first { $0.metric == .smShare }?.steps == 300_000)
  }

  @Test("graphics inside the processor are shown while they work, without energy")
  func integrated() throws {
    let tree = IntelTree()
    let pci = IntelTree.integrated
    tree.plug(pci, driver: "xe")
    tree.addMeter(1, pci: pci)
    var source = tree.source
    let failure = #expect(throws: SourceFailure.self) { try source.said(at: 0) }
    #expect(failure?.health == .absent)
    tree.open(41, cycles: 0, of: 1000, pci: pci)
    // What processes have opened is looked up anew after a while.
    _ = try? source.said(at: 20)
    tree.open(41, cycles: 500, of: 2000, pci: pci)
    tree.draw(1, watts: 10, seconds: 20, pci: pci)
    let said = try source.said(at: 40)
    #expect(said.steps(.utilization, of: pci) == 500_000)
    for second in 41..<50 {
      tree.draw(1, watts: 10, seconds: 1, pci: pci)
      let said = try source.said(at: Double(second))
      #expect(said.steps(.energy, of: pci) == nil && said.steps(.power, of: pci) == nil)
    }
  }

  @Test("a sleeping or unplugged card costs only itself")
  func asleepAndGone() throws {
    let tree = IntelTree()
    tree.plug(driver: "xe")
    tree.files.write(tree.folder(card) + "/power/runtime_status", "suspended\n")
    var source = tree.source
    let asleep = try source.said(at: 0)
    #expect(asleep.readings.isEmpty)
    #expect(asleep.events.map(\.kind) == [.gap])
    tree.files.write(tree.folder(card) + "/power/runtime_status", "active\n")
    #expect(try source.said(at: 1).events.map(\.text) == ["awake again"])
    tree.files.remove("/sys/class/drm/card1")
    tree.files.remove(tree.folder(card))
    #expect(try source.said(at: 2).events.map(\.kind) == [.gap])
    let failure = #expect(throws: SourceFailure.self) { try source.said(at: 3) }
    #expect(failure?.message.contains("does not exist") == true)
    tree.plug(driver: "xe")
    #expect(try source.said(at: 8).events.map(\.text) == ["answers again"])
  }

  @Test("without a GPU the source says where it looked")
  func absent() {
    let tree = FileTree()
    var source = IntelSource(tree.context)
    let failure = #expect(throws: SourceFailure.self) { try source.said(at: 0) }
    #expect(failure?.health == .absent)
    #expect(source.probe().message.contains("vendor 0x8086"))
  }
}

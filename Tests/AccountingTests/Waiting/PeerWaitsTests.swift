import Telemetry
import Testing

@testable import Accounting

/// Who waits for whom among the ranks of a job.
@Suite struct PeerWaitsTests {
  private var levels: PowerLevels {
    var levels = PowerLevels()
    for _ in 0..<2 { levels.note(118, isKernelFree: true, isHeld: true) }
    for _ in 0..<2 { levels.note(410, isKernelFree: false, isHeld: true) }
    return levels
  }

  private func rank(_ watts: Double, _ utilization: Double, onQueue: Double, running: Double = 0)
    -> AcceleratorTick
  {
    var tick = AcceleratorTick(joules: watts, utilization: utilization)
    tick.levels = levels
    tick.trainer = AcceleratorTick.Trainer(
      onQueue: onQueue, running: running, onStore: 0, hasWorkers: true)
    return tick
  }

  private func settled(
    _ ticks: [AcceleratorTick], bond: PeerWaits.Bond = PeerWaits.Bond()
  ) throws -> (Int?, [TickSplit]) {
    var splits = try ticks.map { try #require($0.split()) }
    guard let late = PeerWaits.late(ticks, splits) else { return (nil, splits) }
    var bonds = ticks.map { _ in bond }
    let verdict = PeerWaits.settle(ticks, &splits, late: late, bonds: &bonds)
    return (verdict.hasVictims ? late.place : nil, splits)
  }

  @Test func `Seven that spin wait for the one whose loader is behind`() throws {
    var ticks = (0..<8).map { _ in rank(150, 1, onQueue: 0, running: 1) }
    ticks[3] = rank(118, 0, onQueue: 1)
    let (culprit, splits) = try settled(ticks)
    #expect(culprit == 3)
    #expect(splits[3].data == 1)
    for place in [0, 1, 2, 4, 5, 6, 7] { #expect(splits[place].peer == 1, "\(place)") }
  }

  @Test func `All that wait for data wait for no peer`() throws {
    let (culprit, splits) = try settled((0..<8).map { _ in rank(118, 0, onQueue: 1) })
    #expect(culprit == nil)
    #expect(splits.allSatisfy { $0.data == 1 && $0.peer == 0 })
  }

  @Test func `Spinning without anybody late is not called a wait`() throws {
    let (culprit, splits) = try settled((0..<8).map { _ in rank(150, 1, onQueue: 0, running: 1) })
    #expect(culprit == nil && splits.allSatisfy { $0.peer == 0 })
  }

  /// Trainings that were only started together draw less than ever for reasons of their own.
  @Test func `Low watts alone are no wait for another`() throws {
    var ticks = (0..<8).map { _ in rank(0.6 * 410 + 0.4 * 150, 1, onQueue: 0, running: 1) }
    ticks[3] = rank(0.6 * 410 + 0.4 * 118, 0.6, onQueue: 0.4)
    let (culprit, splits) = try settled(ticks)
    #expect(culprit == nil && abs(splits[3].data - 0.4) < 1e-9)
    #expect(splits.allSatisfy { $0.peer == 0 })
    var noise = PeerWaits.Bond()
    for second in 0..<40 {
      noise.beside.note(306 + Double((second * 7) % 11) - 5, 0.5 + 0.2 * Double(second % 3) / 2)
    }
    #expect(try settled(ticks, bond: noise).0 == nil)
    // Who spun for the late one for whole seconds waits for it in parts of them as well.
    let (again, charged) = try settled(ticks, bond: PeerWaits.Bond(hasSpun: true))
    #expect(again == 3 && abs(charged[0].peer - 0.4) < 1e-9)
    #expect(abs((charged[0].watts ?? 0) - 150) < 1)
  }

  /// How their watts go with the time that the late one computes tells it, second by second.
  @Test func `Watts that go down whenever one is late are a wait for it`() throws {
    var bond = PeerWaits.Bond()
    for second in 0..<30 {
      let work = 0.5 + 0.2 * Double(second % 3) / 2
      bond.beside.note(work * 410 + (1 - work) * 150, work)
    }
    var ticks = (0..<4).map { _ in
      var tick = rank(306, 1, onQueue: 0, running: 1)
      tick.levels = PowerLevels()
      return tick
    }
    ticks[0] = rank(293, 0.6, onQueue: 0.4)
    let (culprit, splits) = try settled(ticks, bond: bond)
    #expect(culprit == 0)
    #expect(abs(splits[1].peer - 0.4) < 1e-9 && abs((splits[1].watts ?? 0) - 150) < 1)
    // Without either they are at work, as far as anybody can say.
    let (nobody, plain) = try settled(ticks)
    #expect(nobody == nil && plain[1].peer == 0)
  }

  @Test func `Others at full work while one starves wait for nobody`() throws {
    var ticks = (0..<4).map { _ in rank(405, 1, onQueue: 0, running: 1) }
    ticks[2] = rank(0.6 * 410 + 0.4 * 118, 0.6, onQueue: 0.4)
    let (culprit, splits) = try settled(ticks)
    #expect(culprit == nil && splits.allSatisfy { $0.peer == 0 })
    #expect(abs(splits[2].data - 0.4) < 1e-9)
  }

  @Test func `As long as watts could not be compared nobody says whether they wait`() throws {
    var ticks = (0..<4).map { _ in rank(306, 1, onQueue: 0, running: 1) }
    ticks[0] = rank(293, 0.6, onQueue: 0.4)
    var splits = try ticks.map { try #require($0.split()) }
    let late = try #require(PeerWaits.late(ticks, splits))
    var bonds = ticks.map { _ in PeerWaits.Bond() }
    bonds[1].doubted = 15
    for second in 0..<12 { bonds[2].beside.note(300 + Double(second % 2), 0.6) }
    let verdict = PeerWaits.settle(ticks, &splits, late: late, bonds: &bonds)
    #expect(
      !verdict.hasVictims && verdict.open == [3], "the others are at work, as far as is known")
    #expect(bonds.map(\.doubted) == [0, 15, 0, 1])
    #expect(bonds[3].renewed(DeviceID(machine: "box", kind: .gpu, name: "1")).doubted == 1)
  }
}

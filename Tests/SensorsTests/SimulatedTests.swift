import Quantities
import Telemetry
import TestSupport
import Testing

@testable import Sensors

@Suite struct SimulatedTests {
  static let start = Timestamp(nanoseconds: 1_790_000_000_000_000_000)

  static func timeline(seconds: Double, seed: UInt64 = 3) throws -> Timeline {
    var timeline = Timeline()
    try SimulatedSource.observations(
      seed: seed, machine: "box", from: start, to: start + seconds, every: 1
    ) { timeline.apply($0) }
    return timeline
  }

  @Test func theEnergyCounterIsTheIntegralOfThePower() throws {
    let timeline = try Self.timeline(seconds: 700)
    let span = TimeSpan(Self.start, Self.start + 700)
    for device in timeline.devices(.gpu) + timeline.devices(.meter) {
      let power = try #require(timeline.id(.power, of: device.id))
      let energy = try #require(timeline.id(.energy, of: device.id))
      let byPower = timeline.total(power, over: span)
      let byCounter = timeline.total(energy, over: span)
      #expect(abs(byPower.amount - byCounter.amount) < 1, "\(device.label)")
      #expect(byCounter.covered == 700)
      #expect(byCounter.amount > 300 * 100)
    }
  }

  @Test func sameSeedAndTimeGiveTheSameNumbersWhoeverAsksWhen() throws {
    let time = Self.start + 12_345.5
    var one = SimulatedSource(seed: 9, machine: "box")
    var other = SimulatedSource(seed: 9, machine: "box")
    _ = try other.sample(FixedClock(Self.start))
    let readings = { (list: [Observation]) in
      list.compactMap { observation -> Reading? in
        if case .reading(let reading) = observation, reading.device.kind != .grid {
          return reading
        }
        return nil
      }
    }
    let first = try readings(one.sample(FixedClock(time)))
    #expect(try first == readings(other.sample(FixedClock(time))))
    #expect(first.count > 12)
    var third = SimulatedSource(seed: 10, machine: "box")
    #expect(try first != readings(third.sample(FixedClock(time))))
  }

  @Test func everythingSaysThatItIsSimulated() throws {
    var source = SimulatedSource(machine: "box")
    for observation in try source.sample(FixedClock(Self.start)) {
      switch observation {
      case .device(let device): #expect(device.model.contains("SIMULATED"))
      case .series(let descriptor):
        #expect(descriptor.provenance.method == .simulated)
        #expect(descriptor.provenance.note.contains("SIMULATED"))
      case .reading(let reading): #expect(reading.time == Self.start)
      default: break
      }
    }
  }

  @Test func theStoryHasItsChapters() throws {
    let timeline = try Self.timeline(seconds: 600)
    let gpus = timeline.devices(.gpu)
    func watts(_ gpu: Int, _ second: Double) throws -> Double {
      let moment = timeline.moment(at: Self.start + second)
      return try #require(moment.value(.power, of: gpus[gpu].id))
    }
    #expect(try watts(0, 20) < 130)
    #expect(try watts(0, 300) > 560)
    #expect(try watts(0, 210) < 420)
    #expect(try watts(SimulatedRun.straggler, 360) < 150)
    #expect(try watts(0, 360) > 500)
    #expect(try watts(0, 490) < 220)
    let reasons = timeline.moment(at: Self.start + 300)
      .value(.eventReasons, of: gpus[SimulatedRun.limited].id)
    #expect(reasons == 4)
    let job = try #require(timeline.devices(.job).first)
    let loss = { (second: Double) in
      timeline.moment(at: Self.start + second).value(.loss, of: job.id) ?? .nan
    }
    #expect(loss(600) < loss(100) - 1)
    #expect(timeline.events.contains { $0.text.contains("checkpoint") })
    let disk = try #require(timeline.devices(.disk).first)
    let written = try #require(timeline.id(.bytesWritten, of: disk.id))
    let span = TimeSpan(Self.start + 480, Self.start + 506)
    #expect(timeline.total(written, over: span).amount > 6e10)
  }

  @Test func theGridChangesEveryQuarterOfAnHourAndAddsUp() throws {
    let source = SimulatedSource(machine: "box")
    for quarter in 0..<96 {
      let reading = source.grid(at: Self.start + Double(quarter) * 900)
      let value = { (metric: Metric) in
        reading.values.first { $0.metric == metric }?.value ?? .nan
      }
      let fuels: [Metric] = [
        .solarShare, .windShare, .hydroShare, .bioenergyShare, .otherRenewableShare, .nuclearShare,
        .gasShare, .coalShare, .oilShare,
      ]
      #expect(abs(fuels.reduce(0) { $0 + value($1) } - 1) < 1e-5)
      #expect(fuels.allSatisfy { value($0) >= 0 })
      #expect(value(.lowCarbonShare) > value(.renewableShare))
      #expect((20...600).contains(value(.carbonIntensity)))
    }
    #expect(source.grid(at: Self.start).values != source.grid(at: Self.start + 900).values)
  }

  @Test func aSeedThatIsNoNumberIsRefused() throws {
    let context = SourceContext(machine: "box")
    #expect(throws: SourceRequestError.self) {
      try SourceCatalogue.sensors.make(SourceRequest(text: "simulated:abc"), in: context)
    }
    let source = try SourceCatalogue.sensors.make(SourceRequest(text: "simulated:7"), in: context)
    #expect(source.name == "simulated")
  }
}

/// Who waits for whom in the simulated run.
@Suite struct SimulatedWaitTests {
  private static let story: Timeline? = try? SimulatedTests.timeline(seconds: 620)

  private func total(
    _ metric: Metric, of kind: DeviceKind, _ from: Double, _ to: Double
  ) throws -> Double {
    let timeline = try #require(Self.story)
    let start = SimulatedTests.start
    return try timeline.devices(kind).reduce(0) { sum, device in
      let id = try #require(timeline.id(metric, of: device.id))
      return sum + timeline.total(id, over: TimeSpan(start + from, start + to)).amount
    }
  }

  @Test func `Every part of the waiting is inside the whole, and the whole is the energy drawn`()
    throws
  {
    let timeline = try #require(Self.story)
    for device in timeline.devices(.waiting) {
      let gpu = try #require(device.parent)
      let span = TimeSpan(SimulatedTests.start, SimulatedTests.start + 620)
      func amount(_ metric: Metric, _ device: DeviceID) throws -> Double {
        timeline.total(try #require(timeline.id(metric, of: device)), over: span).amount
      }
      let energy = try amount(.energy, gpu)
      #expect(abs(try amount(.judgedEnergy, device.id) - energy) < 1)
      let waits =
        try amount(.dataWaitEnergy, device.id) + amount(.peerWaitEnergy, device.id)
        + amount(.gapEnergy, device.id)
      #expect(waits > 0 && waits < energy)
      let seconds =
        try amount(.dataWaitTime, device.id) + amount(.peerWaitTime, device.id)
        + amount(.gapTime, device.id)
      #expect(try seconds > 0 && seconds < amount(.judgedTime, device.id))
    }
  }

  @Test func `A starved stretch has workers out of processors, a fed one has not`() throws {
    func share(_ part: Metric, _ whole: Metric, _ kind: DeviceKind, _ from: Double) throws -> Double
    {
      try total(part, of: kind, from, from + 48) / total(whole, of: kind, from, from + 48)
    }
    #expect(try abs(share(.dataWaitTime, .judgedTime, .waiting, 120) - 0.375) < 0.01)
    #expect(try share(.dataWaitTime, .judgedTime, .waiting, 240) == 0)
    #expect(try share(.workerQueueTime, .workerTime, .loader, 120) > 0.8)
    #expect(try share(.workerQueueTime, .workerTime, .loader, 240) < 0.05)
    // It draws little while it waits, and what it waits for flows more slowly.
    let waiting = try total(.dataWaitEnergy, of: .waiting, 120, 168)
    let seconds = try total(.dataWaitTime, of: .waiting, 120, 168)
    #expect(waiting / seconds < 300)
    #expect(
      try total(.readCalls, of: .loader, 120, 168) < 0.7 * total(.readCalls, of: .loader, 240, 288))
  }

  @Test func `What was read was at most missed in the cache`() throws {
    for from in stride(from: 0.0, to: 600, by: 30) {
      let missed = try total(.pageCacheMisses, of: .host, from, from + 30)
      #expect(try missed <= total(.readCalls, of: .loader, from, from + 30))
    }
  }
}

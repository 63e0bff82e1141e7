import Quantities
import Testing

@testable import Telemetry

/// Processes that ended take no memory of their own for ever, and their joules stay.
@Suite struct FormerProcessTests {
  private let gpus = (0..<8).map { DeviceID(machine: "box", kind: .gpu, name: "GPU-\($0)") }

  private func reading(
    _ device: DeviceID, _ second: Double, _ values: [(Metric, Double)]
  ) -> Observation {
    var reading = Reading(device: device, time: origin + second)
    for (metric, value) in values { reading.set(metric, value) }
    return .reading(reading)
  }

  /// Each process lives for three seconds on one accelerator and is charged 700 J in that time.
  private func run(_ timeline: inout Timeline, processes: Range<Int>) {
    for number in processes {
      let start = Double(number) * 4
      let gpu = gpus[number % gpus.count]
      let id = DeviceID(machine: "box", kind: .process, name: "\(number).1@\(gpu.name)")
      timeline.apply(
        .device(
          Device(
            id: id, label: "python", parent: gpu,
            attributes: ["pid": "\(number)", "user": number % 4 == 0 ? "ada" : "bob"])))
      for metric in [Metric.energy, .memoryUsed] {
        timeline.apply(
          .series(
            SeriesDescriptor(
              device: id, metric: metric,
              provenance: Provenance(
                source: "test", method: metric.isCounter ? .counter : .instant, period: 3))))
      }
      for gpu in gpus { timeline.apply(reading(gpu, start, [(.power, 300)])) }
      timeline.apply(reading(id, start, [(.energy, 0), (.memoryUsed, 1e9)]))
      timeline.apply(reading(id, start + 3, [(.energy, 700), (.memoryUsed, 2e9)]))
    }
  }

  private func joules(_ timeline: Timeline, user: String, over span: TimeSpan) -> Double {
    let former = timeline.formerProcesses.filter { $0.facts.user == user }
      .reduce(0) { $0 + $1.joules(over: span).whole }
    return timeline.devices(.process).reduce(former) { sum, device in
      guard timeline.processFacts(of: device.id).user == user,
        let id = timeline.id(.energy, of: device.id)
      else { return sum }
      return sum + timeline.total(id, over: span).amount
    }
  }

  @Test func `Ten thousand processes that ended are a few sums`() {
    var timeline = Timeline(budget: .screen)
    run(&timeline, processes: 0..<2000)
    let before = (timeline.series.count, timeline.valuesSize, timeline.devices.count)
    run(&timeline, processes: 2000..<10_000)
    #expect(timeline.series.count <= before.0 + before.0 / 8)
    #expect(timeline.valuesSize <= before.1 + before.1 / 4)
    #expect(timeline.devices.count <= before.2 + before.2 / 4)
    #expect(timeline.devices(.process).count >= 96)
    let ever = TimeSpan(origin - 1, origin + 50_000)
    #expect(near(joules(timeline, user: "ada", over: ever), 2500 * 700))
    #expect(near(joules(timeline, user: "bob", over: ever), 7500 * 700))
    #expect(timeline.formerProcesses.reduce(0) { $0 + $1.count } > 9000)
    #expect(timeline.formerProcesses.count == 8, "one for each accelerator and its user")
    // They came evenly, and so do their sums.
    let part = joules(timeline, user: "bob", over: TimeSpan(origin + 10_000, origin + 20_000))
    #expect(abs(part - 2500 * 0.75 * 700) < 0.01 * 2500 * 700)
    #expect(timeline.formerAccelerators(of: 9000) == [gpus[9000 % 8]])
    #expect(timeline.archive.numbers.count <= ProcessArchive.mostNumbers + 1)
  }

  @Test func `However many batch jobs there were, the sums have an end and no joule is lost`() {
    var archive = ProcessArchive()
    for number in 0..<3000 {
      let key = FormerProcesses.Key(
        gpu: gpus[number % 8], user: "user \(number % 700)", container: nil, job: "\(number)")
      var former = FormerProcesses(
        key: key, count: 1, first: origin + Double(number), last: origin + Double(number) + 1)
      former.energy.add(5, from: former.first, to: former.last)
      archive.add(former)
      archive.shrink(keeping: [])
    }
    #expect(archive.sums.count <= ProcessArchive.mostSums)
    #expect(archive.order.count == archive.sums.count)
    let ever = TimeSpan(origin, origin + 4000)
    let sum = archive.sums.values.reduce(0) { $0 + $1.joules(over: ever).whole }
    #expect(near(sum, 15_000))
    #expect(archive.sums.values.reduce(0) { $0 + $1.count } == 3000)
  }

  @Test func `A process whose accelerator is silent as well has not ended`() {
    var timeline = Timeline(budget: .screen)
    for number in 0..<200 {
      let id = DeviceID(machine: "box", kind: .process, name: "\(number).2@\(gpus[0].name)")
      timeline.apply(.device(Device(id: id, label: "python", parent: gpus[0])))
      timeline.apply(reading(id, 0, [(.memoryUsed, 1)]))
    }
    timeline.apply(reading(gpus[0], 10, [(.power, 1)]))
    // The machine goes on, only this driver does not answer.
    timeline.apply(reading(gpus[1], 5000, [(.power, 1)]))
    timeline.foldEnded()
    #expect(timeline.devices(.process).count == 200)
    timeline.apply(reading(gpus[0], 5000, [(.power, 1)]))
    timeline.foldEnded()
    #expect(timeline.devices(.process).count == 96)
  }

  @Test func `Names that nobody has are forgotten, and others stay the same`() {
    let kept = DeviceID(machine: "forget", kind: .process, name: "kept")
    for number in 0..<100 { _ = DeviceID(machine: "forget", kind: .process, name: "\(number)") }
    DeviceID.forgetUnused()
    #expect(DeviceID(machine: "forget", kind: .process, name: "kept") == kept)
    #expect(DeviceID(machine: "forget", kind: .process, name: "7").name == "7")
  }
}

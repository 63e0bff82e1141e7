import Testing

@testable import Telemetry

/// Memory is bounded, however long a session lasts.
@Suite struct BoundsTests {
  /// Accelerators of 28 values, all of them noise, which packs worst.
  private struct Noise {
    let devices: [DeviceID]
    /// No limit of power, by which the counters would be judged.
    let metrics = Array(
      Metric.all.filter { !$0.isCounter && !$0.name.contains("limit") }.prefix(20))
    let counters = Array(Metric.all.filter { $0.isCounter }.prefix(8))
    private var state: UInt64 = 1

    init(gpus: Int) {
      devices = (0..<gpus).map { DeviceID(machine: "box", kind: .gpu, name: "GPU-\($0)") }
    }

    private mutating func next() -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64(state >> 40)
    }

    mutating func feed(
      _ timeline: inout Timeline, days: ClosedRange<Double>, every seconds: Double
    ) {
      for device in devices {
        for metric in metrics + counters {
          let provenance = Provenance(
            source: "test", method: metric.isCounter ? .counter : .average, period: seconds)
          timeline.apply(
            .series(SeriesDescriptor(device: device, metric: metric, provenance: provenance)))
        }
      }
      let (from, to) = (days.lowerBound * 86_400, days.upperBound * 86_400)
      for time in stride(from: from, to: to, by: seconds) {
        for device in devices {
          var reading = Reading(device: device, time: origin + time + Double(next()) * 1e-10)
          reading.reserve(28)
          for metric in metrics { reading.set(metric, steps: next() & 0xFFFF) }
          for counter in counters {
            reading.set(counter, time * 700 + Double(next() & 0xFF))
          }
          timeline.apply(.reading(reading))
        }
      }
    }
  }

  @Test func `A month of eight accelerators stays within the budget`() throws {
    var noise = Noise(gpus: 8)
    var timeline = Timeline(budget: .screen)
    // Scaled: an hour's value takes as much in the coarse tiers as one of a second in the fine ones.
    noise.feed(&timeline, days: 0...29, every: 3600)
    noise.feed(&timeline, days: 29...29.1, every: 60)
    noise.feed(&timeline, days: 29.1...29.103, every: 1)
    let bytes = timeline.valuesSize
    let budget = MemoryBudget.screen.bytes(for: 224)
    #expect(budget <= 5_000_000 && bytes <= budget + budget / 16, "\(bytes) bytes")
    // Some were forgotten, and still weeks have a curve.
    let starts = timeline.series.compactMap { $0.tiers.last?.buckets.first?.time }
    let latest = try #require(starts.max())
    #expect(starts.count == 224 && latest > origin + 86_400)
    #expect(latest < origin + 27 * 86_400, "from \((latest - origin) / 86_400) days")
    // What every point carries is the integral since the beginning.
    let id = try #require(timeline.id(noise.counters[0], of: noise.devices[0]))
    let whole = timeline.total(id, over: TimeSpan(origin, origin + 30 * 86_400))
    #expect(abs(whole.amount / (29.103 * 86_400 * 700) - 1) < 1e-4)
  }

  @Test func `A job of a week ago has its joules, though its minutes are forgotten`() throws {
    // So little that minutes of a week ago are gone.
    let budget = MemoryBudget(base: 0, share: 14_000, most: 14_000, showsValues: true)
    var bounded = Timeline(budget: budget)
    var truth = 0.0
    let descriptor = SeriesDescriptor(
      device: gpu, metric: .power,
      provenance: Provenance(source: "test", method: .average, period: 60))
    let (start, end) = (3 * 86_400.0 + 420, 3 * 86_400.0 + 6 * 3600 + 300)
    var state: UInt64 = 7
    bounded.apply(.series(descriptor))
    for minute in 0..<(10 * 1440) {
      let time = Double(minute) * 60
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      var reading = Reading(device: gpu, time: origin + time)
      let isJob = start < time && time <= end
      let watts = (isJob ? 600 : 70) + Double(state >> 60)
      if isJob { truth += watts * 60 }
      reading.set(.power, watts)
      bounded.apply(.reading(reading))
    }
    let id = try #require(bounded.id(.power, of: gpu))
    let series = bounded.series[id.index]
    let minutes = try #require(series.tiers.first { $0.width == 60_000_000_000 })
    #expect(try #require(minutes.buckets.first).time > origin + 6 * 86_400)
    let job = TimeSpan(origin + start, origin + end)
    let known = bounded.total(id, over: job).amount
    #expect(abs(known / truth - 1) < 1e-3, "\(known) of \(truth) J")
  }

  @Test func `States are bounded`() {
    var timeline = Timeline()
    for second in 0..<10_000 {
      timeline.apply(.state(SourceState(source: "s", time: origin + Double(second), health: .ok)))
    }
    #expect(timeline.states.count <= 4096)
    #expect(timeline.states(at: origin + 1e6).count == 1)
  }

  @Test func `A source that spoke once is not forgotten for others that speak often`() {
    var timeline = Timeline()
    timeline.apply(.state(SourceState(source: "rare", time: origin, health: .ok)))
    for second in 0..<20_000 {
      timeline.apply(.state(SourceState(source: "s", time: origin + Double(second), health: .ok)))
    }
    #expect(timeline.states.count <= 4096)
    #expect(timeline.states(at: origin + 1e6).map(\.source) == ["rare", "s"])
  }

  @Test func `Events are bounded, and what is still asked for stays`() {
    var timeline = Timeline(budget: .screen)
    let job = DeviceID(machine: "box", kind: .job, name: "train")
    let (raised, quiet) = (
      DeviceID(machine: "", kind: .alert, name: "hot"),
      DeviceID(machine: "", kind: .alert, name: "idle")
    )
    func say(
      _ second: Double, _ cause: Event.Cause?, _ device: DeviceID?, _ kind: Event.Kind = .note
    ) {
      timeline.apply(
        .event(Event(time: origin + second, kind: kind, text: "", device: device, cause: cause)))
    }
    say(0, nil, nil, .mark)
    say(1, .crashed, job)
    say(2, .alert, raised)
    say(3, .lost, gpu, .gap)
    for index in 0..<50_000 {
      let second = Double(index) + 10
      say(second, index % 2 == 0 ? .alert : .alertCleared, quiet)
    }
    #expect(timeline.events.count <= Timeline.mostEvents)
    #expect(timeline.events.first?.kind == .mark)
    let end = origin + 1e6
    #expect(timeline.ending(of: job, at: end)?.cause == .crashed)
    #expect(timeline.availability(of: gpu, at: end)?.cause == .lost)
    #expect(
      timeline.alerts(until: end).filter { $0.cleared == nil }.map(\.raised.device) == [raised])
  }

  @Test func `Of the electricity of months the best statements are kept`() {
    var timeline = Timeline(budget: .screen)
    let grid = DeviceID(machine: "", kind: .grid, name: "zone")
    let hour = 3600.0
    var count = 0
    for now in 0..<1000 {
      for ahead in 0..<24 {
        let start = origin + Double(now + ahead) * hour
        var statement = GridStatement(
          device: grid, span: TimeSpan(start, start + hour), said: origin + Double(now) * hour,
          quality: ahead == 0 ? .measured : .forecast)
        statement.set(.renewableShare, Double((now * 7 + ahead * 3) % 100) / 100)
        timeline.apply(.grid(statement))
      }
      let editions = (max(0, now - 400)...(now + 23)).map {
        timeline.gridBook.editions(of: grid, at: origin + Double($0) * hour).count
      }
      if now == 999 { count = editions.reduce(0, +) }
    }
    #expect(count <= 400 + 80 * 24)
    #expect(timeline.gridBook.editions(of: grid, at: origin + 100 * hour).count == 1)
    let old = timeline.gridBook.statement(of: grid, at: origin + 100.5 * hour)
    #expect(old?.quality == .measured && old?[.renewableShare] == Double(700 % 100) / 100)
  }

  @Test func `Times at the ends of the world do not trap`() {
    var series = OneSeries()
    for time in [Int64.min, .min + 1, -1, 0, .max - 1, .max, 5, .min + 7] {
      var reading = Reading(device: gpu, time: Timestamp(nanoseconds: time))
      reading.set(.power, 1)
      series.timeline.apply(.reading(reading))
    }
    let ever = TimeSpan(Timestamp(nanoseconds: .min), Timestamp(nanoseconds: .max))
    _ = series.timeline.total(series.id, over: ever)
    _ = series.timeline.curve(series.id, over: ever, columns: 10)
    _ = series.timeline.moment(at: ever.start).rate(.power, of: gpu)
  }
}

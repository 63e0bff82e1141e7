import Accounting
import FleetHistory
import Telemetry
import Testing

@testable import Fleet

/// What a real Prometheus tells of a fleet, beside what was so.
@Suite(.serialized) struct FleetTruthTests {
  private func time(_ second: Int) -> Timestamp {
    Timestamp(seconds: Double(PrometheusServer.beginning + second))
  }

  private func read(
    _ second: Int, window: Double = 3600, _ reader: inout FleetReader
  ) throws -> FleetMoment {
    let view = FleetView(time: time(second), window: window)
    return FleetAssembly(
      try reader.read(view, now: time(5400), mostQueries: 60), view
    ).moment()
  }

  private func reader() throws -> (FleetReader, FleetScript) {
    let server = try PrometheusServer.troubled.get()
    var reader = FleetReader(try PromStore(server.url))
    // The script is of another year than the server's clock.
    reader.comparesClocks = false
    return (reader, server.script)
  }

  private func expect(
    _ job: FleetJob, _ truth: (joules: Double, wasted: Double, gpuSeconds: Double),
    within share: Double = 0.005
  ) throws {
    let joules = try #require(job.joules)
    #expect(abs(joules / truth.joules - 1) < share, "\(job.name): \(joules) of \(truth.joules) J")
    let wasted = try #require(job.wastedJoules)
    #expect(
      abs(wasted - truth.wasted) < share * truth.joules,
      "\(job.name): \(wasted) of \(truth.wasted) J")
  }

  @Test(arguments: [4800, 4737])
  func `Joules of each job are those that were so, within half a per cent`(second: Int) throws {
    var (reader, script) = try reader()
    let moment = try read(second, &reader)
    let begin = Int(moment.span.start.seconds) - PrometheusServer.beginning
    let jobs = Dictionary(uniqueKeysWithValues: moment.jobs.map { ($0.id, $0) })
    #expect(Set(jobs.keys) == ["100", "101", "102", "103", "104", "105"])
    for id in ["100", "101", "104", "105"] {
      try expect(try #require(jobs[id]), script.truth(id, begin..<second))
    }
    // Of a young job the seconds since it was read last are more than that.
    let read = second - (second - 3 * 7 % 15) % 15
    try expect(try #require(jobs["102"]), script.truth("102", begin..<read))
    // Of what is not heard any more nothing is added.
    try expect(try #require(jobs["103"]), script.truth("103", begin..<3900 - 15 + 4 * 7 % 15))
  }

  @Test func `What was drawn before the first look is in no account, and all after it is`() throws {
    var (reader, script) = try reader()
    // The store knows nothing of the time before the script.
    let moment = try read(900, &reader)
    let job = try #require(moment.jobs.first { $0.id == "103" })
    let phase = 4 * 7 % 15
    let read = 900 - (900 - phase) % 15
    let truth = script.truth("103", phase..<read)
    #expect(job.joules.map { abs($0 / truth.joules - 1) < 0.001 } == true, "\(job.joules ?? 0)")
    let host = try #require(moment.host("n004")?.joules)
    let gpus = truth.joules + script.restWatts * Double(read - phase)
    #expect(abs(host / gpus - 1) < 0.001)
  }

  @Test func `What increase() tells of a short job is not what was so`() throws {
    let (reader, script) = try reader()
    let answer = try reader.store.instant(
      "sum by (job_id) (increase(hippowatt_job_energy_joules_total{job_id=\"101\"}[1h]))",
      at: time(4800), keep: FleetLabel.names(rack: "rack"))
    let told = try #require(answer.points.first?.value)
    let truth = script.truth("101", 0..<4800).joules
    #expect(abs(told / truth - 1) > 0.005, "\(told) of \(truth)")
  }

  @Test func `An accelerator told of twice counts once, and so does its machine`() throws {
    var (reader, script) = try reader()
    let moment = try read(4800, &reader)
    #expect(moment.hosts.map(\.name) == (0..<7).map(FleetScript.name))
    #expect(moment.totals.gpus == 28)
    #expect(moment.totals.duplicates == 1)
    #expect(moment.host("n000")?.twins == ["10.0.0.0:9409"])
    #expect(moment.host("n000")?.exporters == ["hippowatt", "dcgm-exporter"])
    var watts = 0.0
    for host in [0, 1, 2, 3, 5, 6] {
      let second = 4799 - (4799 - host * 7 % 15) % 15 - 1
      watts += script.restWatts
      for gpu in 0..<4 {
        watts += script.watts(host, gpu, at: second, script.job(host, gpu, at: second))
      }
    }
    let told = try #require(moment.totals.watts)
    #expect(abs(told / watts - 1) < 0.001, "\(told) of \(watts)")
  }

  @Test
  func `A machine that is not heard is silent since then, and its job says how much is known`()
    throws
  {
    var (reader, _) = try reader()
    let moment = try read(4800, &reader)
    guard case .silent(let since) = try #require(moment.host("n004")).state else {
      Issue.record("n004 is \(String(describing: moment.host("n004")?.state))")
      return
    }
    #expect(abs(since - time(3900)) <= 16)
    #expect(moment.host("n004")?.watts == nil)
    #expect(moment.findings.contains(.silent(host: "n004", since: since)))
    #expect(moment.findings.contains(.held(job: "105", gpus: 3)))
    #expect(moment.jobs.first { $0.id == "105" }?.isHeldWithoutProcess == true)
    #expect(moment.jobs.first { $0.id == "101" }?.isRunning == false)
    let lost = try #require(moment.jobs.first { $0.id == "103" })
    #expect(lost.gpus == 4)
    #expect(moment.jobs.first { $0.id == "100" }?.coverage.map { abs($0 - 1) < 0.01 } == true)
    let tokens = try #require(moment.jobs.first { $0.id == "100" }?.tokens)
    #expect(abs(tokens / (9600 * moment.span.seconds) - 1) < 0.01)
  }

  @Test func `A job that has ended holds nothing, though its exporter still tells of it`() throws {
    var (reader, _) = try reader()
    let moment = try read(3301 + 290, &reader)
    let job = try #require(moment.jobs.first { $0.id == "101" })
    #expect(!job.isRunning && job.gpus == 4 && job.processes == nil)
    #expect(moment.host("n003")?.held == 0)
    let before = try read(3240, &reader)
    #expect(before.jobs.first { $0.id == "101" }?.isRunning == true)
    #expect(before.host("n003")?.held == 4)
  }

  @Test func `A settled column is asked for once`() throws {
    var (reader, _) = try reader()
    func read(_ second: Int) throws {
      _ = try reader.read(FleetView(time: time(second), window: 3600), now: time(5400))
    }
    try read(4737)
    let first = reader.cost
    try read(4740)
    try read(4743)
    let second = reader.cost
    #expect(first.queries == FleetReader.mostQueries)
    #expect(second.queries == 9)
    #expect(second.points < first.points / 3)
  }

  @Test func `The same numbers come of columns that were kept and of columns asked anew`() throws {
    var (reader, _) = try reader()
    for second in stride(from: 4500, through: 4790, by: 97) { _ = try read(second, &reader) }
    var other = try self.reader().0
    #expect(try read(4737, &reader) == read(4737, &other))
  }

  @Test func `A screen of one machine holds what its sources told`() throws {
    var (reader, script) = try reader()
    let observations = try reader.readHost(
      "n001", instances: ["n001:9409"], window: TimeSpan(time(4200), time(4800)),
      past: TimeSpan(time(0), time(4800)), widths: ["100": 12])
    #expect(reader.cost.queries == 2)
    var timeline = Timeline()
    timeline.apply(observations)
    let ledger = Ledger(timeline)
    #expect(ledger.inventory.gpus.count == 4)
    let energy = try #require(ledger.energy(over: TimeSpan(time(600), time(4500))))
    var truth = 0.0
    for second in 600..<4500 {
      truth += script.restWatts
      for gpu in 0..<4 { truth += script.watts(1, gpu, at: second, script.job(1, gpu, at: second)) }
    }
    #expect(abs(energy.joules / truth - 1) < 0.005, "\(energy.joules) of \(truth)")
    // The job, whose tokens are those of all its machines and whose joules are seen of a third.
    let window = TimeSpan(time(4260), time(4740))
    let job = try #require(ledger.inventory.jobs.first)
    #expect(ledger.inventory.jobs.count == 1 && job.label == "wide")
    #expect(ledger.caveats(of: job.id, over: window) == [.partlySeen(1.0 / 3)])
    let cost = try #require(ledger.cost(of: job.id, at: window.end, over: 480))
    #expect(cost.tokensPerSecond.map { abs($0 / 9600 - 1) < 0.01 } == true)
    let joules = script.truth("100", 4260..<4740).joules / (9600 * 480)
    #expect(cost.joulesPerToken.map { abs($0 / joules - 1) < 0.02 } == true, "\(joules)")
    let grid = try #require(ledger.grid(over: window))
    #expect(grid.grams > 0 && abs(grid.grams / (grid.joules / 3.6e6) - 360) < 61)
    let split = try #require(ledger.split(over: TimeSpan(time(4260), time(4740))))
    #expect(split.joules.contains { $0.use == .waiting && $0.joules > 0 })
  }
}

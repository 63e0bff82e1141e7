import Accounting
import Telemetry
import Testing

@testable import Fleet

/// One view after another, and what several exporters tell of the same.
extension FleetAssemblyTests {
  // MARK: Views one after another

  /// What is carried from a view into the next one that begins where it ended.
  private func carried(
    _ first: [([String: String], [Double?])], question: FleetQuantity.Question,
    apart: Int64 = 0
  ) -> [FleetLabels: FleetColumns.Last] {
    var carry = FleetCarry(question)
    var columns = counters(first)
    carry.carry(into: &columns, view)
    var next = FleetColumns(step: view.step)
    let later = FleetView(time: view.time + 3600 + Double(apart), window: 3600)
    // Only what has a place is told of a series.
    next.take(PromAnswer(), later.columns)
    carry.carry(into: &next, later)
    return next.last(later.first...later.first)
  }

  @Test func `What was told before goes on, for as long as an exporter remembers it`() {
    let job = named(
      "hippowatt_job_energy_joules_total",
      ["instance": "n1:9837", "job": "hippowatt", "job_id": "1"])
    let values = [Double?](repeating: nil, count: 9) + [70]
    #expect(carried([(job, values)], question: .jobs).values.map(\.value) == [70])
    #expect(carried([(job, values)], question: .jobs, apart: 5 * 3600).count == 1)
    #expect(carried([(job, values)], question: .jobs, apart: 7 * 3600).isEmpty)
  }

  /// After the driver was loaded anew the counter is small; what it was under an earlier job's name is over.
  @Test func `An accelerator's counter goes on under the name that told it last`() {
    let energy = "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"
    let told = carried(
      [
        (named(energy, dcgm("n1", 1, job: "77")), [9e9, 9.1e9]),
        (named(energy, dcgm("n1", 1)), [nil, nil, 1e6, 2e6]),
      ], question: .machines)
    #expect(told.values.map(\.value) == [2e6])
  }

  /// Two machines with what each tells of itself and of one board.
  private func two(
    _ targets: [String], host: [String], board: [String]
  ) -> FleetMoment {
    var answers = FleetAnswers()
    var power: [([String: String], Double)] = []
    var energy: [([String: String], [Double?])] = []
    var names: [([String: String], Double)] = []
    for (place, target) in targets.enumerated() {
      let own = ["instance": target, "job": "hippowatt"]
      power.append(
        (named("hippowatt_gpu_power_watts", own.merging(["uuid": board[place]]) { $1 }), 300))
      power.append(
        (named("hippowatt_host_power_watts", own.merging(["boundary": "known"]) { $1 }), 400))
      energy.append(
        (
          named("hippowatt_host_energy_joules_total", own.merging(["boundary": "known"]) { $1 }),
          [0, 500, 1000]
        ))
      names.append((named("hippowatt_host_info", own.merging(["host": host[place]]) { $1 }), 1))
    }
    answers.present[.present] = present(power)
    answers.present[.pastLabels] = present(names)
    answers.columns[.machines] = counters(energy)
    return FleetAssembly(answers, view).moment()
  }

  /// A board that is named by its place on the bus; machines that nobody named; machines behind tunnels.
  @Test(arguments: [
    (["n1:9837", "n2:9837"], ["n1", "n2"], ["0000:03:00.0", "0000:03:00.0"], ["n1", "n2"]),
    (["n1:9837", "n2:9837"], ["localhost", "localhost"], ["GPU-1", "GPU-2"], ["n1", "n2"]),
    (["10.0.0.1:9837", "10.0.0.2:9837"], ["n1", "n2"], ["GPU-1", "GPU-2"], ["n1", "n2"]),
    (["127.0.0.1:9001", "127.0.0.1:9002"], ["n1", "n2"], ["GPU-1", "GPU-2"], ["n1", "n2"]),
    (["127.0.0.1:9001", "127.0.0.1:9002"], ["n1", "n2"], ["0", "0"], ["n1", "n2"]),
  ])
  func `Two machines stay two`(
    targets: [String], host: [String], board: [String], shown: [String]
  ) {
    let moment = two(targets, host: host, board: board)
    #expect(moment.hosts.map(\.name) == shown)
    #expect(moment.totals.gpus == 2)
    #expect(moment.totals.watts == 800)
    #expect(moment.totals.joules == 2000)
    #expect(moment.totals.duplicates == 0)
  }

  @Test func `A machine that is reached in two ways is one`() {
    let moment = two(["n1:9837", "10.0.0.1:9837"], host: ["n1", "n1"], board: ["GPU-1", "GPU-1"])
    #expect(moment.hosts.map(\.name) == ["n1"])
    #expect(moment.totals.watts == 400)
    #expect(moment.totals.joules == 1000)
    #expect(moment.totals.duplicates == 1)
  }

  @Test func `Without a meter of the whole, parts are added once`() {
    let own = ["instance": "n1:9409", "job": "hippowatt", "uuid": "GPU-1"]
    let node = ["instance": "n1:9100", "job": "node", "index": "0"]
    let kepler = ["instance": "n1:28282", "job": "kepler", "zone": "package"]
    var answers = FleetAnswers()
    answers.columns[.machines] = counters([
      (named("hippowatt_gpu_energy_joules_total", own), [0, 400, 800]),
      (named("node_rapl_package_joules_total", node), [50, 100, 200]),
      (named("kepler_node_cpu_joules_total", kepler), [0, 160, 320]),
      (
        named("kepler_node_cpu_joules_total", kepler.merging(["zone": "psys"]) { $1 }),
        [0, 999, 1999]
      ),
    ])
    let moment = FleetAssembly(answers, view).moment()
    #expect(moment.totals.joules == 950)
  }

  @Test func `A job has one name where two exporters call it differently`() {
    let own = ["instance": "n1:9409", "job": "hippowatt"]
    var answers = FleetAnswers()
    answers.present[.present] = present([
      (named("hippowatt_gpu_power_watts", own.merging(["uuid": "GPU-1"]) { $1 }), 310),
      (named("hippowatt_job_processes", own.merging(["job_id": "kubernetes-1f"]) { $1 }), 2),
      (
        named(
          "DCGM_FI_DEV_POWER_USAGE", dcgm("n1", 1).merging(["namespace": "a", "pod": "b"]) { $1 }),
        310
      ),
    ])
    answers.present[.labels] = present([
      (
        named(
          "hippowatt_job_gpu_info",
          own.merging(["job_id": "kubernetes-1f", "gpu_uuid": "GPU-1", "user": "ada"]) { $1 }), 1
      )
    ])
    let moment = FleetAssembly(answers, view).moment()
    #expect(moment.jobs.map(\.id) == ["kubernetes-1f"])
    #expect(moment.jobs.first?.user == "ada" && moment.jobs.first?.processes == 2)
  }

  @Test func `CEEMS tells who holds a GPU that another exporter meters`() throws {
    var answers = FleetAnswers()
    answers.present[.present] = present([
      (named("DCGM_FI_DEV_POWER_USAGE", dcgm("n1", 1)), 300)
    ])
    answers.present[.labels] = present([
      (
        [
          "__name__": "ceems_compute_unit_gpu_index_flag", "instance": "n1:9010", "job": "ceems",
          "uuid": "4711", "gpuuuid": "GPU-1", "hostname": "n1", "manager": "slurm",
        ], 1
      )
    ])
    let moment = FleetAssembly(answers, view).moment()
    let job = try #require(moment.jobs.first)
    #expect(job.id == "4711" && job.scheduler == "slurm" && job.gpus == 1)
    #expect(job.joules == nil && job.doubt == .noCounter)
    #expect(moment.totals.held == 1 && moment.totals.gpus == 1)
  }

  @Test func `A machine that never told anything stands in its rack and does not answer`() {
    let one = ["instance": "n1:9409", "job": "hippowatt", "boundary": "wall", "rack": "r1"]
    var answers = FleetAnswers()
    answers.present[.present] = present([(named("hippowatt_host_power_watts", one), 900)])
    answers.targets = present([
      (["instance": "n1:9409", "job": "hippowatt", "rack": "r1"], 1),
      (["instance": "n2:9409", "job": "hippowatt", "rack": "r7"], 0),
      (["instance": "db:5432", "job": "postgres"], 0),
    ])
    let moment = FleetAssembly(answers, view).moment()
    #expect(moment.hosts.map(\.name) == ["n1", "n2"])
    #expect(moment.host("n2")?.rack == "r7")
    #expect(moment.host("n2")?.state == .refuses(since: nil))
  }

  @Test func `A machine is compared by what it drew over minutes, not by a moment`() {
    var answers = FleetAnswers()
    var (watts, holding): ([([String: String], Double)], [([String: String], Double)]) = ([], [])
    var energies: [([String: String], [Double?])] = []
    for host in 1...4 {
      let own = ["instance": "n\(host):9409", "job": "hippowatt", "uuid": "GPU-\(host)"]
      // The first waits at this very moment; the last is slow all the time.
      watts.append((named("hippowatt_gpu_power_watts", own), host == 1 ? 100 : 500))
      let job = own.merging(["job_id": "7", "gpu_uuid": "GPU-\(host)"]) { $1 }
      holding.append((named("hippowatt_job_gpu_info", job), 1))
      let each = host == 4 ? 6e4 : 1.5e5
      energies.append(
        (
          named("hippowatt_gpu_energy_joules_total", own),
          (0...12).map { host == 1 && $0 == 12 ? nil : each * Double($0) }
        ))
    }
    answers.present[.present] = present(watts)
    answers.present[.labels] = present(holding)
    answers.columns[.machines] = counters(energies)
    let moment = FleetAssembly(answers, view).moment()
    #expect(moment.findings == [.straggler(host: "n4", job: "7", watts: 200, others: 500)])
  }

  @Test func `A store without targets tells by its values who is silent`() {
    let one = ["instance": "n1:9409", "job": "hippowatt", "boundary": "wall"]
    let two = ["instance": "n2:9409", "job": "hippowatt", "boundary": "wall"]
    var answers = FleetAnswers()
    answers.present[.present] = present([(named("hippowatt_host_power_watts", one), 900)])
    answers.columns[.machines] = counters([
      (named("hippowatt_host_energy_joules_total", one), [0, 1000, 2000]),
      (named("hippowatt_host_energy_joules_total", two), [0, 1000, nil]),
    ])
    let moment = FleetAssembly(answers, view).moment()
    #expect(moment.host("n1")?.state == .answers)
    let since = FleetView.time((view.first + 1) * view.step)
    #expect(moment.host("n2")?.state == .silent(since: since))
    #expect(moment.host("n2")?.watts == nil && moment.host("n2")?.joules == 1000)
  }
}

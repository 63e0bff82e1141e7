import Accounting
import Telemetry
import Testing

@testable import Fleet

/// What answers make when our exporter is nowhere, or only somewhere.
@Suite struct FleetAssemblyTests {
  let view = FleetView(time: Timestamp(seconds: 1_800_004_800), window: 3600)
  let names = FleetLabel.names(rack: "rack")

  func labels(_ own: [String: String]) -> [String] { names.map { own[$0] ?? "" } }

  func present(_ rows: [([String: String], Double)]) -> PromAnswer {
    var answer = PromAnswer()
    for (place, row) in rows.enumerated() {
      answer.points.append(.init(time: 0, value: row.1))
      answer.series.append(.init(labels: labels(row.0), points: place..<place + 1))
    }
    return answer
  }

  /// Counters at the ends of columns, the first of them before the account.
  func counters(_ rows: [([String: String], [Double?])]) -> FleetColumns {
    var columns = FleetColumns(step: view.step)
    var answer = PromAnswer()
    for row in rows {
      let start = answer.points.count
      for (place, value) in row.1.enumerated() {
        guard let value else { continue }
        let number = view.first + Int64(place)
        answer.points.append(.init(time: number * view.step * 1000, value: value))
      }
      answer.series.append(
        .init(labels: labels(row.0), points: start..<answer.points.count))
    }
    columns.take(answer, view.columns)
    return columns
  }

  func dcgm(_ host: String, _ gpu: Int, job: String = "") -> [String: String] {
    [
      "instance": "10.1.1.\(gpu):9400", "job": "dcgm", "Hostname": host, "UUID": "GPU-\(gpu)",
      "hpc_job": job,
    ]
  }

  func named(_ name: String, _ own: [String: String]) -> [String: String] {
    own.merging(["__name__": name]) { $1 }
  }

  @Test func `NVIDIA's exporter alone tells jobs, joules and GPUs that ran nothing`() throws {
    var answers = FleetAnswers()
    answers.present[.present] = present([
      (named("DCGM_FI_DEV_POWER_USAGE", dcgm("n1", 1, job: "77")), 300),
      (named("DCGM_FI_DEV_POWER_USAGE", dcgm("n1", 2)), 60),
    ])
    let utilization = "DCGM_FI_DEV_GPU_UTIL"
    answers.present[.recent] = present([
      (named(utilization, dcgm("n1", 1, job: "77")), 0), (named(utilization, dcgm("n1", 2)), 0),
    ])
    let energy = "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"
    answers.columns[.machines] = counters([
      (named(energy, dcgm("n1", 1)), [5e9, 5.1e9, nil, nil]),
      // The job took it over within a column: what it drew since the last look at it is the job's.
      (named(energy, dcgm("n1", 1, job: "77")), [nil, 5.2e9, 5.5e9, 5.8e9]),
      (named(energy, dcgm("n1", 2)), [1e9, 1.01e9, 1.02e9, 1.03e9]),
    ])
    let moment = FleetAssembly(answers, view).moment()
    let job = try #require(moment.jobs.first)
    #expect(moment.jobs.count == 1 && job.id == "77")
    #expect(job.joules.map { abs($0 - 7e5) < 1 } == true)
    #expect(job.gpus == 1 && job.idleGPUs == 1 && job.wastedJoules == nil)
    let host = try #require(moment.hosts.first)
    #expect(host.name == "n1" && host.watts == 360 && host.boundary == .accelerators)
    #expect(host.gpus == 2 && host.held == 1)
    #expect(host.joules.map { abs($0 - 8.3e5) < 1 } == true)
    #expect(moment.totals.wastedShare == nil)
  }

  @Test func `Ours wins over others that tell of the same`() throws {
    let own = ["instance": "n1:9409", "job": "hippowatt", "uuid": "GPU-1"]
    let wall = ["instance": "n1:9409", "job": "hippowatt", "boundary": "wall"]
    let node = ["instance": "n1:9100", "job": "node", "index": "0"]
    var answers = FleetAnswers()
    answers.present[.present] = present([
      (named("hippowatt_gpu_power_watts", own), 310),
      (named("hippowatt_host_power_watts", wall), 900),
      (named("DCGM_FI_DEV_POWER_USAGE", dcgm("n1.example", 1)), 300),
      (
        named("node_hwmon_power_average_watt", node.merging(["chip": "acpi_ACPI000D:00"]) { $1 }),
        850
      ),
      (named("node_hwmon_power_average_watt", node.merging(["chip": "nvme_nvme0"]) { $1 }), 5),
    ])
    answers.columns[.machines] = counters([
      (named("hippowatt_host_energy_joules_total", wall), [0, 1000, 2000]),
      (named("hippowatt_gpu_energy_joules_total", own), [0, 400, 800]),
      (
        named("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", dcgm("n1.example", 1)),
        [1e6, 1.39e6, 1.78e6]
      ),
      (named("node_rapl_package_joules_total", node), [0, 100, 200]),
    ])
    let moment = FleetAssembly(answers, view).moment()
    #expect(moment.hosts.map(\.name) == ["n1"])
    #expect(moment.totals.gpus == 1)
    #expect(moment.totals.watts == 900)
    #expect(moment.totals.joules == 2000)
    #expect(moment.hosts[0].boundary == .wall)
  }

  /// A store that gathers clusters: each scheduler counts its own jobs.
  @Test func `A number in two clusters is two jobs, and a target in two of them is refused`() throws
  {
    func answers(_ instances: [String]) -> FleetAnswers {
      var answers = FleetAnswers()
      let counts = zip(["a", "b"], instances).map { cluster, instance in
        (
          named(
            "hippowatt_job_energy_joules_total",
            ["instance": instance, "job": "hippowatt", "job_id": "1", "cluster": cluster]),
          [Double?](arrayLiteral: 10, 20, cluster == "a" ? 30 : 50)
        )
      }
      answers.columns[.jobs] = counters(counts)
      return answers
    }
    let apart = answers(["n1:9409", "n2:9409"])
    #expect(apart.sharedTarget(view) == nil)
    let jobs = FleetAssembly(apart, view).moment().jobs
    #expect(jobs.map(\.id) == ["a/1", "b/1"] && jobs.map(\.joules) == [20, 40])
    let same = try #require(answers(["n1:9409", "n1:9409"]).sharedTarget(view))
    #expect(same.instance == "n1:9409" && same.clusters == ["a", "b"])
  }

  /// Through tunnels each machine has the same address and another port.
  @Test func `Machines of NVIDIA's exporter behind one address are as many as they are`() {
    var answers = FleetAnswers()
    let targets = (1...2).map { number in
      dcgm("n\(number)", number).merging(["instance": "127.0.0.1:940\(number)"]) { $1 }
    }
    answers.present[.present] = present(targets.map { (named("DCGM_FI_DEV_POWER_USAGE", $0), 100) })
    answers.targets = present(
      targets.map { target in
        let own = ["instance": target["instance"] ?? "", "job": "dcgm"]
        return (named("up", own), 1)
      })
    let moment = FleetAssembly(answers, view).moment()
    #expect(moment.hosts.map(\.name) == ["n1", "n2"] && moment.answering == 2)
    #expect(moment.totals.unmetered == 0)
  }
}

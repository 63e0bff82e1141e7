import Accounting
import Formats
import Quantities
import Telemetry
import Testing

@testable import Exporting

/// Pages of metrics as text: what stands in them, what is left out, and how it is written.
@Suite struct PageTests {
  private static let start = Timestamp(nanoseconds: 1_750_003_200_000_000_000)

  private static func id(_ kind: DeviceKind, _ name: String) -> DeviceID {
    DeviceID(machine: "box", kind: kind, name: name)
  }

  /// Two accelerators of 300 and 100 W for a minute, a job on the first that did 50 steps of 1000 tokens.
  private static func books(shared: Bool = false) -> Timeline {
    var timeline = Timeline()
    for (index, uuid) in ["GPU-a", "GPU-b"].enumerated() {
      timeline.apply(
        .device(Device(id: id(.gpu, uuid), label: "\(index)", model: "H100 \"SXM\"")))
      timeline.apply(series(id(.gpu, uuid), .energy, .counter))
      timeline.apply(
        .device(
          Device(
            id: id(.waiting, uuid), label: "\(index)", role: .acceleratorPart,
            parent: id(.gpu, uuid))))
    }
    let jobs = shared ? ["job-1", "job-2"] : ["job-1"]
    for job in jobs {
      timeline.apply(
        .device(
          Device(
            id: id(.job, job), label: "train.py",
            attributes: ["gpus": "GPU-a", "pids": "17", "framework": "nanoGPT"])))
    }
    for second in 0...60 {
      let time = start + Double(second)
      for (uuid, watts) in [("GPU-a", 300.0), ("GPU-b", 100)] {
        var reading = Reading(device: id(.gpu, uuid), time: time)
        reading.set(.energy, 1e6 + watts * Double(second))
        reading.set(.power, watts)
        timeline.apply(.reading(reading))
        var judged = Reading(device: id(.waiting, uuid), time: time)
        judged.set(.judgedEnergy, watts * Double(second))
        judged.set(.dataWaitEnergy, uuid == "GPU-a" ? watts * 0.25 * Double(second) : 0)
        judged.set(.idleEnergy, uuid == "GPU-b" ? watts * Double(second) : 0)
        timeline.apply(.reading(judged))
      }
      for job in jobs {
        var progress = Reading(device: id(.job, job), time: time)
        progress.set(.step, Double(second) * 50 / 60)
        progress.set(.tokens, Double(second) * 50_000 / 60)
        timeline.apply(.reading(progress))
      }
    }
    return timeline
  }

  private static func series(
    _ device: DeviceID, _ metric: Metric, _ method: Provenance.Method
  ) -> Observation {
    .series(
      SeriesDescriptor(
        device: device, metric: metric, provenance: Provenance(source: "test", method: method)))
  }

  private static func page(
    _ timeline: Timeline, tariff: Tariff? = nil, seconds: Double = 60
  ) -> MetricPage {
    var counters = CounterBook(since: start)
    var settled = SettledAccount()
    let ledger = Ledger(timeline)
    settled.book(ledger, from: start, now: start + seconds)
    return MetricPage(
      ExportQuery(
        ledger, over: TimeSpan(start, start + seconds), version: "1.2.3", settled: settled,
        tariff: tariff),
      counters: &counters)
  }

  private func value(_ line: String, in text: String) throws -> Double {
    let found = text.split(separator: "\n").first { $0.hasPrefix(line + " ") }
    let last = try #require(found?.split(separator: " ").last, "\(line) in\n\(text)")
    return try #require(Double(last))
  }

  @Test func `joules are those of the account`() throws {
    let text = Self.page(Self.books()).text(.prometheus)
    let energy = try value(
      "hippowatt_gpu_energy_joules_total{gpu=\"0\",uuid=\"GPU-a\"}", in: text)
    #expect(abs(energy - 18_000) < 1e-6)
    #expect(
      abs(try value("hippowatt_host_energy_joules_total{boundary=\"known\"}", in: text) - 24_000)
        < 1e-6)
    #expect(
      try value(
        "hippowatt_gpu_wasted_joules_total{gpu=\"0\",uuid=\"GPU-a\",cause=\"data\"}", in: text)
        == 4500)
    #expect(
      try value(
        "hippowatt_gpu_wasted_joules_total{gpu=\"1\",uuid=\"GPU-b\",cause=\"idle\"}", in: text)
        == 6000)
    #expect(try value("hippowatt_host_energy_known_seconds_total", in: text) == 60)
    #expect(text.contains("hippowatt_host_energy_error_joules_total "))
  }

  @Test func `a job has the joules of its accelerator and what they bought`() throws {
    let text = Self.page(Self.books()).text(.prometheus)
    #expect(
      abs(try value("hippowatt_job_energy_joules_total{job_id=\"job-1@box\"}", in: text) - 18_000)
        < 1e-6)
    #expect(
      abs(try value("hippowatt_job_tokens_total{job_id=\"job-1@box\"}", in: text) - 50_000) < 1)
    #expect(
      try value("hippowatt_job_wasted_joules_total{job_id=\"job-1@box\",cause=\"data\"}", in: text)
        == 4500)
    #expect(
      try value(
        "hippowatt_job_gpu_info{job_id=\"job-1@box\",gpu=\"0\",gpu_uuid=\"GPU-a\"}", in: text)
        == 1)
    #expect(!text.contains("job_id=\"job-1@box\",gpu=\"1\""))
    #expect(try value("hippowatt_job_gpu_seconds_total{job_id=\"job-1@box\"}", in: text) == 60)
  }

  @Test func `two jobs on one accelerator have no joules, and say why`() {
    let text = Self.page(Self.books(shared: true)).text(.prometheus)
    #expect(!text.contains("hippowatt_job_energy_joules_total{"))
    #expect(!text.contains("hippowatt_job_wasted_joules_total{"))
    #expect(
      text.contains(
        "hippowatt_job_energy_doubt{job_id=\"job-1@box\",reason=\"shared_accelerators\"} 1\n"))
    #expect(text.contains("hippowatt_job_tokens_total{job_id=\"job-2@box\"}"))
  }

  /// A scheduler's job that holds both accelerators, in which the training job runs; it has ended by then.
  @Test func `a scheduler's job is told with what ran in it, under its own number`() throws {
    var timeline = Self.books()
    let device = Self.id(.allocation, "slurm-4711")
    var facts = AllocationFacts()
    facts.scheduler = "slurm"
    facts.jobID = "4711"
    facts.user = "ada"
    facts.account = "team-a"
    facts.gpus = ["GPU-a", "GPU-b"]
    facts.pids = [17]
    timeline.apply(.device(Device(id: device, label: "4711", attributes: facts.attributes)))
    for second in 0...60 {
      var reading = Reading(device: device, time: Self.start + Double(second))
      reading.set(.heldGPUs, 2)
      reading.set(.allocationProcesses, 0)
      timeline.apply(.reading(reading))
    }
    let text = Self.page(timeline).text(.prometheus)
    #expect(
      try abs(value("hippowatt_job_energy_joules_total{job_id=\"4711\"}", in: text) - 24_000) < 400)
    #expect(try value("hippowatt_job_processes{job_id=\"4711\"}", in: text) == 0)
    #expect(
      try value(
        "hippowatt_job_gpu_info{job_id=\"4711\",user=\"ada\",account=\"team-a\",gpu=\"1\","
          + "gpu_uuid=\"GPU-b\"}", in: text) == 1)
    #expect(try abs(value("hippowatt_job_tokens_total{job_id=\"4711\"}", in: text) - 50_000) < 900)
    #expect(!text.contains("job-1"), "what ran in it is not told a second time")
    let late = Self.page(timeline, seconds: 700).text(.prometheus)
    #expect(!late.contains("4711"), "a job that ended is told for ten minutes")
  }

  @Test func `what is not known is not there`() {
    let text = Self.page(Timeline()).text(.prometheus)
    #expect(!text.contains("joules_total"))
    #expect(!text.contains("watts"))
    #expect(text.contains("hippowatt_build_info{version=\"1.2.3\"} 1\n"))
  }

  @Test func `a power that is old is not told, and its counter stays`() {
    let text = Self.page(Self.books(), seconds: 600).text(.prometheus)
    #expect(!text.contains("hippowatt_gpu_power_watts"))
    #expect(text.contains("hippowatt_gpu_energy_joules_total{gpu=\"0\",uuid=\"GPU-a\"} 18000\n"))
    #expect(text.contains("hippowatt_host_energy_known_seconds_total 60"))
  }

  @Test func `what is made up says so, and nothing else does`() {
    var timeline = Self.books()
    #expect(!Self.page(timeline).text(.prometheus).contains("hippowatt_simulated"))
    timeline.apply(Self.series(Self.id(.gpu, "GPU-c"), .power, .simulated))
    #expect(Self.page(timeline).text(.prometheus).contains("\nhippowatt_simulated 1\n"))
  }

  @Test func `money is that of the tariff`() throws {
    let tariff = Tariff(currency: "EUR", perKilowattHour: 0.36)
    let text = Self.page(Self.books(), tariff: tariff).text(.prometheus)
    #expect(abs(try value("hippowatt_host_cost_total{currency=\"EUR\"}", in: text) - 0.0024) < 1e-9)
    // Of the joules that are booked and of no others.
    let early = Self.page(Self.books(), tariff: tariff, seconds: 30).text(.prometheus)
    let joules = try value("hippowatt_host_energy_joules_total{boundary=\"known\"}", in: early)
    let money = try value("hippowatt_host_cost_total{currency=\"EUR\"}", in: early)
    #expect(abs(money / joules * 3.6e6 - 0.36) < 1e-4)
    #expect(
      text.contains("hippowatt_electricity_price_per_kilowatt_hour{currency=\"EUR\"} 0.36\n"))
  }

  @Test func `OpenMetrics names families without the suffix and ends with a word`() {
    let text = Self.page(Self.books()).text(.openMetrics)
    #expect(text.contains("# TYPE hippowatt_gpu_energy_joules counter\n"))
    #expect(text.contains("# UNIT hippowatt_gpu_energy_joules joules\n"))
    #expect(text.contains("\nhippowatt_gpu_energy_joules_total{"))
    #expect(text.contains("# TYPE hippowatt_gpu info\n"))
    #expect(text.hasSuffix("# EOF\n"))
    #expect(!Self.page(Self.books()).text(.prometheus).contains("EOF"))
  }

  @Test func `no label breaks its line`() {
    #expect(MetricPage.escaped("a\"b\\c\nd\u{1b}[31m\u{9b}e") == "a\\\"b\\\\c\\nd[31me")
    #expect(MetricPage.escaped(String(repeating: "x", count: 100_000)).count == 200)
    #expect(Self.page(Self.books()).text(.prometheus).contains("name=\"H100 \\\"SXM\\\"\""))
  }

  @Test func `names are what Prometheus asks for, each once`() {
    let names = ExportedMetric.all.map(\.name)
    #expect(Set(names).count == names.count)
    for metric in ExportedMetric.all {
      #expect(metric.name.hasPrefix("hippowatt_"))
      #expect(metric.name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" })
      #expect(metric.name.hasSuffix("_total") == (metric.kind == .counter), "\(metric.name)")
      #expect(metric.name.hasSuffix("_info") == (metric.kind == .info), "\(metric.name)")
      #expect(!metric.help.hasSuffix(".") && metric.help.first?.isLowercase == false)
      #expect(
        !metric.labels.contains("job") && !metric.labels.contains("instance"), "\(metric.name)")
      // No series of an accelerator multiplies by jobs, but for the one that joins them.
      #expect(
        !(metric.labels.contains("gpu") && metric.labels.contains("job_id"))
          || metric.name == ExportedMetric.jobGPUInfo.name)
    }
  }

  @Test func `OTLP has the names of OpenTelemetry, and counters with a start`() throws {
    let json = Self.page(Self.books()).otlp(
      since: Self.start, at: Self.start + 60, host: "b\"ox", "1.2.3")
    let root = try JSONValue(Array(json.utf8), cap: 4096)
    #expect(
      JSONPointer("/resourceMetrics/0/scopeMetrics/0/scope/name")?.value(in: root)
        == .scalar(.text("hippowatt")))
    #expect(json.contains("\"name\":\"hw.energy\",\"unit\":\"J\""))
    #expect(json.contains("{\"key\":\"hw.id\",\"value\":{\"stringValue\":\"GPU-a\"}}"))
    #expect(
      json.contains(
        "\"startTimeUnixNano\":\"1750003200000000000\",\"timeUnixNano\":\"1750003260000000000\",\"asDouble\":18000"
      ))
    #expect(json.contains("\"name\":\"hw.host.energy\""))
    #expect(!json.contains("hippowatt_gpu_energy_joules_total"))
  }
}

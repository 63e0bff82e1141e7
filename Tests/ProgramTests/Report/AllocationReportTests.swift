import Glibc
import Recordings
import Telemetry
import Terminals
import Testing

/// What is told of a scheduler's job after it, and by account, user, job and month.
@Suite struct AllocationReportTests {
  private let folder: Folder
  /// 2026-11-30 23:59:00 UTC, a minute before a month begins.
  private static let start = Timestamp(seconds: 1_796_083_140)

  init() throws { folder = try Folder() }

  /// A job on a machine.
  private struct Job {
    var id = "4711"
    var user: String? = "alice"
    var account: String? = "physics"
    var name: String? = "llama-sft"
    var seconds = 0...120
    var gpus = ["GPU-0"]
    var unused = 0.0
  }

  /// Two minutes of a machine with two GPUs of 300 W and 100 W, and its jobs.
  private func record(
    _ file: String, machine: String, after delay: Double = 0, _ jobs: [Job]
  ) throws {
    let start = Self.start + delay
    let writer = try RecordingWriter(
      path: folder.file(file),
      header: RecordingHeader(
        machine: machine, programVersion: "test", startedAt: start, monotonicStart: 0))
    func device(_ kind: DeviceKind, _ name: String) -> DeviceID {
      DeviceID(machine: machine, kind: kind, name: name)
    }
    func describe(_ device: DeviceID, _ metric: Metric, _ method: Provenance.Method) throws {
      try writer.append(
        .series(
          SeriesDescriptor(
            device: device, metric: metric,
            provenance: Provenance(source: "test", method: method, period: 1))))
    }
    for name in ["0", "1"] {
      let gpu = device(.gpu, "GPU-" + name)
      try writer.append(.device(Device(id: gpu, label: name, model: "NVIDIA H100 80GB HBM3")))
      try describe(gpu, .energy, .counter)
    }
    let held = try jobs.map { job -> (Job, DeviceID) in
      var facts = AllocationFacts()
      (facts.scheduler, facts.jobID, facts.user) = ("slurm", job.id, job.user)
      (facts.account, facts.name, facts.gpus) = (job.account, job.name, job.gpus)
      facts.gpusFrom = .environment
      let id = device(.allocation, facts.deviceName)
      try writer.append(
        .device(Device(id: id, label: facts.number, attributes: facts.attributes)))
      for metric in [Metric.heldGPUs, .allocationProcesses, .unusedGPUs] {
        try describe(id, metric, .instant)
      }
      return (job, id)
    }
    for second in 0...120 {
      let time = start + Double(second)
      for (name, watts) in [("0", 300.0), ("1", 100.0)] {
        var reading = Reading(device: device(.gpu, "GPU-" + name), time: time)
        reading.set(.energy, 1000 + Double(second) * watts)
        try writer.append(.reading(reading))
      }
      for (job, id) in held where job.seconds.contains(second) {
        var reading = Reading(device: id, time: time)
        reading.set(.heldGPUs, Double(job.gpus.count))
        reading.set(.allocationProcesses, job.unused > 0 ? 0 : 1)
        reading.set(.unusedGPUs, job.unused)
        try writer.append(.reading(reading))
      }
    }
    try writer.close()
  }

  @Test func `the report of a job says whose it is, what it held and what that came to`() throws {
    try record("run.hippo", machine: "node1", [Job(), Job(id: "4712", gpus: ["GPU-1"])])
    let result = try Program.run(
      ["report", "run.hippo", "--job", "4711", "--price", "0.25EUR"], in: folder)
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    for part in [
      "job           slurm 4711  llama-sft", "user alice, account physics", "machine       node1",
      "1 GPU, 0.0333 GPU-hours, known by environment", "energy        0.0100 kWh ± 5 %",
      "100 % covered", "price         0.0025 EUR", "next time",
    ] {
      #expect(result.output.contains(part), "\(part) in \(result.output)")
    }
    let json = try Program.run(
      ["report", "run.hippo", "--job", "4711", "--format", "json"], in: folder)
    for part in [
      "\"job_id\":\"4711\"", "\"gpu_seconds\":120", "\"joules\":36000", "\"account\":\"physics\"",
    ] {
      #expect(json.output.contains(part), "\(part) in \(json.output)")
    }
  }

  @Test func `a job that is not there is answered with those that are`() throws {
    try record("run.hippo", machine: "node1", [Job()])
    let result = try Program.run(["report", "run.hippo", "--job", "99"], in: folder)
    #expect(result.status == 1 && result.errors.contains("4711 (llama-sft)"), "\(result.errors)")
  }

  @Test func `a job without any process is told to hold less`() throws {
    try record("run.hippo", machine: "node1", [Job(gpus: ["GPU-0", "GPU-1"], unused: 2)])
    let result = try Program.run(["report", "run.hippo", "--job", "4711"], in: folder)
    #expect(result.output.contains("0.0667 GPU-hours without a process of it (100 %)"))
    #expect(result.output.contains("no process was ever on the GPUs that it held"))
  }

  @Test func `two machines of one job count together, and one recording never twice`() throws {
    try record("node1.hippo", machine: "node1", [Job()])
    try record("node2.hippo", machine: "node2", [Job(gpus: ["GPU-0", "GPU-1"])])
    let both = try Program.run(
      ["report", "--job", "4711", "node1.hippo", "node2.hippo"], in: folder)
    #expect(both.output.contains("machines      node1, node2"), "\(both.output)\(both.errors)")
    #expect(both.output.contains("3 GPUs, 0.100 GPU-hours"))
    #expect(both.output.contains("energy        0.0233 kWh"))
    try record("copy.hippo", machine: "node1", after: 60, [Job()])
    for arguments in [["report", "--job", "4711"], ["report", "--by", "account"]] {
      let twice = try Program.run(arguments + ["node1.hippo", "copy.hippo"], in: folder)
      #expect(twice.status == 1 && twice.errors.contains("counts twice"), "\(twice.errors)")
    }
  }

  @Test func `a recorder that was started anew saw one job on one machine`() throws {
    try record("one.hippo", machine: "node1", [Job()])
    try record("two.hippo", machine: "node1", after: 200, [Job()])
    let result = try Program.run(["report", "--job", "4711", "one.hippo", "two.hippo"], in: folder)
    #expect(result.output.contains("machine       node1\n"), "\(result.output)\(result.errors)")
    #expect(result.output.contains("1 GPU, 0.0667 GPU-hours"))
    #expect(result.output.contains("energy        0.0200 kWh"))
  }

  @Test func `a number that another job used again is another job`() throws {
    try record("old.hippo", machine: "node1", [Job()])
    try record(
      "new.hippo", machine: "node2", after: 90_000,
      [Job(user: "bob", account: "biology", name: "fold")])
    let result = try Program.run(
      ["report", "--job", "4711", "old.hippo", "new.hippo"], in: folder)
    let jobs = result.output.split(separator: "\n").filter { $0.hasPrefix("job ") }
    #expect(jobs.count == 2 && !result.output.contains("machines "), "\(result.output)")
  }

  @Test func `accounts are told by month, and what no job held stands apart`() throws {
    try record(
      "run.hippo", machine: "node1",
      [
        Job(seconds: 0...90),
        Job(id: "4712", user: "bob", account: "=biology", gpus: ["GPU-1"]),
      ])
    let table = try Program.run(
      ["report", "run.hippo", "--by", "account,month", "--format", "csv", "--price", "1EUR"],
      in: folder)
    let lines = table.output.split(whereSeparator: \.isNewline).map(String.init)
    #expect(table.status == 0, "\(table.errors)")
    #expect(lines.first?.hasPrefix("account,month,jobs,gpu_hours,") == true)
    func joules(_ prefix: String) throws -> Double {
      let line = try #require(lines.first { $0.hasPrefix(prefix) }, "\(lines)")
      return try #require(Double(line.split(separator: ",", omittingEmptySubsequences: false)[5]))
        * 3.6e6
    }
    #expect(abs(try joules("physics,2026-11,1,") - 18_000) < 1)
    #expect(abs(try joules("physics,2026-12,1,") - 9000) < 1)
    #expect(abs(try joules("'=biology,2026-11,1,") - 6000) < 1)
    #expect(abs(try joules(",2026-12,0,") - 9000) < 1)
    let text = try Program.run(["report", "run.hippo", "--by", "user"], in: folder)
    #expect(text.output.contains("alice") && text.output.contains("no job"), "\(text.output)")
    let json = try Program.run(
      ["report", "run.hippo", "--by", "job", "--format", "json"], in: folder)
    #expect(
      json.output.contains("\"job\":\"4712\"") && json.output.contains("\"outside_jobs\":true"))
  }

  @Test func `wrong words are answered in one line`() throws {
    try record("run.hippo", machine: "node1", [])
    for (arguments, status, words) in [
      (["--by", "planet"], 64, "--by planet: write one or some of account, user, job, month"),
      (["--by", "user,user"], 64, "--by user,user"),
      (
        ["--by", "user", "--format", "gpai"], 64, "with --by write one of text, markdown, csv, json"
      ),
      (["--by", "user"], 1, "no job of a scheduler was recorded"),
      (["--job", "1", "--format", "csv"], 64, "--format csv"),
    ] as [([String], Int32, String)] {
      let result = try Program.run(["report", "run.hippo"] + arguments, in: folder)
      #expect(result.status == status || result.status == 2, "\(arguments): \(result.status)")
      #expect(result.errors.contains(words), "\(words) in \(result.errors)")
    }
  }

  /// The whole way: a process with a scheduler's environment on a driver's list, recorded and reported.
  @Test func `a real process of a job is found, recorded and reported`() throws {
    let library = builtProgram("libFakeNVML.so")
    let settings = folder.write(
      "[[source]]\nkind = \"nvml\"\nlibrary = \"\(library)\"\n[[source]]\nkind = \"scheduler\"\n",
      to: "fake.toml")
    let told = [
      "SLURM_JOB_ID": "815", "SLURM_JOB_ACCOUNT": "physics", "SLURM_JOB_NAME": "made\u{1B}[31mup",
      "SLURM_JOB_GPUS": "0,1",
    ]
    let script = "exec sleep 60"
    let job = try BatchProcess(["/bin/sh", "-c", script], environment: told)
    defer { job.end() }
    let result = try Program.run(
      ["record", "-o", "run.hippo", "--for", "4s", "--config", settings], in: folder,
      environment: ["FAKE_NVML_GPUS": "2", "FAKE_NVML_PIDS": "\(job.pid)"])
    #expect(result.status == 0, "\(result.errors)")
    let report = try Program.run(["report", "run.hippo", "--job", "815"], in: folder)
    #expect(report.output.contains("account physics") && !report.output.contains("\u{1B}"))
    #expect(report.output.contains("2 GPUs"), "\(report.output)\(report.errors)")
    let lines = try Program.run(
      ["export", "run.hippo", "--format", "jsonl"], in: folder)
    #expect(lines.output.contains("\"gpus_held\":2"), "\(lines.errors)")
    let hidden = try Program.run(
      ["record", "-o", "hidden.hippo", "--anonymous", "--for", "4s", "--config", settings],
      in: folder, environment: ["FAKE_NVML_GPUS": "2", "FAKE_NVML_PIDS": "\(job.pid)"])
    #expect(hidden.status == 0)
    let bytes = folder.bytes("hidden.hippo") ?? []
    #expect(!String(decoding: bytes, as: UTF8.self).contains("physics"))
  }
}

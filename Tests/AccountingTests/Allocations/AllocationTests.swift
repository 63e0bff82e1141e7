import Quantities
import Telemetry
import Testing

@testable import Accounting

/// What scheduler's jobs held, and what that drew.
@Suite struct AllocationTests {
  private let seconds = (0...100).map(Double.init)

  /// Two accelerators of 100 W and 300 W for a hundred seconds.
  private func machine() -> Books {
    var books = Books()
    books.count(Books.id(.gpu, "A"), watts: 100, at: seconds)
    books.count(Books.id(.gpu, "B"), watts: 300, at: seconds)
    return books
  }

  private func use(_ books: Books, _ id: String, over span: TimeSpan = span(0, 100)) throws
    -> AllocationUse
  {
    try #require(
      books.ledger.allocations(over: span).first { $0.facts.jobID == id }, "no job \(id)")
  }

  @Test func `a job is charged what its accelerators drew while it held them`() throws {
    var books = machine()
    books.hold("7", ["B"], at: (20...60).map(Double.init))
    let use = try use(books, "7")
    #expect(near(use.energy?.joules, 12_000) && near(use.energy?.coverage, 1))
    #expect(near(use.gpuSeconds, 40) && near(use.unusedGPUSeconds, 0))
    #expect(use.span == span(20, 60) && !use.isPresent && use.processes == nil)
    #expect(try #require(use.uncertainty) > 0 && use.absence == nil && !use.isShared)
    // Of a part of it, that part.
    let part = try self.use(books, "7", over: span(0, 30))
    #expect(near(part.energy?.joules, 3000) && part.isPresent && part.processes == 1)
    #expect(books.ledger.allocations(over: span(70, 100)).isEmpty)
  }

  @Test func `two accelerators count together, and one without a process is unused`() throws {
    var books = machine()
    books.hold("7", ["A", "B"], processes: 0, unused: 2, at: seconds)
    let use = try use(books, "7")
    #expect(near(use.energy?.joules, 40_000) && near(use.gpuSeconds, 200))
    #expect(near(use.unusedGPUSeconds, 200) && use.processes == 0 && use.isPresent)
  }

  @Test func `what two held at once is parted as their processes were charged`() throws {
    var books = machine()
    books.hold("7", ["B"], at: seconds)
    books.hold("8", ["B"], at: (50...100).map(Double.init))
    books.charge("7", on: "B", watts: 300, from: 0, to: 50)
    books.charge("7", on: "B", watts: 100, from: 50, to: 100, pid: 2)
    books.charge("8", on: "B", watts: 200, from: 50, to: 100, pid: 3)
    let (one, other) = (try use(books, "7"), try use(books, "8"))
    #expect(near(one.energy?.joules, 20_000) && one.isShared && one.uncertainty == nil)
    #expect(near(other.energy?.joules, 10_000) && near(other.energy?.coverage, 1))
  }

  @Test func `what two held at once is nobody's where no process was charged`() throws {
    var books = machine()
    books.hold("7", ["B"], at: seconds)
    books.hold("8", ["B"], at: (50...100).map(Double.init))
    let (one, other) = (try use(books, "7"), try use(books, "8"))
    #expect(near(one.energy?.joules, 15_000) && near(one.energy?.coverage, 0.5))
    #expect(one.absence?.contains("another job") == true)
    #expect(other.energy == nil && other.absence?.contains("another job") == true)
  }

  @Test func `an accelerator that is handed over counts once`() throws {
    var books = machine()
    books.hold("7", ["B"], at: (0...50).map(Double.init))
    books.hold("8", ["B"], at: (47...100).map(Double.init))
    let (one, other) = (try use(books, "7"), try use(books, "8"))
    #expect(near(one.energy?.joules, 47 * 300) && near(other.energy?.joules, 53 * 300))
    #expect(!one.isShared && !other.isShared)
  }

  @Test func `a job that was put back into the queue pays for nothing in between`() throws {
    var books = machine()
    books.hold("7", ["B"], at: ((0...20).map(Double.init) + (80...100).map(Double.init)))
    books.hold("8", ["B"], at: (30...70).map(Double.init))
    let use = try use(books, "7")
    #expect(use.stretches.count == 2 && near(use.gpuSeconds, 40))
    let joules = try #require(use.energy?.joules)
    #expect(abs(joules - 12_000) < 12 * 300, "\(joules) in \(use.stretches)")
    #expect(near(try self.use(books, "8").energy?.joules, 12_000))
  }

  @Test func `an accelerator that nobody measures leaves a hole`() throws {
    var books = machine()
    books.hold("7", ["B", "C"], at: seconds)
    books.hold("9", [], at: seconds)
    let use = try use(books, "7")
    #expect(near(use.energy?.joules, 30_000) && near(use.energy?.coverage, 0.5))
    #expect(use.absence == "1 of its 2 GPUs are not measured here")
    let unknown = try self.use(books, "9")
    #expect(unknown.energy == nil && unknown.absence?.contains("not known") == true)
  }

  @Test func `what was judged of its accelerators tells what was lost to what`() throws {
    var books = machine()
    books.hold("7", ["B"], at: (0...50).map(Double.init))
    let waiting = Books.id(.waiting, "B")
    books.add(waiting, .judgedEnergy, .counter, seconds.map { ($0, $0 * 300) })
    books.add(waiting, .dataWaitEnergy, .counter, seconds.map { ($0, $0 * 60) })
    books.add(waiting, .idleEnergy, .counter, seconds.map { ($0, $0 * 30) })
    books.add(waiting, .heldBackEnergy, .counter, seconds.map { ($0, $0 * 15) })
    let use = try use(books, "7")
    #expect(near(use.judged, 15_000) && near(use.wasted[.data], 3000))
    #expect(near(use.wasted[.idle], 1500) && near(use.wasted[.heldBack], 750))
    #expect(near(use.lost, 4500) && near(use.lostShare, 0.3))
  }

  @Test func `a found job whose process is a job's tells what its joules bought`() throws {
    var books = machine()
    books.hold("7", ["B"], at: seconds, pids: [41])
    let job = Books.id(.job, "train")
    books.timeline.apply(.device(Device(id: job, label: "train.py", attributes: ["pids": "41,42"])))
    books.add(job, .step, .log, seconds.map { ($0, $0) })
    books.add(job, .tokens, .counter, seconds.map { ($0, $0 * 1000) })
    let use = try use(books, "7")
    #expect(use.works.map(\.job.label) == ["train.py"])
    #expect(near(use.steps, 100), "\(use.works)")
    #expect(near(use.tokens, 100_000), "\(use.works)")
    #expect(near(use.joulesPerToken, 0.3))
  }

  @Test func `users' processes outside of any job are told by user`() throws {
    var books = machine()
    books.hold("7", ["B"], at: seconds, pids: [5])
    books.charge(nil, on: "A", watts: 100, from: 0, to: 100, pid: 4, user: "bob")
    books.charge(nil, on: "B", watts: 300, from: 0, to: 100, pid: 5, user: "alice")
    let uses = books.ledger.outsideJobs(over: span(0, 100))
    #expect(uses.map(\.user) == ["bob"] && near(uses.first?.joules, 10_000))
    // In the list of processes, what the scheduler calls it, whoever knows the process.
    let rows = books.ledger.processes(over: span(0, 100), by: .job)
    #expect(rows.map(\.name).sorted() == ["no batch job", "slurm 7 run · physics"])
  }
}

extension Books {
  /// A scheduler's job that is there at some seconds.
  mutating func hold(
    _ id: String, _ gpus: [String], processes: Double? = 1, unused: Double? = 0,
    at seconds: [Double], pids: Set<Int> = []
  ) {
    var facts = AllocationFacts()
    (facts.scheduler, facts.jobID, facts.gpus, facts.pids) = ("slurm", id, gpus, pids)
    (facts.user, facts.account, facts.name) = ("alice", "physics", "run")
    facts.gpusFrom = gpus.isEmpty ? nil : .environment
    let device = Self.id(.allocation, facts.deviceName)
    timeline.apply(.device(Device(id: device, label: id, attributes: facts.attributes)))
    if !gpus.isEmpty {
      add(device, .heldGPUs, .instant, seconds.map { ($0, Double(gpus.count)) })
    }
    if let processes {
      add(device, .allocationProcesses, .instant, seconds.map { ($0, processes) })
    }
    if let unused, !gpus.isEmpty {
      add(device, .unusedGPUs, .instant, seconds.map { ($0, unused) })
    }
  }

  /// A process of a job that was charged so many watts.
  mutating func charge(
    _ job: String?, on gpu: String, watts: Double, from start: Double, to end: Double,
    pid: Int = 1, user: String = "alice"
  ) {
    let device = Self.id(.process, "\(pid)@\(gpu)")
    var attributes = ["pid": "\(pid)", "user": user, "started": "1"]
    attributes["job"] = job.map { "slurm \($0)" }
    timeline.apply(
      .device(
        Device(
          id: device, label: "python", parent: Self.id(.gpu, gpu), attributes: attributes)))
    let times = stride(from: start, through: end, by: 1)
    add(device, .energy, .counter, times.map { ($0, ($0 - start) * watts) })
  }
}

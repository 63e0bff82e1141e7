import Quantities
import Telemetry
import Testing

@testable import Accounting

/// Sessions that are judged second by second, and what is made of them afterwards.
@Suite struct WaitingJudgeTests {
  private let gpu = Books.id(.gpu)
  private let loader = Books.id(.loader, "7-1")

  /// A trainer on a GPU that computes for `work` seconds and waits for `wait`, again and again, with
  /// workers that stand in the run queue meanwhile.
  private func books(
    work: Int, wait: Int, seconds: Int, loaderOn machine: String = "box"
  ) -> Books {
    var books = Books()
    let loader = DeviceID(machine: machine, kind: .loader, name: "7-1")
    let process = DeviceID(machine: "box", kind: .process, name: "7")
    let job = Books.id(.job, "train.log")
    books.timeline.apply(
      .device(Device(id: job, label: "train", attributes: ["pids": "7", "kind": "training"])))
    books.timeline.apply(.device(Device(id: gpu, label: "0")))
    books.timeline.apply(
      .device(Device(id: process, label: "7", parent: gpu, attributes: ["pid": "7"])))
    books.timeline.apply(
      .device(
        Device(
          id: loader, label: "pid 7", parent: machine == "box" ? job : nil,
          attributes: ["pid": "7"])))
    let times = (0...seconds).map(Double.init)
    func isWait(_ second: Int) -> Bool { second % (work + wait) >= work }
    var joules = 0.0
    var queue = 0.0
    var energy: [(Double, Double)] = [(0, 0)]
    var queues: [(Double, Double)] = [(0, 0)]
    for second in 0..<seconds {
      joules += isWait(second) ? 118 : 410
      queue += isWait(second) ? 1 : 0
      energy.append((Double(second + 1), joules))
      queues.append((Double(second + 1), queue))
    }
    books.add(gpu, .energy, .counter, energy)
    books.add(
      gpu, .utilization, .average,
      (0...seconds).map { ($0 == 0 ? 0 : Double($0), $0 > 0 && isWait($0 - 1) ? 0 : 1) })
    books.add(process, .memoryUsed, .instant, times.map { ($0, 9e9) })
    books.add(job, .step, .log, times.map { ($0, $0 * 2) })
    books.add(loader, .trainerTime, .counter, times.map { ($0, $0) })
    books.add(loader, .trainerQueueTime, .counter, queues)
    books.add(loader, .trainerRunTime, .counter, times.map { ($0, 0) })
    books.add(loader, .workerCount, .instant, times.map { ($0, 4) })
    books.add(loader, .workerRunTime, .counter, times.map { ($0, $0 * 0.6) })
    books.add(loader, .workerQueueTime, .counter, times.map { ($0, $0 * 3.4) })
    books.add(loader, .workerTime, .counter, times.map { ($0, $0 * 4) })
    books.add(loader, .starvedWorkerTime, .counter, queues.map { ($0.0, $0.1 * 4) })
    books.add(loader, .starvedRunTime, .counter, queues.map { ($0.0, $0.1 * 4) })
    books.add(loader, .starvedLookTime, .counter, queues)
    return books
  }

  /// Judges a session as it goes on, and keeps what is decided.
  private func judged(_ books: Books, seconds: Int) -> Timeline {
    var timeline = books.timeline
    var judge = WaitingJudge()
    for second in stride(from: 1, through: seconds + 2, by: 1) {
      timeline.apply(judge.judge(timeline, until: origin + Double(second)))
    }
    timeline.apply(judge.finish())
    return timeline
  }

  @Test func `Share, joules, cause and advice are as they were`() throws {
    let timeline = judged(books(work: 3, wait: 2, seconds: 200), seconds: 200)
    let ledger = Ledger(timeline)
    let job = try #require(ledger.inventory.jobs.first)
    let account = try #require(ledger.waiting(of: job.id, over: span(20, 200)))
    #expect(abs(account.share - 0.4) <= 0.03)
    #expect(abs(try #require(account.joules) / (0.4 * 180 * 118) - 1) <= 0.05)
    #expect(account.kind == .data && account.cause == .processors)
    #expect(account.evidence == .power && account.band == .critical)
    #expect(account.verdict.contains("4 loader workers are out of processors"))
    #expect(account.advice.contains("processor of their own"))
    #expect(near(account.speedUp.map { ($0 * 10).rounded() }, 17))
  }

  @Test func `Any stretch is the difference of its ends, and the ribbon adds up`() throws {
    let ledger = Ledger(judged(books(work: 3, wait: 2, seconds: 120), seconds: 120))
    let job = try #require(ledger.inventory.jobs.first)
    let whole = try #require(ledger.waiting(of: job.id, over: span(20, 110)))
    let parts = [span(20, 50), span(50, 110)].compactMap { ledger.waiting(of: job.id, over: $0) }
    let sum = parts.reduce(0) { $0 + ($1.parts[.data]?.seconds ?? 0) }
    #expect(near(sum, whole.parts[.data]?.seconds ?? -1))
    for second in stride(from: 25.0, to: 115, by: 7) {
      let split = try #require(ledger.split(over: span(second - 10, second)))
      #expect(near(split.joules.reduce(0) { $0 + $1.joules }, split.total.joules))
      #expect((split.amount(.waiting) ?? 0) > 0)
    }
  }

  @Test func `A wait of one second counts, and so does the first second of all`() throws {
    let ledger = Ledger(judged(books(work: 30, wait: 1, seconds: 50), seconds: 50))
    let account = try #require(ledger.waiting(over: span(0, 50)))
    let lost = account.parts.values.reduce(0) { $0 + $1.seconds }
    #expect(lost > 0.8 && lost < 2, "\(account.parts)")
    #expect(near(account.judged.seconds, 50) && near(account.judged.joules, 49 * 410 + 118))
  }

  @Test func `A fed job is acquitted in words`() throws {
    let ledger = Ledger(judged(books(work: 100, wait: 0, seconds: 150), seconds: 150))
    let job = try #require(ledger.inventory.jobs.first)
    let account = try #require(ledger.waiting(of: job.id, over: span(0, 150)))
    #expect(account.kind == nil && account.band == .fed)
    #expect(account.verdict.hasPrefix("Fed: the loader is ahead"))
    #expect(account.advice.isEmpty && account.price.isEmpty)
  }

  @Test func `A checkpoint that the job tells is left out`() throws {
    var books = books(work: 20, wait: 10, seconds: 120)
    let job = Books.id(.job, "train.log")
    books.add(job, .checkpointTime, .log, [(30, 10), (60, 10), (90, 10), (120, 10)])
    let ledger = Ledger(judged(books, seconds: 120))
    let account = try #require(ledger.waiting(of: job, over: span(0, 120)))
    // The steps of the log run on, so no pause that contradicts them is believed.
    #expect(account.pausedSeconds == 0 || account.share(.data) < 0.05)
  }

  @Test func `The job's own data time outranks all`() throws {
    var books = books(work: 3, wait: 2, seconds: 150)
    let job = Books.id(.job, "train.log")
    let times = stride(from: 5.0, through: 150, by: 5)
    books.add(job, .stepTime, .log, times.map { ($0, 0.5) })
    books.add(job, .dataTime, .log, times.map { ($0, 0.19) })
    let ledger = Ledger(judged(books, seconds: 150))
    let account = try #require(ledger.waiting(of: job, over: span(0, 150)))
    #expect(account.evidence == .dataTime)
    #expect(abs(account.share - 0.38) < 0.001)
  }

  /// Counters that are read now and then still begin where they were nothing.
  @Test func `Nothing is lost before the first reading of a kind`() throws {
    let ledger = Ledger(judged(books(work: 40, wait: 40, seconds: 80), seconds: 80))
    let device = try #require(ledger.timeline.devices(.waiting).first?.id)
    let wait = try #require(ledger.timeline.id(.dataWaitTime, of: device))
    #expect(abs(ledger.timeline.total(wait, over: span(0, 80)).amount - 39) <= 2.5)
    let rows = ledger.timeline.readings(wait, in: span(0, 80))
    #expect(rows.count < 15 && rows.first?.value == 0)
  }

  /// A job whose accelerators waited for its main thread for 60 % of the time, and that states its own time
  /// for data.
  private func stated(_ dataTime: Double) throws -> WaitingAccount {
    var books = Books()
    let job = Books.id(.job, "train.log")
    books.timeline.apply([
      .device(Device(id: job, label: "train")), .device(Device(id: gpu, label: "0")),
      .device(Device(id: Books.id(.waiting), label: "0", parent: gpu)),
    ])
    let counters: [(Metric, Double)] = [
      (.judgedTime, 1), (.judgedEnergy, 300), (.hostWaitTime, 0.6), (.hostWaitEnergy, 60),
    ]
    for (metric, rate) in counters {
      books.add(
        Books.id(.waiting), metric, .counter, (0...150).map { (Double($0), Double($0) * rate) })
    }
    let times = stride(from: 5.0, through: 150, by: 5)
    books.add(job, .stepTime, .log, times.map { ($0, 0.5) })
    books.add(job, .dataTime, .log, times.map { ($0, dataTime) })
    return try #require(books.ledger.waiting(of: job, over: span(0, 150)))
  }

  @Test func `A job that waits for no data does not make its other waits unpriced`() throws {
    let account = try stated(0)
    #expect(account.kind == .host && account.isPriced && near(account.joules, 60 * 150))
  }

  @Test func `A second that the job explains is of one kind`() throws {
    let account = try stated(0.45)
    let sum = account.parts.values.reduce(0) { $0 + $1.seconds }
    #expect(account.kind == .data && near(account.share, 0.9))
    #expect(sum <= account.judged.seconds + 1e-6, "\(sum)")
  }

  /// One starved rank of eight is an eighth of the time of all, and no acquittal.
  @Test func `One of many that waits is named`() throws {
    var books = Books()
    for number in 0..<8 {
      let card = Books.id(.gpu, "\(number)")
      books.count(card, watts: 300, at: (0...150).map(Double.init))
      let device = DeviceID(machine: "box", kind: .waiting, name: "\(number)")
      books.timeline.apply(.device(Device(id: device, label: "\(number)", parent: card)))
      let times = (0...150).map(Double.init)
      books.add(device, .judgedTime, .counter, times.map { ($0, $0) })
      books.add(device, .judgedEnergy, .counter, times.map { ($0, $0 * 300) })
      guard number == 3 else { continue }
      books.add(device, .dataWaitTime, .counter, times.map { ($0, $0 * 0.3) })
      books.add(device, .dataWaitEnergy, .counter, times.map { ($0, $0 * 36) })
    }
    let account = try #require(books.ledger.waiting(over: span(0, 150)))
    #expect(account.kind == .data && near(account.share, 0.3 / 8))
    #expect(account.only?.device.label == "3" && near(account.only?.share, 0.3))
    #expect(account.verdict.hasPrefix("GPU 3 waits for data 30 % of the time"))
    #expect(!account.isEven)
  }

  @Test func `What another program decided is not decided again`() {
    var books = books(work: 3, wait: 2, seconds: 30)
    books.add(Books.id(.waiting), .judgedTime, .counter, [(0, 0), (30, 30)])
    var judge = WaitingJudge()
    #expect(judge.judge(books.timeline, until: origin + 32).isEmpty)
  }

  @Test func `Another machine is given time to tell what it decided itself`() {
    let books = books(work: 3, wait: 2, seconds: 30)
    func told(_ home: String?, sendsAt second: Int?) -> Double? {
      var timeline = books.timeline
      var judge = WaitingJudge()
      judge.home = home
      for now in 1...32 {
        if now == second {
          timeline.apply(.device(Device(id: Books.id(.waiting), label: "0", parent: gpu)))
        }
        let said = judge.judge(timeline, until: origin + Double(now))
        let readings = said.compactMap { observation -> Timestamp? in
          if case .reading(let reading) = observation { reading.time } else { nil }
        }
        if let first = readings.first { return first - origin }
      }
      return nil
    }
    #expect(told(nil, sendsAt: nil) == 0 && told("box", sendsAt: nil) == 0)
    // What is sent comes a little after a judge without patience would have begun.
    #expect(told("here", sendsAt: 4) == nil)
    #expect(told("here", sendsAt: nil) == 6)
  }

  /// A trainer sleeps in poll in more places than its queue: then none of its workers is at work.
  @Test func `A sleep with idle workers is no wait for data`() throws {
    var books = books(work: 3, wait: 2, seconds: 120)
    let queue = try #require(books.timeline.id(.starvedLookTime, of: loader))
    let waits = books.timeline.readings(queue, in: span(0, 120)).map {
      ($0.time - origin, $0.value)
    }
    books.add(loader, .starvedIdleTime, .counter, [(0, 0)] + waits)
    let ledger = Ledger(judged(books, seconds: 120))
    let job = try #require(ledger.inventory.jobs.first)
    let account = try #require(ledger.waiting(of: job.id, over: span(10, 110)))
    #expect(account.share(.data) < 0.02 && account.kind == .gap && account.cause == nil)
    #expect(account.verdict.contains("its loader workers had nothing to do"))
    #expect(abs(account.share(.gap) - 0.4) < 0.03)
  }

  @Test func `A driver that tells no utilization accuses nobody`() throws {
    var books = Books()
    let times = (0...60).map(Double.init)
    let process = DeviceID(machine: "box", kind: .process, name: "7")
    books.timeline.apply(.device(Device(id: gpu, label: "0")))
    books.timeline.apply(
      .device(Device(id: process, label: "7", parent: gpu, attributes: ["pid": "7"])))
    books.timeline.apply(.device(Device(id: loader, label: "pid 7", attributes: ["pid": "7"])))
    books.count(gpu, watts: 400, at: times)
    books.add(gpu, .utilization, .average, times.map { ($0, 0) })
    books.add(process, .memoryUsed, .instant, times.map { ($0, 9e9) })
    books.add(loader, .trainerTime, .counter, times.map { ($0, $0) })
    books.add(loader, .trainerQueueTime, .counter, times.map { ($0, $0 * 0.9) })
    books.add(loader, .workerCount, .instant, times.map { ($0, 4) })
    #expect(Ledger(judged(books, seconds: 60)).waiting(over: span(0, 60)) == nil)
  }

  /// Two accelerators with a process each: one starves for a second of three, the other has no work then.
  private func pair(_ launches: [String?]) -> Books {
    var books = Books()
    let times = (0...60).map(Double.init)
    func sums(_ low: Double, _ high: Double) -> [(Double, Double)] {
      var sum = 0.0
      return times.map { time in
        defer { sum += Int(time) % 6 >= 3 ? low : high }
        return (time, sum)
      }
    }
    for (place, launch) in launches.enumerated() {
      let gpu = Books.id(.gpu, "\(place)")
      let process = DeviceID(machine: "box", kind: .process, name: "\(70 + place)")
      let loader = Books.id(.loader, "\(70 + place)-1")
      var attributes = ["pid": "\(70 + place)"]
      attributes["launch"] = launch
      books.timeline.apply(.device(Device(id: gpu, label: "\(place)")))
      books.timeline.apply(
        .device(
          Device(id: process, label: "t", parent: gpu, attributes: ["pid": "\(70 + place)"])))
      books.timeline.apply(.device(Device(id: loader, label: "t", attributes: attributes)))
      books.add(gpu, .energy, .counter, sums(118, 410))
      books.add(
        gpu, .utilization, .average,
        times.map { ($0, $0 > 0 && (Int($0) - 1) % 6 >= 3 ? 0 : 1) })
      books.add(process, .memoryUsed, .instant, times.map { ($0, 9e9) })
      books.add(loader, .trainerTime, .counter, times.map { ($0, $0) })
      books.add(
        loader, .trainerQueueTime, .counter, place == 0 ? sums(1, 0) : times.map { ($0, 0) })
      books.add(loader, .workerCount, .instant, times.map { ($0, 4) })
    }
    return books
  }

  @Test(
    arguments: [
      (["9-a", "9-a"], true), (["9-a", "8-a"], false), (["9-a", "9-b"], false),
      ([nil, nil], false),
    ] as [([String?], Bool)])
  func `Only ranks that were started together wait for each other`(
    launches: [String?], wait: Bool
  ) throws {
    let ledger = Ledger(judged(pair(launches), seconds: 60))
    let account = try #require(ledger.waiting(over: span(12, 54)))
    #expect((account.share(.peer) > 0.2) == wait)
    #expect((account.culprit?.id.name == "0") == wait)
    #expect((account.share(.gap) > 0.2) == !wait)
  }

  @Test func `What is judged is all told, whenever the first of it was`() throws {
    let all = Ledger(judged(books(work: 3, wait: 2, seconds: 27), seconds: 27))
    let account = try #require(all.waiting(over: span(0, 30)))
    #expect(account.judged.seconds >= 25)
    let quiet = Ledger(judged(books(work: 100, wait: 0, seconds: 27), seconds: 27))
    #expect(try #require(quiet.waiting(over: span(0, 30))).judged.seconds >= 25)
  }

  @Test(arguments: [(1e300, 1.0), (40, 1e12), (.infinity, 1)])
  func `Counters that lost more than they judged are no account`(seconds: Double, joules: Double) {
    var books = books(work: 3, wait: 2, seconds: 30)
    let id = Books.id(.waiting)
    books.timeline.apply(.device(Device(id: id, label: "0", parent: gpu)))
    books.add(id, .judgedTime, .counter, [(0, 0), (30, 30)])
    books.add(id, .judgedEnergy, .counter, [(0, 0), (30, 3000)])
    books.add(id, .dataWaitTime, .counter, [(0, 0), (30, seconds)])
    books.add(id, .dataWaitEnergy, .counter, [(0, 0), (30, joules)])
    let account = books.ledger.waiting(over: span(0, 30))
    #expect(account == nil || (account?.joules ?? 0) <= 3000 && (account?.share ?? 0) <= 1)
  }

  @Test func `An accelerator of nobody hides no job that waits`() throws {
    var books = pair(["9-a", "8-a"])
    let times = (0...60).map(Double.init)
    for place in 2..<6 {
      let gpu = Books.id(.gpu, "\(place)")
      books.timeline.apply(.device(Device(id: gpu, label: "\(place)")))
      books.count(gpu, watts: 60, at: times)
      books.add(gpu, .utilization, .average, times.map { ($0, 0) })
    }
    let account = try #require(Ledger(judged(books, seconds: 60)).waiting(over: span(12, 54)))
    #expect(account.share(.data) > 0.2 && account.share(.idle) == 0)
  }

  @Test func `A process of the same number on another machine is another process`() throws {
    let near = judged(books(work: 3, wait: 2, seconds: 60), seconds: 60)
    let far = judged(books(work: 3, wait: 2, seconds: 60, loaderOn: "far"), seconds: 60)
    let accounts = try [near, far].map { try #require(Ledger($0).waiting(over: span(20, 60))) }
    #expect(accounts[0].share(.data) > 0.3 && accounts[0].share(.gap) < 0.05)
    #expect(accounts[1].share(.data) == 0 && accounts[1].share(.gap) > 0.3)
  }

  /// What several programs did together accuses none of them.
  @Test func `Two programs are not charged with one cause`() throws {
    let ledger = Ledger(judged(pair(["9-a", "8-a"]), seconds: 60))
    let account = try #require(ledger.waiting(over: span(12, 54)))
    #expect(account.loader?.isOneJob == false && account.cause == nil)
    let one = Ledger(judged(pair(["9-a", "9-a"]), seconds: 60))
    #expect(try #require(one.waiting(over: span(12, 54))).loader?.isOneJob == true)
  }

  @Test func `A little that is judged stands for nothing`() throws {
    var books = Books()
    let times = (0...90).map(Double.init)
    let process = DeviceID(machine: "box", kind: .process, name: "7")
    books.timeline.apply(.device(Device(id: gpu, label: "0")))
    books.timeline.apply(
      .device(Device(id: process, label: "7", parent: gpu, attributes: ["pid": "7"])))
    // Half at work, of which nobody knows why; for a few seconds without work.
    books.add(
      gpu, .energy, .counter,
      times.map { ($0, 5000 + 118 * min($0, 10) + 260 * max(0, $0 - 10)) })
    books.add(gpu, .utilization, .average, times.map { ($0, $0 > 10 ? 0.5 : 0) })
    books.add(process, .memoryUsed, .instant, times.map { ($0, 9e9) })
    let ledger = Ledger(judged(books, seconds: 90))
    #expect(ledger.waiting(over: span(0, 90)) == nil)
  }

  @Test func `A clock that steps back is waited for`() {
    let books = books(work: 3, wait: 2, seconds: 30)
    var judge = WaitingJudge()
    _ = judge.judge(books.timeline, until: origin + 20)
    #expect(judge.judge(books.timeline, until: origin + 5).isEmpty)
    #expect(!judge.judge(books.timeline, until: origin + 25).isEmpty)
  }

  @Test func `A server without requests is idle, and nobody is accused`() throws {
    var books = Books()
    let job = Books.id(.job, "http://127.0.0.1:8000")
    books.timeline.apply(
      .device(Device(id: job, label: "m", attributes: ["kind": "serving", "framework": "vLLM"])))
    let times = (0...150).map(Double.init)
    books.count(gpu, watts: 118, at: times)
    books.add(gpu, .utilization, .average, times.map { ($0, 0) })
    books.add(job, .outputTokens, .counter, times.map { ($0, 5000) })
    books.add(job, .requestsRunning, .instant, times.map { ($0, 0) })
    let ledger = Ledger(judged(books, seconds: 150))
    let account = try #require(ledger.waiting(of: job, over: span(0, 150)))
    #expect(account.kind == .idle && account.cause == .noRequests)
    #expect(account.share > 0.95 && account.share(.data) == 0 && account.band == nil)
    #expect(account.verdict.contains("No requests") && account.advice.isEmpty)
  }
}

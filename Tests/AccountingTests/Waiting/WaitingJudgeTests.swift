import Quantities
import Telemetry
import Testing

@testable import Accounting

/// Sessions that are judged second by second, and what is made of them afterwards.
@Suite struct WaitingJudgeTests {
  let gpu = Books.id(.gpu)
  let loader = Books.id(.loader, "7-1")

  /// A trainer on a GPU that computes for `work` seconds and waits for `wait`, again and again, with
  /// workers that stand in the run queue meanwhile.
  func books(
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
  func judged(_ books: Books, seconds: Int) -> Timeline {
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

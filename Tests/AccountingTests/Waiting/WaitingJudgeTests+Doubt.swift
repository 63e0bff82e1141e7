import Quantities
import Telemetry
import Testing

@testable import Accounting

/// What must accuse nobody, since something else explains it or too little is known.
extension WaitingJudgeTests {
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

  /// Half of the time without a kernel, at full power: no wait, and not to be passed over in silence.
  ///
  /// Nor do the watts before its work confirm anything: two clusters and what lies between them are a line.
  @Test(arguments: [0.5, 0.95], [0, 12])
  func `A utilization that nothing confirms is said with the acquittal`(
    utilization: Double, idle: Int
  ) throws {
    var books = Books()
    let times = (0...90).map(Double.init)
    let process = DeviceID(machine: "box", kind: .process, name: "7")
    books.timeline.apply(.device(Device(id: gpu, label: "0")))
    books.timeline.apply(
      .device(Device(id: process, label: "7", parent: gpu, attributes: ["pid": "7"])))
    books.timeline.apply(.device(Device(id: loader, label: "pid 7", attributes: ["pid": "7"])))
    let pause = Double(idle)
    books.add(
      gpu, .energy, .counter,
      times.map { ($0, 120 * min($0, pause) + 400 * max(0, $0 - pause)) })
    books.add(gpu, .utilization, .average, times.map { ($0, $0 <= pause ? 0 : utilization) })
    books.add(process, .memoryUsed, .instant, times.map { ($0, 9e9) })
    books.add(loader, .trainerTime, .counter, times.map { ($0, $0) })
    books.add(loader, .trainerQueueTime, .counter, times.map { ($0, $0 * 0.004) })
    books.add(loader, .workerCount, .instant, times.map { ($0, 4) })
    let account = try #require(Ledger(judged(books, seconds: 90)).waiting(over: span(2, 85)))
    #expect(account.kind == nil && account.verdict.hasPrefix("Fed: the loader is ahead"))
    let words = "By its utilization alone no kernel ran 50 % of the time, cause not known."
    #expect(account.verdict.hasSuffix(words) == (utilization == 0.5), "\(account.verdict)")
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
}

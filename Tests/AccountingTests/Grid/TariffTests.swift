import Telemetry
import Testing

@testable import Accounting

@Suite("Price of energy")
struct TariffTests {
  private let hour = 3600
  private var night: Tariff {
    Tariff(
      currency: "EUR", perKilowattHour: 0.30,
      periods: [
        Tariff.Period(from: 22 * 3600, to: 6 * 3600, perKilowattHour: 0.20),
        Tariff.Period(from: 0, to: 24 * 3600, days: [0, 6], perKilowattHour: 0.25),
      ])
  }

  @Test(
    "the first period that fits holds, also past midnight",
    // 1970-01-01 was a Thursday.
    arguments: [(12, 0.30), (22, 0.20), (24 + 5, 0.20), (24 + 6, 0.30), (48 + 12, 0.25)])
  func price(hours: Int, price: Double) {
    #expect(night.price(at: hours * 3600) == price)
  }

  private static let clock: [(hours: Double, price: Double)] = [
    (7.999, 0.30), (8.0, 0.15), (19.999, 0.15), (20.0, 0.30), (22.0, 0.30), (45.999, 0.30),
    (46.0, 0.20), (53.999, 0.20), (54.0, 0.30), (77.0, 0.20), (94.0, 0.30), (101.0, 0.30),
    (-19.0, 0.30),
  ]

  /// Fridays and Saturdays from 22 to 6, and every day from 8 up to 20; hours since a Thursday.
  @Test(
    "a period ends before its last second, and its days are those it begins on", arguments: clock)
  func days(hours: Double, price: Double) {
    let tariff = Tariff(
      currency: "EUR", perKilowattHour: 0.30,
      periods: [
        Tariff.Period(from: 22 * 3600, to: 6 * 3600, days: [5, 6], perKilowattHour: 0.20),
        Tariff.Period(from: 8 * 3600, to: 20 * 3600, perKilowattHour: 0.15),
      ])
    #expect(tariff.price(at: Int(hours * 3600)) == price)
  }

  @Test("each joule costs what it cost at its time")
  func cost() throws {
    var books = Books()
    // The zero of tests is 16:00 UTC; an hour east of it the night begins at 21:00 UTC.
    books.draw(Books.id(.gpu), watts: 1000, at: stride(from: 0, through: 36_000, by: 2).map { $0 })
    let ledger = books.ledger
    let cost = try #require(
      ledger.cost(of: ledger.inventory.gpus, over: span(0, 36_000), night) { _ in 3600 })
    // A Sunday: 5 h at the weekend's price and 5 h at night's, 1 kWh each.
    #expect(abs(cost - (5 * 0.25 + 5 * 0.20)) < 1e-3)
    let flat = Tariff(currency: "EUR", perKilowattHour: 0.30)
    let plain = ledger.cost(of: ledger.inventory.gpus, over: span(0, 36_000), flat) { _ in 0 }
    #expect(near(plain, 3))
  }
}

@Suite("Whose joules")
struct ProcessUseTests {
  private var books: Books {
    var books = Books()
    books.draw(Books.id(.gpu, "A"), watts: 500, at: [0, 1])
    func process(
      _ name: String, on gpu: String, _ attributes: [String: String], _ label: String
    ) -> DeviceID {
      let id = Books.id(.process, name)
      books.timeline.apply(
        .device(
          Device(id: id, label: label, parent: Books.id(.gpu, gpu), attributes: attributes)))
      return id
    }
    let alone = process(
      "41.9@A", on: "A", ["pid": "41", "user": "ada", "job": "slurm 7"], "train.py")
    let other = process("41.9@B", on: "B", ["pid": "41", "user": "ada"], "train.py")
    let shared = process("52.9@B", on: "B", ["pid": "52", "user": "bob"], "serve")
    books.add(alone, .energy, .counter, (0...10).map { (Double($0), 500 * Double($0)) })
    books.add(other, .energy, .counter, (0...10).map { (Double($0), 0) })
    books.add(other, .sharedEnergy, .modelled, (0...10).map { (Double($0), 300 * Double($0)) })
    books.add(shared, .sharedEnergy, .modelled, (0...4).map { (Double($0), 100 * Double($0)) })
    books.add(shared, .energy, .counter, (0...4).map { (Double($0), 0) })
    return books
  }

  @Test("a process on two accelerators is one; an estimate is marked")
  func byProcess() {
    let uses = books.ledger.processes(over: span(0, 10), by: .process)
    #expect(uses.map(\.name) == ["train.py", "serve"])
    #expect(near(uses[0].joules, 8000))
    #expect(uses[0].isEstimated)
    #expect(near(uses[0].watts, 800))
    #expect(uses[0].gpus == ["A", "B"])
    // It has ended, and its energy is still there.
    #expect(!uses[1].isRunning)
    #expect(near(uses[1].joules, 400))
    #expect(uses[1].watts == nil)
  }

  @Test("users and batch jobs take what their processes take")
  func byOthers() {
    let users = books.ledger.processes(over: span(0, 10), by: .user)
    #expect(users.map(\.name) == ["ada", "bob"])
    #expect(near(users[0].joules, 8000))
    let jobs = books.ledger.processes(over: span(0, 10), by: .job)
    #expect(jobs.map(\.name) == ["slurm 7", "no batch job"])
  }

  @Test("who came after the span is not in it")
  func outside() {
    let early = books.ledger.processes(over: TimeSpan(origin - 20, origin - 10), by: .process)
    #expect(early.isEmpty)
  }
}

@Suite("Whose accelerators a job's are")
struct JobOwnershipTests {
  private func ledger(
    _ attributes: [String: String], listsProcesses: Bool = true
  ) -> (Ledger, DeviceID) {
    var books = Books()
    let job = Books.id(.job)
    for name in ["A", "B"] { books.draw(Books.id(.gpu, name), watts: 100, at: [0, 1, 2]) }
    books.draw(Books.id(.cpu, "package-0"), watts: 30, at: [0, 1, 2])
    let process = Books.id(.process, "41.9@B")
    if listsProcesses {
      books.timeline.apply(
        .device(
          Device(
            id: process, label: "t", parent: Books.id(.gpu, "B"), attributes: ["pid": "41"])))
    }
    books.timeline.apply(.device(Device(id: job, label: "t", attributes: attributes)))
    return (books.ledger, job)
  }

  private func names(_ attributes: [String: String]) -> [String] {
    let (ledger, job) = ledger(attributes)
    return ledger.accelerators(of: job).map(\.label)
  }

  @Test("named ones, else those its processes are on, else all, and that is said")
  func order() {
    #expect(names(["gpus": "A", "pids": "41"]) == ["A"])
    #expect(names(["pids": "40,41"]) == ["B"])
    #expect(names([:]) == ["A", "B"])
    let (unknown, job) = ledger([:])
    #expect(unknown.isChargedForAll(job))
    let (known, own) = ledger(["pids": "41"])
    #expect(!known.isChargedForAll(own))
    let (whole, all) = ledger(["world_size": "2"])
    #expect(!whole.isChargedForAll(all))
  }

  @Test("those it was told to use, where the driver lists no process, and that is said")
  func told() {
    let told = ["visible_gpus": "B", "visible_gpus_from": "CUDA_VISIBLE_DEVICES", "pids": "7"]
    let (ledger, job) = ledger(told, listsProcesses: false)
    #expect(ledger.accelerators(of: job).map(\.label) == ["B"])
    #expect(!ledger.isChargedForAll(job))
    let caveats = ledger.caveats(of: job, over: span(0, 2))
    #expect(caveats == [.named(by: "CUDA_VISIBLE_DEVICES")])
    #expect(caveats.first?.words.contains("the driver lists no process") == true)
    // A list that the driver has knows better, and a name of nobody's tells nothing.
    #expect(names(told) == ["A", "B"])
    for odd in ["C", "7", "B,C", ""] {
      let (ledger, job) = self.ledger(["visible_gpus": odd], listsProcesses: false)
      #expect(ledger.accelerators(of: job).count == 2 && ledger.isChargedForAll(job))
    }
  }

  @Test("a job that uses none is charged the processors")
  func none() {
    let (ledger, job) = ledger(["on_gpu": "no"])
    #expect(ledger.accelerators(of: job).isEmpty)
    #expect(near(ledger.jobEnergy(of: job, over: span(0, 2))?.joules, 60))
  }
}

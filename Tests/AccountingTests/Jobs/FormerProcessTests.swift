import Quantities
import Telemetry
import Testing

@testable import Accounting

/// Whose joules they were is told of processes that ended long ago as well.
@Suite struct FormerProcessTests {
  /// A thousand short processes of two users on one accelerator, and one that goes on.
  private func books() -> Books {
    var books = Books()
    books.timeline = Timeline(budget: .screen)
    let gpu = Books.id(.gpu)
    books.draw(gpu, watts: 300, at: [0])
    func process(_ pid: Int, user: String, job: String?) -> DeviceID {
      let id = DeviceID(machine: "box", kind: .process, name: "\(pid).1@0")
      var attributes = ["pid": "\(pid)", "user": user]
      attributes["job"] = job
      books.timeline.apply(
        .device(Device(id: id, label: "python", parent: gpu, attributes: attributes)))
      return id
    }
    let lasting = process(5, user: "bob", job: nil)
    books.add(lasting, .energy, .counter, period: 10_000, [(0, 0), (10_000, 50)])
    for number in 0..<1000 {
      let start = Double(number) * 10
      let id = process(
        1000 + number, user: number % 2 == 0 ? "ada" : "bob", job: "slurm \(number % 3)")
      books.add(id, .energy, .counter, period: 5, [(start, 0), (start + 5, 700)])
      books.draw(gpu, watts: 300, at: [start + 5])
    }
    return books
  }

  @Test func `Every user and batch job has its joules, and so has every process together`() {
    let books = books()
    #expect(books.timeline.devices(.process).count < 300)
    let users = books.ledger.processes(over: span(-1, 10_001), by: .user)
    #expect(Set(users.map(\.name)) == ["ada", "bob"])
    for user in users {
      #expect(near(user.joules, 500 * 700 + (user.name == "bob" ? 50 : 0)), "\(user.name)")
      #expect(user.count == (user.name == "bob" ? 501 : 500) && user.isCharged)
    }
    let jobs = books.ledger.processes(over: span(-1, 10_001), by: .job)
    #expect(Set(jobs.map(\.name)) == ["slurm 0", "slurm 1", "slurm 2", "no batch job"])
    #expect(near(jobs.reduce(0) { $0 + $1.joules }, 700_050))
    let single = books.ledger.processes(over: span(-1, 10_001), by: .process)
    #expect(near(single.reduce(0) { $0 + $1.joules }, 700_050))
    let former = single.filter { $0.former > 0 }
    #expect(former.count == 6, "by user and batch job")
    #expect(
      former.allSatisfy { $0.pids.isEmpty && !$0.isRunning && $0.name.hasPrefix("ended before") })
  }

  @Test func `The accelerators of a job whose processes ended long ago are still its own`() {
    var books = books()
    let other = Books.id(.gpu, "1")
    books.draw(other, watts: 300, at: [0, 1])
    let job = Books.id(.job, "train")
    books.timeline.apply(.device(Device(id: job, label: "train", attributes: ["pid": "1000"])))
    #expect(books.ledger.accelerators(of: job).map(\.id) == [Books.id(.gpu)])
  }
}

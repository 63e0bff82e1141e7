import Telemetry
import Testing

@testable import Accounting

/// The order of jobs and machines, sums by account, and what somebody should look at.
@Suite struct FleetOrderTests {
  private func job(_ id: String, joules: Double?, wasted: Double? = nil) -> FleetJob {
    var job = FleetJob(id: id)
    job.joules = joules
    job.wasted = wasted.map { [.data: $0] }
    return job
  }

  @Test func `What wastes most comes first, and what is not known last in either direction`() {
    let jobs = [
      job("a", joules: 10, wasted: 1), job("b", joules: nil), job("c", joules: 5, wasted: 4),
      job("d", joules: 9),
    ]
    #expect(FleetOrder.waste.sorted(jobs).map(\.id) == ["c", "a", "d", "b"])
    #expect(FleetOrder.waste.sorted(jobs, isReversed: true).map(\.id) == ["a", "c", "d", "b"])
    #expect(FleetOrder.energy.sorted(jobs).map(\.id) == ["a", "d", "c", "b"])
    #expect(FleetOrder.name.sorted(jobs).map(\.id) == ["a", "b", "c", "d"])
  }

  @Test func `Numbers in names are counted as numbers`() {
    let names = ["n10", "n2", "n002b", "n1", "m9", "n2a", "n"]
    #expect(
      names.sorted { $0.isBeforeInPeoplesOrder($1) }
        == ["m9", "n", "n1", "n2", "n2a", "n002b", "n10"])
  }

  @Test func `An account is the sum of its jobs, and says of how many nothing is known`() {
    var jobs = [job("a", joules: 10, wasted: 1), job("b", joules: nil), job("c", joules: 5)]
    for place in jobs.indices { jobs[place].account = place < 2 ? "x" : "y" }
    jobs[0].cost = FleetCost(2, "EUR")
    let accounts = FleetAccount.all(jobs)
    #expect(accounts.map(\.name) == ["x", "y"])
    #expect(accounts[0].joules == 10 && accounts[0].unknown == 1 && accounts[0].jobs == 2)
    #expect(accounts[0].cost == FleetCost(2, "EUR") && accounts[1].cost == nil)
    // What drew nothing needs no price.
    jobs[1].joules = 0
    #expect(FleetAccount.all(jobs)[0].cost == FleetCost(2, "EUR"))
    jobs[1].joules = 1
    #expect(FleetAccount.all(jobs)[0].cost == nil)
    jobs[1].cost = FleetCost(2, "USD")
    #expect(FleetAccount.all(jobs)[0].cost == nil)
  }

  @Test func `A machine that draws unlike the others of its job is named, and two are no crowd`() {
    let found = FleetMoment.stragglers(of: "1", ["a": 500, "b": 505, "c": 200, "d": 495])
    #expect(found == [.straggler(host: "c", job: "1", watts: 200, others: 500)])
    #expect(FleetMoment.stragglers(of: "1", ["a": 500, "b": 200]).isEmpty)
    #expect(FleetMoment.stragglers(of: "1", ["a": 0, "b": 0, "c": 0]).isEmpty)
  }

  @Test func `A share is never more than the whole, and without joules there is none`() {
    #expect(job("a", joules: 10, wasted: 12).wastedShare == 1)
    #expect(job("a", joules: nil, wasted: 12).wastedShare == nil)
    #expect(job("a", joules: 10).wastedShare == nil)
    #expect(job("a", joules: 10, wasted: 0).mainCause == nil)
  }
}

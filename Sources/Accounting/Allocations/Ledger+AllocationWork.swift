import Telemetry

extension Ledger {
  /// The found jobs whose processes are a scheduler's job's, with what they did in a span.
  func works(
    in holding: AllocationHolding, _ book: AllocationBook, over span: TimeSpan
  ) -> [AllocationUse.Work] {
    let machine = holding.device.id.machine
    let key = AllocationBook.JobKey(machine: machine, job: holding.facts.batchJob)
    let pids = holding.facts.pids.union(book.pids[key] ?? [])
    let groups = book.groups[key] ?? []
    return inventory.jobs.compactMap { job in
      let own = timeline.facts(of: job.id)
      guard job.id.machine == machine, !own.isHistory,
        groups.contains(job.id) || !own.pids.isDisjoint(with: pids)
      else { return nil }
      var work = AllocationUse.Work(job: job)
      if isServer(job.id) {
        work.isServing = true
        guard let cost = servingCost(of: job.id, within: span) else { return work }
        work.tokens = cost.outputTokens > 0 ? cost.outputTokens : nil
        return work
      }
      guard let totals = totals(of: job.id, over: span) else { return work }
      func sum(_ values: [Double?]) -> Double? {
        let known = values.compactMap { $0 }
        // Of a life of which nobody knows how much it did, the sum would leave out something.
        return known.isEmpty || known.count < values.count ? nil : known.reduce(0, +)
      }
      work.steps = totals.steps > 0 ? totals.steps : nil
      work.tokens =
        counted(.tokens, of: job.id, over: span)
        ?? sum(totals.parts.map { $0.cost.tokenWork?.count })
      work.samples =
        counted(.samples, of: job.id, over: span)
        ?? sum(totals.parts.map { $0.cost.sampleWork?.count })
      return work
    }
  }

  /// How much a job itself counted in a span; `nil` where it counts none.
  private func counted(_ counter: Metric, of job: DeviceID, over span: TimeSpan) -> Double? {
    guard let id = timeline.id(counter, of: job) else { return nil }
    let amount = timeline.total(id, over: span).amount
    return amount > 0 ? amount : nil
  }
}

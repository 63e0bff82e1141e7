import Telemetry

extension Ledger {
  /// The scheduler's jobs that were there in a span, in the order they were announced, with what each
  /// held and what that drew.
  ///
  /// A job is charged all that its accelerators drew while it held them. What an accelerator drew that
  /// several jobs held at once is parted as the driver charged it to their processes; where that is not
  /// known, nobody is charged.
  public func allocations(over span: TimeSpan) -> [AllocationUse] {
    let holdings = timeline.devices(.allocation).compactMap { holding($0, over: span) }
    guard !holdings.isEmpty else { return [] }
    let book = AllocationBook(self, holdings)
    return holdings.map { use(of: $0, in: book, over: span) }
  }

  private func holding(_ device: Device, over span: TimeSpan) -> AllocationHolding? {
    let moment = timeline.moment(at: span.end)
    // What it holds may be told later than that it is there.
    let series = [Metric.heldGPUs, .allocationProcesses].compactMap {
      timeline.id($0, of: device.id)
    }
    guard
      let id = series.first(where: { series in
        timeline.firstReading(series).map { $0.time <= span.end } ?? false
      }), let first = timeline.firstReading(id),
      let last = moment.known(timeline.descriptor(id).metric, of: device.id),
      last.time >= span.start
    else { return nil }
    let facts = timeline.allocationFacts(of: device.id)
    let hull = TimeSpan(max(span.start, first.time), max(span.start, last.time))
    return AllocationHolding(
      device: device, facts: facts,
      gpus: inventory.gpus.filter { gpu in
        gpu.id.machine == device.id.machine && facts.gpus.contains(gpu.id.name)
      }, hull: hull, isPresent: !last.isStale, stretches: stretches(of: id, in: hull))
  }

  /// The parts of a span in which a series is known; holes of a few readings do not count.
  private func stretches(of id: Timeline.SeriesID, in span: TimeSpan) -> [TimeSpan] {
    let least = max(10, 10 * timeline.descriptor(id).provenance.period)
    func parts(_ span: TimeSpan, _ depth: Int) -> [TimeSpan] {
      let covered = timeline.total(id, over: span).covered
      if span.seconds <= 0 || depth == 0 && covered >= span.seconds - least { return [span] }
      if covered <= 0 { return [] }
      guard span.seconds > least, covered < span.seconds - least else {
        return covered >= 0.5 * span.seconds ? [span] : []
      }
      guard depth < 32 else { return [span] }
      let middle = span.start + span.seconds / 2
      return parts(TimeSpan(span.start, middle), depth + 1)
        + parts(TimeSpan(middle, span.end), depth + 1)
    }
    return parts(span, 0).reduce(into: []) { joined, part in
      if let last = joined.last, last.end >= part.start {
        joined[joined.count - 1] = TimeSpan(last.start, part.end)
      } else {
        joined.append(part)
      }
    }
  }

  private func use(
    of holding: AllocationHolding, in book: AllocationBook, over span: TimeSpan
  ) -> AllocationUse {
    let id = holding.device.id
    let ends = holding.stretches
    var use = AllocationUse(
      device: id, facts: holding.facts, gpus: holding.gpus,
      span: TimeSpan(
        ends.first?.start ?? holding.hull.end, ends.last?.end ?? holding.hull.end),
      stretches: ends)
    use.isPresent = holding.isPresent
    use.processes = timeline.moment(at: span.end).value(.allocationProcesses, of: id)
      .map { Int(min(max($0, 0), 1e9)) }
    use.gpuSeconds = timeline.id(.heldGPUs, of: id).map { timeline.total($0, over: span).amount }
    if let unused = timeline.id(.unusedGPUs, of: id) {
      let total = timeline.total(unused, over: span)
      use.unusedGPUSeconds = total.amount
      use.watchedGPUSeconds = total.covered * Double(max(1, holding.facts.gpus.count))
    }
    charge(&use, holding, book)
    use.works = works(in: holding, book, over: use.span)
    return use
  }
}

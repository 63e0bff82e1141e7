import Testing

@testable import Telemetry

/// A page out of the middle of a recording, with tiers before and after it.
@Suite struct PagingTests {
  /// An hour of watts, as a recording would restore them, with one page of ten minutes.
  private func paged() -> (live: OneSeries, read: OneSeries) {
    var live = OneSeries()
    for second in 0..<3600 { live.add(Double(second), Double(100 + second % 60)) }
    var read = OneSeries()
    read.timeline.restore(
      read.id,
      tiers: Timeline.storedTierWidths.map {
        .init(width: $0, buckets: live.timeline.buckets(live.id, width: $0))
      })
    read.timeline.restore(read.id, beginning: origin, value: 100)
    read.timeline.restore(span: live.timeline.span)
    read.timeline.turnPage(to: origin + 1800)
    for second in 1800...2400 {
      read.timeline.append(
        Double(100 + second % 60), at: origin + Double(second), to: read.id)
    }
    return (live, read)
  }

  @Test func `Totals are the same in, before, after and across the page`() {
    let (live, read) = paged()
    #expect(read.total(1900, 2300) == live.total(1900, 2300))
    #expect(read.total(0, 3599) == live.total(0, 3599))
    for (from, to) in [(0.0, 1800.0), (60, 900), (1500, 3000), (2500, 3500), (2000, 3599)] {
      let difference = abs(read.total(from, to).amount - live.total(from, to).amount)
      // At an end that is in no page, a straight line through a minute stands for its values.
      #expect(difference < 2 * 60 * 30)
    }
  }

  @Test func `The curve goes on after the page`() {
    let read = paged().read
    let columns = read.curve(0, 3600, columns: 60)
    #expect(columns.allSatisfy { $0 != nil })
    #expect(columns.compactMap { $0?.high }.allSatisfy { $0 <= 159.000_001 })
  }

  @Test func `A moment after the page knows the value of then`() throws {
    let read = paged().read
    let known = try #require(read.timeline.moment(at: origin + 3590).known(.power, of: gpu))
    #expect(known.age < 60)
    #expect(read.timeline.neighbour(of: origin + 2000, after: true) == origin + 2001)
    #expect(read.timeline.neighbour(of: origin + 2000, after: false) == origin + 1999)
    #expect(read.timeline.neighbour(of: origin + 100_000, after: true) == nil)
  }
}

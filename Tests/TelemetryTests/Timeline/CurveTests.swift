import Testing

@testable import Telemetry

/// What a chart is drawn from.
@Suite struct CurveTests {
  @Test func `Columns are empty where nothing is known`() {
    var broken = OneSeries()
    for second in 0..<100 where !(30..<60).contains(second) { broken.add(Double(second), 50) }
    let columns = broken.curve(-20, 120, columns: 14)
    #expect(
      columns.map { $0 != nil } == [
        false, false, true, true, true, false, false, false, true, true, true, true, false, false,
      ])
    #expect(columns.compactMap { $0 }.allSatisfy { near($0.mean, 50) })
  }

  @Test func `A counter draws no line across a gap`() {
    var bytes = OneSeries(.bytesRead, .counter)
    for second in 0..<100 where !(30..<60).contains(second) {
      bytes.add(Double(second), Double(second * 1000))
    }
    let columns = bytes.curve(0, 90, columns: 9)
    #expect(
      columns.map { $0 != nil } == [
        true, true, true, false, false, false, true, true, true,
      ])
    #expect(columns[0].map { near($0.mean, 1000) } == true)
  }

  @Test func `Means and extremes are those of the values`() throws {
    let columns = OneSeries([(0, 0), (1, 10), (2, 0), (3, 10), (4, 0)]).curve(0, 4, columns: 2)
    let first = try #require(columns[0])
    #expect(near(first.mean, 5))
    #expect(first.low == 0)
    #expect(first.high == 10)
  }

  @Test func `No columns, no span, no series: no curve`() {
    let series = OneSeries([(0, 1), (1, 1)])
    #expect(series.curve(0, 1, columns: 0).isEmpty)
    #expect(series.curve(1, 1, columns: 5).isEmpty)
    #expect(OneSeries().curve(0, 1, columns: 3) == [nil, nil, nil])
  }

  @Test func `A moment knows ages and rates`() throws {
    let bytes = OneSeries(.bytesRead, .counter, [(0, 0), (1, 100), (2, 300)])
    let moment = bytes.timeline.moment(at: origin + 2.5)
    #expect(moment.rate(.bytesRead, of: gpu).map { near($0, 200) } == true)
    #expect(moment.known(.bytesRead, of: gpu)?.age == 0.5)
    let later = bytes.timeline.moment(at: origin + 60)
    #expect(later.known(.bytesRead, of: gpu)?.isStale == true)
    #expect(later.value(.bytesRead, of: gpu) == nil)
    #expect(later.rate(.bytesRead, of: gpu) == nil)
  }
}

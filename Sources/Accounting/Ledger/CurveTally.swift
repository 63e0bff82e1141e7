import Glibc
import Quantities
import Telemetry

/// The settled columns of curves, which the next ledger of a session goes on from.
///
/// A chart's columns fall on whole multiples of their width, so that a second later nearly all of them
/// are what they were. A column is settled once a reading came after its end; it counts as long as the
/// known past of its series is what it was. The numbers are the same to the last bit either way.
final class CurveTally: @unchecked Sendable {
  private struct Key: Hashable {
    var series: Timeline.SeriesID
    /// The place of a series that went is given to another one.
    var device: DeviceID
    /// Nanoseconds.
    var width: Int64
  }

  private struct Strip {
    var revision: Int
    /// The number of the first column, counted in widths since 1970.
    var first: Int64
    /// Not a number where nothing is known.
    var means: [Double]
    /// The end of the span that was last asked for.
    var used: Int64
    /// The earliest column that was asked for since columns were last let go: views of the same width may
    /// begin at different times.
    var oldest: Int64
  }

  private static let capacity = 1024
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var strips: [Key: Strip] = [:]
  /// The end of the span that was asked for when strips were last let go.
  private var purged = Int64.min

  init() {
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Adds the mean of a series in each of as many equal parts of a span as there are sums, as
  /// `Timeline.curve` has it; a sum of something unknown is not a number.
  func add(
    _ id: Timeline.SeriesID, in timeline: Timeline, over span: TimeSpan, until: Timestamp?,
    to sums: inout [Double]
  ) {
    let columns = sums.count
    let start = span.start.nanoseconds
    let length = span.end.nanoseconds.saturatingSubtract(start)
    guard columns > 0, length > 0, length % Int64(columns) == 0,
      start % (length / Int64(columns)) == 0, let newest = timeline.newest(of: id)
    else {
      let means = Self.drawn(id, in: timeline, over: span, columns: columns, until: until)
      return Self.add(means, from: 0, to: &sums)
    }
    let width = length / Int64(columns)
    let first = start / width
    let key = Key(series: id, device: timeline.descriptor(id).device, width: width)
    let revision = timeline.revision(of: id)
    // Columns before this one are settled, and nothing after the time looked at enters them.
    let border = min(newest, until ?? span.end, span.end).nanoseconds.flooredQuotient(by: width)
    let settled = Int(max(0, min(border - first, Int64(columns))))
    let known = addSettled(key, revision, first, settled, span.end.nanoseconds, to: &sums)
    guard known < columns else { return }
    let begin = Timestamp(nanoseconds: start + Int64(known) * width)
    let means = Self.drawn(
      id, in: timeline, over: TimeSpan(begin, span.end), columns: columns - known, until: until)
    Self.add(means, from: known, to: &sums)
    keep(means.prefix(settled - known), key, revision, first, known, span.end.nanoseconds)
  }

  private static func drawn(
    _ id: Timeline.SeriesID, in timeline: Timeline, over span: TimeSpan, columns: Int,
    until: Timestamp?
  ) -> [Double] {
    timeline.curve(id, over: span, columns: columns, until: until, withExtremes: false)
      .map { $0?.mean ?? .nan }
  }

  private static func add(_ means: [Double], from first: Int, to sums: inout [Double]) {
    sums.withUnsafeMutableBufferPointer { sums in
      for place in first..<sums.count {
        sums[place] += place - first < means.count ? means[place - first] : .nan
      }
    }
  }

  /// Adds those of the first `count` columns that are known to be settled, without a gap, and tells how many.
  private func addSettled(
    _ key: Key, _ revision: Int, _ first: Int64, _ count: Int, _ end: Int64,
    to sums: inout [Double]
  ) -> Int {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard let strip = strips[key], strip.revision == revision,
      let from = Int(exactly: first - strip.first), from >= 0, from < strip.means.count
    else { return 0 }
    let known = min(count, strip.means.count - from)
    strips[key]?.used = end
    strips[key]?.oldest = min(strip.oldest, first)
    strip.means.withUnsafeBufferPointer { means in
      sums.withUnsafeMutableBufferPointer { sums in
        for place in 0..<known { sums[place] += means[from + place] }
      }
    }
    return known
  }

  /// Keeps columns that have settled, behind those that are known of the `known` before them.
  private func keep(
    _ means: ArraySlice<Double>, _ key: Key, _ revision: Int, _ first: Int64, _ known: Int,
    _ end: Int64
  ) {
    guard !means.isEmpty else { return }
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if known > 0, let strip = strips[key], strip.revision == revision, strip.first <= first,
      strip.first + Int64(strip.means.count) == first + Int64(known)
    {
      let unused = Int(min(strip.oldest, first) - strip.first)
      if unused > strip.means.count / 2 {
        strips[key]?.means.removeFirst(unused)
        strips[key]?.first += Int64(unused)
        strips[key]?.oldest = .max
      }
      strips[key]?.means.append(contentsOf: means)
      return
    }
    guard known == 0 else { return }
    // A growing session leaves the narrower columns that it had before behind.
    let old = end.saturatingSubtract(10_000_000_000)
    if end > purged.saturatingAdd(10_000_000_000) {
      strips = strips.filter { $0.value.used >= old }
      purged = end
    }
    if strips.count >= Self.capacity { strips = [:] }
    strips[key] = Strip(
      revision: revision, first: first, means: Array(means), used: end, oldest: first)
  }
}

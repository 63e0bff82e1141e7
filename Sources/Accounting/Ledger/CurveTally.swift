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
    var means: [Double?]
  }

  private static let capacity = 1024
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var strips: [Key: Strip] = [:]

  init() {
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// The mean of a series in each of `columns` equal parts of a span, as `Timeline.curve` has it.
  func means(
    of id: Timeline.SeriesID, in timeline: Timeline, over span: TimeSpan, columns: Int,
    until: Timestamp?
  ) -> [Double?] {
    func drawn(_ span: TimeSpan, _ columns: Int) -> [Double?] {
      timeline.curve(id, over: span, columns: columns, until: until, withExtremes: false)
        .map { $0?.mean }
    }
    let start = span.start.nanoseconds
    let length = span.end.nanoseconds.saturatingSubtract(start)
    guard columns > 0, length > 0, length % Int64(columns) == 0,
      start % (length / Int64(columns)) == 0, let newest = timeline.newest(of: id)
    else { return drawn(span, columns) }
    let width = length / Int64(columns)
    let first = start / width
    let key = Key(series: id, device: timeline.descriptor(id).device, width: width)
    let revision = timeline.revision(of: id)
    // Columns before this one are settled, and nothing after the time looked at enters them.
    let border = min(newest, until ?? span.end, span.end).nanoseconds.flooredQuotient(by: width)
    let known = settled(key, revision, first..<max(first, border))
    guard known.count < columns else { return known }
    let begin = Timestamp(nanoseconds: start + Int64(known.count) * width)
    let means = known + drawn(TimeSpan(begin, span.end), columns - known.count)
    keep(
      Strip(
        revision: revision, first: first,
        means: Array(means.prefix(Int(max(0, border - first))))), for: key)
    return means
  }

  /// The settled ones of some columns, from the first on without a gap.
  private func settled(_ key: Key, _ revision: Int, _ columns: Range<Int64>) -> [Double?] {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard let strip = strips[key], strip.revision == revision,
      let from = Int(exactly: columns.lowerBound - strip.first), from >= 0,
      from < strip.means.count
    else { return [] }
    return Array(strip.means[from...].prefix(columns.count))
  }

  private func keep(_ strip: Strip, for key: Key) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if strips.count >= Self.capacity { strips = [:] }
    strips[key] = strip
  }
}

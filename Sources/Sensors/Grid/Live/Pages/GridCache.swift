import Formats
import Glibc
import Linux
import Telemetry

/// A small file that keeps what a service said, for a start without network and so that a service is
/// not asked again by each restart.
///
/// It is written whole under another name and renamed. What cannot be read, is of another version or
/// lies in the future is passed over: it is a convenience and never a source.
package struct GridCache: Sendable {
  /// What is kept.
  package struct Content: Sendable {
    var intervals: [GridInterval] = []
    var pages: [GridRequest.Purpose: Page] = [:]
    /// When the newest of it was said; `nil` where that is not known.
    var said: Timestamp?
  }

  /// What is kept of one page.
  package struct Page: Sendable {
    /// When it is asked for next; `nil` for at once.
    var next: Timestamp?
    /// Until when the service asks to be left alone.
    var notBefore: Timestamp?
    /// Why the last question gave nothing.
    var failure: SourceFailure?
    /// What tells whether the key is still the one that was refused; far too little to guess it from.
    var keyMark: Double?
    /// What is to be said of its numbers.
    var remark = ""
  }

  private let path: String
  private static let version = 1.0
  private static let limit = 8 << 20

  /// The file at a path; nothing is opened yet.
  package init(_ path: String) { self.path = path }

  /// What it keeps that can be true now; `nil` where it keeps nothing.
  package func read(now: Timestamp) -> Content? {
    guard let file = SafeFile(path), file.size <= Self.limit, file.owner == geteuid(),
      let page = try? JSONValue(file.head(Self.limit)), page["grid_cache"]?.number == Self.version,
      let rows = page["intervals"]?.elements
    else { return nil }
    var content = Content()
    let old = now - 8 * 86_400
    for row in rows {
      guard let start = row["start"]?.number, let seconds = row["seconds"]?.number,
        let quality = row["quality"]?.text.flatMap(GridStatement.Quality.init(rawValue:))
      else { continue }
      var interval = GridInterval(
        start: Timestamp(seconds: start), seconds: seconds, quality: quality)
      for metric in Metric.gridMetrics { interval[metric] = row[metric.name]?.number }
      if interval.span.end > old, GridPlausibility.refusal(interval, now: now) == nil {
        content.intervals.append(interval)
      }
    }
    content.said = page["said"]?.number.map(Timestamp.init(seconds:)).flatMap {
      $0 <= now ? $0 : nil
    }
    content.intervals.sort { $0.span.start < $1.span.start }
    for row in page["pages"]?.elements ?? [] {
      guard let purpose = row["page"]?.text.flatMap(GridRequest.Purpose.init(rawValue:)) else {
        continue
      }
      var kept = Page()
      kept.next = row["next"]?.number.map(Timestamp.init(seconds:))
      kept.notBefore = row["not_before"]?.number.map(Timestamp.init(seconds:))
      if let health = row["health"]?.text.flatMap(SourceState.Health.init(rawValue:)) {
        kept.failure = SourceFailure(health, row["message"]?.text ?? "")
      }
      kept.keyMark = row["key"]?.number
      kept.remark = row["remark"]?.text ?? ""
      content.pages[purpose] = kept
    }
    return content
  }

  /// Writes what is to be kept; where that fails there is none, and nobody is bothered.
  /// - Returns: whether it is kept.
  package func write(_ content: Content) -> Bool {
    var writer = JSONWriter()
    writer.raw("{\"grid_cache\":\(Int(Self.version)),\"pages\":[")
    for (place, (purpose, page)) in content.pages.enumerated() {
      writer.raw((place == 0 ? "" : ",") + "{\"page\":\"\(purpose.rawValue)\"")
      if let next = page.next { writer.member("next", number: next.seconds) }
      if let time = page.notBefore { writer.member("not_before", number: time.seconds) }
      if let failure = page.failure {
        writer.member("health", failure.health.rawValue)
        writer.member("message", failure.message)
      }
      if let mark = page.keyMark { writer.member("key", number: mark) }
      if !page.remark.isEmpty { writer.member("remark", page.remark) }
      writer.raw("}")
    }
    writer.raw("]")
    if let said = content.said { writer.member("said", number: said.seconds) }
    writer.raw(",\"intervals\":[")
    for (place, interval) in content.intervals.enumerated() {
      writer.raw((place == 0 ? "" : ",") + "{\"start\":\(interval.span.start.seconds)")
      writer.member("seconds", number: interval.span.seconds)
      writer.member("quality", interval.quality.rawValue)
      for metric in Metric.gridMetrics {
        interval[metric].map { writer.member(metric.name, number: $0) }
      }
      writer.raw("}")
    }
    writer.raw("]}\n")
    let folder = path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
    // The folder of all caches may not be there yet either.
    if let slash = folder.lastIndex(of: "/") { mkdir(String(folder[..<slash]), 0o700) }
    mkdir(folder, 0o700)
    let draft = "\(path).\(getpid())"
    let number = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard number >= 0 else { return false }
    let descriptor = FileDescriptor(number)
    let count = writer.bytes.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
    return withExtendedLifetime(descriptor) {
      let isKept = count == writer.bytes.count && rename(draft, path) == 0
      if !isKept { unlink(draft) }
      return isKept
    }
  }
}

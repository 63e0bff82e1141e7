import Telemetry

/// The answer to a request, as far as it matters.
package struct HTTPResponse: Sendable, Hashable {
  /// When a server wants to be asked again, by its header `Retry-After`.
  package enum RetryAfter: Sendable, Hashable {
    /// So many seconds after the answer.
    case seconds(Double)
    /// Not before that time of the server's clock.
    case date(Timestamp)
  }

  /// The status code, such as 200; 0 before the status line has been read.
  package var status = 0
  /// The header of that name, bounded; empty where there is none.
  package var contentType = ""
  /// The header `Server`, bounded; empty where there is none.
  package var server = ""
  /// The header `Location` of a redirect, bounded and without secrets; empty where there is none.
  package var location = ""
  /// The header `ETag` as it came, to be asked with in `If-None-Match`.
  package var etag: String?
  /// The header `Last-Modified` as it came, to be asked with in `If-Modified-Since`.
  package var lastModified: String?
  /// When to ask again, where the server says so in a way that makes sense.
  package var retryAfter: RetryAfter?
  /// The time of the server's clock, by its header `Date`.
  package var date: Timestamp?
  /// The body, put together where it came in chunks.
  package var body: [UInt8] = []
  /// Seconds from the request to the end of the answer; of redirects, of the last one.
  package var seconds = 0.0
  /// Whether it came from this very machine, by the connection's two ends.
  package var isLocal = false
  /// Where a redirect leads, whole; empty where that is nowhere or too long for a URL.
  var target = ""
}

import HTTP
import Linux
import Telemetry

/// What came of asking for one page.
package struct GridReply: Sendable, Hashable {
  /// The status; 200 for a page.
  package var status: Int
  /// The page.
  package var body: [UInt8] = []
  /// Its tag, to ask conditionally with.
  package var etag: String?
  /// When it changed last, as the server wrote it.
  package var lastModified: String?
  /// Seconds the server wants to be left alone.
  package var retryAfter: Double?

  /// A reply.
  package init(
    _ status: Int, _ body: [UInt8] = [], etag: String? = nil, lastModified: String? = nil,
    retryAfter: Double? = nil
  ) {
    (self.status, self.body) = (status, body)
    (self.etag, self.lastModified, self.retryAfter) = (etag, lastModified, retryAfter)
  }
}

/// Why there is no page.
package struct GridFetchFailure: Error, Sendable, Hashable {
  /// The reason in words, which hold no secret.
  package var failure: SourceFailure
  /// Whether the service said nothing at all, and not something that cannot be used.
  package var isSilent: Bool

  /// A reason.
  package init(_ failure: SourceFailure, isSilent: Bool = false) {
    (self.failure, self.isSilent) = (failure, isSilent)
  }
}

/// Fetches the pages of a service.
package protocol GridFetcher {
  /// Fetches a page, whose path is below the service's base.
  /// - Throws: `GridFetchFailure` where there is no page.
  mutating func get(
    _ request: GridRequest, etag: String?, lastModified: String?, now: Timestamp
  ) throws(GridFetchFailure) -> GridReply
}

/// Fetches them over HTTP.
struct HTTPGridFetcher: GridFetcher {
  private let base: HTTPURL
  private var client: HTTPClient

  init(_ base: HTTPURL) {
    self.base = base
    var client = HTTPClient()
    client.connectTimeout = 5
    client.timeout = 20
    client.limit = 4 << 20
    client.redirects = 3
    self.client = client
  }

  mutating func get(
    _ request: GridRequest, etag: String?, lastModified: String?, now: Timestamp
  ) throws(GridFetchFailure) -> GridReply {
    let isWhole = request.path.isEmpty || !base.path.hasSuffix("/")
    let prefix = isWhole ? base.path : String(base.path.dropLast())
    var url = base.at(prefix + request.path)
    url.secret = request.secretQuery
    client.credentials = request.credentials
    var headers = [HTTPHeader("Accept", request.accept)]
    if let etag { headers.append(HTTPHeader("If-None-Match", etag)) }
    if let lastModified { headers.append(HTTPHeader("If-Modified-Since", lastModified)) }
    if let secret = request.secretHeader {
      headers.append(HTTPHeader(secret.name, secret.value, isSecret: true))
    }
    do throws(HTTPFailure) {
      let response = try client.get(url, headers: headers)
      var retryAfter: Double?
      switch response.retryAfter {
      case .seconds(let seconds): retryAfter = seconds
      case .date(let time): retryAfter = max(0, time - (response.date ?? now))
      case nil: break
      }
      return GridReply(
        response.status, response.body, etag: response.etag, lastModified: response.lastModified,
        retryAfter: retryAfter)
    } catch {
      let remedy: String =
        switch error {
        case .timeout: "it is asked again; check base, and whether the service is up"
        case .tooLarge: "check base, and the place that is asked for"
        default: error.remedy(base)
        }
      throw GridFetchFailure(
        SourceFailure(
          error.health, Secrets.masked(error.words(base)), remedy: Secrets.masked(remedy)),
        isSilent: error.isSilence)
    }
  }
}

/// Reads a file as if it were a page, whose mark changes when it is written.
struct GridFileFetcher: GridFetcher {
  let path: String
  private static let limit: Int64 = 4 << 20

  mutating func get(
    _ request: GridRequest, etag: String?, lastModified: String?, now: Timestamp
  ) throws(GridFetchFailure) -> GridReply {
    guard let file = SafeFile(path, followsLinks: true) else {
      throw GridFetchFailure(
        SourceFailure(
          .absent, "\(Secrets.masked(path)) cannot be read, or is no regular file",
          remedy: "check base; it is looked for again"), isSilent: true)
    }
    guard file.size <= Self.limit else {
      throw GridFetchFailure(
        SourceFailure(
          .failed, "\(Secrets.masked(path)) has more than \(Self.limit >> 20) MiB",
          remedy: "keep the last days in it"))
    }
    let mark = "\(file.size) \(file.changed) \(file.identity)"
    if mark == etag { return GridReply(304) }
    return GridReply(200, file.head(Int(Self.limit)), etag: mark)
  }
}

extension HTTPFailure {
  /// Whether the server said nothing at all.
  fileprivate var isSilence: Bool {
    switch self {
    case .unknownHost, .refused, .unreachable, .timeout, .secure, .noCurl: true
    default: false
    }
  }
}

import Linux
import Telemetry

/// Asks servers for pages: an answer that comes back in time, whatever the other side does.
///
/// Everything goes through libcurl, opened when the first page is asked for and kept. No more than
/// `timeout` is waited and no more than `limit` taken; nothing compressed is asked for, and no redirect
/// followed unless `redirects` says so. A client belongs to one thread at a time.
package struct HTTPClient {
  /// Seconds until a connection to an address must stand; where a name has to be looked up or a
  /// handshake made first, `timeout` holds.
  package var connectTimeout = 0.3
  /// Seconds until the whole answer must be there, redirects included.
  package var timeout = 2.0
  /// The largest body taken, in bytes.
  package var limit = 8 << 20
  /// How many redirects of a GET are followed, from http to https but never back.
  package var redirects = 0
  /// Who asks, where the server wants to know; sent to the host of the URL and to no other.
  package var credentials: HTTPCredentials?
  /// Which certificates of an https server are believed.
  package var trust = HTTPTrust.system
  /// The library to use.
  package var curl = CurlLibrary.search

  /// What requests say in their header `User-Agent`.
  package static let agent = "hippowatt"

  /// What is kept of libcurl: the library, its certificates and the connection.
  private let kept = Kept()

  private final class Kept {
    var library: CurlLibrary?
    var transfer: CurlTransfer?
  }

  /// A client with the usual limits, which has opened nothing.
  package init() {}

  /// Fetches a page; any status counts as an answer, 304 to a conditional request among them.
  package func get(
    _ url: HTTPURL, headers: [HTTPHeader] = []
  ) throws(HTTPFailure) -> HTTPResponse {
    var request = HTTPRequest(url, self, form: nil, headers: headers)
    let secrets = request
    var followed = 0
    while true {
      var (response, seconds) = try perform(request)
      let target = response.target
      response.location = secrets.withoutSecrets(response.location)
      response.target = ""
      response.seconds = seconds
      guard redirects > 0, [301, 302, 303, 307, 308].contains(response.status), !target.isEmpty
      else { return response }
      guard followed < redirects else {
        throw .redirect("sends on more than \(redirects) times")
      }
      followed += 1
      request = try Self.redirected(request, to: target, secrets)
      request.timeout -= seconds
      guard request.timeout > 0.001 else { throw .timeout(timeout) }
    }
  }

  /// Sends a form as browsers do (`application/x-www-form-urlencoded`); no redirect is followed.
  package func post(
    _ url: HTTPURL, form: [(name: String, value: String)], headers: [HTTPHeader] = []
  ) throws(HTTPFailure) -> HTTPResponse {
    try post(
      url, text: HTTPURL.encoded(form), contentType: "application/x-www-form-urlencoded",
      headers: headers)
  }

  /// Sends a text of a media type; no redirect is followed.
  package func post(
    _ url: HTTPURL, text: String, contentType: String, headers: [HTTPHeader] = []
  ) throws(HTTPFailure) -> HTTPResponse {
    let request = HTTPRequest(
      url, self, form: text, headers: headers + [HTTPHeader("Content-Type", contentType)])
    var (response, _) = try perform(request)
    response.location = request.withoutSecrets(response.location)
    response.target = ""
    return response
  }

  private func perform(
    _ request: HTTPRequest
  ) throws(HTTPFailure) -> (HTTPResponse, seconds: Double) {
    try request.check()
    let library: CurlLibrary
    if let open = kept.library { library = open } else { library = try CurlLibrary(curl) }
    kept.library = library
    let transfer: CurlTransfer
    if let open = kept.transfer, open.trust == trust {
      transfer = open
    } else {
      transfer = try CurlTransfer(library, trust)
    }
    kept.transfer = transfer
    return try transfer.perform(request)
  }

  /// The request that a redirect leads to: what tells who asks goes no further than the server that
  /// was named, and once it has sent elsewhere it is not told again.
  private static func redirected(
    _ request: HTTPRequest, to target: String, _ first: HTTPRequest
  ) throws(HTTPFailure) -> HTTPRequest {
    guard var url = request.url.resolving(target) else {
      throw .redirect("sends on to nowhere")
    }
    guard url.isSecure || !request.url.isSecure else {
      throw .redirect("sends on from https to http")
    }
    var next = request
    if url.hasSameOrigin(as: request.url) {
      if !request.holdsSecret(url.path) { url.secret = request.url.secret }
    } else {
      guard !first.holdsSecret(url.path) else {
        throw .redirect("sends on to \(url.authority) with what is secret")
      }
      next.headers.removeAll(where: \.isSecret)
      next.credentials = nil
    }
    next.url = url
    return next
  }
}

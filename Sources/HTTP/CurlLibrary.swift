import CDrivers
import Glibc
import Linux

/// libcurl, opened only when a page is behind https or wants to know who asks.
///
/// It does the connection, TLS, the check of certificates and what proves who asks; what comes over the line goes through
/// the same parser as plain http, so the same bounds hold.
package final class CurlLibrary {
  private let easy: UnsafeMutableRawPointer
  private let set: cd_curl_setopt_t
  private let perform: cd_curl_perform_t
  private let end: cd_curl_call_t
  private let inWords: cd_curl_words_t

  /// Where the library is looked for; Debian's build with GnuTLS has a name of its own, and NixOS no
  /// common folder.
  package static let search = LibrarySearch(
    ["libcurl.so.4", "libcurl-gnutls.so.4"],
    in: LibrarySearch.systemFolders + ["/run/current-system/sw/lib"])

  /// Opens the library and leaves it open: TLS libraries do not like to be unloaded.
  /// - Throws: `HTTPFailure.noCurl` when it is not there or lacks what is needed.
  package init(_ search: LibrarySearch) throws(HTTPFailure) {
    guard let handle = try? search.open() else { throw .noCurl }
    func find<Function>(_ name: String, as type: Function.Type) -> Function? {
      dlsym(handle, name).map { unsafeBitCast($0, to: type) }
    }
    guard let global = find("curl_global_init", as: cd_curl_global_init_t.self),
      let start = find("curl_easy_init", as: cd_curl_init_t.self),
      let set = find("curl_easy_setopt", as: cd_curl_setopt_t.self),
      let perform = find("curl_easy_perform", as: cd_curl_perform_t.self),
      let end = find("curl_easy_cleanup", as: cd_curl_call_t.self),
      let words = find("curl_easy_strerror", as: cd_curl_words_t.self),
      global(Int(CD_CURL_GLOBAL_ALL)) == 0, let easy = start()
    else { throw .noCurl }
    (self.easy, self.set, self.perform, self.end, inWords) = (easy, set, perform, end, words)
  }

  deinit { end(easy) }

  /// What comes of one request: the answer that counts is the last one.
  ///
  /// Before a server believes who asks it refuses once, and libcurl hands that over too, without its
  /// body.
  private final class Sink {
    private let limit: Int
    /// Whether the body comes as it was before it was cut into chunks.
    private let isDecoded: Bool
    var parser: HTTPResponseParser

    init(limit: Int, isDecoded: Bool) {
      (self.limit, self.isDecoded) = (limit, isDecoded)
      parser = HTTPResponseParser(limit: limit)
    }

    func header(_ line: UnsafeBufferPointer<UInt8>) {
      let start = line.prefix(18).map { $0 | 0x20 }
      if start.starts(with: Array("http/".utf8)) {
        parser = HTTPResponseParser(limit: limit)
      } else if isDecoded, start.starts(with: Array("transfer-encoding:".utf8)) {
        return
      }
      parser.feed(line)
    }
  }

  /// Fetches a page within the bounds of `client`.
  package func get(_ url: HTTPURL, _ client: HTTPClient) throws(HTTPFailure) -> HTTPResponse {
    let credentials = client.credentials
    // A refusal must be read to its end before the same connection can ask again.
    let sink = Sink(limit: client.limit, isDecoded: credentials != nil)
    var page = url
    page.path = url.target
    var texts: [(Int, String?)] = [
      (CD_CURL_URL, page.description), (CD_CURL_USERAGENT, HTTPClient.agent),
      (CD_CURL_PROTOCOLS_STR, url.isSecure ? "https" : "http"),
      (CD_CURL_USERNAME, nil), (CD_CURL_PASSWORD, nil), (CD_CURL_XOAUTH2_BEARER, nil),
    ].map { (Int($0.0), $0.1) }
    // What a proxy sees of plain http it can keep.
    if !url.isSecure { texts.append((Int(CD_CURL_PROXY), "")) }
    var auth = Int(CD_CURL_AUTH_BASIC)
    switch credentials?.scheme {
    case .bearer:
      texts.append((Int(CD_CURL_XOAUTH2_BEARER), credentials?.secret))
      auth = Int(CD_CURL_AUTH_BEARER)
    case .asked, .basic:
      texts.append((Int(CD_CURL_USERNAME), credentials?.user))
      texts.append((Int(CD_CURL_PASSWORD), credentials?.secret))
      if credentials?.scheme == .asked { auth |= Int(CD_CURL_AUTH_DIGEST) }
    case nil: break
    }
    if case .file(let path) = client.trust { texts.append((Int(CD_CURL_CAINFO), path)) }
    for (option, text) in texts {
      // The library copies its texts. Older ones do not know every option, which costs nothing; one
      // that cannot tell who asks is refused by the server.
      _ = cd_curl_set_text(set, easy, Int32(option), text)
    }
    let isChecked = client.trust != .anything
    let numbers = [
      (CD_CURL_HEADER, 0), (CD_CURL_NOSIGNAL, 1),
      (CD_CURL_HTTP_TRANSFER_DECODING, credentials == nil ? 0 : 1),
      (CD_CURL_SUPPRESS_CONNECT_HEADERS, 1), (CD_CURL_HTTPAUTH, auth),
      (CD_CURL_SSL_VERIFYPEER, isChecked ? 1 : 0), (CD_CURL_SSL_VERIFYHOST, isChecked ? 2 : 0),
      (CD_CURL_HTTP_VERSION, Int(CD_CURL_HTTP_VERSION_1_1)),
      (CD_CURL_TIMEOUT_MS, Int(client.timeout * 1000)),
      // The handshake counts as part of the connection.
      (CD_CURL_CONNECTTIMEOUT_MS, Int(client.timeout * 1000)),
    ]
    for (option, number) in numbers {
      _ = cd_curl_set_number(set, easy, Int32(option), number)
    }
    let write: cd_curl_write_t = { bytes, size, count, context in
      CurlLibrary.take(bytes, size * count, context) { $0.parser.feed($1) }
    }
    let header: cd_curl_write_t = { bytes, size, count, context in
      CurlLibrary.take(bytes, size * count, context) { $0.header($1) }
    }
    let context = Unmanaged.passUnretained(sink).toOpaque()
    _ = cd_curl_set_writer(set, easy, write, context)
    _ = cd_curl_set_header_writer(set, easy, header, context)
    let code = perform(easy)
    if code == 0 { sink.parser.finish() }
    if let result = sink.parser.result { return try result.get() }
    switch code {
    case 6: throw .unknownHost
    case 7: throw .refused
    case 1 where !url.isSecure, 8: throw .notHTTP
    case 18, 52, 56: throw url.isSecure ? .secure(words(code)) : .endedEarly
    case 28: throw .timeout(client.timeout)
    default: throw .secure(words(code))
    }
  }

  private func words(_ code: Int32) -> String {
    inWords(code).map { String(cString: $0) } ?? "curl error \(code)"
  }

  /// Hands bytes on; anything but the whole count ends the transfer.
  private static func take(
    _ bytes: UnsafeMutablePointer<CChar>?, _ total: Int, _ context: UnsafeMutableRawPointer?,
    _ use: (Sink, UnsafeBufferPointer<UInt8>) -> Void
  ) -> Int {
    guard let bytes, let context else { return 0 }
    let sink = Unmanaged<Sink>.fromOpaque(context).takeUnretainedValue()
    bytes.withMemoryRebound(to: UInt8.self, capacity: total) {
      use(sink, UnsafeBufferPointer(start: $0, count: total))
    }
    // A refusal that is whole may be followed by the answer.
    if case .success(let response) = sink.parser.result, response.status != 401 { return 0 }
    if case .failure = sink.parser.result { return 0 }
    return total
  }
}

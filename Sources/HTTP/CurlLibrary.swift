import CDrivers
import Glibc
import Linux

/// libcurl, opened only when a page is behind https.
///
/// It does the connection, TLS and the check of certificates; what comes over the line goes through
/// the same parser as plain http, so the same bounds hold.
package final class CurlLibrary {
  private let easy: UnsafeMutableRawPointer
  private let set: cd_curl_setopt_t
  private let perform: cd_curl_perform_t
  private let end: cd_curl_call_t
  private let words: cd_curl_words_t

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
    (self.easy, self.set, self.perform, self.end, self.words) = (easy, set, perform, end, words)
  }

  deinit { end(easy) }

  private final class Sink {
    var parser: HTTPResponseParser
    init(_ parser: HTTPResponseParser) { self.parser = parser }
  }

  /// Fetches a page within the bounds of `client`.
  package func get(_ url: HTTPURL, _ client: HTTPClient) throws(HTTPFailure) -> HTTPResponse {
    let sink = Sink(HTTPResponseParser(limit: client.limit))
    var page = url
    if page.path.isEmpty { page.path = "/" }
    let texts = [
      (CD_CURL_URL, page.description), (CD_CURL_USERAGENT, HTTPClient.agent),
      (CD_CURL_PROTOCOLS_STR, "https"),
    ]
    for (option, text) in texts {
      // The library copies its texts. Older ones do not know every option, which costs nothing.
      _ = cd_curl_set_text(set, easy, Int32(option), text)
    }
    let numbers = [
      (CD_CURL_HEADER, 1), (CD_CURL_NOSIGNAL, 1), (CD_CURL_HTTP_TRANSFER_DECODING, 0),
      (CD_CURL_SUPPRESS_CONNECT_HEADERS, 1),
      (CD_CURL_HTTP_VERSION, Int(CD_CURL_HTTP_VERSION_1_1)),
      (CD_CURL_TIMEOUT_MS, Int(client.timeout * 1000)),
      // The handshake counts as part of the connection.
      (CD_CURL_CONNECTTIMEOUT_MS, Int(client.timeout * 1000)),
    ]
    for (option, number) in numbers {
      _ = cd_curl_set_number(set, easy, Int32(option), number)
    }
    let write: cd_curl_write_t = { bytes, size, count, context in
      guard let bytes, let context else { return 0 }
      let sink = Unmanaged<Sink>.fromOpaque(context).takeUnretainedValue()
      let total = size * count
      bytes.withMemoryRebound(to: UInt8.self, capacity: total) {
        sink.parser.feed(UnsafeBufferPointer(start: $0, count: total))
      }
      // Anything but the whole count ends the transfer.
      return sink.parser.result == nil ? total : 0
    }
    _ = cd_curl_set_writer(set, easy, write, Unmanaged.passUnretained(sink).toOpaque())
    let code = perform(easy)
    if code == 0 { sink.parser.finish() }
    if let result = sink.parser.result { return try result.get() }
    switch code {
    case 6: throw .unknownHost
    case 7: throw .refused
    case 28: throw .timeout(client.timeout)
    default: throw .secure(self.words(code).map { String(cString: $0) } ?? "curl error \(code)")
    }
  }
}

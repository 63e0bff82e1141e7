import CDrivers
import Glibc
import Telemetry

/// Requests over one handle of libcurl, which keeps the connection of https between them.
///
/// Every option is set anew for each request, so nothing of one is left for the next.
final class CurlTransfer {
  private let library: CurlLibrary
  private let easy: UnsafeMutableRawPointer
  private let words: UnsafeMutablePointer<CChar>
  /// What the handle was made to believe; another trust needs another handle.
  let trust: HTTPTrust

  /// - Throws: `HTTPFailure.noCurl` when the library gives no handle.
  init(_ library: CurlLibrary, _ trust: HTTPTrust) throws(HTTPFailure) {
    guard let easy = library.start() else { throw .noCurl }
    (self.library, self.easy, self.trust) = (library, easy, trust)
    words = .allocate(capacity: Int(CD_CURL_ERROR_SIZE))
    words.initialize(repeating: 0, count: Int(CD_CURL_ERROR_SIZE))
  }

  deinit {
    library.end(easy)
    words.deallocate()
  }

  /// What comes of one request, and whether it is still taken.
  private final class Sink {
    let limit: Int
    var reader: HTTPHeaderReader
    var body: [UInt8] = []
    var failure: HTTPFailure?

    init(limit: Int) {
      self.limit = limit
      reader = HTTPHeaderReader(limit: limit)
    }

    func header(_ line: UnsafeBufferPointer<UInt8>) {
      reader.take(line)
      failure = failure ?? reader.failure
      if !reader.isAtBody { body = [] }
    }

    func data(_ bytes: UnsafeBufferPointer<UInt8>) {
      guard body.count + bytes.count <= limit else {
        (body, failure) = ([], failure ?? .tooLarge(limit))
        return
      }
      body += bytes
    }
  }

  /// Asks once, within the bounds of the request.
  /// - Returns: the answer, whatever its status, and the seconds it took.
  func perform(_ request: HTTPRequest) throws(HTTPFailure) -> (HTTPResponse, seconds: Double) {
    let sink = Sink(limit: request.limit)
    var list: UnsafeMutableRawPointer?
    for header in request.headers { list = library.append(list, header.line) ?? list }
    // A server that is asked whether it would take the form makes a second of nothing.
    if request.form != nil { list = library.append(list, "Expect:") ?? list }
    defer { library.freeList(list) }
    set(CD_CURL_HTTPHEADER, list)
    setTexts(request)
    setNumbers(request)
    words[0] = 0
    set(CD_CURL_ERRORBUFFER, UnsafeMutableRawPointer(words))
    let write: cd_curl_write_t = { bytes, size, count, context in
      CurlTransfer.take(bytes, size * count, context) { $0.data($1) }
    }
    let header: cd_curl_write_t = { bytes, size, count, context in
      CurlTransfer.take(bytes, size * count, context) { $0.header($1) }
    }
    _ = cd_curl_keep_sockets(library.set, easy)
    let context = Unmanaged.passUnretained(sink).toOpaque()
    _ = cd_curl_set_writer(library.set, easy, write, context)
    _ = cd_curl_set_header_writer(library.set, easy, header, context)
    let code = library.perform(easy)
    if request.form != nil {
      set(CD_CURL_HTTPGET, 1)
      set(CD_CURL_COPYPOSTFIELDS, text: nil)
    }
    if let failure = sink.failure { throw failure }
    guard code == 0 else { throw failure(code, request, sink.reader) }
    // Headers without an end are an answer to the library.
    guard sink.reader.isAtBody else { throw .endedEarly }
    var response = sink.reader.response
    response.status = number(CD_CURL_INFO_RESPONSE_CODE)
    response.body = sink.body
    response.isLocal = isLocal(request.url)
    return (response, cd_curl_real(library.get, easy, Int32(CD_CURL_INFO_TOTAL_TIME)))
  }

  // MARK: Options

  private func setTexts(_ request: HTTPRequest) {
    let (url, credentials) = (request.url, request.credentials)
    let isToken = credentials?.scheme == .bearer
    // The library copies its texts. Older ones do not know every option, which costs nothing; one
    // that cannot tell who asks is refused by the server.
    set(CD_CURL_URL, text: url.address)
    set(CD_CURL_USERAGENT, text: HTTPClient.agent)
    set(CD_CURL_PROTOCOLS, Int(CD_CURL_PROTOCOL_HTTP) | Int(CD_CURL_PROTOCOL_HTTPS))
    set(CD_CURL_PROTOCOLS_STR, text: "http,https")
    // What a proxy sees of plain http it can keep.
    set(CD_CURL_PROXY, text: url.isSecure ? nil : "")
    set(CD_CURL_USERNAME, text: isToken ? nil : credentials?.user)
    set(CD_CURL_PASSWORD, text: isToken ? nil : credentials?.secret)
    set(CD_CURL_XOAUTH2_BEARER, text: isToken ? credentials?.secret : nil)
    if case .file(let path) = trust { set(CD_CURL_CAINFO, text: path) }
    if let form = request.form {
      set(CD_CURL_POST, 1)
      set(CD_CURL_POSTFIELDSIZE, form.utf8.count)
      set(CD_CURL_COPYPOSTFIELDS, text: form)
    } else {
      set(CD_CURL_HTTPGET, 1)
    }
  }

  private func setNumbers(_ request: HTTPRequest) {
    let scheme = request.credentials?.scheme
    var auth = Int(scheme == .bearer ? CD_CURL_AUTH_BEARER : CD_CURL_AUTH_BASIC)
    if scheme == .asked { auth |= Int(CD_CURL_AUTH_DIGEST) }
    let isChecked = trust != .anything
    set(CD_CURL_HEADER, 0)
    set(CD_CURL_NOSIGNAL, 1)
    set(CD_CURL_HTTP09_ALLOWED, 0)
    set(CD_CURL_PATH_AS_IS, 1)
    set(CD_CURL_SUPPRESS_CONNECT_HEADERS, 1)
    set(CD_CURL_HEADEROPT, Int(CD_CURL_HEADER_SEPARATE))
    set(CD_CURL_HTTPAUTH, auth)
    set(CD_CURL_SSL_VERIFYPEER, isChecked ? 1 : 0)
    set(CD_CURL_SSL_VERIFYHOST, isChecked ? 2 : 0)
    set(CD_CURL_HTTP_VERSION, Int(CD_CURL_HTTP_VERSION_1_1))
    set(CD_CURL_FORBID_REUSE, request.keepsConnection ? 0 : 1)
    // Nothing is as long as no bound at all to the library.
    set(CD_CURL_TIMEOUT_MS, max(1, Int(request.timeout * 1000)))
    set(CD_CURL_CONNECTTIMEOUT_MS, max(1, Int(request.connectTimeout * 1000)))
  }

  private func set(_ option: Int, _ number: Int) {
    _ = cd_curl_set_number(library.set, easy, Int32(option), number)
  }

  private func set(_ option: Int, text: String?) {
    _ = cd_curl_set_text(library.set, easy, Int32(option), text)
  }

  private func set(_ option: Int, _ pointer: UnsafeMutableRawPointer?) {
    _ = cd_curl_set_pointer(library.set, easy, Int32(option), pointer)
  }

  // MARK: Results

  private func number(_ info: Int) -> Int { cd_curl_number(library.get, easy, Int32(info)) }

  private func text(_ info: Int) -> String? {
    cd_curl_text(library.get, easy, Int32(info)).map { String(cString: $0) }
  }

  /// Whether both ends of the connection have the same address, and no proxy stands between.
  private func isLocal(_ url: HTTPURL) -> Bool {
    guard let own = text(CD_CURL_INFO_LOCAL_IP), !own.isEmpty else { return false }
    return own == text(CD_CURL_INFO_PRIMARY_IP)
      && number(CD_CURL_INFO_PRIMARY_PORT) == url.port
      && number(CD_CURL_INFO_HTTP_CONNECTCODE) == 0
  }

  /// What an error of the library means; its own words where ours would say less.
  private func failure(
    _ code: Int32, _ request: HTTPRequest, _ reader: HTTPHeaderReader
  ) -> HTTPFailure {
    let own = String(cString: words)
    let text = own.isEmpty ? library.inWords(code).map { String(cString: $0) } : own
    let said = request.withoutSecrets(String((text ?? "curl error \(code)").prefix(200)))
    switch code {
    case 1: return .notHTTP
    case 6: return .unknownHost
    case 7:
      let error = Int32(truncatingIfNeeded: number(CD_CURL_INFO_OS_ERRNO))
      if error == ECONNREFUSED { return .refused }
      return .unreachable(error == 0 ? said : String(cString: strerror(error)))
    case 8: return .malformed(said)
    case 18, 52: return .endedEarly
    case 28:
      let isConnected = cd_curl_real(library.get, easy, Int32(CD_CURL_INFO_CONNECT_TIME)) > 0
      return .timeout(isConnected ? request.timeout : request.connectTimeout)
    case 55, 56:
      // A chunk without a size has the number of a connection that broke.
      let isChunk = reader.isChunked && said.lowercased().contains("chunk")
      return isChunk ? .malformed("a chunk without a size") : .endedEarly
    case 35, 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91, 98: return .secure(said)
    default: return request.url.isSecure ? .secure(said) : .unreachable(said)
    }
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
    return sink.failure == nil ? total : 0
  }
}

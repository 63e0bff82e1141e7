import Telemetry

/// One question to one server, with everything that goes over the line.
struct HTTPRequest {
  var url: HTTPURL
  /// The body of a POST; `nil` for a GET.
  var form: String?
  var headers: [HTTPHeader]
  var credentials: HTTPCredentials?
  /// Seconds until the whole answer must be there.
  var timeout: Double
  /// Seconds until a connection to an address must stand.
  private let patience: Double
  /// The largest body taken, in bytes.
  var limit: Int

  /// Whether the connection is kept for the next request.
  ///
  /// A handshake costs far more than a page, and a refusal is followed by the answer. A plain server has
  /// few threads, and gets its own back.
  var keepsConnection: Bool { url.isSecure || credentials != nil }

  /// Seconds until a connection must stand.
  ///
  /// To the library the look-up of a name and the handshake are parts of it.
  var connectTimeout: Double {
    !url.isSecure && url.isNumeric ? min(patience, timeout) : timeout
  }

  /// The request of a client: what it always says, but for what `headers` say instead.
  init(_ url: HTTPURL, _ client: HTTPClient, form: String?, headers: [HTTPHeader]) {
    (self.url, self.form, self.headers) = (url, form, headers)
    (credentials, timeout, limit) = (client.credentials, client.timeout, client.limit)
    patience = client.connectTimeout
    var usual = [
      HTTPHeader("Accept", "text/plain;version=0.0.4, */*;q=0.5"),
      HTTPHeader("Accept-Encoding", "identity"),
    ]
    if !keepsConnection { usual.append(HTTPHeader("Connection", "close")) }
    let names = Set(headers.map { $0.name.lowercased() })
    self.headers += usual.filter { !names.contains($0.name.lowercased()) }
  }

  /// Refuses what cannot be sent as it is.
  func check() throws(HTTPFailure) {
    for header in headers where !header.isSound {
      throw .unsendable("a header" + (header.isSecret ? "" : " “\(header.name.prefix(40))”"))
    }
    guard url.address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw .unsendable("an address")
    }
  }

  /// What nobody but the server may see, as it goes over the line.
  var secrets: [String] {
    let texts = [url.secret, credentials?.secret ?? ""]
    let parts = url.secret.split { "?&".contains($0) }.compactMap { pair in
      pair.firstIndex(of: "=").map { String(pair[pair.index(after: $0)...]) }
    }
    return (texts + parts + headers.filter(\.isSecret).map(\.value)).filter { !$0.isEmpty }
  }

  /// The same text with a mask for every secret of this request.
  func withoutSecrets(_ text: String) -> String {
    let list = Set(secrets + secrets.map(HTTPCredentials.escaped)).sorted {
      $0.utf8.count > $1.utf8.count
    }
    return list.reduce(text) { Self.hiding($1, in: $0) }
  }

  /// Whether a text holds a secret of this request.
  func holdsSecret(_ text: String) -> Bool { withoutSecrets(text) != text }

  private static func hiding(_ secret: String, in text: String) -> String {
    let (wanted, bytes) = (Array(secret.utf8), Array(text.utf8))
    guard bytes.count >= wanted.count else { return text }
    var result: [UInt8] = []
    var at = 0
    while at < bytes.count {
      if bytes[at...].starts(with: wanted) {
        result += Array(Secrets.mask.utf8)
        at += wanted.count
      } else {
        result.append(bytes[at])
        at += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}

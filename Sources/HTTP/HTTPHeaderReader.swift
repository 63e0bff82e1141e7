/// Reads the lines that stand before a body, as libcurl hands them over one by one.
///
/// libcurl knows where a line ends and what is HTTP at all; what is decided here is what may come
/// behind them: 64 KiB of headers in all, `limit` bytes of body, and no coding that was not asked for.
package struct HTTPHeaderReader: Sendable {
  /// The most bytes taken of headers, those of interim answers and refusals included.
  package static let headerLimit = 64 << 10
  /// The most bytes taken of what is sent back to the server later, such as an `ETag`.
  static let textLimit = 1024

  /// What has been read so far.
  package private(set) var response = HTTPResponse()
  /// Why the answer is not taken; the first reason counts.
  package private(set) var failure: HTTPFailure?
  /// Whether the line before the body has been read.
  package private(set) var isAtBody = false

  private let limit: Int
  private var bytes = 0
  private var length: Int?
  /// Whether the body comes in chunks.
  package private(set) var isChunked = false

  /// A reader of an answer of at most `limit` bytes of body.
  package init(limit: Int = 8 << 20) { self.limit = limit }

  /// Takes a line with its end; a status line begins the answer anew, for the last one counts.
  package mutating func take(_ line: some Collection<UInt8>) {
    bytes += line.count
    guard failure == nil else { return }
    guard bytes <= Self.headerLimit else { return refuse("its headers have no end") }
    var rest = Array(line)
    while let last = rest.last, last == 0x0A || last == 0x0D { rest.removeLast() }
    if rest.starts(with: Array("HTTP/".utf8)) {
      readStatus(String(decoding: rest, as: UTF8.self))
    } else if isAtBody {
      // What follows a body in chunks says nothing that is needed.
    } else if rest.isEmpty {
      endHeaders()
    } else {
      readHeader(String(decoding: rest, as: UTF8.self))
    }
  }

  private mutating func refuse(_ words: String) { failure = .malformed(words) }

  private mutating func readStatus(_ text: String) {
    (response, length, isChunked, isAtBody) = (HTTPResponse(), nil, false, false)
    let words = text.split(separator: " ", maxSplits: 2)
    guard words.count >= 2, words[1].utf8.count == 3, let status = Int(words[1]),
      (100...599).contains(status)
    else { return refuse("no status") }
    response.status = status
  }

  private mutating func readHeader(_ text: String) {
    guard let colon = text.firstIndex(of: ":") else {
      return refuse("a header without a colon")
    }
    let whole = text[text.index(after: colon)...].trimmingBlanks
    let value = String(whole.prefix(200))
    let kept = whole.utf8.count <= Self.textLimit && !whole.isEmpty ? String(whole) : nil
    switch text[..<colon].lowercased() {
    case "content-length":
      guard !value.isEmpty, value.utf8.count <= 18,
        value.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
        let number = Int(value), length == nil || length == number
      else { return refuse("a length that is none") }
      length = number
    case "transfer-encoding":
      switch value.lowercased() {
      case "chunked": isChunked = true
      case "identity": break
      default: refuse("an unknown transfer coding")
      }
    case "content-encoding":
      if value.lowercased() != "identity", !value.isEmpty { failure = .compressed(value) }
    case "content-type": response.contentType = value
    case "server": response.server = value
    case "location":
      response.location = value
      response.target = whole.utf8.count <= 2048 ? String(whole) : ""
    case "etag": response.etag = kept
    case "last-modified": response.lastModified = kept
    case "date": response.date = HTTPDate.time(value)
    case "retry-after": response.retryAfter = HTTPDate.retryAfter(value)
    default: break
    }
  }

  private mutating func endHeaders() {
    // An interim answer; the real one follows.
    guard response.status >= 200 else { return }
    isAtBody = true
    let hasBody = response.status != 204 && response.status != 304
    if hasBody, !isChunked, let length, length > limit { failure = .tooLarge(limit) }
  }
}

extension Substring {
  /// Without blanks at either end.
  fileprivate var trimmingBlanks: Substring {
    var text = drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}

/// The answer to a GET, as far as it matters.
package struct HTTPResponse: Sendable, Hashable {
  /// The status code, such as 200; 0 before the status line has been read.
  package var status = 0
  /// The header of that name, bounded; empty where there is none.
  package var contentType = ""
  /// The header `Server`, bounded; empty where there is none.
  package var server = ""
  /// The header `Location` of a redirect, bounded; empty where there is none.
  package var location = ""
  /// The body, put together where it came in chunks.
  package var body: [UInt8] = []
  /// Whether it came from this very machine, by the connection's two ends.
  package var isLocal = false
}

/// Reads an answer from its bytes, however they are cut, without doing any input itself.
///
/// HTTP/1.0 and 1.1 after RFC 9112: a body with a length, in chunks, or up to the end of the
/// connection. Bounded in every part: 64 KiB of headers, `limit` bytes of body, 256 bytes for the
/// line before a chunk.
package struct HTTPResponseParser: Sendable {
  private enum State: Hashable {
    case statusLine, headers
    /// So many bytes of the body to come.
    case counted(Int)
    case untilEnd
    case chunkSize
    /// So many bytes of the chunk to come.
    case chunk(Int)
    case chunkEnd, trailers
    case done
    case failed(HTTPFailure)
  }

  /// The most bytes taken before the body.
  package static let headerLimit = 64 << 10

  private let limit: Int
  private var state = State.statusLine
  private var response = HTTPResponse()
  private var line: [UInt8] = []
  private var headerBytes = 0
  private var length: Int?
  private var isChunked = false

  /// A parser that takes at most `limit` bytes of body.
  package init(limit: Int = 8 << 20) { self.limit = limit }

  /// The whole answer, or why there is none; `nil` as long as more bytes are needed.
  package var result: Result<HTTPResponse, HTTPFailure>? {
    switch state {
    case .done: .success(response)
    case .failed(let failure): .failure(failure)
    default: nil
    }
  }

  /// Takes the next bytes; those after the end of the answer are passed over.
  package mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>) {
    var at = 0
    while at < bytes.count {
      switch state {
      case .done, .failed: return
      case .counted(let left):
        let count = min(left, bytes.count - at)
        append(bytes[at..<(at + count)])
        at += count
        if case .counted = state { state = left == count ? .done : .counted(left - count) }
      case .chunk(let left):
        let count = min(left, bytes.count - at)
        append(bytes[at..<(at + count)])
        at += count
        if case .chunk = state { state = left == count ? .chunkEnd : .chunk(left - count) }
      case .untilEnd:
        append(bytes[at...])
        at = bytes.count
      case .statusLine, .headers, .chunkSize, .chunkEnd, .trailers:
        let byte = bytes[at]
        at += 1
        take(byte)
      }
    }
  }

  /// Takes the next bytes.
  package mutating func feed(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { feed($0) } }

  /// Says that the other side has closed the connection.
  package mutating func finish() {
    switch state {
    case .untilEnd: state = .done
    case .done, .failed: break
    case .statusLine where headerBytes > 0 && !looksRight: state = .failed(.notHTTP)
    default: state = .failed(.endedEarly)
    }
  }

  private mutating func append(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) {
    guard response.body.count + bytes.count <= limit else {
      response.body = []
      state = .failed(.tooLarge(limit))
      return
    }
    response.body += bytes
  }

  /// Takes a byte of something that consists of lines.
  private mutating func take(_ byte: UInt8) {
    headerBytes += 1
    let isBody = state == .chunkSize || state == .chunkEnd
    if isBody ? line.count > 256 : headerBytes > Self.headerLimit {
      state = .failed(.malformed(isBody ? "a chunk without a size" : "its headers have no end"))
      return
    }
    if byte != 0x0A {
      line.append(byte)
      if state == .statusLine, line.count <= 5, !looksRight { state = .failed(.notHTTP) }
      return
    }
    if line.last == 0x0D { line.removeLast() }
    let text = String(decoding: line, as: UTF8.self)
    line.removeAll(keepingCapacity: true)
    switch state {
    case .statusLine: readStatus(text)
    case .headers: text.isEmpty ? endHeaders() : readHeader(text)
    case .chunkSize: readChunkSize(text)
    case .chunkEnd:
      state = text.isEmpty ? .chunkSize : .failed(.malformed("a chunk longer than it says"))
    case .trailers: if text.isEmpty { state = .done }
    default: break
    }
  }

  private var looksRight: Bool { Array("HTTP/".utf8).starts(with: line.prefix(5)) }

  private mutating func readStatus(_ text: String) {
    let words = text.split(separator: " ", maxSplits: 2)
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), words[1].utf8.count == 3,
      let status = Int(words[1]), (100...599).contains(status)
    else {
      state = .failed(text.hasPrefix("HTTP/") ? .malformed("no status") : .notHTTP)
      return
    }
    response.status = status
    state = .headers
  }

  private mutating func readHeader(_ text: String) {
    guard let colon = text.firstIndex(of: ":") else {
      state = .failed(.malformed("a header without a colon"))
      return
    }
    let value = String(text[text.index(after: colon)...].trimmingBlanks.prefix(200))
    switch text[..<colon].lowercased() {
    case "content-length":
      guard value.utf8.count <= 18, value.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
        let number = Int(value), length == nil || length == number
      else {
        state = .failed(.malformed("a length that is none"))
        return
      }
      length = number
    case "transfer-encoding":
      switch value.lowercased() {
      case "chunked": isChunked = true
      case "identity": break
      default: state = .failed(.malformed("an unknown transfer coding"))
      }
    case "content-encoding":
      if value.lowercased() != "identity", !value.isEmpty { state = .failed(.compressed(value)) }
    case "content-type": response.contentType = value
    case "server": response.server = value
    case "location": response.location = value
    default: break
    }
  }

  private mutating func endHeaders() {
    if response.status < 200 {
      // An interim answer; the real one follows.
      response = HTTPResponse()
      (length, isChunked) = (nil, false)
      state = .statusLine
    } else if response.status == 204 || response.status == 304 {
      state = .done
    } else if isChunked {
      state = .chunkSize
    } else if let length {
      state = length == 0 ? .done : length > limit ? .failed(.tooLarge(limit)) : .counted(length)
    } else {
      state = .untilEnd
    }
  }

  private mutating func readChunkSize(_ text: String) {
    let digits = text.prefix { $0 != ";" }.trimmingBlanks
    guard !digits.isEmpty, digits.utf8.count <= 15, digits.allSatisfy(\.isHexDigit),
      let size = Int(digits, radix: 16)
    else {
      state = .failed(.malformed("a chunk without a size"))
      return
    }
    if size > limit {
      response.body = []
      state = .failed(.tooLarge(limit))
    } else {
      headerBytes = 0
      state = size == 0 ? .trailers : .chunk(size)
    }
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

import Fuzzing
import HTTP
import Serving

let limit = 4096

func read(
  _ feed: ((UnsafeBufferPointer<UInt8>) -> Void) -> Void
) -> Result<HTTPResponse, HTTPFailure>? {
  var parser = HTTPResponseParser(limit: limit)
  feed { parser.feed($0) }
  parser.finish()
  return parser.result
}

// An answer, in pieces and at once.
fuzz(seeds: [
  seed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: x\r\n\r\nhello"),
  seed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n"),
  seed("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 404 Not Found\nContent-Type: text/html\n\nno"),
]) { input in
  let whole = read { $0(input.bytes) }
  precondition(whole != nil, "neither an answer nor a failure")
  precondition(whole == read(input.forEachPiece), "an answer depends on where it was cut")
  if case .success(let response) = whole {
    precondition(response.body.count <= limit, "a body beyond its limit")
  }
}

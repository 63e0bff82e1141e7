import Fuzzing
import HTTP
import Serving

// What stands before a body, line by line, and where it leads.
fuzz(seeds: [
  seed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: x\r\nETag: \"a\"\r\n\r\n"),
  seed("HTTP/1.1 429 X\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: 5\r\n\r\n"),
  seed("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 302 Found\nLocation: ../x?y#z\n\n"),
]) { input in
  let limit = 4096
  var reader = HTTPHeaderReader(limit: limit)
  for line in input.bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
    reader.take(line)
  }
  let response = reader.response
  precondition(reader.failure != nil || response.status == 0 || 100...599 ~= response.status)
  precondition((response.etag ?? "").utf8.count <= 4096, "a header beyond its limit")
  if case .seconds(let seconds) = response.retryAfter { precondition(seconds >= 0) }
  if let page = try? HTTPURL("https://box/a/b?c"), let next = page.resolving(response.location) {
    let text = next.description
    precondition(text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a URL that cannot be sent")
    precondition((try? HTTPURL(text)) == next, "a URL that is not read back")
  }
}

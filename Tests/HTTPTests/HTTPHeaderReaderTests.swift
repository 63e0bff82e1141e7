import Seeded
import Telemetry
import TestSupport
import Testing

@testable import HTTP

/// What stands before a body, line by line.
@Suite struct HTTPHeaderReaderTests {
  private func read(_ text: String, limit: Int = 1 << 20) -> HTTPHeaderReader {
    var reader = HTTPHeaderReader(limit: limit)
    for line in text.split(separator: "\r\n", omittingEmptySubsequences: false).dropLast() {
      reader.take(Array((line + "\r\n").utf8))
    }
    return reader
  }

  @Test func `headers that matter are kept, whatever their case`() {
    let reader = read(
      "HTTP/1.1 302 Found\r\nLOCATION: /x\r\nserver:  llama.cpp \r\nContent-Length: 0\r\n"
        + "etag: W/\"a b\"\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        + "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: 120\r\n\r\n")
    let response = reader.response
    #expect(response.status == 302 && reader.isAtBody && reader.failure == nil)
    #expect(response.location == "/x" && response.server == "llama.cpp")
    #expect(response.etag == "W/\"a b\"")
    #expect(response.lastModified == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(response.date == Timestamp(seconds: 784_111_777))
    #expect(response.retryAfter == .seconds(120))
  }

  @Test func `the last answer counts, and what follows a body says nothing`() {
    let reader = read(
      "HTTP/1.1 100 Continue\r\nETag: \"a\"\r\n\r\nHTTP/1.1 401 No\r\nServer: x\r\n\r\n"
        + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nServer: y\r\nETag: \"b\"\r\n\r\n")
    #expect(reader.response.status == 200 && reader.isChunked)
    #expect(reader.response.server.isEmpty && reader.response.etag == nil)
  }

  @Test(arguments: [
    "Content-Length: -1\r\n\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
    "Content-Length: 99999999999999999999\r\n\r\n", "Content-Length: 0x5\r\n\r\n",
    "Content-Length:\r\n\r\n", "no colon\r\n\r\n", "Transfer-Encoding: gzip, chunked\r\n\r\n",
  ])
  func `broken headers are refused`(bad: String) {
    guard case .malformed = read("HTTP/1.1 200 OK\r\n" + bad).failure else {
      Issue.record("\(bad) was taken")
      return
    }
  }

  @Test func `nothing endless is read to its end`() {
    let start = "HTTP/1.1 200 OK\r\n"
    #expect(read(start + "Content-Length: 2000\r\n\r\n", limit: 1000).failure == .tooLarge(1000))
    let chunks = "Content-Length: 2000\r\nTransfer-Encoding: chunked\r\n\r\n"
    #expect(read(start + chunks, limit: 1000).failure == nil)
    let same = "HTTP/1.1 304 Not Modified\r\nContent-Length: 2000\r\n\r\n"
    #expect(read(same, limit: 1000).failure == nil)
    let endless = HTTPFailure.malformed("its headers have no end")
    #expect(read(start + String(repeating: "X: y\r\n", count: 20_000)).failure == endless)
    let interim = String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 4000)
    #expect(read(interim).failure == endless)
    #expect(
      read(start + "ETag: " + String(repeating: "x", count: 5000) + "\r\n").response.etag == nil)
    #expect(read(start + "Content-Encoding: gzip\r\n\r\n").failure == .compressed("gzip"))
  }

  @Test(arguments: [
    ("0", 0), ("120", 120), ("-5", 0), ("007", 7),
  ])
  func `seconds to wait are whole ones, and at least none`(text: String, seconds: Double) {
    #expect(HTTPDate.retryAfter(text) == .seconds(seconds))
  }

  @Test(arguments: [
    "", "soon", "1.5", "5 s", "--1", "-", "+5", "9999999999999999", "1e3", "0x10",
    "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET",
    "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
    "Thu, 31 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z",
    "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    "Fri, 31 Dec 9999 23:59:59 GMT",
  ])
  func `what is no time is none`(text: String) { #expect(HTTPDate.retryAfter(text) == nil) }

  @Test func `a date is a time of the calendar`() {
    let then = Timestamp(seconds: 784_111_777)
    #expect(HTTPDate.retryAfter("Sun, 06 Nov 1994 08:49:37 GMT") == .date(then))
    #expect(HTTPDate.time("Thu, 01 Jan 1970 00:00:00 GMT") == Timestamp(nanoseconds: 0))
    #expect(HTTPDate.time("Wed, 31 Dec 1969 23:59:59 GMT") == Timestamp(seconds: -1))
    #expect(HTTPDate.time("Thu, 29 Feb 2024 12:00:00 GMT") == Timestamp(seconds: 1_709_208_000))
  }

  @Test func `no mutation of headers traps`() {
    var random = SeededRandom(2)
    let seed =
      "HTTP/1.1 429 X\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\nLocation: ../a?b\r\n"
      + "Content-Length: 5\r\nETag: x\r\n\r\n"
    for _ in 0..<5000 {
      var bytes = Array(seed.utf8)
      random.mutate(&bytes)
      var reader = HTTPHeaderReader(limit: 64)
      for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
        reader.take(line)
      }
      if case .seconds(let seconds) = reader.response.retryAfter { #expect(seconds >= 0) }
      _ = (try? HTTPURL("http://box/a/b"))?.resolving(reader.response.target)
    }
  }
}

import Seeded
import TestSupport
import Testing

@testable import HTTP

/// Answers as bytes, cut in every way.
@Suite struct HTTPResponseTests {
  private func read(
    _ text: String, step: Int = .max, limit: Int = 1 << 20, closes: Bool = true
  ) -> Result<HTTPResponse, HTTPFailure>? {
    var parser = HTTPResponseParser(limit: limit)
    let bytes = Array(text.utf8)
    var at = 0
    while at < bytes.count {
      let end = min(bytes.count, step == .max ? bytes.count : at + step)
      parser.feed(Array(bytes[at..<end]))
      at = end
    }
    if closes { parser.finish() }
    return parser.result
  }

  private func body(_ result: Result<HTTPResponse, HTTPFailure>?) -> String? {
    (try? result?.get()).map { String(decoding: $0.body, as: UTF8.self) }
  }

  private func failure(_ result: Result<HTTPResponse, HTTPFailure>?) -> HTTPFailure? {
    if case .failure(let failure) = result { failure } else { nil }
  }

  static let answers = [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nT: 1\r\n\r\n",
    "HTTP/1.0 200 OK\nContent-Type: text/plain\n\nhello",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length:5\r\n\r\nhello and more",
  ]

  @Test(arguments: answers)
  func `a body arrives whole however the bytes are cut`(answer: String) {
    for step in [1, 2, 3, 7, .max] {
      #expect(body(read(answer, step: step)) == "hello", "\(step)")
    }
  }

  @Test func `the end of a counted body is known without the end of the connection`() throws {
    #expect(body(read(Self.answers[0], closes: false)) == "hello")
    #expect(body(read(Self.answers[1], closes: false)) == "hello")
    #expect(read(Self.answers[2], closes: false) == nil)
    let empty = read("HTTP/1.1 204 No Content\r\n\r\n", closes: false)
    #expect(try empty?.get().status == 204)
  }

  @Test func `headers that matter are kept, whatever their case`() throws {
    let answer = try read(
      "HTTP/1.1 302 Found\r\nLOCATION: /x\r\nserver:  llama.cpp \r\nContent-Length: 0\r\n\r\n")?
      .get()
    #expect(answer?.status == 302)
    #expect(answer?.location == "/x")
    #expect(answer?.server == "llama.cpp")
  }

  @Test func `an answer that breaks off is not taken for whole`() {
    for answer in [0, 1, 3].map({ Self.answers[$0].unicodeScalars }) {
      for count in 0..<answer.count where body(read(String(answer.prefix(count)))) != nil {
        #expect(count >= answer.count - 9 && String(answer).hasSuffix("and more"), "\(count)")
      }
    }
    #expect(failure(read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")) == .endedEarly)
    #expect(failure(read("")) == .endedEarly)
  }

  @Test func `what is not HTTP is told at once`() {
    #expect(failure(read("SSH-2.0-OpenSSH_9.6\r\n", closes: false)) == .notHTTP)
    #expect(failure(read("\u{15}\u{3}\u{1}", closes: false)) == .notHTTP)
    #expect(failure(read("HT")) == .endedEarly)
  }

  @Test func `broken headers are refused`() {
    let start = "HTTP/1.1 200 OK\r\n"
    for bad in [
      "Content-Length: -1\r\n\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
      "Content-Length: 99999999999999999999\r\n\r\n", "Content-Length: 0x5\r\n\r\n",
      "no colon\r\n\r\n", "Transfer-Encoding: gzip, chunked\r\n\r\n",
      "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "Transfer-Encoding: chunked\r\n\r\n\r\n",
      "Transfer-Encoding: chunked\r\n\r\n-1\r\n", "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
      "Transfer-Encoding: chunked\r\n\r\n" + String(repeating: "0", count: 300),
    ] {
      if case .malformed = failure(read(start + bad)) { continue }
      Issue.record("\(bad) was taken")
    }
    #expect(failure(read("HTTP/1.1 abc\r\n\r\n")) == .malformed("no status"))
    #expect(
      failure(read(start + "Content-Encoding: gzip\r\n\r\nx")) == .compressed("gzip"))
  }

  @Test func `nothing endless is read to its end`() {
    let start = "HTTP/1.1 200 OK\r\n"
    let big = String(repeating: "x", count: 2000)
    #expect(failure(read(start + "Content-Length: 2000\r\n\r\n", limit: 1000)) == .tooLarge(1000))
    #expect(failure(read(start + "\r\n" + big, limit: 1000)) == .tooLarge(1000))
    let chunks = start + "Transfer-Encoding: chunked\r\n\r\n7d0\r\n" + big
    #expect(failure(read(chunks, limit: 1000)) == .tooLarge(1000))
    let small = String(repeating: "1\r\nx\r\n", count: 1001)
    let parts = start + "Transfer-Encoding: chunked\r\n\r\n" + small
    #expect(failure(read(parts, limit: 1000)) == .tooLarge(1000))
    let headers = start + String(repeating: "X: y\r\n", count: 20_000)
    #expect(failure(read(headers)) == .malformed("its headers have no end"))
    let interim = String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 4000)
    #expect(failure(read(interim)) == .malformed("its headers have no end"))
  }

  @Test func `no mutation of an answer traps or passes its limit`() {
    var random = SeededRandom(2)
    for round in 0..<20_000 {
      var bytes = Array(Self.answers[round % Self.answers.count].utf8)
      random.mutate(&bytes)
      var parser = HTTPResponseParser(limit: 64)
      let cut = random.next(bytes.count + 1)
      parser.feed(Array(bytes[..<cut]))
      parser.feed(Array(bytes[cut...]))
      parser.finish()
      switch parser.result {
      case .success(let answer): #expect(answer.body.count <= 64)
      case .failure: break
      case nil: Issue.record("no result after the end")
      }
    }
  }
}

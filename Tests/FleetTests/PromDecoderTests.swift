import HTTP
import Loopback
import Telemetry
import Testing

@testable import Fleet

/// Answers as stores give them, torn and wrong ones too.
@Suite struct PromDecoderTests {
  private static let vector = """
    {"status":"success","data":{"resultType":"vector","result":[
    {"metric":{"__name__":"up","instance":"a:1","more":"x"},"value":[1435781451.781,"1.5e3"]},
    {"value":[1435781451,"NaN"],"metric":{"instance":"b\\u00e9"}}]},"warnings":["half is away"]}
    """
  private static let matrix = """
    {"data":{"result":[{"values":[[60,"1"],[120,"+Inf"],[180,"3"]],"metric":{}}],"stats":{"a":[1]},
    "resultType":"matrix"},"status":"success"}
    """

  private func decode(_ text: String, _ limits: PromLimits = PromLimits()) throws -> PromAnswer {
    try PromDecoder.decode(Array(text.utf8), keep: ["__name__", "instance"], limits: limits)
  }

  @Test func `A vector and a matrix are read, whatever the order of their members`() throws {
    let vector = try decode(Self.vector)
    #expect(vector.series.map(\.labels) == [["up", "a:1"], ["", "bé"]])
    #expect(vector.points == [PromAnswer.Point(time: 1_435_781_451_781, value: 1500)])
    #expect(vector.last(vector.series[1]) == nil)
    #expect(vector.warning == "half is away")
    let matrix = try decode(Self.matrix)
    #expect(matrix.points.map(\.value) == [1, 3])
    #expect(matrix.points.map(\.time) == [60_000, 180_000])
  }

  @Test func `An answer that ends anywhere is torn and no picture`() throws {
    for text in [Self.vector, Self.matrix] {
      let bytes = Array(text.utf8)
      for end in 0..<bytes.count {
        #expect(throws: StoreFault.self) {
          try PromDecoder.decode(Array(bytes[..<end]), keep: ["instance"])
        }
      }
    }
  }

  @Test func `Too many series and points are refused`() throws {
    var limits = PromLimits()
    limits.series = 1
    #expect(throws: StoreFault.tooManySeries(1)) { try decode(Self.vector, limits) }
    limits = PromLimits()
    limits.points = 1
    #expect(throws: StoreFault.tooManyPoints(1)) { try decode(Self.matrix, limits) }
  }

  @Test(arguments: [
    (LoopbackServer.Reply.status(401), "lets nobody in without a right (401)"),
    (.status(404), "is no Prometheus"), (.status(500), "cannot answer now (500)"),
    (.status(502, [], "<html>"), "cannot answer now (502)"),
    (.status(503, [], "<html>"), "cannot answer now (503)"),
    (
      .status(
        422, [],
        "{\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"query processing would load "
          + "too many samples into memory in query execution\"}"), "too many samples"
    ),
    (.status(400, [], "{\"status\":\"error\",\"error\":\"parse error\"}"), "says: parse error"),
    (.page("{\"status\":\"success\",\"data\":{\"resul"), "torn answer"),
    (.page("<html>"), "torn answer"), (.flood(70 << 20, chunked: true), "more than 32 MiB"),
    (.silence(after: "HTTP/1.1 200 X\r\n"), "no answer from"),
  ])
  func `What a store does wrong is said in words`(reply: LoopbackServer.Reply, words: String) throws
  {
    let server = try LoopbackServer { _ in reply }
    let store = try PromStore(server.url(), timeout: 1)
    do throws(StoreFault) {
      _ = try store.instant("up", at: Timestamp(seconds: 1), keep: [])
      Issue.record("it was answered")
    } catch {
      #expect(error.words(store.url).contains(words), "\(error.words(store.url))")
      #expect(!error.remedy(store.url).isEmpty)
    }
  }

  @Test func `Who asks is told to the store and shown nowhere`() throws {
    let server = try LoopbackServer.hearing { request in
      request.contains("Authorization: Basic YWRhOnMzY3JldA==")
        ? .page(Self.vector) : .status(401, ["WWW-Authenticate: Basic realm=\"x\""])
    }
    let url = "http://ada:s3cret@" + server.url("/prom/").dropFirst(7)
    let store = try PromStore(url)
    #expect(
      try store.instant("up", at: Timestamp(seconds: 1), keep: ["instance"]).series.count == 2)
    #expect(!"\(store.url) \(StoreFault.forbidden(401).words(store.url))".contains("s3cret"))
    #expect(store.url.path == "/prom")
  }

  @Test func `A question names its time and its step as the interface wants them`() throws {
    let server = try LoopbackServer { path in
      path == "/api/v1/query_range?query=a%7Bb%3D%22c%22%7D&start=60&end=180&step=60"
        ? .page(Self.matrix) : .status(404)
    }
    let answer = try PromStore(server.url()).range(
      "a{b=\"c\"}", from: Timestamp(seconds: 60), to: Timestamp(seconds: 180), step: 60, keep: [])
    #expect(answer.points.count == 2)
  }

  @Test(arguments: ["9300000000", "1e13", "-5", "9223372036854775807"])
  func `A time of another age is left out`(time: String) throws {
    let text =
      "{\"status\":\"success\",\"isPartial\":true,\"data\":{\"resultType\":\"vector\",\"result\":["
      + "{\"metric\":{\"a\":\"b\"},\"value\":[\(time),\"1\"]}]}}"
    let answer = try PromDecoder.decode(Array(text.utf8), keep: ["a"])
    #expect(answer.points.isEmpty && answer.warning != nil)
  }
}

import Seeded
import Testing

@testable import Formats

/// Pages of metrics, byte by byte.
@Suite struct PrometheusTextTests {
  static let selection = PrometheusSelection(
    names: ["a", "a_total", "vllm:tokens_total", "h_sum", "h_count"], prefixes: ["vllm:", "zz_"])

  private func read(_ text: String) -> PrometheusPage {
    PrometheusText.read(Array(text.utf8), Self.selection)
  }

  private func value(_ text: String) -> Double? { read("a \(text)\n").samples.first?.value }

  @Test func `only selected series are kept, and all are counted`() {
    let page = read(
      """
      # HELP a_total
      # TYPE a_total counter
      a_total 3
      a_total_created 1.7e9
      b 4
      vllm:tokens_total{model_name="m"} 1e+06
      vllm:other{x="1"} 2

      """)
    #expect(page.samples.map(\.name) == ["a_total", "vllm:tokens_total"])
    #expect(page.samples.map(\.value) == [3, 1_000_000])
    #expect(page.seriesCount == 5 && page.strayLines == 0)
    #expect(page.kind == .metrics && page.prefixes == [0])
  }

  @Test func `labels may hold anything between their quotes`() {
    let torn = read(##"a{x="}, {\"#,y="1"} 5"## + "\n")
    #expect(torn.samples.isEmpty, "a backslash before the quote keeps the text open")
    let good = read(##"a{x="} 1, {#",y="\"q\" \\ \n \t",z = "ü" , } 5"## + "\n").samples.first
    #expect(good?.label("x") == "} 1, {#")
    #expect(good?.label("y") == "\"q\" \\ \n \\t")
    #expect(good?.label("z") == "ü")
    #expect(good?.value == 5)
    #expect(read("a{} 7\n").samples.first?.labels.isEmpty == true)
  }

  @Test func `numbers are read as they are written`() {
    #expect(value("1.2e+06") == 1_200_000)
    #expect(value("-0.5") == -0.5)
    #expect(value("+3.") == 3)
    #expect(value(".25") == 0.25)
    #expect(value("0.31326723098754883") == 0.31326723098754883)
    #expect(value("8.128902e+06") == 8_128_902)
    #expect(value("12345678901234567890123") == 12345678901234567890123.0)
    #expect(value("1e400") == .infinity)
    #expect(value("+Inf") == .infinity && value("-Inf") == -.infinity)
    #expect(value("NaN")?.isNaN == true)
    for text in ["", "x", "1x", "0x10", "1e", "1e+", "--1", "1.2.3", "1e9999999", "nano", "1_0"] {
      #expect(value(text) == nil, "\(text)")
    }
  }

  @Test func `timestamps and exemplars are passed over`() {
    #expect(value("7 1718140558000") == 7)
    #expect(value("7 1718140558.123 # {trace_id=\"x\"} 0.5 1718") == 7)
    #expect(value("7 # {trace_id=\"x } y\"} 0.5") == 7)
    #expect(value("7 12 13") == nil)
    let page = read("h_sum 4\r\nh_count 2\r\n# EOF\r\n")
    #expect(page.samples.map(\.value) == [4, 2] && page.strayLines == 0)
  }

  @Test func `a page without a last newline ends with its last line`() {
    #expect(read("a 1\na 2").samples.map(\.value) == [1, 2])
  }

  @Test func `what is no page of metrics is told apart`() {
    #expect(read("").kind == .empty)
    #expect(read(" \r\n\t").kind == .empty)
    #expect(read("<!doctype html><html>\na 1\n</html>").kind == .html)
    #expect(read("{\"detail\":\"Not Found\"}").kind == .json)
    #expect(read("[]").kind == .json)
    #expect(read("hello world!").kind == .other)
    #expect(read("# nothing yet\n").kind == .metrics)
    #expect(read("\u{FEFF}a 1\n").kind == .metrics)
  }

  @Test func `torn lines are counted and cost nothing else`() {
    let page = read("a{x=\"1\na{x=\"2\"} 2\na{x} 3\na{x=\"4\"\na 5 z\n{\"q\"} 1\n9 9\na")
    #expect(page.samples.map(\.value) == [2])
    #expect(page.strayLines == 7)
  }

  @Test func `no page fills the memory`() {
    let many = String(repeating: "a{x=\"1\"} 1\n", count: PrometheusText.sampleLimit + 5)
    let page = read(many)
    #expect(page.samples.count == PrometheusText.sampleLimit && page.isCut)
    #expect(page.seriesCount == PrometheusText.sampleLimit + 5)
    let labels = (0...PrometheusText.labelLimit).map { "l\($0)=\"\"" }.joined(separator: ",")
    #expect(read("a{\(labels)} 1\n").strayLines == 1)
    let long = String(repeating: "x", count: PrometheusText.textLimit + 1)
    #expect(read("a{x=\"\(long)\"} 1\n").strayLines == 1)
    #expect(read("a{x=\"\\n\(long)\"} 1\n").strayLines == 1)
    #expect(read(long + " 1\n").strayLines == 1)
  }

  @Test func `no mutation of a page traps or invents a value`() {
    let page = Array(
      """
      # TYPE vllm:tokens_total counter
      vllm:tokens_total{model_name="m\\"x",engine="0"} 1.2e+06 1718140558000
      a{x="1"} 2 # {id="z"} 1
      h_sum NaN

      """.utf8)
    var random = SeededRandom(1)
    for _ in 0..<20_000 {
      var bytes = page
      random.mutate(&bytes)
      let result = PrometheusText.read(bytes, Self.selection)
      #expect(result.samples.count <= result.seriesCount)
      #expect(result.seriesCount + result.strayLines <= bytes.split(separator: 0x0A).count)
    }
  }
}

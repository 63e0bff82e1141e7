import Telemetry
import Testing

@testable import JobLogs
@testable import benchmarks

/// Every log format has a benchmark that measures its own reader.
@Suite struct BenchmarkTests {
  @Test func `Every format is read by some benchmark`() {
    var read: Set<String> = []
    for dialect in dialects {
      let text = Array(dialect.text(bytes: 20_000).utf8)
      var parser = LogParser(machine: "box", name: "log", label: "log")
      _ = text.withUnsafeBufferPointer {
        parser.consume($0, arrival: Timestamp(nanoseconds: 1_790_000_000_000_000_000))
      }
      if let format = parser.format { read.insert(format) }
    }
    for format in ProgressFormats.names {
      #expect(
        read.contains(format), "Tests/Support/benchmarks/LogBenchmarks.swift: add “\(format)”")
    }
    #expect(Set(dialects.map(\.name)).count == dialects.count)
  }
}

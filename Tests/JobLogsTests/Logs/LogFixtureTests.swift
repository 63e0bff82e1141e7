import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// A log of every format says what it holds; so do logs of public trainings, where they are.
@Suite struct LogFixtureTests {
  @Test(arguments: LogFixture.madeUp + LogFixture.real)
  func aLogSaysWhatItHolds(log: LogFixture) {
    let (observations, parser) = log.read()
    let rows = observations.readings
    if let count = log.rows { #expect(rows.count == count) }
    var last: [Metric: Double] = [:]
    for row in rows {
      for entry in row.values { last[entry.metric] = row[entry.metric] }
    }
    let facts = observations.devices.last?.attributes ?? [:]
    if log.isAll {
      #expect(parser.format == log.format)
      #expect(last == log.last)
      #expect(facts == log.facts)
    }
    for (metric, value) in log.last { #expect(last[metric] == value, "\(metric.name)") }
    for (metric, count) in log.counts {
      #expect(rows.count { $0[metric] != nil } == count, "\(metric.name)")
    }
    #expect(facts.merging(log.facts) { _, right in right } == facts)
    #expect(observations.events.map(\.text) == log.events)
  }

  /// The bars of an evaluation, of other ranks and of downloads count nothing.
  @Test func barsOfOtherThingsCountNoSteps() throws {
    let logs = [Fixtures.path("logs/hugging-face-trainer.log")]
    let real = Fixtures.real("training/hf-trainer/slurm_hf_deepspeed_tqdm.out")
    for path in logs + [real].compactMap(\.self) {
      let rows = LogFixture(path: path).read().observations.readings
      let total = try #require(rows.compactMap { $0[.stepTotal] }.last)
      #expect(rows.allSatisfy { $0[.stepTotal].map { $0 == total } ?? true })
      #expect(rows.compactMap { $0[.step] }.max() == total)
      #expect(
        Set(rows.compactMap { $0[.step] }).isSubset(of: Set((0...Int(total)).map(Double.init))))
    }
  }

  /// What a first line does not know yet is not told, and the slow first step is.
  @Test func theFirstStepsAreToldAsTheyWere() {
    let logs = [(Fixtures.path("logs/nanogpt.log"), 21.03455)]
    let real = Fixtures.real("training/nanogpt/shakespeare_char.log").map { ($0, 17.49139) }
    for (path, seconds) in logs + [real].compactMap(\.self) {
      let log = LogFixture(path: path)
      let first = log.read().observations.readings.first { $0[.loss] != nil }
      #expect(first?[.step] == 0)
      #expect(first?[.reportedMFU] == nil)
      #expect(first?[.stepTime] == seconds)
    }
  }

  /// Events with times of their own lie as far apart as the log says.
  @Test func aRunLastsAsLongAsItsLogSays() throws {
    let folder = "training/mlperf/lenovo_8xB200"
    let runs: [(path: String?, seconds: Double)] = [
      (Fixtures.path("logs/mlperf.log"), 24),
      (Fixtures.real("\(folder)_bert/result_0.txt"), 220.176),
      (Fixtures.real("\(folder)_llama2_70b_lora/result_0.txt"), 655.908),
    ]
    for (path, seconds) in runs {
      guard let path else { continue }
      let events = LogFixture(path: path).read().observations.events
      try #require(events.count == 2)
      #expect(abs(events[1].time - events[0].time - seconds) < 1e-6)
    }
  }

  /// What is a metrics page, a power log or a binary file is no training log.
  @Test func whatIsOfNoFormatSaysNothing() {
    let madeUp = [
      "README.md", "pages/vllm.prom", "pages/dcgm-exporter.prom", "power/mlperf-power-log.txt",
      "power/nvidia-smi-csv.csv",
    ].map(Fixtures.path)
    let real = [
      "training/wandb/run-8kelgntz.wandb", "training/prometheus/vllm_opt125m.prom",
      "training/tfevents/events.out.tfevents.1585769947.cvp", "training/README.md",
      "training/mlperf/lenovo_8xB200_bert/power/result_0/node_0.txt",
    ].compactMap(Fixtures.real)
    for path in madeUp + real {
      let (heard, _) = LogFixture(path: path).read()
      #expect(!Fixtures.readFile(path).isEmpty)
      #expect(heard.readings.allSatisfy { $0[.loss] == nil }, "\(path)")
      #expect(heard.events.isEmpty, "\(path)")
    }
  }
}

import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// What belongs to a run of MLPerf, and what its figures are.
@Suite struct MLPerfTests {
  static let start = 1_773_480_000_000

  /// A line of `:::MLLOG`, so many seconds after the start.
  static func line(
    _ key: String, at seconds: Int, _ value: String = "null", _ metadata: String = "",
    rank: Int = 0
  ) -> String {
    "\(rank): :::MLLOG {\"namespace\": \"\", \"time_ms\": \(start + seconds * 1000), "
      + "\"event_type\": \"POINT_IN_TIME\", \"key\": \"\(key)\", \"value\": \(value), "
      + "\"metadata\": {\"file\": \"a.py\", \"lineno\": 7\(metadata.isEmpty ? "" : ", " + metadata)}}"
  }

  static func benchmark(_ name: String) -> String {
    line("submission_benchmark", at: 0, "\"\(name)\"")
  }

  static func parse(_ lines: [String]) -> [Observation] {
    LogFormatTests.parse(lines.joined(separator: "\n") + "\n")
  }

  /// Some count samples under `epoch_num`, as of 3D U-Net.
  @Test func epochsThatAreWholePassesByTheThousandsAreSamples() {
    func rows(_ epoch: Int) -> [Reading] {
      Self.parse([
        Self.benchmark("unet3d"), Self.line("train_samples", at: 0, "168"),
        Self.line("run_start", at: 1),
        Self.line("eval_accuracy", at: 100, "0.5", "\"epoch_num\": \(epoch)"),
      ]).readings
    }
    #expect(rows(168_000).last?[.samples] == 168_000 && rows(168_000).last?[.epoch] == nil)
    #expect(rows(1000).last?[.samples] == nil && rows(1000).last?[.epoch] == 1000)
  }

  @Test func whatFollowsTheStopIsNoPartOfTheRun() throws {
    let heard = Self.parse([
      Self.benchmark("resnet"), Self.line("run_start", at: 1),
      Self.line("eval_accuracy", at: 100, "0.5", #""samples_count": 1000"#),
      Self.line("run_stop", at: 200, "null", #""status": "success", "samples_count": 2000"#),
      Self.line("tracked_stats", at: 200, #"{"throughput": 10.5}"#),
      Self.line("eval_accuracy", at: 1900, "0.625", #""samples_count": 1000"#),
      Self.line("eval_accuracy", at: 2100, "0.75", #""samples_count": 2000"#),
      Self.line("train_loss", at: 2200, "2.5", #""samples_count": 2500"#),
      Self.line("tracked_stats", at: 2300, #"{"throughput": 99}"#),
      Self.line("run_stop", at: 2400, "null", #""status": "aborted""#),
    ])
    #expect(heard.events.map(\.text) == ["MLPerf run started", "MLPerf run stopped: success"])
    #expect(heard.readings.compactMap { $0[.samples] } == [0, 1000, 2000])
    #expect(heard.readings.compactMap { $0[.accuracy] } == [0.5])
    #expect(heard.readings.compactMap { $0[.sampleRate] } == [10.5])
    #expect(heard.readings.compactMap { $0[.loss] }.isEmpty)
    let last = try #require(heard.readings.last)
    #expect(last.time.nanoseconds <= Int64(Self.start + 200_000) * 1_000_000)
  }

  @Test func aSecondRunInOneFileCountsFromItsOwnStart() {
    let heard = Self.parse([
      Self.benchmark("bert"), Self.line("run_start", at: 1),
      Self.line("run_stop", at: 200, "null", #""status": "aborted", "samples_count": 2000"#),
      Self.line("run_start", at: 900),
      Self.line("eval_accuracy", at: 950, "0.25", #""samples_count": 500"#),
      Self.line("run_stop", at: 990, "null", #""status": "success", "samples_count": 600"#),
    ])
    #expect(
      heard.events.filter { $0.text.hasPrefix("MLPerf") }.map(\.text) == [
        "MLPerf run started", "MLPerf run stopped: aborted", "MLPerf run started",
        "MLPerf run stopped: success",
      ])
    #expect(heard.readings.compactMap { $0[.samples] } == [0, 2000, 0, 500, 600])
  }

  /// Two ranks in one file, line by line or one behind the other.
  @Test(arguments: [true, false]) func aRankThatLagsBehindSaysNothingNew(isMixed: Bool) {
    func rank(_ rank: Int, _ lag: Int) -> [String] {
      [
        Self.line("run_start", at: 1 + lag, rank: rank),
        Self.line("eval_accuracy", at: 100 + lag, "0.5", #""samples_count": 1000"#, rank: rank),
        Self.line("eval_accuracy", at: 150 + lag, "0.625", #""samples_count": 1500"#, rank: rank),
        Self.line(
          "run_stop", at: 200 + lag, "null", #""status": "success", "samples_count": 2000"#,
          rank: rank),
      ]
    }
    let (first, other) = (rank(0, 0), rank(1, 3))
    let lines =
      isMixed
      ? [first[0], other[0], first[1], first[2], other[1], first[3], other[2], other[3]]
      : first + other
    let heard = Self.parse([Self.benchmark("resnet")] + lines)
    #expect(heard.events.map(\.text) == ["MLPerf run started", "MLPerf run stopped: success"])
    #expect(heard.readings.compactMap { $0[.samples] } == [0, 1000, 1500, 2000])
    #expect(heard.readings.compactMap { $0[.accuracy] } == [0.5, 0.625])
  }

  @Test func figuresThatAreNoFractionAreNoAccuracy() {
    func accuracies(_ benchmark: String, _ value: String, _ metadata: String = "") -> [Double] {
      let heard = Self.parse([
        Self.benchmark(benchmark), Self.line("run_start", at: 1),
        Self.line("eval_accuracy", at: 100, value, metadata),
      ])
      return heard.readings.compactMap { $0[.accuracy] ?? $0[.validationLoss] }
    }
    #expect(
      accuracies("stable_diffusion", "0.1625", #""samples_count": 512, "metric": "CLIP""#) == [])
    #expect(accuracies("stable_diffusion", "88.5", #""samples_count": 512, "metric": "FID""#) == [])
    #expect(accuracies("bert", "0.5", #""samples_count": 512, "metric": "CLIP""#) == [])
    #expect(accuracies("rnnt", "0.0625", #""epoch_num": 3"#) == [], "a rate of word errors")
    #expect(accuracies("transformer", "0.75", #""epoch_num": 1"#) == [], "BLEU")
    #expect(accuracies("maskrcnn", #"{"BBOX": 0.375, "SEGM": 0.34}"#, #""epoch_num": 3"#) == [])
    #expect(accuracies("resnet", "0.75", #""epoch_num": 3"#) == [0.75])
    #expect(accuracies("llama31_8b", "3.25", #""samples_count": 512"#) == [3.25], "a loss")
  }

  @Test func ofSeveralFiguresUnderOneKeyOneIsTaken() {
    let heard = Self.parse(
      [Self.benchmark("maskrcnn"), Self.line("run_start", at: 1)]
        + (1...3).flatMap { epoch in
          [("BBOX", 0.25), ("SEGM", 0.125), ("FID", 0.5)].map { name, value in
            Self.line(
              "eval_accuracy", at: epoch * 100, "\(value * Double(epoch))",
              #""epoch_num": \#(epoch), "metric": "\#(name)""#)
          }
        })
    #expect(heard.readings.compactMap { $0[.accuracy] } == [0.25, 0.5, 0.75])
  }

  @Test func theOldestTag() throws {
    let heard = Self.parse([
      ":::MLPv0.5.0 resnet 1541700000.250000000 (main.py:88) run_start",
      ":::MLPv0.5.0 resnet 1541700100.500000000 (main.py:120) train_epoch: 1",
      #":::MLPv0.5.0 resnet 1541700200.750000000 (main.py:123) eval_accuracy: {"epoch": 4, "value": 0.625}"#,
      #":::MLPv0.5.0 resnet 1541700300.000000000 (main.py:140) run_stop: {"success": true}"#,
      #":::MLPv0.5.0 resnet 1541709300.000000000 (main.py:123) eval_accuracy: {"epoch": 4, "value": 0.75}"#,
    ])
    #expect(heard.events.map(\.text) == ["MLPerf run started", "MLPerf run stopped: success"])
    let rows = heard.readings.filter { $0[.accuracy] != nil }
    #expect(rows.map { $0[.accuracy] } == [0.625])
    #expect(rows.first?[.epoch] == 4)
    #expect(rows.first?.time.nanoseconds == 1_541_700_200_750_000_000)
  }

  @Test func tornLinesSayNothing() {
    let whole = [
      Self.benchmark("resnet"), Self.line("run_start", at: 1),
      Self.line("eval_accuracy", at: 100, "0.5", #""samples_count": 1000"#),
      ":::MLPv0.5.0 resnet 1541700000.250000000 (main.py:88) run_start",
      ":::MLPv0.5.0 resnet 1541700000.250000000 (main.py:88) eval_accuracy: 0.7203125",
      #":::MLPv0.5.0 resnet 1541700000.25 (a.py:8) eval_accuracy: {"epoch": 4, "value": 0.625}"#,
    ]
    for line in whole {
      for count in 0..<line.utf8.count {
        let torn = String(decoding: Array(line.utf8).prefix(count), as: UTF8.self)
        let heard = Self.parse([torn])
        #expect(heard.readings.allSatisfy { $0[.accuracy] == nil }, "\(torn)")
      }
    }
  }

  @Test func `a line that comes late counts nothing`() {
    func line(_ time: Int, _ key: String, _ value: String, _ metadata: String) -> String {
      #":::MLLOG {"namespace": "", "time_ms": \#(1_700_000_000_000 + time), "event_type": "#
        + #""POINT_IN_TIME", "key": "\#(key)", "value": \#(value), "metadata": {\#(metadata)}}"#
        + "\n"
    }
    let said = LogFormatTests.parse(
      line(0, "run_start", "null", "")
        + line(60_000, "eval_accuracy", "0.5", #""samples_count": 1000"#)
        + line(90_000, "tracked_stats", #"{"throughput": 50.0}"#, #""step": 20"#)
        + line(30_000, "run_stop", "null", #""status": "success""#))
    #expect(
      said.readings.filter { $0.time.seconds < 1_700_000_050 }.allSatisfy { $0[.samples] ?? 0 == 0 }
    )
  }
}

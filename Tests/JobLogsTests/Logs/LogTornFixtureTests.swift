import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// Every log torn at every byte: no number that its whole lines do not tell.
@Suite struct LogTornFixtureTests {
  /// One number that was told.
  struct Number: Hashable {
    var metric: Metric
    var value: Double

    static func all(_ observations: [Observation]) -> Set<Number> {
      Set(
        observations.readings.flatMap { reading in
          reading.values.map { Number(metric: $0.metric, value: $0.value) }
        })
    }
  }

  /// Formats some of whose lines end in a number, so that a cut one looks whole.
  ///
  /// A log that is followed is read up to its last line end; only what has ended is read whole.
  static let openEnded: Set<String> = [
    "BasicSR", "build-nanogpt or llm.c", "Composer", "Coqui", "detectron2", "ESPnet", "LeRobot",
    "Levanter",
    "LitGPT", "llm.c or build-nanogpt loss file", "MaxText", "mmengine", "MXNet", "named values",
    "NeMo", "NeMo RL", "OLMo-core", "rsl_rl", "table", "Tacotron 2", "torchtitan", "torchtune",
    "XGBoost or LightGBM",
  ]

  @Test func everyFormatHasALog() {
    let formats = ProgressFormats.all.map { $0.format }
    let entries = Set(LogFixture.madeUp.map(\.format))
    for format in formats where !entries.contains(format) {
      Issue.record(
        """
        “\(format)” has no sample: put Tests/Fixtures/logs/\(Fixtures.name(format)).log there, and what it \
        holds into Tests/JobLogsTests/Logs/LogFixtures.swift
        """)
    }
    for entry in entries.subtracting(formats) { Issue.record("no format is called “\(entry)”") }
    #expect(Set(formats.map(Fixtures.name)).count == formats.count)
    for log in LogFixture.madeUp { #expect(!Fixtures.readFile(log.path).isEmpty, "\(log)") }
  }

  @Test(arguments: LogFixture.madeUp)
  func aTornLogTellsNoOtherNumber(log: LogFixture) {
    let whole = Number.all(log.read().observations)
    var parser = LogParser(machine: "box", name: log.path, label: log.path)
    var time = LogFormatTests.start
    var early: [String] = []
    var strange: [String] = []
    let lines = Fixtures.readFile(log.path).split { $0 == 0x0A || $0 == 0x0D }
    for line in lines {
      time = time + 1
      for end in line.indices {
        var torn = parser
        let text = String(decoding: line[..<end], as: UTF8.self)
        // While the line may go on, nothing of it is told.
        if !torn.consume(Array(line[..<end]), arrival: time + -0.5).isEmpty { early.append(text) }
        let rest = Number.all(torn.finish(arrival: time))
        if !rest.isSubset(of: whole) { strange.append(text) }
      }
      _ = parser.consume(Array(line) + [0x0A], arrival: time)
    }
    #expect(early.isEmpty)
    if !Self.openEnded.contains(log.format ?? "") { #expect(strange.isEmpty) }
  }
}

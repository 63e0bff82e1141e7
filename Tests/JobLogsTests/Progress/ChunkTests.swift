import Glibc
import Quantities
import Seeded
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// Followed in pieces of any size, a log says what its import says.
@Suite struct ChunkTests {
  static let files: [String] =
    CaseTests.cases.map { Fixtures.path("cases/training/\($0.file)") }
    + LogFixture.madeUp.map(\.path)

  /// The newest value of each metric.
  private func last(_ observations: [Observation]) -> [Metric: Double] {
    var last: [Metric: Double] = [:]
    for row in observations.readings {
      for entry in row.values { last[entry.metric] = entry.value }
    }
    return last
  }

  /// A loss with its step, if that was known.
  struct Loss: Hashable {
    var loss: Double
    var step: Double?

    /// Whether the loss has a step here and there, and so the same.
    func hasStep(in others: Set<Loss>) -> Bool {
      step != nil && !others.contains(Loss(loss: loss, step: nil))
        || !others.contains { $0.loss == loss }
    }
  }

  private func losses(_ observations: [Observation]) -> Set<Loss> {
    Set(
      observations.readings.compactMap { row in
        row[.loss].map { Loss(loss: $0, step: row[.step]) }
      })
  }

  @Test(arguments: files) func aLogInPiecesIsItsImport(path: String) throws {
    let bytes = Fixtures.readFile(path)
    let imported = try LogImport(
      path: path, machine: "box", label: "x", zone: .init(LogImportTests.utc, isNamed: true),
      now: Timestamp(seconds: 4e9))
    var random = SeededRandom(7, for: path)
    for _ in 0..<3 {
      var parser = LogParser(machine: "box", name: path, label: "x", local: LogImportTests.utc)
      var heard: [Observation] = []
      var place = 0
      var time = Timestamp(seconds: 3e9)
      while place < bytes.count {
        let end = min(bytes.count, place + Int.random(in: 1...400, using: &random))
        time = time + 1
        heard += parser.consume(Array(bytes[place..<end]), arrival: time)
        place = end
      }
      heard += parser.finish(arrival: time + 1)
      heard += parser.finish(arrival: time + 2)
      #expect(last(heard) == last(imported.observations))
      let all = losses(imported.observations)
      let strange = losses(heard).filter { !all.contains($0) && $0.hasStep(in: all) }
      #expect(strange.isEmpty)
    }
  }
}

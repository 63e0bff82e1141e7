import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// Logs in which something is easily misread; a table beside them says what is right.
@Suite struct CaseTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let file: String
    /// What must be told last; `nil` for what must not be told at all.
    var right: [Metric: Double?] = [:]

    var testDescription: String { file }
  }

  private static let columns: [String: Metric] = [
    "step": .step, "step_total": .stepTotal, "loss": .loss, "validation_loss": .validationLoss,
    "step_time": .stepTime, "token_rate": .tokenRate, "tokens": .tokens, "epoch": .epoch,
    "redone_steps": .redoneSteps,
  ]

  /// A comment, the names of the columns, and a row for each file; `-` must not be told.
  static let cases: [Case] = {
    let table = Fixtures.readFile(Fixtures.path("cases/training.tsv"))
    let rows = String(decoding: table, as: UTF8.self).split(separator: "\n").dropFirst().map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    return rows.dropFirst().map { row in
      var result = Case(file: row[0])
      for (name, cell) in zip(rows.first ?? [], row).dropFirst() where !cell.isEmpty {
        if let metric = columns[name] { result.right[metric] = .some(Double(cell)) }
      }
      return result
    }
  }()

  @Test(arguments: cases) func aTrapIsNoTrap(trap: Case) {
    let path = Fixtures.path("cases/training/\(trap.file)")
    let heard = LogFixture(path: path).read().observations
    #expect(!trap.right.isEmpty)
    for (metric, right) in trap.right {
      let told = heard.readings.compactMap { $0[metric] }.last
      guard let right else {
        #expect(told == nil, "\(metric.name)")
        continue
      }
      #expect(told.map { abs($0 - right) <= 5e-4 * abs(right) } == true, "\(metric.name)")
    }
    #expect(heard.events.isEmpty)
  }
}

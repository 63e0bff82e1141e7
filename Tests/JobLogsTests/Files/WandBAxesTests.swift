import Telemetry
import Testing

@testable import JobLogs

/// What numbers of W&B are plotted against.
@Suite struct WandBAxesTests {
  static let start = 1_790_000_000.0

  /// Rows of a log whose metrics were defined, as `define_metric` writes it.
  private func rows(axis: [UInt8], key: String) -> [JobRow] {
    var file = WandBFile()
    file.add(EventFile.field(12, EventFile.field(1, Array(key.utf8))))
    file.add(EventFile.field(12, EventFile.field(2, Array("train/*".utf8)) + axis))
    for row in 1...4 {
      file.add(
        WandBFile.history(
          step: UInt64(row), time: Self.start + Double(row),
          WandBFile.item("train/loss", "2.\(row)"),
          WandBFile.item(key, "\(row * 10)")))
    }
    return WandBTests.reader(file.bytes).rows
  }

  @Test(arguments: [true, false]) func aCountOfTheJobsOwnIsTheStep(isNamed: Bool) {
    // By its name, or by its place among those that were defined.
    let axis = isNamed ? EventFile.field(4, Array("my_iteration".utf8)) : [0x28, 1]
    #expect(rows(axis: axis, key: "my_iteration").map { $0[.step] } == [10, 20, 30, 40])
  }

  @Test func whatNobodyKnowsIsNoStepAndNeitherAreCalls() {
    let rows = rows(axis: EventFile.field(4, Array("hours".utf8)), key: "hours")
    #expect(rows.map { $0[.step] } == [nil, nil, nil, nil])
    #expect(rows.map { $0[.loss] } == [2.1, 2.2, 2.3, 2.4])
  }

  @Test func aPassThatIsTheAxisLeavesTheStepUnknown() {
    let rows = rows(axis: EventFile.field(4, Array("epoch".utf8)), key: "epoch")
    #expect(rows.map { $0[.epoch] } == [10, 20, 30, 40])
    #expect(rows.allSatisfy { $0[.step] == nil })
  }
}

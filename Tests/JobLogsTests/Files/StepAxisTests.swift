import Quantities
import Telemetry
import Testing

@testable import JobLogs

/// What the x axis of a tracker counts.
@Suite struct StepAxisTests {
  static let start = Timestamp(seconds: 1_790_000_000)

  static func row(_ step: Int, _ metric: Metric, name: String = "", epoch: Double? = nil) -> JobRow
  {
    var row = JobRow(time: start + Double(step))
    row.set(.step, Double(step), name: name)
    row.set(metric, 0.5, name: metric == .accuracy ? "val_acc" : "x")
    if let epoch { row.set(.epoch, epoch) }
    return row
  }

  /// Rows of a tracker, and what the axis is in the end.
  struct Case: CustomTestStringConvertible {
    var name: String
    var rows: [JobRow]
    var kind: StepAxis.Kind

    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(
      name: "each with a validation",
      rows: (0..<6).flatMap { [row($0, .loss), row($0, .validationLoss)] }, kind: .passes),
    Case(
      name: "each with an accuracy, two of them",
      rows: (0..<2).flatMap { [row($0, .loss), row($0, .accuracy)] }, kind: .passes),
    Case(
      name: "one by one, without a validation", rows: (1..<6).map { row($0, .loss) }, kind: .steps),
    Case(
      name: "validated every tenth",
      rows: (0..<40).flatMap {
        [row($0, .loss)] + ($0 % 10 == 0 ? [row($0, .validationLoss)] : [])
      }, kind: .steps),
    Case(
      name: "every hundredth, each with a validation",
      rows: (1..<6).flatMap { [row($0 * 100, .loss), row($0 * 100, .validationLoss)] },
      kind: .steps),
    Case(
      name: "a step that the trainer counts",
      rows: (0..<6).flatMap {
        [row($0, .loss, name: "trainer/global_step"), row($0, .validationLoss)]
      }, kind: .steps),
    Case(
      name: "training and validation by calls in turn",
      rows: (0..<6).flatMap {
        [row(2 * $0, .loss, name: "_step"), row(2 * $0 + 1, .validationLoss, name: "_step")]
      }, kind: .calls),
    Case(
      name: "every second step, without a validation",
      rows: (0..<6).map { row(2 * $0, .loss) }, kind: .steps),
    Case(
      name: "one row with a validation", rows: [row(0, .loss), row(0, .validationLoss)],
      kind: .unknown),
    Case(
      name: "an accuracy of nobody knows which data at each",
      rows: (0..<6).map { step in
        var row = row(step, .loss)
        row.set(.accuracy, 0.5, name: "train_acc")
        return row
      }, kind: .steps),
    Case(name: "one row without", rows: [row(0, .loss)], kind: .steps),
    Case(name: "validations alone", rows: (0..<6).map { row($0, .validationLoss) }, kind: .steps),
  ]

  @Test(arguments: cases) func isWhatItsNumbersShow(axis: Case) {
    // Whether the rows come one by one or together.
    for size in [1, axis.rows.count] {
      var study = StepAxis(keepsRows: true)
      var told: [JobRow] = []
      var rest = axis.rows[...]
      while !rest.isEmpty {
        told += study.take(Array(rest.prefix(size)))
        rest = rest.dropFirst(size)
      }
      told += study.finish()
      #expect(study.kind == axis.kind)
      #expect(told.count == axis.rows.count)
      let steps = told.compactMap { $0[.step] }
      #expect(steps.isEmpty == (axis.kind != .steps))
      #expect(told.contains { $0[.epoch] != nil } == (axis.kind == .passes))
    }
  }

  /// What is followed is told at once, in doubt without a number.
  @Test(arguments: cases) func followedEachRowIsToldAtOnce(axis: Case) {
    var study = StepAxis(keepsRows: false)
    let told = axis.rows.flatMap { study.take([$0]) }
    #expect(told.count == axis.rows.count)
    let steps = told.compactMap { $0[.step] }
    // That of the first row is told before anybody validated.
    if axis.kind != .steps { #expect(steps.count <= 1) }
    if axis.kind == .passes, axis.rows.count > 8 { #expect(told.last?[.epoch] == 5) }
  }

  @Test func aPassThatIsCountedKeepsItsNumber() {
    var axis = StepAxis(keepsRows: true)
    let rows = (0..<6).flatMap {
      [
        Self.row($0, .loss, epoch: Double($0 + 1)),
        Self.row($0, .validationLoss, epoch: Double($0 + 1)),
      ]
    }
    let told = axis.take(rows) + axis.finish()
    #expect(told.last?[.epoch] == 6)
    #expect(told.allSatisfy { $0[.step] == nil })
  }
}

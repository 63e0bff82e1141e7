import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// Columns of a finished table that mean what all their numbers show, and not what they are called.
@Suite struct TableColumnTests {
  let scratch = Scratch()

  private func read(_ text: String, _ name: String = "a.csv") throws -> [Observation] {
    scratch.write(text, to: name, .replace)
    return try #require(
      try JobFileImport.read(
        scratch.file(name), machine: "box", FixedClock(Timestamp(seconds: 4_000_000_000))))
  }

  private func last(_ metric: Metric, _ said: [Observation]) -> Double? {
    said.readings.last { $0[metric] != nil }?[metric].map { ($0 * 1e6).rounded() / 1e6 }
  }

  private func seconds(_ said: [Observation]) -> Double {
    let times = said.readings.map(\.time)
    return (times.max() ?? Timestamp(seconds: 0)) - (times.min() ?? Timestamp(seconds: 0))
  }

  private func timing(_ said: [Observation]) -> JobFacts.Timing? {
    JobFacts(said.devices.last?.attributes ?? [:]).timing
  }

  @Test func whatEachPassTookIsNoClock() throws {
    let said = try read(
      "epoch,train_loss,val_loss,time\n"
        + (0..<6).map { "\($0),0.\(9 - $0),9.9,\(12 + $0 * 7 % 3)\n" }.joined())
    #expect(said.readings.count == 6)
    #expect(timing(said) == JobFacts.Timing.none)
    #expect(last(.epoch, said) == 5)
  }

  @Test func whatRisesIsOne() throws {
    let said = try read(
      "step,loss,time\n" + (1...6).map { "\($0),0.\(9 - $0),\(Double($0) * 12.5)\n" }.joined())
    #expect(abs(seconds(said) - 62.5) < 1e-6)
  }

  @Test func aWallTimeMayCountFromZero() throws {
    let said = try read(
      "step,loss,wall_time\n" + (0...5).map { "\($0),0.\(9 - $0),\(Double($0) * 2)\n" }.joined())
    #expect(abs(seconds(said) - 10) < 1e-6)
    #expect(said.readings.allSatisfy { $0.time.seconds > 1e9 })
  }

  @Test(arguments: ["phase", "Split", "mode", "set"]) func aRowSaysWhoseItIs(column: String) throws
  {
    let said = try read(
      "epoch,\(column),loss\n"
        + (0..<4).map { "\($0),train,0.\(9 - $0)\n\($0),val,9.9\n" }.joined())
    #expect(last(.loss, said) == 0.6)
    #expect(last(.validationLoss, said) == 9.9)
  }

  @Test func stepsOfAPassAreNoneOfTheRun() throws {
    let said = try read(
      "epoch,step,loss\n"
        + (0..<3).flatMap { pass in (0..<4).map { "\(pass),\($0 * 10),0.\(9 - $0)\n" } }.joined())
    #expect(last(.step, said) == nil)
    #expect(last(.epoch, said) == 2)
    #expect(said.events.allSatisfy { $0.cause != .resumed && $0.cause != .restarted })
  }

  @Test func theLengthOfAnEpisodeIsNoStep() throws {
    let lengths = [51, 132, 88, 17, 240, 33, 190, 12, 75, 60]
    let said = try read(
      "episode,step,loss\n"
        + lengths.enumerated().map { "\($0),\($1),0.\(9 - $0 % 9)\n" }.joined())
    #expect(last(.step, said) == nil)
    #expect(last(.loss, said) == 0.9)
  }

  @Test func passesThatBeginAnewAreAnotherRun() throws {
    let said = try read(
      "fold,epoch,train_loss\n"
        + (0..<3).flatMap { fold in (0..<4).map { "\(fold),\($0),0.\(9 - $0)\n" } }.joined())
    #expect(said.events.count { $0.cause == .restarted } == 2)
  }

  @Test(arguments: [
    ("epoch,accuracy,loss,val_accuracy,val_loss", "Keras"), ("epoch,train_loss,eval_loss", ""),
    ("epoch,lr-AdamW,step,train_loss", "Lightning"), ("epoch,step,loss", ""),
  ]) func aProgramIsNamedByTheOrderOfItsColumns(head: String, framework: String) throws {
    let cells = head.split(separator: ",").map { _ in "1" }.joined(separator: ",")
    let said = try read(head + "\n" + cells + "\n")
    #expect((said.devices.last?.model ?? "") == framework)
  }

  @Test func theRowsOfAStateLieWhereItsStepsDo() throws {
    let rows = [10, 20, 30, 40, 45].map { #"{"step": \#($0), "loss": 2.5, "epoch": 1.0}"# }
    let said = try read(
      #"{"global_step": 45, "max_steps": 45, "log_history": ["#
        + (rows + [#"{"step": 45, "train_runtime": 90.0, "train_loss": 2.6}"#]).joined(
          separator: ", ") + "]}", "trainer_state.json")
    let times = said.readings.filter { $0[.loss] != nil && $0[.step] != nil }.map(\.time)
    #expect(abs(seconds(said) - 70) < 0.01)
    #expect(times.count >= 5 && abs((times[1] - times[0]) - 20) < 0.01)
    #expect(times.count >= 5 && abs((times[4] - times[3]) - 10) < 0.01)
  }

  @Test(arguments: ["split", "type", "event", "kind"]) func aRowOfJSONSaysWhoseItIs(key: String) {
    let text = (1...4).map {
      #"{"\#(key)": "train", "step": \#($0), "loss": 0.\#(9 - $0)}"# + "\n"
        + #"{"\#(key)": "eval", "step": \#($0), "loss": 9.9}"# + "\n"
    }
    let said = LogReaderTests.parse(text.joined())
    #expect(last(.loss, said) == 0.5)
    #expect(last(.validationLoss, said) == 9.9)
  }
}

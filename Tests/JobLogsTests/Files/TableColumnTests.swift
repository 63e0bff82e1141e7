import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// Columns of a finished table that mean what all their numbers show, and not what they are called.
@Suite struct TableColumnTests {
  let scratch = Scratch()

  func read(_ text: String, _ name: String = "a.csv") throws -> [Observation] {
    scratch.write(text, to: name, .replace)
    return try #require(
      try JobFileImport.read(
        scratch.file(name), machine: "box", FixedClock(Timestamp(seconds: 4_000_000_000))))
  }

  func last(_ metric: Metric, _ said: [Observation]) -> Double? {
    said.readings.last { $0[metric] != nil }?[metric].map { ($0 * 1e6).rounded() / 1e6 }
  }

  func seconds(_ said: [Observation]) -> Double {
    let times = said.readings.map(\.time)
    return (times.max() ?? Timestamp(seconds: 0)) - (times.min() ?? Timestamp(seconds: 0))
  }

  func timing(_ said: [Observation]) -> JobFacts.Timing? {
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

  @Test(arguments: [
    ("step,lm_loss,z_loss,aux_loss,loss", 2.2), ("step,ce_loss,kl_loss,total_loss", 2.4),
    ("epoch,train/total_loss,train/cls_loss,train/reg_loss", 2.0), ("step,iter,loss", 2.5),
  ]) func theWholeIsTakenAndNoPartOfIt(head: String, right: Double) throws {
    let names = head.split(separator: ",")
    let whole = names.last { $0 == "loss" || $0.hasSuffix("total_loss") } ?? ""
    let cells = names.map { $0 == whole ? "\(right)" : names.first == $0 ? "7" : "1.5" }
    let said = try read(head + "\n" + cells.joined(separator: ",") + "\n")
    #expect(last(.loss, said) == right)
    #expect((last(.step, said) ?? last(.epoch, said)) == 7)
  }

  @Test(arguments: [
    "ce_loss,dice_loss", "bbox_loss,class_loss,giou_loss", "policy_loss,value_loss",
  ])
  func ofPartsAloneTheLossIsNotKnown(parts: String) throws {
    let cells = parts.split(separator: ",").map { _ in "1.5" }.joined(separator: ",")
    let said = try read("step,\(parts)\n1,\(cells)\n2,\(cells)\n")
    #expect(last(.loss, said) == nil)
    #expect(last(.step, said) == 2)
  }

  @Test func numbersOfOtherCountriesAreRead() throws {
    let thousands = try read("step,loss\n\"900\",2.5\n\"1,000\",2.25\n\"12,000\",2\n")
    #expect(last(.step, thousands) == 12_000)
    let commas = try read("sep=;\nstep;train_loss\n1;2,5\n2;1,25\n", "b.csv")
    #expect(last(.loss, commas) == 1.25)
  }

  @Test(arguments: [
    ("8/06/2024", "13/06/2024", 5.0), ("6/8/2024", "6/13/2024", 5.0),
    ("5/06/2024", "6/06/2024", nil),
  ]) func theDayStandsWhereAllRowsShow(from: String, to: String, days: Double?) throws {
    scratch.write(
      "step,loss,date\n1,2.5,\(from) 10:00:00\n2,2.25,\(to) 10:00:00\n", to: "d.csv", .replace)
    let said = try #require(
      try JobFileImport.read(
        scratch.file("d.csv"), machine: "box", local: LogImportTests.utc,
        FixedClock(Timestamp(seconds: 4_000_000_000))))
    #expect(last(.step, said) == 2)
    if let days {
      #expect(seconds(said) == days * 86_400)
    } else {
      #expect(timing(said) == JobFacts.Timing.none)
    }
  }

  @Test func aClockThatIsSetBackPlacesNothing() throws {
    let said = try read(
      "step,loss,timestamp\n"
        + (1...8).map { "\($0),0.\(9 - $0),\(1_790_000_000 + $0 * 10 - ($0 > 4 ? 3600 : 0))\n" }
        .joined())
    #expect(last(.step, said) == 8)
    #expect(timing(said) == JobFacts.Timing.none)
  }

  @Test(arguments: [
    "12.1,13.2,14.5,15.0", "10,30,25,40", "30000,60000,90000,120000", "12.5,12.5,12.5,12.5",
  ]) func aTimeOfWhichNobodyKnowsWhatItIsPlacesNothing(times: String) throws {
    let rows = times.split(separator: ",").enumerated().map { "\($0 + 1),0.5,\($1)\n" }
    let said = try read("epoch,loss,time\n" + rows.joined())
    #expect(timing(said) == JobFacts.Timing.none)
  }

  @Test func whatGrowsIsNoTotalAndWhatDoesNotIsNoCount() throws {
    let said = try read(
      "step,total_steps,loss,tokens,val_acc\n"
        + (1...9).map { "\($0),\($0 * 190),0.\(9 - $0 % 9),\(1000 + $0),\($0).5\n" }.joined())
    #expect(last(.stepTotal, said) == nil)
    #expect(last(.tokens, said) == nil)
    #expect(last(.accuracy, said) == nil)
  }

  @Test func foldsOneAfterTheOtherAreRuns() throws {
    let said = try read(
      "fold,epoch,train_loss\n"
        + (0..<3).flatMap { fold in (1...5).map { "\(fold),\($0),0.\(9 - $0)\n" } }.joined())
    #expect(
      said.events.map(\.text).filter { $0.contains("began") } == [
        "a.csv: began anew (1)", "a.csv: began anew (2)",
      ])
    #expect(last(.epoch, said) == 5)
  }

  @Test(arguments: [
    "epoch,model,loss\n1,A,0.9\n1,B,0.8\n2,A,0.7\n2,B,0.6\n",
    "trial,epoch,loss\n1,10,0.9\n2,10,0.8\n3,10,0.7\n4,10,0.6\n",
  ]) func runsInTurnAreNoCourseOfOne(table: String) {
    #expect(throws: SourceFailure.self) { try read(table) }
  }

  @Test func oneRunThatIsNamedInEachRowIsOne() throws {
    let said = try read("seed,epoch,loss\n42,1,0.9\n42,2,0.8\n42,3,0.7\n")
    #expect(last(.epoch, said) == 3)
    #expect(!said.events.contains { $0.cause == .restarted })
  }
}

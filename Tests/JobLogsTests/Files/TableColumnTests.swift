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

  @Test func rowsThatSumUpOthersAreNone() throws {
    let said = try read("step,loss\n1,2.5\n2,2.25\n,9\n-1,8\n")
    #expect(last(.loss, said) == 2.25)
  }

  @Test func theNameOfATableMaySayWhoseItIs() throws {
    let said = try read("epoch,loss\n1,2.5\n2,2.25\n", "val_log.csv")
    #expect(last(.loss, said) == nil)
    #expect(last(.validationLoss, said) == 2.25)
  }

  @Test func aTableMayHaveAnyName() throws {
    let said = try read("epoch,accuracy,loss\n0,0.5,2.5\n1,0.6,2.25\n", "training.log")
    #expect(last(.loss, said) == 2.25)
  }

  @Test func aStateThatWasContinuedHasNoTimes() throws {
    let said = try read(
      #"{"global_step": 20, "log_history": [{"step": 10, "loss": 2.5}, "#
        + #"{"step": 10, "train_runtime": 50.0}, {"step": 20, "loss": 2.0}, "#
        + #"{"step": 20, "train_runtime": 50.0}]}"#, "trainer_state.json")
    #expect(timing(said) == JobFacts.Timing.none)
  }

  @Test func aFolderOfAnEvaluationIsOne() {
    #expect(ScalarNames.use("Loss", folder: "Loss_val")?.metric == .validationLoss)
    #expect(ScalarNames.use("Loss/main", folder: "Loss_main_test")?.metric == .validationLoss)
    #expect(ScalarNames.use("loss", folder: "validation")?.metric == .validationLoss)
    // Runs that somebody called so.
    for folder in ["my_test", "test", "llama-dev", "new_val"] {
      #expect(ScalarNames.use("loss", folder: folder)?.metric == .loss, "\(folder)")
    }
    let tree = FileTree()
    for folder in ["a/train", "a/test", "b/test"] { tree.folder("/\(folder)") }
    #expect(TFEventsRun.data(in: tree.root + "/a/test") == "validation")
    #expect(TFEventsRun.data(in: tree.root + "/b/test") == "test")
  }

  @Test func thePartsOfYOLOAreSummedInEveryTracker() {
    var choice = ScalarChoice()
    let row = WandBReader.row(
      [
        ("train/box_loss", 0.25), ("train/cls_loss", 0.5), ("train/dfl_loss", 1),
        ("val/box_loss", 2), ("val/cls_loss", 2), ("_timestamp", 1_790_000_000), ("_step", 3),
      ], step: nil, &choice)
    #expect(row?[.loss] == 1.75)
    #expect(row?[.validationLoss] == 4)
    #expect(row?[.epoch] == 3)
  }

  @Test func eventFilesOfOneRunAreOneJob() {
    let tree = FileTree()
    for folder in ["a/train", "a/test", "runs/test", "runs/dev"] { tree.folder("/\(folder)") }
    let files = [
      "a/train/events.out.tfevents.1.h", "a/test/events.out.tfevents.2.h",
      "runs/test/events.out.tfevents.3.h", "runs/dev/events.out.tfevents.4.h", "power.csv",
    ].map { tree.root + "/" + $0 }
    let runs = JobFileImport.runs(among: files)
    #expect(runs[files[0]] == [files[0], files[1]])
    #expect(runs[files[1]] == [])
    // Two runs that are called so.
    #expect(runs[files[2]] == nil && runs[files[3]] == nil)
  }

  @Test func aTableIsFollowedWhoseTimesCannotBeRead() throws {
    scratch.write("step,loss,date\n1,2.5,05/06/2024 10:00:00\n", to: "a.csv", .replace)
    var source = CSVSource(path: scratch.file("a.csv"), context: SourceContext(machine: "box"))
    let clock = FixedClock(Timestamp(seconds: 4_000_000_000))
    #expect(last(.step, try source.sample(clock)) == 1)
    scratch.write("2,2.25,05/06/2024 10:00:10\n", to: "a.csv")
    #expect(last(.step, try source.sample(clock)) == 2)
  }

  @Test func aTableWithBothLossesIsNoEvaluations() throws {
    let said = try read("epoch,loss,val_loss\n1,2.5,3.5\n", "val_curves.csv")
    #expect(last(.loss, said) == 2.5)
    #expect(last(.validationLoss, said) == 3.5)
  }

  @Test func whatAnEvaluationTookIsNoTimeOfSteps() throws {
    let rows = [
      #"{"step": 10, "loss": 2.5}"#, #"{"step": 10, "eval_loss": 3.5, "eval_runtime": 40.0}"#,
      #"{"step": 20, "loss": 2.25}"#, #"{"step": 20, "train_runtime": 60.0}"#,
    ]
    let said = try read(
      #"{"global_step": 20, "log_history": ["# + rows.joined(separator: ", ") + "]}",
      "trainer_state.json")
    let times = said.readings.filter { $0[.loss] != nil }.map(\.time)
    // Twenty steps in twenty seconds, and an evaluation between them.
    #expect(times.count >= 2 && abs((times[1] - times[0]) - 50) < 0.01)
    #expect(said.readings.contains { $0[.evaluationTime] == 40 })
  }

  @Test func anEvaluationIsNotTheTimeOfTheStepBeforeIt() throws {
    let said = try read(
      "step,loss,val_loss,timestamp\n1,2.5,,1790000000\n2,2.25,,1790000010\n2,,3.5,1790000013\n")
    #expect(said.readings.last?[.validationLoss] == 3.5)
    #expect(said.readings.last { $0[.step] != nil }?.time == Timestamp(seconds: 1_790_000_010))
  }

  @Test func aCommaInALossIsNoThousand() throws {
    let said = try read("epoch,loss\n1,\"2,899\"\n2,\"2,898\"\n")
    #expect(last(.loss, said) == nil)
    #expect(last(.epoch, said) == 2)
  }

  @Test func anotherStageIsNoEvaluation() throws {
    let said = try read("step,stage,loss\n1,train,2.5\n2,train,2.25\n3,finetune,2\n")
    #expect(last(.loss, said) == 2.25)
    #expect(last(.validationLoss, said) == nil)
  }

  @Test func aColumnOfTheTrainingsAccuracySetsNoRowAside() throws {
    let said = try read("epoch,train,loss\n1,0,2.5\n2,0,2.25\n")
    #expect(last(.loss, said) == 2.25)
    #expect(last(.validationLoss, said) == nil)
  }

  @Test func aClockOfWholeSecondsKeepsEveryRow() throws {
    let said = try read(
      "step,loss,time\n" + (1...12).map { "\($0),0.\(99 - $0),\($0 / 3)\n" }.joined())
    #expect(said.readings.count == 12)
    #expect(abs(seconds(said) - 4) < 0.01)
    #expect(Set(said.readings.map(\.time)).count == 12)
  }

  @Test func stepsThatGoBackInAStateHaveNoTimes() throws {
    let said = try read(
      #"{"global_step": 20, "log_history": [{"step": 10, "loss": 2.5}, {"step": 20, "loss": 2.0}, "#
        + #"{"step": 15, "loss": 2.1}, {"step": 20, "loss": 1.9}, "#
        + #"{"step": 20, "train_runtime": 50.0}]}"#, "trainer_state.json")
    #expect(timing(said) == JobFacts.Timing.none)
  }
}

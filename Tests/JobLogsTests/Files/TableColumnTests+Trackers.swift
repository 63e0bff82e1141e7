import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// The same where a tracker or a tool writes the rows.
extension TableColumnTests {
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

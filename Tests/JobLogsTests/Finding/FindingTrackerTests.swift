import Glibc
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// Files that trainers write where nobody told them to: saved states, scalars and logs as JSON.
@Suite struct FindingTrackerTests {
  let tree = FileTree()

  init() { tree.boot(secondsAgo: 10_000) }

  private func job(_ words: [String] = ["python3", "train.py"]) throws -> FoundJob {
    tree.process(41, words, maps: FileTree.torch)
    return try #require(tree.jobs(FixedClock(Timestamp(seconds: Double(time(nil))))).first)
  }

  private func state(step: Int, total: Int = 1000) -> String {
    """
    {"epoch": 0.5, "global_step": \(step), "max_steps": \(total), "num_train_epochs": 2,
     "train_batch_size": 4, "total_flos": 0.0,
     "log_history": [{"epoch": 0.25, "loss": 2.5, "step": \(step - 10)},
                     {"epoch": 0.5, "loss": \(100.0 / Double(step)), "step": \(step)}]}
    """
  }

  @Test func theNewestCheckpointOfTheOutputFolderIsFollowed() throws {
    tree.write("/home/out/checkpoint-900/trainer_state.json", state(step: 900))
    tree.age("/home/out/checkpoint-900/trainer_state.json", seconds: 50_000)
    tree.write("/home/out/checkpoint-50/trainer_state.json", state(step: 50))
    tree.age("/home/out/checkpoint-50/trainer_state.json", seconds: 1200)
    tree.write("/home/out/checkpoint-50/model.safetensors", "x")
    let job = try job(["python3", "train.py", "--output_dir", "out"])
    #expect(job.files.map(\.shown) == ["out/checkpoint-50/trainer_state.json"])
    #expect(job.best?.reader == "Trainer state")
    #expect(job.best?.why.contains("minutes to hours old") == true)

    let now = Double(time(nil))
    var source = JobSource(tree.context)
    var heard = try source.sample(FixedClock(Timestamp(seconds: now)))
    #expect(heard.readings.map { $0[.step] } == [50])
    #expect(heard.readings.map { $0[.loss] } == [2])
    #expect(heard.readings.first?[.epochTotal] == 2 && heard.readings.first?[.stepTotal] == 1000)
    // It is true of when it was saved, and that is said.
    #expect(heard.readings.allSatisfy { abs($0.time.seconds - (now - 1200)) < 5 })
    #expect(heard.events.map(\.text).contains { $0.contains("step 50 was saved 20 min ago") })
    #expect(heard.devices.last?.attributes["device_batch"] == "4")
    let device = heard.devices.last?.id

    tree.write("/home/out/checkpoint-100/trainer_state.json", state(step: 100))
    heard = try source.sample(FixedClock(Timestamp(seconds: now + 10)))
    #expect(heard.readings.map { $0[.step] } == [100])
    #expect(heard.readings.map(\.device) == [device])
    // The folder is looked into again and again; it stays the same job.
    for round in 1...40 {
      heard = try source.sample(FixedClock(Timestamp(seconds: now + 10 + Double(round) * 20)))
      #expect(!heard.events.contains { $0.text.contains("now following") })
    }
  }

  /// Thirty checkpoints and as many databases leave time for the one file that tells more.
  @Test func manyCheckpointsHideNothing() throws {
    for step in 1...30 {
      tree.write("/home/out/checkpoint-\(step)/trainer_state.json", state(step: step))
      tree.write("/home/out/index-\(step).db", "SQLite format 3\0")
    }
    tree.write("/home/out/metrics.csv", "step,loss\n1,2.5\n")
    tree.age("/home/out/metrics.csv", seconds: 60)
    let job = try job(["python3", "train.py", "--output_dir", "out"])
    #expect(Set(job.files.map(\.reader)) == ["table", "Trainer state"])
  }

  @Test func aFolderOfSeveralTrainingsTellsTheLast() throws {
    func step(_ since: Timestamp? = nil) throws -> Double? {
      let context = SourceContext(machine: "box")
      var source = HFFilesSource(path: tree.root + "/home/out", context: context, since: since)
      let heard = try source.sample(FixedClock(Timestamp(seconds: Double(time(nil)) + 5)))
      return heard.readings.first?[.step]
    }
    tree.write("/home/out/checkpoint-500/trainer_state.json", state(step: 500))
    tree.write("/home/out/checkpoint-1000/trainer_state.json", state(step: 1000))
    #expect(try step() == 1000)
    tree.write("/home/out/trainer_state.json", state(step: 1010))
    #expect(try step() == 1010)
    // Trained once more, from the start.
    for name in ["/trainer_state.json", "/checkpoint-1000/trainer_state.json"] {
      tree.age("/home/out\(name)", seconds: 4000)
    }
    #expect(try step() == 500)
    #expect(throws: SourceFailure.self) {
      try step(Timestamp(seconds: Double(time(nil)) + 100))
    }
  }

  @Test func scalarsAndLogsAsJSONAreFound() throws {
    // mmengine's, ms-swift's and LLaMA-Factory's; who reads the lines is another matter.
    let row = #"{"current_steps": 5, "total_steps": 20, "loss": 2.5, "lr": 1e-06, "epoch": 0.1}"#
    let places = [
      "work_dirs/rtmdet/20260314_100000/vis_data/scalars.json",
      "output/qwen/v0-20260314/logging.jsonl", "saves/trainer_log.jsonl",
    ]
    for place in places {
      tree.write("/home/\(place)", row + "\n")
      let found = try job()
      #expect(found.files.map(\.shown) == [place], "\(place)")
      #expect(found.files.first?.reader == "text")
      // It must grow first while the job computes.
      #expect(found.best == nil)
      tree.remove("/home/\(place)")
    }
    // Other JSON that lies about is none.
    tree.write("/home/package.json", row + "\n")
    tree.write("/home/vis_data/config.json", "{\"a\": 1}\n")
    #expect(try job().files.isEmpty)
  }
}

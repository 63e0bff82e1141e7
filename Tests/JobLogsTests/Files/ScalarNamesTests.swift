import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// What the names of the frameworks' numbers mean, and for what their rates count.
@Suite struct ScalarNamesTests {
  @Test func namesOfTheFrameworks() {
    let names: [(String, Metric, Double, Double)] = [
      ("training/global_step", .step, 7, 7), ("training/epoch", .epoch, 2, 2),
      ("actor/grad_norm", .gradientNorm, 0.5, 0.5), ("actor/lr", .learningRate, 1e-6, 1e-6),
      ("perf/time_per_step", .stepTime, 50, 50), ("timing_s/step", .stepTime, 50, 50),
      ("perf/max_memory_allocated_gb", .peakMemory, 2, 2_147_483_648),
      ("perf/mfu/actor", .reportedMFU, 0.25, 0.25), ("train/CE loss", .loss, 2.5, 2.5),
      ("throughput/total tokens", .tokens, 4096, 4096),
      ("throughput/device/TPS", .tokenRate, 1000, 1000),
      ("throughput/device/MFU", .reportedMFU, 40, 0.4),
      ("throughput/device/mfu", .reportedMFU, 0.4, 0.4),
      ("optim/LR (group 0)", .learningRate, 0.1, 0.1),
      ("optim/total grad norm", .gradientNorm, 1.5, 1.5),
      ("progress/total_tokens", .tokens, 4096, 4096), ("optim/lr", .learningRate, 0.1, 0.1),
      ("time/step", .stepTime, 3, 3), ("perf/mfu", .reportedMFU, 40, 0.4),
      ("train/dataloading_s", .dataTime, 0.5, 0.5), ("train/steps", .step, 7, 7),
      ("throughput/duration", .stepTime, 3, 3), ("throughput/mfu", .reportedMFU, 40, 0.4),
      ("train/lr-pg_0", .learningRate, 0.1, 0.1),
      ("train/memory(GiB)", .peakMemory, 1, 1_073_741_824),
    ]
    for (name, metric, raw, value) in names {
      let use = ScalarNames.use(name)
      #expect(use?.metric == metric, "\(name)")
      #expect(use?.value(raw) == value, "\(name)")
    }
  }

  /// Tokens of one step, means since the start and rates of something else are not the job's tokens.
  @Test func whatIsNotTaken() {
    for name in [
      "perf/total_num_tokens", "global_seqlen/mean", "train_tokens_per_second",
      "train/train_tokens_per_second", "train_speed(s/it)", "perf/tokens_per_gpu_per_sec",
      "rollout/tokens_per_second", "eval/tokens_per_sec", "eval_tokens_per_second",
      "max_tps", "tps_limit", "tps/gpu_memory", "num_tokens_per_step", "generation/tps",
      "throughput/device/BPS", "critic/score/mean",
    ] {
      #expect(ScalarNames.use(name) == nil, "\(name)")
    }
  }

  /// Ultralytics tells trackers once in a pass.
  @Test func whatIsToldOnceInAPassCountsPasses() {
    #expect(ScalarNames.use("train/box_loss")?.counting == .epochs)
    #expect(ScalarNames.use("metrics/mAP50-95(B)")?.counting == .epochs)
    var choice = ScalarChoice()
    let row = WandBReader.row(
      [("train/box_loss", 0.25), ("_timestamp", 1_790_000_000), ("_step", 3)], step: nil, &choice)
    #expect(row?[.epoch] == 3 && row?[.step] == nil && row?[.loss] == 0.25)
  }

  @Test func theScopeOfARateIsInItsName() {
    let scopes: [(String, JobFacts.RateScope)] = [
      ("throughput(tps)", .device), ("tokens_per_second_per_gpu", .device),
      ("tps_per_gpu", .device),
      ("throughput/device/tokens_per_sec", .device), ("throughput/device/TPS", .device),
      ("tokens/train_per_sec_per_gpu", .device), ("tokens_per_gpu_per_second_(tgs)", .device),
      ("performance/tokens_per_sec_per_gpu", .device), ("train/tgs", .device),
      ("tokens_per_gpu_per_second", .device), ("tokens/sec/gpu", .device),
      ("throughput/tokens_per_second", .job), ("throughput/tokens_per_sec", .job),
      ("tps", .unknown), ("tokens_per_second", .unknown), ("tok/sec", .unknown),
      ("train/tokens_per_sec", .unknown), ("perf/throughput", .unknown),
    ]
    for (name, scope) in scopes {
      let use = ScalarNames.use(name)
      #expect(use?.metric == .tokenRate && use?.scope == scope, "\(name)")
    }
  }

  /// What a log of W&B with these numbers in every row says of the rate.
  private func told(
    _ items: [(String, Double)]
  ) throws -> (scope: String?, rates: [Double], facts: JobFacts) {
    let scratch = Scratch()
    var file = WandBFile()
    for step in 1...3 {
      file.add(
        EventFile.field(
          2,
          (items + [("_timestamp", 1_790_000_000 + Double(step))]).flatMap {
            EventFile.field(1, WandBFile.item($0.0, "\($0.1)"))
          } + EventFile.field(2, [0x08, UInt8(step)])))
    }
    scratch.write(file.bytes, to: "run-a.wandb")
    var source = WandBSource(
      path: scratch.file("run-a.wandb"), context: SourceContext(machine: "b"))
    let heard = try source.readAll(FixedClock(Timestamp(seconds: 1_790_000_100)))
    let attributes = heard.devices.last?.attributes ?? [:]
    return (
      attributes["rate_scope"], heard.readings.compactMap { $0[.tokenRate] }, JobFacts(attributes)
    )
  }

  @Test func aNameBesideItSaysWhatARateCountsFor() throws {
    for items in [
      [("tps", 8000.0), ("tps_per_gpu", 1000)], [("tps_per_gpu", 1000.0), ("tps", 8000)],
    ] {
      let both = try told(items)
      #expect(both.scope == "job" && Set(both.rates) == [8000] && both.rates.count == 3)
    }
    let alone = try told([("tps", 8000)])
    #expect(alone.scope == "unknown" && alone.facts.rateFactor == nil)
    let verl = try told([("perf/throughput", 1000), ("perf/time_per_step", 30)])
    #expect(verl.scope == "device" && Set(verl.rates) == [1000])
    let prime = try told([("perf/throughput", 8000), ("perf/throughput_per_gpu", 1000)])
    #expect(prime.scope == "job" && Set(prime.rates) == [8000])
    #expect(try told([("perf/throughput", 8000)]).scope == "unknown")
  }

  @Test func tablesFollowTheSameNames() throws {
    let scratch = Scratch()
    scratch.write(
      "step,tps_per_gpu,tps,train/CE loss,timestamp\n1,1000,8000,2.5,1790000000\n"
        + "2,1000,8000,2.25,1790000010\n", to: "a.csv")
    var source = CSVSource(path: scratch.file("a.csv"), context: SourceContext(machine: "b"))
    let heard = try source.readAll(FixedClock(Timestamp(seconds: 1_790_000_100)))
    #expect(heard.readings.map { $0[.tokenRate] } == [8000, 8000])
    #expect(heard.readings.map { $0[.loss] } == [2.5, 2.25])
    #expect(heard.devices.last?.attributes["rate_scope"] == "job")
  }

  @Test func tagsOfEventFilesDoAsWell() throws {
    let tree = FileTree()
    let name = "/runs/events.out.tfevents.1790000000.box"
    let rows = (1...3).map { step in
      EventFile.event(
        1_790_000_000 + Double(step), step: Int64(step), EventFile.simple("tps_per_gpu", 1000),
        EventFile.simple("actor/pg_loss", 0.5), EventFile.simple("tps", 8000),
        EventFile.simple("step", Float(step)))
    }
    tree.write(name, EventFile.version + rows.flatMap { $0 })
    var source = TFEventsSource(path: tree.root + name, context: SourceContext(machine: "b"))
    let heard = try source.readAll(FixedClock(Timestamp(seconds: 1_790_000_100)))
    #expect(heard.readings.map { $0[.step] } == [1, 2, 3])
    #expect(Set(heard.readings.compactMap { $0[.tokenRate] }) == [8000])
    #expect(heard.devices.last?.attributes["rate_scope"] == "job")
    #expect(heard.devices.last?.attributes["framework"] == "verl")
  }

  @Test func namesWithEscapesAndWildNumbersHarmNobody() {
    for name in ["\u{1B}[31mloss\u{1B}[0m", "", String(repeating: "/gpu", count: 4000), "_per_gpu"]
    {
      _ = ScalarNames.use(name)
    }
    var choice = ScalarChoice()
    for index in 0..<1000 {
      _ = choice.takes(ScalarUse(metric: .tokenRate, scope: .unknown), name: "tps\(index)")
    }
    #expect(choice.rateScope == .unknown)
  }
}

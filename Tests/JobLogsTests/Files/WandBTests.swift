import Quantities
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import JobLogs

@Suite struct WandBTests {
  static let start = 1_790_000_000.0
  static let clock = FixedClock(Timestamp(seconds: start + 9000))
  static let context = SourceContext(machine: "box")

  static func reader(_ bytes: [UInt8], piece: Int = 1 << 20) -> WandBReader {
    var reader = WandBReader()
    bytes.withUnsafeBufferPointer { buffer in
      var at = 0
      while at < buffer.count {
        let end = min(buffer.count, at + piece)
        reader.feed(buffer.part(at..<end))
        at = end
      }
    }
    return reader
  }

  @Test func historyBecomesRowsWhereverTheBlocksEnd() {
    var file = WandBFile()
    for step in 0..<40 {
      // Long texts push records over the ends of blocks.
      file.add(
        WandBFile.history(
          step: UInt64(step), time: Self.start + Double(step),
          WandBFile.item("train/loss", "\(Double(step) + 0.5)", nested: step % 2 == 0),
          WandBFile.item("note", "\"\(String(repeating: "x", count: 5000 + 97 * step))\"")))
    }
    for piece in [1, 1000, 1 << 20] {
      let reader = Self.reader(file.bytes, piece: piece)
      #expect(reader.historyCount == 40)
      #expect(reader.rows.map { $0[.step] ?? -1 } == (0..<40).map(Double.init))
      #expect(reader.rows.map { $0[.loss] ?? -1 } == (0..<40).map { Double($0) + 0.5 })
      #expect(reader.firstDamage == nil)
    }
  }

  @Test func damageCostsAtMostABlock() {
    var file = WandBFile()
    for step in 0..<30 {
      file.add(
        WandBFile.history(
          step: UInt64(step), time: Self.start + Double(step),
          WandBFile.item("train/loss", "1"),
          WandBFile.item("note", "\"\(String(repeating: "x", count: 6000))\"")))
    }
    var bytes = file.bytes
    bytes[40_000] ^= 1
    let reader = Self.reader(bytes)
    #expect((20..<30).contains(reader.historyCount))
    #expect(reader.rows.last?[.step] == 29)
    #expect(reader.firstDamage.map { (32_768...40_000).contains($0) } == true)
  }

  @Test func theTrainersStepIsBetterThanTheCountOfCalls() throws {
    var file = WandBFile()
    file.add(
      EventFile.field(
        17, EventFile.field(1, Array("abc".utf8)) + EventFile.field(9, Array("brave-hippo-7".utf8)))
    )
    file.add(
      WandBFile.history(
        step: 3, time: Self.start, WandBFile.item("train/global_step", "300"),
        WandBFile.item("train/loss", "\"NaN\""), WandBFile.item("eval/loss", "2.5"),
        WandBFile.item("train/train_tokens_per_second", "7201.7")))
    file.add(EventFile.field(18, [0x08, 0x01]))
    let scratch = Scratch()
    scratch.write(file.bytes + [1, 2, 3], to: "run-abc.wandb")
    var source = WandBSource(path: scratch.path, context: Self.context)
    let heard = try source.readAll(Self.clock)
    #expect(heard.devices.last?.label == "brave-hippo-7")
    #expect(heard.readings.map { $0[.step] } == [300])
    #expect(heard.readings.map { $0[.loss] } == [nil])
    #expect(heard.readings.map { $0[.validationLoss] } == [2.5])
    #expect(heard.readings.allSatisfy { $0[.tokenRate] == nil })
    #expect(
      heard.events.map(\.text) == [
        "brave-hippo-7: the loss is no number at step 300", "brave-hippo-7 ended with code 1",
      ])
    #expect(try source.sample(Self.clock).isEmpty)
  }

  @Test func twoCountsOfStepsAreNotMixed() {
    var file = WandBFile()
    file.add(
      WandBFile.history(
        step: 1, time: Self.start, WandBFile.item("train/global_step", "100"),
        WandBFile.item("train/loss", "2.5")))
    file.add(
      WandBFile.history(step: 2, time: Self.start + 1, WandBFile.item("eval/loss", "2.75")))
    #expect(Self.reader(file.bytes).rows.map { $0[.step] } == [100, nil])
  }

  @Test func acceleratorsOfTheProcessAreAHint() {
    var file = WandBFile()
    let stats = ["gpu.0.powerWatts=400", "gpu.4.powerWatts=250", "gpu.process.4.powerWatts=250"]
    for _ in 0..<2 {
      file.add(
        EventFile.field(
          7,
          stats.flatMap { text in
            let parts = text.split(separator: "=").map(String.init)
            return EventFile.field(3, WandBFile.item(parts[0], parts[1]))
          }))
    }
    let reader = Self.reader(file.bytes)
    #expect(reader.statsCount == 2)
    #expect(reader.facts["gpus_hint"] == "4")
    #expect(reader.facts["reported_gpu_watts"] == "250.0")
    #expect(reader.rows.isEmpty)
  }

  /// What W&B measures every 30 s is power of the machine's GPUs.
  @Test func whatIsMeasuredOfAcceleratorsIsTheirPower() throws {
    var file = WandBFile()
    file.add(
      EventFile.field(
        17, EventFile.field(1, Array("run1".utf8)) + EventFile.field(13, Array("node-3".utf8))))
    for tick in 0...10 {
      let seconds = UInt64(Self.start) + UInt64(tick) * 30
      let stats = ["gpu.0.powerWatts": "300", "gpu.0.gpu": "50", "gpu.1.powerWatts": "100"]
      let time = EventFile.field(2, [0x08] + EventFile.varint(seconds))
      let wrong = tick == 5 ? "45000" : "300"
      file.add(
        EventFile.field(
          7,
          time
            + stats.sorted { $0.key < $1.key }.flatMap { name, value in
              EventFile.field(
                3, WandBFile.item(name, name == "gpu.0.powerWatts" ? wrong : value))
            }))
    }
    let tree = FileTree()
    tree.write("/run-1.wandb", file.bytes)
    var source = WandBSource(path: tree.root + "/run-1.wandb", context: Self.context)
    var timeline = Timeline()
    timeline.apply(try source.readAll(Self.clock))
    let span = try #require(timeline.span)
    let gpus = timeline.devices(.gpu)
    #expect(gpus.map(\.id.name) == ["wandb:node-3:0", "wandb:node-3:1"])
    #expect(gpus.allSatisfy { $0.role == .accelerator && $0.teller == "wandb" })
    let second = try #require(timeline.id(.power, of: gpus[1].id))
    #expect(timeline.total(second, over: span).amount == 30_000)
    #expect(timeline.descriptor(second).provenance.period == 30)
    // What cannot be is left out and said.
    let first = try #require(timeline.id(.power, of: gpus[0].id))
    #expect(timeline.total(first, over: span).mean == 300)
    #expect(timeline.events.contains { $0.cause == .refused && $0.device == gpus[0].id })
  }

  @Test func changedBytesNeverTrap() {
    var file = WandBFile()
    let record = WandBFile.history(
      step: 3, time: Self.start, WandBFile.item("train/loss", "2.5"),
      WandBFile.item("a/b", "1e400", nested: true))
    for _ in 0..<5 { file.add(record) }
    mutations(of: file.bytes, rounds: 1500) { bytes in
      for row in Self.reader(bytes, piece: 61).rows where row[.loss].map({ $0 != 2.5 }) ?? false {
        Issue.record("made up \(row)")
      }
    }
    mutations(of: record, rounds: 3000) { bytes in
      _ = bytes.withUnsafeBufferPointer { WandBRecord($0) }
    }
    mutations(
      of: Array(#"{"_step": 12, "_timestamp": 1700196849.9, "loss": NaN}"#.utf8), rounds: 2000
    ) {
      _ = try? WandBSummary.row($0)
    }
  }

  @Test func whatIsNoLogSaysSo() throws {
    let scratch = Scratch()
    scratch.write("hello, this is no log", to: "run-a.wandb")
    var source = WandBSource(path: scratch.file("run-a.wandb"), context: Self.context)
    let failure = #expect(throws: SourceFailure.self) { try source.sample(Self.clock) }
    #expect(failure?.message.hasSuffix("is no log of W&B") == true)
    scratch.write("{\"_step\": 12, \"loss\"", to: "wandb-summary.json")
    var summary = WandBSource(path: scratch.file("wandb-summary.json"), context: Self.context)
    #expect(throws: SourceFailure.self) { try summary.sample(Self.clock) }
  }

  @Test func aForeignFileStaysForeignThoughALogStandsInIt() {
    var file = WandBFile()
    file.add(
      WandBFile.history(step: 1, time: Self.start, WandBFile.item("train/loss", "2.5")))
    #expect(Self.reader(file.bytes).rows.count == 1)
    let piece = 16
    let reader = Self.reader(
      Array("hello, I am none".utf8.prefix(piece)) + file.bytes, piece: piece)
    #expect(reader.isForeign)
    #expect(reader.rows.isEmpty)
  }

  @Test func aWholeLog() throws {
    struct Log {
      let path: String?
      let rows: Int
      let stats: Int
      let label: String
      let gpus: String
      let steps: [Double]
      let losses: (first: Double, last: Double)
      let epoch: Double
    }
    let scratch = Scratch()
    scratch.write(JobFileFixture.wandbLog, to: "run-0a1b2c3d.wandb")
    let logs = [
      Log(
        path: scratch.file("run-0a1b2c3d.wandb"), rows: 3, stats: 3, label: "0a1b2c3d", gpus: "1",
        steps: [10, 20, 30], losses: (3.25, 2.5), epoch: 1.5),
      Log(
        path: Fixtures.real("training/wandb/run-8kelgntz.wandb"), rows: 13, stats: 4,
        label: "8kelgntz", gpus: "4", steps: (1...12).map(Double.init), losses: (1.593, 0.5808),
        epoch: 2.95),
    ]
    for log in logs {
      guard let path = log.path else { continue }
      let reader = Self.reader(Fixtures.readFile(path), piece: 777)
      #expect(reader.historyCount == log.rows)
      #expect(reader.statsCount == log.stats)
      #expect(reader.firstDamage == nil)
      #expect(reader.label == log.label)
      #expect(reader.facts["gpus_hint"] == log.gpus)
      let losses = reader.rows.filter { $0[.loss] != nil }
      #expect(losses.map { $0[.step] ?? 0 } == log.steps)
      #expect(losses.first?[.loss] == log.losses.first)
      #expect(losses.last?[.loss] == log.losses.last)
      #expect(reader.rows.last?[.epoch].map { abs($0 - log.epoch) < 1e-9 } == true)
      var source = WandBSource(path: path, context: Self.context)
      let heard = try source.readAll(Self.clock)
      #expect(heard.readings.compactMap { $0[.loss] }.count == log.steps.count)
      #expect(Set(heard.devices.map(\.id.kind)).isSubset(of: [.job, .gpu]))
      #expect(heard.events.isEmpty)
    }
  }

  @Test func aWholeSummary() throws {
    let summaries: [(path: String?, loss: Double, step: Double, time: Double)] = [
      (Fixtures.path("files/wandb-summary.json"), 2.3125, 40, 1_773_500_060.5),
      (Fixtures.real("training/wandb/wandb-summary.json"), 0.5808, 12, 1_700_196_849.964163),
    ]
    for (path, loss, step, time) in summaries {
      guard let path else { continue }
      let row = try #require(try WandBSummary.row(Fixtures.readFile(path)))
      #expect(row[.loss] == loss)
      #expect(row[.step] == step)
      #expect(row.time == Timestamp(seconds: time))
      var source = WandBSource(path: path, context: Self.context)
      #expect(try source.readAll(Self.clock).readings.map { $0[.loss] } == [loss])
      #expect(try source.sample(Self.clock).isEmpty)
    }
  }

  @Test func aCountOfCallsIsNoStep() {
    var file = WandBFile()
    for pass in 0..<4 {
      let step = UInt64(pass) * 2
      file.add(
        WandBFile.history(
          step: step, time: Self.start + Double(step), WandBFile.item("train_loss", "2.5"),
          WandBFile.item("epoch", "\(pass)")))
      file.add(
        WandBFile.history(
          step: step + 1, time: Self.start + Double(step) + 1, WandBFile.item("val_loss", "9.5")))
    }
    var reader = Self.reader(file.bytes)
    let rows = reader.takeRows()
    #expect(rows.count == 8)
    #expect(rows.allSatisfy { $0[.step] == nil })
    #expect(rows.last { $0[.epoch] != nil }?[.epoch] == 3)
  }
}

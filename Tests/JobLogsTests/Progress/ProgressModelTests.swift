import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// What bars and lines count is decided by evidence, and taken back where it was another thing.
@Suite struct ProgressModelTests {
  func parse(_ text: String) -> [Observation] { LogFormatTests.parse(text) }

  /// A bar of tqdm, at 2 s each.
  func bar(
    _ name: String = "", _ done: Int, _ total: Int, at seconds: Int? = nil,
    rate: String = "2.00s/it",
    _ more: String = ""
  ) -> String {
    let passed = seconds ?? done * 2
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let percent = done * 100 / max(total, 1)
    return "\(name.isEmpty ? "" : "\(name): ")\(percent)%|█         | \(done)/\(total) "
      + "[\(two(passed / 60)):\(two(passed % 60))<10:00, \(rate)\(more)]"
  }

  private func steps(_ text: String) -> [Double?] { parse(text).readings.map { $0[.step] } }

  @Test(arguments: [
    "model.safetensors:  45%|████▌     | 2.21G/4.91G [00:30<00:36, 73.5MB/s]",
    "model.safetensors:  45%|████▌     | 221/491 [00:30<00:36, 7.35MB/s]",
    "Fetching 10 files:  50%|█████     | 5/10 [00:30<00:30,  6.00s/it]",
    "Loading checkpoint shards:  50%|█████     | 2/4 [00:30<00:30, 15.00s/it]",
    "Map (num_proc=4):  50%|█████     | 2000/4000 [00:30<00:30, 66.00 examples/s]",
    "Tokenizing train dataset:  50%|█████     | 2000/4000 [01:30<01:30, 22.00it/s]",
    "Validation DataLoader 0:  50%|█████     | 50/100 [01:05<01:05,  1.00s/it]",
    "Evaluating:  50%|█████     | 50/100 [01:05<01:05,  1.00s/it, loss=1.3]",
    "Processed prompts:  50%|█████     | 32/64 [01:10<01:10,  2.00s/it, est. speed input: 64.00 toks/s]",
    "Generating rollouts:  50%|█████     | 32/64 [01:10<01:10,  2.00s/it]",
    "train: Scanning /data/labels/train.cache... 4000 images, 12 backgrounds, 0 corrupt: 100%|█| 4000/4000 [00:31<00:00, 129.00it/s]",
    " 50%|█████     | 2500/5000 [00:30<00:30, 83.00it/s]",
  ]) func aBarOfAnotherThingGivesNoStep(line: String) {
    let heard = parse("caching latents with caching strategy.\n\(line)")
    #expect(heard.readings.allSatisfy { $0[.step] == nil && $0[.stepTotal] == nil })
  }

  @Test func aBarWithoutNameIsBelievedWhenItLasts() {
    let short = (0...9).map { bar("", $0, 400) }.joined(separator: "\n")
    #expect(steps(short).isEmpty)
    // What it said before is told then, at the times it came.
    let long = (0...12).map { bar("", $0, 400) }.joined(separator: "\n")
    let rows = parse(long).readings
    #expect(rows.compactMap { $0[.step] } == (0...12).map(Double.init))
    #expect(zip(rows, rows.dropFirst()).allSatisfy { $1.time - $0.time == 1 })
    #expect(rows.allSatisfy { $0[.stepTotal] == 400 })
  }

  @Test func theWordsBeforeABarWithoutNameCount() {
    let bars = (0...30).map { bar("", $0, 400) }.joined(separator: "\n")
    #expect(steps("caching latents\n" + bars).isEmpty)
    #expect(!steps("running training\n" + bars).isEmpty)
  }

  @Test func aLossMakesTheBarOfItsTimeTheRuns() {
    let text = [
      bar("", 100, 100, at: 20), bar("", 1, 400), bar("", 2, 400),
      "{'loss': 2.5, 'learning_rate': 1e-05, 'epoch': 0.1}", bar("", 3, 400),
    ].joined(separator: "\n")
    let rows = parse(text).readings
    #expect(rows.compactMap { $0[.step] } == [1, 2, 2, 3])
    #expect(rows.first { $0[.loss] != nil }?[.step] == 2)
  }

  @Test func barsInsideAStepCountNothing() {
    let text = [
      bar("", 10, 100, at: 600, rate: "60.00s/it"),
      "{'loss': 0.01, 'learning_rate': 1e-05, 'epoch': 0.1}",
      bar("", 3, 8, at: 6), bar("", 8, 8, at: 16), bar("PPO", 4, 4, at: 8, ", loss=0.2"),
      bar("", 11, 100, at: 660, rate: "60.00s/it"),
    ].joined(separator: "\n")
    let rows = parse(text).readings
    #expect(rows.compactMap { $0[.step] } == [10, 10, 11])
    #expect(rows.compactMap { $0[.loss] } == [0.01])
    #expect(rows.compactMap { $0[.stepTime] } == [60, 60])
  }

  @Test func aBarOverPassesWithoutSayingSoIsSeenByWhatRunsInside() {
    let text = [
      bar("Training", 0, 3, at: 0), bar("Batches", 1, 100, ", loss=2.5"),
      bar("Batches", 100, 100, ", loss=2.0"), bar("Training", 1, 3, at: 200, rate: "200.00s/it"),
      bar("Batches", 50, 100, ", loss=1.5"),
    ].joined(separator: "\n")
    let rows = parse(text).readings
    #expect(rows.last?[.step] == 150)
    #expect(rows.last?[.stepTotal] == 300)
    #expect(rows.last?[.stepTime] == 2)
    #expect(parse(text).events.isEmpty)
  }

  @Test func aBarThatGoesThroughAgainIsAnotherPass() {
    let text = [
      bar("Train", 50, 100, ", loss=2.5"), bar("Train", 100, 100, ", loss=2.4"),
      bar("Train", 0, 100, at: 0), bar("Train", 50, 100, ", loss=2.3"),
    ].joined(separator: "\n")
    #expect(steps(text).compactMap(\.self) == [50, 100, 100, 150])
    #expect(parse(text).events.isEmpty)
  }

  /// A bar that agrees with the steps that lines state tells those between them.
  @Test func aBarThatGoesAlongWithStatedStepsIsFiner() {
    let lines = (1...45).map { step in
      step % 10 == 0
        ? bar("Training", step, 45) + "\nstep \(step) | loss 2.\(step)" : bar("Training", step, 45)
    }
    let heard = parse(lines.joined(separator: "\n"))
    let steps = heard.readings.compactMap { $0[.step] }
    #expect(steps.last == 45)
    #expect(steps == steps.sorted())
    #expect(heard.readings.filter { $0[.loss] != nil }.compactMap { $0[.step] } == [30, 40])
    #expect(heard.events.isEmpty)
  }

  /// A logger writes behind the bar, which stands on the line without an end.
  @Test func whatIsPrintedBehindABarIsALineOfItsOwn() {
    let text = [
      bar("Training", 50, 100, ", loss=2.5") + "2025-10-20 03:28:31,760 - train - INFO - half",
      bar("Training", 100, 100) + "2025-10-20 03:29:31,760 - train - INFO - Epoch 1/5 done",
      bar("Training", 1, 100),
    ].joined(separator: "\n")
    let heard = parse(text)
    #expect(heard.readings.compactMap { $0[.step] }.last == 101)
    #expect(heard.readings.contains { $0[.loss] == 2.5 && $0[.step] == 50 })
    #expect(heard.events.isEmpty)
    let losses = [
      bar("", 50, 400), bar("", 51, 400) + "{'loss': 2.5, 'learning_rate': 1e-05, 'epoch': 0.1}",
      bar("", 60, 400),
    ].joined(separator: "\n")
    #expect(parse(losses).readings.first { $0[.loss] != nil }?[.step] == 51)
  }

  @Test func ofPassesThatNobodyNumbersFromOneTheStepIsUnknown() {
    let text = [
      bar("Epoch 7", 50, 100, ", loss=2.5"), bar("Epoch 7", 60, 100, ", loss=2.5"),
    ].joined(separator: "\n")
    let rows = parse(text).readings
    #expect(rows.allSatisfy { $0[.step] == nil && $0[.stepTotal] == nil })
    #expect(rows.last?[.loss] == 2.5)
  }

  /// Keras draws its bar again by going back over it.
  @Test func aBarDrawnAgainByBackspacesIsFollowed() {
    var parser = LogParser(machine: "box", name: "x", label: "x")
    let bar = "━━━━━━━━━━ 5s 56ms/step - loss: 2.5"
    let back = String(repeating: "\u{8}", count: 40)
    var heard: [Observation] = []
    for (place, text) in ["Epoch 1/2\n", "  1/100 \(bar)\(back)", " 20/100 \(bar)\(back)"]
      .enumerated()
    {
      heard += parser.consume(Array(text.utf8), arrival: LogFormatTests.start + Double(place))
    }
    #expect(heard.readings.compactMap { $0[.step] } == [1, 20])
  }

  /// What tqdm draws beside an old step is not that step's loss.
  @Test func aLossThatIsAheadOfTheBarIsNotToldForItsStep() {
    let text = [
      bar("train", 0, 60, at: 0, rate: "?it/s"), bar("train", 0, 60, at: 0, ", loss=4.75"),
      bar("train", 0, 60, at: 0, ", loss=4.5"), bar("train", 2, 60, ", loss=4.5"),
      bar("train", 2, 60, ", loss=4.25"), bar("train", 2, 60, ", loss=4.0"),
      bar("train", 4, 60, ", loss=4.0"),
    ].joined(separator: "\n")
    let rows = parse(text).readings.filter { $0[.loss] != nil }
    #expect(rows.map { $0[.step] } == [2, 4])
    #expect(rows.map { $0[.loss] } == [4.5, 4])
  }

  /// The Trainer's loss stands above the bar of its step, which is drawn again at once.
  @Test func aLossIsOfTheStepAtWhichTheBarIsDrawnAgain() {
    let text = [
      bar("", 300, 600, at: 30, rate: "12.32it/s"), bar("", 302, 600, at: 30, rate: "12.35it/s"),
      bar("", 304, 600, at: 30, rate: "12.32it/s"),
      "{'loss': '3.643', 'learning_rate': '0.007', 'epoch': '0.01'}",
      bar("", 305, 600, at: 30, rate: "12.32it/s"), bar("", 306, 600, at: 30, rate: "12.55it/s"),
    ].joined(separator: "\n")
    #expect(parse(text).readings.first { $0[.loss] != nil }?[.step] == 305)
  }

  /// Standard output held back in blocks beside a bar that is not.
  @Test func lossesThatWereHeldBackHaveNoStep() {
    let losses = (1...5).map { "{'loss': 2.\($0), 'learning_rate': 1e-05, 'epoch': 0.0\($0)}" }
    let text = ([bar("", 50, 400), bar("", 51, 400)] + losses + [bar("", 52, 400)]).joined(
      separator: "\n")
    let rows = parse(text).readings.filter { $0[.loss] != nil }
    #expect(rows.count == 5)
    #expect(rows.allSatisfy { $0[.step] == nil })
  }

  @Test func kerasEvaluatesAfterTheLastPass() {
    let bar = "━━━━━━━━━━━━━━━━━━━━"
    let rows = parse(
      """
      Epoch 1/2
      100/100 \(bar) 6s 58ms/step - accuracy: 0.512 - loss: 1.4000
      Epoch 2/2
       50/100 \(bar) 2s 57ms/step - accuracy: 0.612 - loss: 1.2500
      100/100 \(bar) 6s 57ms/step - accuracy: 0.612 - loss: 1.2000
      20/20 \(bar) 1s 20ms/step - accuracy: 0.552 - loss: 1.5000
      """
    ).readings
    #expect(rows.compactMap { $0[.step] } == [100, 150, 200])
    #expect(rows.compactMap { $0[.stepTotal] }.last == 200)
    #expect(rows.compactMap { $0[.loss] } == [1.4, 1.25, 1.2])
    #expect(rows.last?[.validationLoss] == 1.5)
  }
}

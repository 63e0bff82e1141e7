import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// Logs of kinds that were met in the wild, each with what is right of it.
@Suite struct WildLogTests {
  /// A log, and what is right of it; what is `nil` must not be told.
  struct Case: CustomTestStringConvertible {
    var name: String
    var text: String
    var step: Double?
    var epoch: Double?
    var loss: Double?
    var validation: Double?
    var seconds: Double?
    var restarts: [Event.Cause] = []

    var testDescription: String { name }
  }

  /// A bar of tqdm, done after so many seconds.
  private static func bar(
    _ done: Int, _ all: Int, _ name: String = "", at seconds: Int, each: Double = 0.5,
    loss: Double? = nil
  ) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let more = loss.map { ", train_loss=\($0)" } ?? ""
    return "\r\(name)\(done * 100 / all)%|###   | \(done)/\(all) "
      + "[\(two(seconds / 60)):\(two(seconds % 60))<00:10, \(each)s/it\(more)]"
  }

  static let cases: [Case] = [
    Case(
      name: "the last state of each bar, whose seconds are its own",
      text: [351, 440, 337, 329, 332].enumerated().map { pass, seconds in
        "Epoch \(pass + 1)/40\n313/313 [=====] - \(seconds)s 1s/step - loss: 0.\(9 - pass)\n"
      }.joined(),
      step: 1565, epoch: 5, loss: 0.5, seconds: 440 + 337 + 329 + 332),
    Case(
      name: "an evaluation that counts more and takes less time",
      text: (1...3).map { pass in
        (1...101).map { bar($0, 101, at: $0 * 7 / 10, each: 0.7) }.joined() + "\n"
          + (1...15).map { bar($0 * 100, 1500, at: $0 * 2, each: 0.021) }.joined()
          + "\nepoch \(pass) | train_loss: 0.\(9 - pass) | test_loss: 0.99\n"
      }.joined(),
      step: 303, epoch: 3, loss: 0.6, validation: 0.99),
    Case(
      name: "a fast bar whose last draws are lost",
      text: (1...3).map { pass in
        stride(from: 17, through: 624, by: 17).map {
          bar($0, 665, "Training: ", at: $0 / 170, each: 0.00589)
        }.joined() + "\nEpoch \(pass)/10 | Train Loss: 0.\(9 - pass)\n"
      }.joined(),
      step: 1942, epoch: 3, loss: 0.6),
    Case(
      name: "passes of which only the last state is there, with another loss",
      text: (1...3).map { pass in
        bar(190, 190, at: 180 + pass, loss: 1 - Double(pass) / 10)
          + bar(137, 137, at: 60, each: 0.4) + "\n"
      }.joined(),
      step: 570, loss: 0.7),
    Case(
      name: "passes that are told by another number, and slower each",
      text: (1...3).map { pass in
        bar(174, 174, "Train     \(pass): ", at: 100 + pass, each: 0.6) + "\n"
          + bar(41, 41, "Evaluate   : ", at: 12) + "\n"
      }.joined(),
      step: 522),
    Case(
      name: "another count under the same pass, once that is over",
      text: (1...3).map { pass in
        "Epoch \(pass)/10\n"
          + stride(from: 10, through: 610, by: 10).map { "step \($0)/614 - loss: 0.3\n" }.joined()
          + "step 614/614 - loss: 0.\(4 - pass)\nEval begin...\n"
          + "step 80/88 - loss: 0.99\nstep 88/88 - loss: 0.98\n"
      }.joined(),
      step: 1842, epoch: 3, loss: 0.1, validation: 0.98),
    Case(
      name: "a step of the validation",
      text: (1...3).map { pass in
        "epoch:[ \(pass)/25] train step:100  loss: 0.\(9 - pass) lr: 0.01\n"
          + "epoch:[ \(pass)/25] val step:0    loss: 2.69097 lr: 0.01\n"
      }.joined(),
      epoch: 3, loss: 0.6, validation: 2.69097),
    Case(
      name: "a sweep says that another run begins",
      text: (0..<2).map { run in
        "wandb: Agent Starting Run: abc\(run) with config:\n"
          + (0...4).map { "step \($0 * 10) loss 0.\(9 - $0 - run)\n" }.joined()
      }.joined(),
      step: 40, loss: 0.4, restarts: [.restarted]),
    Case(
      name: "the seventieth pass is the last of 0 to 69",
      text: (67...69).map { "Epoch \($0)/69\n----------\ntrain Loss: 0.\($0) Acc: 0.9\n" }.joined(),
      epoch: 69, loss: 0.69),
    Case(
      name: "a bar whose words speak of the size of a batch",
      text: (1...40).map {
        bar($0, 500, "config:[batch_size:\($0),input_size:9]: ", at: $0 * 60, each: 60)
      }.joined() + "\n"),
    Case(
      name: "the loss of an actor beside that of its critic",
      text: (1...4).map { "step: \($0 * 10) | Actor_Loss: -2.1 | Critic_Loss: 0.\($0)\n" }.joined(),
      step: 40),
    Case(
      name: "batches of a pass in words",
      text: (1...5).map {
        "2022-05-08 18:19:3\($0),134 - INFO - batch \($0 * 10) of epoch 1, loss 4.\($0), lr [2.4e-06]\n"
      }.joined(),
      step: 50, loss: 4.5, seconds: 4),
    Case(
      name: "batches of a pass of which nobody says the length",
      text: (0...1).map { pass in
        (1...5).map {
          "2021-06-01 10:0\(pass):0\($0),123 DEBUG TRAIN Batch \(pass)/\($0 * 100) loss 4\($0).0 lr 0.1 rank 0\n"
        }.joined()
      }.joined(),
      epoch: 1, loss: 45, seconds: 64),
    Case(
      name: "a pass in a line of its own that is longer than the next",
      text: (100...102).map { "=== Epoch \($0)/200 ===\nloss: 0.\($0)\n" }.joined(),
      epoch: 102, loss: 0.102),
    Case(
      name: "a rank that draws its last bar late is no other pass",
      text: (1...2).map { pass in
        [bar(100, 100, at: 50, loss: 1 - Double(pass) / 10), bar(0, 40, "Eval: ", at: 0)].joined()
          + bar(100, 100, at: 49, loss: 1 - Double(pass) / 10) + bar(40, 40, "Eval: ", at: 9) + "\n"
      }.joined(),
      step: 200, loss: 0.8),
    Case(
      name: "a table of trials",
      text: "| Trial name | status | iter | loss |\n|---|---|---|---|\n"
        + [2, 4, 8, 16].map { "| train_\($0) | RUNNING | \($0) | 0.\($0) |\n" }.joined()),
    Case(
      name: "a bar with a pause behind its first draw",
      text: bar(0, 50_000, at: 0, each: 0.0025, loss: 2)
        + (1...12).map {
          bar($0 * 4000, 50_000, at: $0 * 10 + ($0 > 1 ? 120 : 0), each: 0.0025, loss: 1.5)
        }.joined() + "\n",
      step: 48_000, loss: 1.5),
    Case(
      name: "trees of folds, without a loss",
      text: (0..<3).map { _ in
        (0...9).map {
          "\($0 * 100):\tlearn: 0.5\ttotal: \($0 + 1)s\tremaining: 9s\n"
        }.joined()
      }.joined(),
      step: 900, restarts: [.restarted, .restarted]),
    Case(
      name: "a warning that tells month and day as one number",
      text: "[rank0]:[W413 05:28:31.825248494 reducer.cpp:1431] Warning: find_unused_parameters\n"
        + (1...6).map { "2026-04-13 05:32:3\($0),573 - train - INFO - step \($0) loss 0.\($0)\n" }
        .joined(),
      step: 6, loss: 0.6, seconds: 5),
    Case(
      name: "a time of day before the first date",
      text: "05:28:31 step 1 loss 0.9\n05:28:41 step 2 loss 0.8\n"
        + (3...6).map { "2026-04-13 05:28:5\($0) step \($0) loss 0.\($0)\n" }.joined(),
      step: 6, loss: 0.6, seconds: 25),
  ]

  private func read(_ text: String) throws -> LogImport {
    let scratch = Scratch()
    scratch.write(text, to: "a.log", .replace)
    return try LogImport(
      path: scratch.file("a.log"), machine: "box", label: "a",
      zone: .init(LogImportTests.utc, isNamed: true), now: Timestamp(seconds: 4e9))
  }

  @Test(arguments: cases) func isReadAsItIs(log: Case) throws {
    let read = try read(log.text)
    let rows = read.observations.readings
    func last(_ metric: Metric) -> Double? {
      rows.last { $0[metric] != nil }?[metric].map { ($0 * 1e6).rounded() / 1e6 }
    }
    #expect(last(.step) == log.step)
    if let epoch = log.epoch { #expect(last(.epoch) == epoch) }
    #expect(last(.loss) == log.loss)
    #expect(last(.validationLoss) == log.validation)
    if let seconds = log.seconds {
      #expect(abs((read.span?.seconds ?? -1) - seconds) <= 1.5, "\(read.span?.seconds ?? -1)")
    }
    let restarts = read.observations.events.compactMap(\.cause).filter {
      $0 == .restarted || $0 == .resumed
    }
    #expect(restarts == log.restarts)
  }

  /// Bars of Keras before 2.3, with no word on how many samples there are.
  @Test(arguments: [
    [1024, 3072, 9216, 10_613], [32, 64, 96, 128, 10_613], [10_613],
  ]) func barsOfSamplesCountNoSteps(draws: [Int]) throws {
    let text = (1...3).map { pass in
      "Epoch \(pass)/200\n"
        + draws.map { done in
          done == 10_613
            ? "\r10613/10613 [=====] - 0s \(draws.count == 1 ? 15 : 900)us/step - loss: 2.\(9 - pass)\n"
            : "\r\(done)/10613 [==>..] - ETA: 6s - loss: 2.5"
        }.joined()
    }.joined()
    let rows = try read(text).observations.readings
    #expect(rows.last { $0[.loss] != nil }?[.loss] == 2.6)
    #expect(rows.last { $0[.epoch] != nil }?[.epoch] == 3)
    #expect(!rows.contains { $0[.step] != nil })
  }

  /// A zone that was named and contradicts what the log shows gives way.
  @Test func theLogKnowsItsZoneBetter() throws {
    let lines = (0..<6).map { row in
      "2020-07-10T18:52:0\(row)Z INFO something\n"
        + "2020-07-10 18:52:0\(row),100 step \(row) loss 0.\(9 - row)\n"
    }.joined()
    let scratch = Scratch()
    scratch.write(lines, to: "a.log", .replace)
    let far = LocalTime(zone: "Far/Away") { [$0 + 4 * 3600] }
    let read = try LogImport(
      path: scratch.file("a.log"), machine: "box", label: "a", zone: .init(far, isNamed: true),
      now: Timestamp(seconds: 4e9))
    #expect(read.span.map { ($0.start.seconds * 10).rounded() } == 15_944_071_201)
    #expect(read.remarks.contains { $0.contains("not as Far/Away") })
  }
}

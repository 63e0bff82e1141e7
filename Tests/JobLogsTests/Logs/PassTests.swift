import Glibc
import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// What counts the steps of a run, what those of a pass, and what neither.
@Suite struct PassTests {
  /// A log, and what is right of it; what is `nil` must not be told.
  struct Case: CustomTestStringConvertible {
    var name: String
    var text: String
    var step: Double?
    var total: Double?
    var loss: Double?
    var validation: Double?
    /// From the first row to the last, where the log tells it.
    var seconds: Double?

    var testDescription: String { name }
  }

  private static func numbers(_ upTo: Int, by step: Int) -> [Int] {
    Array(stride(from: step, through: upTo, by: step))
  }

  /// A bar of tqdm at ten steps a second.
  private static func bar(
    _ done: Int, _ all: Int, _ name: String = "", since start: Int = 0, each: Double = 0.1,
    loss: Double? = nil
  ) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let seconds = start + Int(Double(done) * each)
    let rate = each < 1 ? "\(1 / each)it/s" : "\(each)s/it"
    let more = loss.map { ", loss=\($0)" } ?? ""
    return "\r\(name)\(done * 100 / all)%|###   | \(done)/\(all) "
      + "[\(two(seconds / 60)):\(two(seconds % 60))<00:10, \(rate)\(more)]"
  }

  private static func loss(_ number: Int) -> Double { Double(1000 - number) / 1000 }

  static let cases: [Case] = [
    Case(
      name: "an outer bar has a clock of its own",
      text: (0..<2).map { pass in
        bar(pass, 2, "Epoch: ", each: 120)
          + numbers(100, by: 5).map { bar($0, 100, "Iteration: ", each: 1.2) }.joined()
      }.joined() + bar(2, 2, "Epoch: ", each: 120) + "\n",
      step: 200, total: 200, seconds: 240),
    Case(
      name: "lines about a whole pass between those of its batches",
      text: (1...3).map { pass in
        numbers(400, by: 50).map { "epoch \(pass) - iter \($0)/400 - loss \(loss($0))\n" }.joined()
          + "EPOCH \(pass) done: loss 0.9 - lr: 0.05\n"
      }.joined(),
      step: 1200, total: nil, loss: 0.9),
    Case(
      name: "an iteration of the run behind the number of the pass",
      text: numbers(100, by: 10).map { "epoch: 1, iter: \($0)/1000, loss: \(loss($0))\n" }.joined(),
      step: 100, total: nil, loss: 0.9),
    Case(
      name: "more iterations than there are in all",
      text: numbers(2000, by: 100).map {
        "Epoch[\(($0 - 1) / 938 + 1)] Iteration[\($0)/938] Loss: \(loss($0 / 10))\n"
      }.joined(),
      step: 2000, total: nil, loss: 0.8),
    Case(
      name: "the pass in a bracket of its own",
      text: (1...3).map { pass in
        numbers(500, by: 50).map { "[Epoch \(pass)/3] step \($0)/500 loss \(loss($0))\n" }.joined()
      }.joined(),
      step: 1500, total: 1500, loss: 0.5),
    Case(
      name: "the pass on a line of its own",
      text: (1...3).map { pass in
        "Epoch \(pass)/3\n"
          + numbers(500, by: 50).map { "  step \($0)/500 - loss \(loss($0))\n" }.joined()
      }.joined(),
      step: 1500, total: 1500, loss: 0.5),
    Case(
      name: "the pass behind the step",
      text: (1...3).map { pass in
        numbers(500, by: 50).map { "iter \($0)/500, epoch \(pass)/3, loss \(loss($0))\n" }.joined()
      }.joined(),
      step: 1500, total: 1500, loss: 0.5),
    Case(
      name: "pass and batch in brackets, one behind the other",
      text: (0..<2).map { pass in
        numbers(500, by: 50).map { "Train: [\(pass)/300][\($0)/501] loss \(loss($0))\n" }.joined()
      }.joined(),
      step: 1001, total: nil, loss: 0.5),
    Case(
      name: "batches behind their number",
      text: (1...2).map { pass in
        numbers(400, by: 50).map {
          "| epoch \(pass) | \($0)/ 450 batches | loss  \(loss($0)) |\n"
        }.joined()
      }.joined(),
      step: 850, total: nil, loss: 0.6),
    Case(
      name: "steps that begin anew with each pass, of how many nobody says",
      text: (0..<3).map { pass in
        numbers(40, by: 10).map { "epoch \(pass) step \($0) loss \(loss($0))\n" }.joined()
      }.joined(),
      step: nil, total: nil, loss: 0.96),
    Case(
      name: "an evaluation's bar after a line that says so",
      text: (0..<2).map { _ in
        "Training\n" + numbers(200, by: 20).map { bar($0, 200, "loss: \(loss($0)) ||: ") }.joined()
          + "\nValidating\n"
          + numbers(50, by: 10).map { bar($0, 50, "loss: 9.9 ||: ") }.joined() + "\n"
      }.joined(),
      step: 400, total: nil, loss: 0.8),
    Case(
      name: "two bars in turn, without words",
      text: (0..<3).map { _ in
        numbers(200, by: 20).map { bar($0, 200, loss: loss($0)) }.joined() + "\n"
          + numbers(50, by: 10).map { bar($0, 50, loss: 9.9) }.joined() + "\n"
      }.joined(),
      step: 600, total: nil, loss: 0.8),
    Case(
      name: "two bars of one pass",
      text: (1...2).map { pass in
        numbers(200, by: 20).map { bar($0, 200, "Epoch \(pass)/10 - T: ", loss: loss($0)) }.joined()
          + "\n"
          + numbers(50, by: 10).map { bar($0, 50, "Epoch \(pass)/10 - V: ", loss: 9.9) }.joined()
          + "\n"
      }.joined(),
      step: 400, total: 2000, loss: 0.8),
    Case(
      name: "bars without a name, and a line with the loss behind each",
      text: (1...6).map { pass in
        (0...20).map { bar($0 * 10, 200) }.joined() + "\nEpoch \(pass) loss \(loss(pass))\n"
      }.joined(),
      step: 1200, total: nil, loss: 0.994, seconds: 120),
    Case(
      name: "bars without a name of training and evaluation, and a line behind each",
      text: (1...6).map { pass in
        "Epoch \(pass)/6\n-----\n" + (0...20).map { bar($0 * 10, 200) }.joined()
          + "\ntrain loss: \(loss(pass))\n" + (0...10).map { bar($0 * 5, 50) }.joined()
          + "\nval loss: 9.9\n"
      }.joined(),
      step: 1200, total: nil, loss: 0.994, validation: 9.9),
    Case(
      name: "bars without a name of training and evaluation, and one line for both",
      text: (1...6).map { pass in
        (0...20).map { bar($0 * 10, 200) }.joined() + "\n"
          + (0...10).map { bar($0 * 5, 50) }.joined()
          + "\nEpoch \(pass): train loss \(loss(pass)), val loss 9.9\n"
      }.joined(),
      step: 1200, total: nil, loss: 0.994, validation: 9.9),
    Case(
      name: "a bar without a name before the training",
      text: numbers(100, by: 5).map { bar($0, 100, each: 0.5) }.joined() + "\n"
        + numbers(200, by: 10).map { bar($0, 300, each: 1, loss: loss($0)) }.joined() + "\n",
      step: 200, total: 300, loss: 0.8),
    Case(
      name: "batches of which several make a step",
      text: numbers(400, by: 10).map { done in
        bar(done, 400) + (done % 80 == 0 ? "\nglobal_step=\(done / 8) loss=\(loss(done))\n" : "")
      }.joined() + "\n",
      step: 50, total: nil, loss: 0.6),
    Case(
      name: "a bar over passes and evaluations",
      text: (0..<2).map { pass in
        numbers(200, by: 20).map {
          bar($0, 220, "Epoch \(pass): ", loss: loss($0)) + (($0 == 200) ? "" : "")
        }.joined()
          + (0...20).map {
            bar($0, 20, "Validating: ") + bar(200 + $0, 220, "Epoch \(pass): ", loss: 0.8)
          }.joined()
      }.joined() + "\n",
      step: 400, total: nil, loss: 0.8),
    Case(
      name: "Keras 2, whose bars are arrows",
      text: (1...2).map { pass in
        "Epoch \(pass)/3\n"
          + numbers(90, by: 30).map {
            "\r \($0)/100 [====>.........] - ETA: 1s - loss: \(loss($0)) - accuracy: 0.5"
          }.joined()
          + "\r100/100 [==============] - 2s 20ms/step - loss: 0.7 - val_loss: 0.75\n"
      }.joined(),
      step: 200, total: 300, loss: 0.7, validation: 0.75),
    Case(
      name: "Keras 2.2, whose bars count samples",
      text: "Train on 100 samples, validate on 10 samples\nEpoch 1/3\n"
        + numbers(90, by: 30).map { "\r \($0)/100 [====>.........] - ETA: 1s - loss: \(loss($0))" }
        .joined() + "\r100/100 [==============] - 2s 20us/step - loss: 0.7 - val_loss: 0.75\n",
      step: nil, total: nil, loss: 0.7, validation: 0.75),
    Case(
      name: "times since the beginning, which only rise",
      text: numbers(590, by: 10).map {
        let minute = $0 / 10
        return "[00:\(minute < 10 ? "0" : "")\(minute):00] step \($0)/2000 loss \(loss($0))\n"
      }.joined(),
      step: 590, total: 2000, loss: 0.41, seconds: 58 * 60),
    Case(
      name: "a number that is padded",
      text: (990...1000).map { "Epoch \($0) loss   0.\($0) | x\n" }.joined(),
      step: nil, total: nil, loss: 0.1),
    Case(
      name: "a last line that was cut",
      text: "step 1 loss 3.25\nstep 2 loss 2.25\nstep 3 loss 1.25\nstep 4 loss 0.",
      step: 3, total: nil, loss: 1.25),
    Case(
      name: "a logger that says whose loss it is",
      text: numbers(90, by: 10).map {
        "[TRAIN] step \($0) loss \(loss($0))\n[EVAL] step \($0) loss 9.9\n"
      }.joined(),
      step: 90, total: nil, loss: 0.91, validation: 9.9),
    Case(
      name: "a file that says whose loss it is",
      text: numbers(90, by: 10).map {
        "2024-03-01 10:\($0 / 10 + 10):00 | INFO | train.py:100 | step \($0) loss \(loss($0))\n"
          + "2024-03-01 10:\($0 / 10 + 10):00 | INFO | eval.py:55 | step \($0) loss 9.9\n"
      }.joined(),
      step: 90, total: nil, loss: 0.91, validation: 9.9),
    Case(
      name: "a word behind the numbers",
      text: (1...9).map { "Epoch \($0), loss \(loss($0))\nEpoch \($0), loss 9.9 (valid)\n" }
        .joined(),
      step: nil, total: nil, loss: 0.991, validation: 9.9),
    Case(
      name: "a bar that counts samples",
      text: numbers(6000, by: 400).map { done in
        "\rFit: 5%|###   | \(done)/6000 [00:\(10 + done / 400)<00:10, 400.0samples/s, loss=\(loss(done / 10))]"
      }.joined() + "\n",
      step: nil, total: nil, loss: 0.4),
    Case(
      name: "two ranks that nothing tells apart, of which the first word counts",
      text: numbers(90, by: 10).map {
        "2024-03-01 10:0\($0 / 10):00 step \($0)/90 loss \(loss($0))\n"
          + "2024-03-01 10:0\($0 / 10):00 step \($0)/90 loss 3.5\n"
      }.joined(),
      step: 90, total: 90, loss: 0.91),
    Case(
      name: "pass and batch in brackets with their names",
      text: (1...2).map { pass in
        numbers(500, by: 50).map {
          "[Epoch \(pass)/3] [Batch \($0)/500] loss: \(loss($0))\n"
        }.joined()
      }.joined(),
      step: 1000, total: 1500, loss: 0.5),
    Case(
      name: "an evaluation before the first step, marked in a bracket",
      text: numbers(90, by: 10).map {
        "[EVAL] step \($0) loss 9.9\n[TRAIN] step \($0) loss \(loss($0))\n"
      }.joined(),
      step: 90, total: nil, loss: 0.91, validation: 9.9),
    Case(
      name: "a count of the evaluation",
      text: (1...5).map { "| epoch 00\($0) | loss 2.\($0)\n" }.joined()
        + "| epoch 005 | valid on 'valid' subset  1000 / 1311 loss=9.9\n",
      step: nil, total: nil, loss: 2.5, validation: 9.9),
  ]

  @Test(arguments: cases) func eachIsWhatItIs(log: Case) throws {
    let scratch = Scratch()
    scratch.write(log.text, to: "a.log", .replace)
    let read = try LogImport(
      path: scratch.file("a.log"), machine: "box", label: "a",
      zone: .init(LogImportTests.utc, isNamed: true), now: Timestamp(seconds: 4e9))
    let rows = read.observations.readings
    func last(_ metric: Metric) -> Double? { rows.last { $0[metric] != nil }?[metric] }
    func rounded(_ number: Double?) -> Double? { number.map { ($0 * 1e6).rounded() / 1e6 } }
    #expect(last(.step) == log.step)
    let total = last(.stepTotal)
    #expect(total.flatMap { $0 >= log.step ?? 0 ? $0 : nil } == log.total)
    #expect(rounded(last(.loss)) == log.loss)
    if let validation = log.validation {
      #expect(rounded(last(.validationLoss)) == validation)
      // Not in the first line either, when nothing was seen of the training yet.
      #expect(!rows.contains { rounded($0[.loss]) == validation })
    }
    if let seconds = log.seconds {
      let span = try #require(read.span)
      #expect(abs(span.seconds - seconds) < 1.5)
    }
    let restarts = read.observations.events.filter {
      $0.cause == .restarted || $0.cause == .resumed
    }
    #expect(restarts.isEmpty)
  }

  @Test func aBarThatIsOverIsNoClock() throws {
    let scratch = Scratch()
    scratch.write(
      Self.numbers(500, by: 10).map { Self.bar($0, 500, each: 0.5) }.joined() + "\n"
        + (1...99).map { "step \($0) loss \(Self.loss($0))\n" }.joined(), to: "a.log", .replace)
    let read = try LogImport(
      path: scratch.file("a.log"), machine: "box", label: "a",
      zone: .init(LogImportTests.utc, isNamed: true), now: Timestamp(seconds: 4e9))
    #expect(read.timing == JobFacts.Timing.none)
    #expect(read.observations.readings.last?[.step] == 99)
  }
}

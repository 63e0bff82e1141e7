import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// How bars tell that a job began anew or goes on.
extension ProgressModelTests {
  @Test func anInterruptedBarThatBeginsAnewIsAnotherLife() {
    let text = [
      bar("Steps", 50, 100), bar("Steps", 60, 100), bar("Steps", 0, 100, at: 0),
      bar("Steps", 1, 100), bar("Steps", 2, 100),
    ].joined(separator: "\n")
    let heard = parse(text)
    #expect(heard.readings.compactMap { $0[.step] } == [50, 60, 1, 2])
    #expect(heard.events.map(\.cause) == [.restarted])
    #expect(heard.readings.allSatisfy { $0[.redoneSteps] == nil })
  }

  /// A bar that goes on from a checkpoint jumps, and its rate counts what nobody did.
  @Test func aResumedBarTellsNoRateOfStepsThatWereNotDone() throws {
    var lines = (0...179).map { bar("Steps", $0, 700, at: $0 / 7, rate: "7.00it/s") }
    lines += ["Traceback (most recent call last):", "RuntimeError: made up"]
    lines.append(bar("Steps", 0, 700, at: 0, rate: "?it/s"))
    for step in 151...600 {
      let passed = Double(step - 150) * 0.15
      let tenths = Int(Double(step) / passed * 100)
      let rate = "\(tenths / 100).\(tenths % 100 / 10)\(tenths % 10)it/s"
      lines.append(bar("Steps", step, 700, at: Int(passed), rate: rate))
    }
    let heard = parse(lines.joined(separator: "\n"))
    #expect(heard.events.map(\.cause) == [.restarted, .resumed])
    #expect(heard.events.last?.text == "resumed at step 151")
    #expect(heard.readings.compactMap { $0[.redoneSteps] }.last == 29)
    let late = heard.readings.drop { $0[.redoneSteps] == nil }.compactMap { $0[.stepTime] }
    #expect(try late.count > 350 && #require(late.last).isNear(0.15, within: 0.01))
    #expect(late.allSatisfy { $0 > 0.1 })
  }

  /// A bar that stands at a checkpoint from its first draw on has done nothing of that.
  @Test func aBarThatBeginsInTheMiddleIsResumed() {
    var lines = (0...35).map { bar("train", $0, 60, at: $0 / 9, rate: "9.00it/s") }
    lines += ["Traceback (most recent call last):", "RuntimeError: made up"]
    lines.append(bar("train", 20, 60, at: 0, rate: "?it/s"))
    lines += (21...60).map { bar("train", $0, 60, at: ($0 - 20) / 9, rate: "9.00it/s") }
    let heard = parse(lines.joined(separator: "\n"))
    #expect(heard.events.map(\.cause) == [.resumed])
    #expect(heard.readings.compactMap { $0[.redoneSteps] }.last == 15)
  }

  /// Keras goes on in a later pass, and its traceback stands behind a bar.
  @Test func whatBeginsInALaterPassIsResumed() {
    func keras(_ pass: Int, _ draws: ClosedRange<Int>) -> String {
      "Epoch \(pass)/3\n"
        + draws.map { "\r\($0)/20 ━━━━━━━━━━━━━━━━━━━━ 1s 110ms/step - loss: 1.\($0)" }.joined()
    }
    let text =
      keras(1, 1...20) + "\n" + keras(2, 1...14) + "Traceback (most recent call last):\n"
      + "RuntimeError: made up\n" + keras(2, 1...20) + "\n" + keras(3, 1...20) + "\n"
    let heard = parse(text)
    #expect(heard.events.map(\.text) == ["resumed at step 21"])
    #expect(heard.readings.compactMap { $0[.step] }.last == 60)
    #expect(heard.readings.compactMap { $0[.redoneSteps] }.last == 14)
  }

  /// A bar that goes on from a checkpoint of another log jumps, and goes on far slower.
  @Test func aBarThatJumpsIsResumedWhereItJumpedTo() {
    let lines =
      [
        bar("", 0, 3442, at: 0, rate: "?it/s"),
        bar("", 501, 3442, at: 6, rate: "83.50it/s", ", loss=2.5"),
      ]
      + (502...520).map {
        bar("", $0, 3442, at: 6 + ($0 - 501) * 4, rate: "4.00s/it", ", loss=2.4")
      }
    let heard = parse(lines.joined(separator: "\n"))
    #expect(heard.readings.compactMap { $0[.step] } == [0] + (501...520).map(Double.init))
    #expect(heard.events.map(\.text) == ["resumed at step 504"])
    #expect(heard.readings.allSatisfy { $0[.redoneSteps] == nil })
    // One that is as fast as it began is no such bar.
    let fast = (0...40).map { bar("", $0 * 25, 3442, at: $0 / 10, rate: "250it/s", ", loss=2.4") }
    let other = parse(fast.joined(separator: "\n"))
    #expect(other.events.isEmpty)
    #expect(other.readings.compactMap { $0[.step] }.last == 1000)
  }

  /// What a moving mean of a bar says while an evaluation is in it is no step's time.
  @Test func aPauseInTheMeanOfABarIsNoStep() {
    let rates = ["9.00", "9.00", "3.00", "3.81", "4.61", "5.41", "6.20", "8.97", "9.00", "9.00"]
    let lines = rates.enumerated().map { bar("train", $0 + 10, 60, at: 9, rate: "\($1)it/s") }
    let times = parse(lines.joined(separator: "\n")).readings.map { $0[.stepTime] }
    #expect(times.count == 10)
    #expect(times.compactMap { $0 }.allSatisfy { $0.isNear(1.0 / 9, within: 0.001) })
    #expect(times[1] != nil && times[2] == nil && times[9] != nil)
  }

  /// The words of a sentence before a bar are not those of the bar.
  @Test func aCheckpointIsSpokenOfBeforeTheStepsGoOn() {
    let text = [
      bar("", 34, 60, at: 4, rate: "9.00it/s", ", loss=2.5"), "Traceback (most recent call last):",
      "RuntimeError: made up", "There were missing keys in the checkpoint model loaded: ['a'].",
      bar("", 0, 60, at: 0, rate: "?it/s"), bar("", 21, 60, at: 0, rate: "192.45it/s"),
      bar("", 41, 60, at: 3, rate: "14.90it/s"),
    ].joined(separator: "\n")
    let heard = parse(text)
    #expect(heard.readings.compactMap { $0[.step] } == [34, 21, 41])
    #expect(heard.events.map(\.cause) == [.restarted, .resumed])
  }

  @Test func aHeadThatComesOnceMoreIsAnotherLife() {
    let head = "tokens per iteration will be: 1,000\n"
    let line = { (step: Int) in "iter \(step): loss 3.\(step), time 10.00ms, mfu 5.00%\n" }
    let heard = parse(head + [0, 10, 20, 30].map(line).joined() + head)
    #expect(heard.events.map(\.cause) == [.restarted])
    let resumed = parse(
      head + [0, 10, 20, 30].map(line).joined() + head + [20, 30, 40].map(line).joined())
    #expect(resumed.events.map(\.cause) == [.restarted, .resumed])
    #expect(resumed.events.last?.text == "resumed at step 20")
    #expect(resumed.readings.compactMap { $0[.redoneSteps] }.last == 11)
    let again = parse(head + [0, 10, 20].map(line).joined() + head + [0, 10].map(line).joined())
    #expect(again.events.map(\.cause) == [.restarted])
    #expect(again.readings.compactMap { $0[.step] } == [0, 10, 20, 0, 10])
    #expect(again.readings.allSatisfy { $0[.redoneSteps] == nil })
  }
}

extension Double {
  fileprivate func isNear(_ other: Double, within share: Double) -> Bool {
    abs(self - other) <= share * abs(other)
  }
}

import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// Evaluations and checkpoints that a log tells only by a line.
@Suite struct ToldPausesTests {
  private static func iteration(_ step: Int, at clock: String) -> String {
    " [2026-08-22 15:\(clock).000000] iteration \(step)/ 1000 | consumed samples: \(step * 4) | "
      + "elapsed time per iteration (ms): 1000.0 | lm loss: 2.0E+00 |\n"
  }

  private static let validation =
    " validation loss at iteration 20 | lm loss value: 3.1E+00 | lm loss PPL: 2E+01 |\n"
  private static let saved = "  successfully saved checkpoint from iteration 30 to out [ t 1/1 ]\n"

  /// Ten steps in ten seconds; an evaluation of 15 s, and a checkpoint of 5 s.
  private static let log =
    iteration(10, at: "22:10") + iteration(20, at: "22:20") + validation
    + iteration(30, at: "22:45") + saved + iteration(40, at: "23:00") + iteration(50, at: "23:10")

  private func pauses(_ heard: [Observation]) -> [String] {
    let start = heard.readings.first { $0[.step] == 10 }?.time ?? LogFormatTests.start
    return heard.readings.compactMap { row in
      let time = row.time - start
      if let seconds = row[.evaluationTime] { return "evaluation \(seconds) until \(time)" }
      return row[.checkpointTime].map { "checkpoint \($0) until \(time)" }
    }
  }

  static let right = ["evaluation 15.0 until 25.0", "checkpoint 5.0 until 40.0"]

  @Test func inAFinishedLogTheyAreWhatTheStepsLeaveOfTheTime() throws {
    let scratch = Scratch()
    scratch.write(Self.log, to: "a.log")
    let imported = try LogImport(
      path: scratch.file("a.log"), machine: "box", label: "a",
      zone: .init(LogImportTests.utc, isNamed: true), now: Timestamp(seconds: 4e9))
    #expect(pauses(imported.observations) == Self.right)
  }

  /// Follows a log, each line at its time or, without one, half a second after the line before.
  private func follow(_ log: String) throws -> [Observation] {
    var parser = LogParser(machine: "box", name: "a", label: "a", local: LogImportTests.utc)
    var time = Timestamp(seconds: 4e9)
    var heard: [Observation] = []
    for line in log.split(separator: "\n") {
      let clock = line.split(separator: " ").first { $0.hasPrefix("15:") }
      let seconds = try clock.map { clock in
        try clock.prefix(8).split(separator: ":").reduce(0.0) { try $0 * 60 + #require(Double($1)) }
      }
      time = seconds.map { Timestamp(seconds: 1_787_356_800 + $0) } ?? time + 0.5
      heard += parser.consume(Array("\(line)\n".utf8), arrival: time)
    }
    return heard
  }

  @Test func followedTheyAreTheSame() throws {
    #expect(try pauses(follow(Self.log)) == Self.right)
  }

  @Test func ofTwoTogetherNobodyKnowsWhichTookHowLong() throws {
    let log =
      Self.iteration(10, at: "22:10") + Self.iteration(20, at: "22:20") + Self.validation
      + Self.saved + Self.iteration(30, at: "22:50")
    #expect(try pauses(follow(log)).isEmpty)
  }

  /// The timers that Megatron prints tell one from the other.
  @Test(arguments: [
    "    evaluate ....................: (14800.10, 15000.00)\n",
    "    save-checkpoint .............: (4900.10, 5000.00)\n",
    "    evaluate ....................: (14800.10, 15000.00)\n"
      + "    save-checkpoint .............: (4900.10, 5000.00)\n",
  ]) func timersPartThem(timers: String) throws {
    let log =
      Self.iteration(10, at: "22:10") + Self.iteration(20, at: "22:20") + Self.validation
      + Self.saved + timers + Self.iteration(30, at: "22:50")
    #expect(try pauses(follow(log)) == ["evaluation 15.0 until 25.0", "checkpoint 5.0 until 30.0"])
  }

  @Test func timersThatTookLongerThanThereWasTimeAreNotBelieved() throws {
    let log =
      Self.iteration(10, at: "22:10") + Self.iteration(20, at: "22:20") + Self.validation
      + Self.saved + "    evaluate ....................: (44800.10, 45000.00)\n"
      + Self.iteration(30, at: "22:50")
    #expect(try pauses(follow(log)).isEmpty)
  }

  @Test func whereStepsTakeAllTheTimeThereIsNone() throws {
    let log =
      Self.iteration(10, at: "22:10") + Self.validation + Self.iteration(20, at: "22:20")
    #expect(try pauses(follow(log)).isEmpty)
  }
}

import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// Lines that come at once, in the wrong order, or from every rank.
@Suite struct LogBurstTests {
  let start = LogFormatTests.start

  func line(_ step: Int, ms: Double = 100, loss: Double = 3) -> String {
    "iter \(step): loss \(loss), time \(ms)ms, mfu 5.00%\n"
  }

  func parser() -> LogParser { LogParser(machine: "box", name: "x", label: "x") }

  func times(_ readings: [Reading]) -> [Double] {
    readings.map { (($0.time - start) * 1000).rounded() / 1000 }
  }

  @Test func blockBufferedLinesAreSpacedByTheirOwnStepTimes() throws {
    var parser = parser()
    _ = parser.consume(Array(line(0).utf8), arrival: start)
    let text = line(10) + line(20, ms: 200) + line(30) + "noise\n" + line(40)
    let heard = parser.consume(Array(text.utf8), arrival: start + 10)
    #expect(heard.readings.map { $0[.step] } == [10, 20, 30, 40])
    #expect(times(heard.readings) == [6, 8, 9, 10])
    #expect(heard.readings.allSatisfy { $0.arrival == start + 10 })
  }

  @Test func spacedLinesDoNotReachBehindTheLastLook() throws {
    var parser = parser()
    _ = parser.consume(Array(line(0).utf8), arrival: start)
    let text = line(10) + line(20) + line(30)
    let heard = parser.consume(Array(text.utf8), arrival: start + 1.5)
    let found = times(heard.readings)
    #expect(found.count == 3)
    #expect(found[0] > 0 && found[0] < found[1] && found[1] < 1.5)
    #expect(found[2] == 1.5)
  }

  /// What an evaluation took is exact; where there is little room, the steps around it give way.
  @Test func anEvaluationAmongBufferedLinesKeepsItsSeconds() throws {
    var burst = LineBurst()
    func row(_ step: Int64, _ field: Progress.Field, _ value: Double) -> Progress {
      var progress = Progress()
      progress.step = step
      progress.set(field, value)
      return progress
    }
    for step in 19...20 { burst.add(row(Int64(step), .stepTime, 0.11)) }
    burst.add(row(20, .evaluationTime, 0.66))
    for step in 21...23 { burst.add(row(Int64(step), .stepTime, 0.11)) }
    let told = burst.take(arrival: start + 1, floor: start)
    #expect(told.map { $0.row.step } == [19, 20, 20, 21, 22, 23])
    #expect(abs(told[2].time - told[1].time - 0.66) < 0.001)
    #expect(told[0].time >= start && told[5].time == start + 1)
    #expect(zip(told, told.dropFirst()).allSatisfy { $0.time < $1.time })
  }

  @Test func historyIsItsLastState() throws {
    var parser = parser()
    _ = parser.consume(Array(line(0).utf8), arrival: start)
    let text = (1...500).map { line($0 * 10) }.joined()
    let heard = parser.consume(Array(text.utf8), arrival: start + 1)
    #expect(heard.readings.map { $0[.step] } == [5000])
    #expect(times(heard.readings) == [1])
    // What had no time and is not kept is counted.
    #expect(heard.devices.last?.attributes["untimed_rows"] == "499")
  }

  /// Each value is told in the row in which it was said last, and not beside another step.
  @Test func ofAHistoryEachValueKeepsItsStep() throws {
    var parser = parser()
    let text = [
      "step     5 | loss: 6.5 | lr 4.2e-05 | dt: 338.25ms | tok/sec: 1550.5",
      "step     6 | loss: 6.25 | dt: 300.00ms | tok/sec: 1600.5", "val loss 6.75", "",
    ].joined(separator: "\n")
    let heard = parser.consume(Array(text.utf8), arrival: start)
    #expect(heard.readings.map { $0[.step] } == [5, 6])
    #expect(heard.readings.map { $0[.learningRate] } == [4.2e-5, nil])
    #expect(heard.readings.map { $0[.loss] } == [nil, 6.25])
    #expect(heard.readings.map { $0[.stepTime] } == [nil, 0.3])
    #expect(times(heard.readings) == [-0.3, 0])
  }

  @Test func aHugeBurstIsToldRowByRow() throws {
    var parser = parser()
    _ = parser.consume(Array(line(0).utf8), arrival: start)
    let text = (1...3000).map { line($0, ms: 1) }.joined()
    let heard = parser.consume(Array(text.utf8), arrival: start + 10)
    #expect(heard.readings.map { $0[.step] } == (1...3000).map(Double.init))
    #expect(times(heard.readings).last == 10)
    #expect(zip(heard.readings, heard.readings.dropFirst()).allSatisfy { $0.time < $1.time })
  }

  @Test func theRankInFrontIsFollowed() throws {
    var parser = parser()
    var heard: [Observation] = []
    for step in 1...20 {
      for rank in [0, 2, 1] {
        // Rank 1 lags one step behind, and each has a loss of its own.
        let shown = rank == 1 ? step - 1 : step
        let text = "[rank\(rank)]:" + line(shown, loss: 3 + Double(rank) / 10)
        heard += parser.consume(Array(text.utf8), arrival: start + Double(step * 3 + rank))
      }
    }
    #expect(heard.events.isEmpty)
    #expect(heard.readings.map { $0[.step] } == (1...20).map(Double.init))
    #expect(heard.readings.allSatisfy { $0[.loss] == 3 })
  }

  @Test func aNewProcessBehindTheOldOneIsAResumedJob() throws {
    var parser = parser()
    var heard: [Observation] = []
    for step in 1...10 {
      heard += parser.consume(
        Array("(Worker pid=1, ip=::1) \(line(step * 10))".utf8), arrival: start + Double(step))
    }
    for step in 6...12 {
      heard += parser.consume(
        Array("(Worker pid=2, ip=::1) \(line(step * 10, loss: 2.9))".utf8),
        arrival: start + 20 + Double(step))
    }
    #expect(heard.events.map(\.text) == ["resumed at step 60"])
    #expect(heard.readings.last?[.step] == 120)
    // 60 itself, and from there to 100.
    #expect(heard.readings.compactMap { $0[.redoneSteps] }.last == 41)
    #expect(heard.series.contains { $0.metric == .redoneSteps })
  }

  /// A life begins at the time of its first row, and each row has its own count of what was redone.
  @Test func aResumedBurstBeginsAtItsFirstRow() throws {
    var parser = parser()
    _ = parser.consume(Array((1...4).map { line($0 * 10) }.joined().utf8), arrival: start)
    let text = (2...6).map { line($0 * 10 + 1, loss: 4) }.joined()
    let heard = parser.consume(Array(text.utf8), arrival: start + 10)
    let rows = heard.readings
    #expect(rows.map { $0[.step] } == [21, 31, 41, 51, 61])
    #expect(rows.map { $0[.redoneSteps] } == [1, 11, 20, 20, 20])
    #expect(heard.events.map(\.text) == ["resumed at step 21"])
    #expect(heard.events.first?.time == rows.first?.time)
  }

  @Test func aLaggardInTheSameMomentIsNoResumedJob() throws {
    var parser = parser()
    _ = parser.consume(Array((line(10) + line(20)).utf8), arrival: start)
    let text = line(30) + line(20, loss: 3.5) + line(40)
    let heard = parser.consume(Array(text.utf8), arrival: start + 10)
    #expect(heard.events.isEmpty)
    #expect(heard.readings.map { $0[.step] } == [30, 40])
  }

  @Test func aResumedJobInTheSameMomentIsNoticed() throws {
    var parser = parser()
    let text = line(10) + line(20) + line(30) + line(40) + line(20, loss: 4) + line(30, loss: 4)
    let heard = parser.consume(Array(text.utf8), arrival: start)
    #expect(heard.events.map(\.text) == ["resumed at step 20"])
    #expect(heard.readings.last?[.step] == 30)
    // 20 itself, and from there to 30.
    #expect(heard.readings.last?[.redoneSteps] == 11)
  }

  /// A bar without a time beside lines that have one: what is told last is what stands last.
  @Test func aPastKeepsItsOrder() throws {
    var parser = LogParser(machine: "box", name: "a", label: "a", local: LogImportTests.utc)
    let text = (1...600).map { step in
      let bar = "Training:  1%|#  | \(step)/1000 [08:08<6:44:18,  1.62s/it]"
      guard step % 100 == 0 else { return bar }
      let clock = "2025-10-19 20:\(10 + step / 100):00,000"
      return "\(bar)\(clock) - train - INFO - Step \(step), Loss: 0.\(step)"
    }.joined(separator: "\n")
    let heard = parser.consume(Array("\(text)\n".utf8), arrival: start)
    let rows = heard.readings.filter { $0[.step] != nil }
    #expect(rows.map(\.time) == rows.map(\.time).sorted())
    #expect(rows.last?[.step] == 600)
    #expect(rows.compactMap { $0[.stepTotal] }.last == 1000)
    #expect(heard.events.isEmpty)
  }

  @Test func aSecondRunInTheSameMomentIsNoResumedOne() throws {
    var parser = parser()
    let text =
      [10, 20, 30].map { line($0, loss: 4) }.joined() + [10, 20].map { line($0, loss: 5) }.joined()
    let heard = parser.consume(Array(text.utf8), arrival: start)
    #expect(heard.events.map(\.cause) == [.restarted])
    #expect(heard.readings.allSatisfy { $0[.redoneSteps] == nil })
  }

  @Test func aLongPastWithTimesIsToldWhole() throws {
    var parser = parser()
    let text = (0..<20_000).map { step in
      ":::MLLOG {\"time_ms\": \(1_745_519_766_616 + step * 1000), \"key\": \"train_loss\", "
        + "\"value\": 2.5, \"metadata\": {\"step_num\": \(step)}}\n"
    }
    let heard = parser.consume(Array(text.joined().utf8), arrival: start)
    #expect(heard.readings.map { $0[.step] } == (0..<20_000).map(Double.init))
    #expect(heard.readings.last?.time == Timestamp(nanoseconds: 1_745_539_765_616_000_000))
  }

  @Test func aLogThatJumpsToAndFroSaysSoInBounds() throws {
    var parser = parser()
    let text = (0..<2000).map { line($0 % 4 + 1 + 2 * ($0 / 2 % 2), loss: Double($0)) }.joined()
    #expect(parser.consume(Array(text.utf8), arrival: start).events.count <= 32)
  }

  @Test func anImpossibleStepDoesNotHideTheRest() throws {
    let heard = LogFormatTests.parse(
      line(10) + line(9_000_000_000_000_000_000 as Int) + line(-5) + line(20))
    #expect(heard.readings.compactMap { $0[.step] } == [10, 20])
    #expect(heard.events.isEmpty)
  }

  @Test func factsComeAgainWithWhatIsNew() throws {
    var parser = parser()
    let first = parser.consume(
      Array(("number of parameters: 124.34M\n" + line(0)).utf8), arrival: start)
    #expect(first.devices.map { $0.attributes["parameters"] } == ["124340000"])
    #expect(first.devices.first?.attributes["framework"] == "nanoGPT")
    let second = parser.consume(
      Array(("tokens per iteration will be: 491,520\n" + line(10)).utf8), arrival: start + 1)
    #expect(second.devices.map { $0.attributes["tokens_per_step"] } == ["491520"])
    #expect(second.devices.first?.attributes["parameters"] == "124340000")
    #expect(parser.consume(Array(line(20).utf8), arrival: start + 2).devices.isEmpty)
  }

  @Test func twoFormatsInOneLogCompleteEachOther() throws {
    let timer =
      "[2023-04-18 01:47:43,882] [INFO] [timer.py:199:stop] epoch=0/micro_step=9/global_step=9, "
      + "RunningAvgSamplesPerSec=172.1, CurrSamplesPerSec=160.0, MemAllocated=3.96GB, "
      + "MaxMemAllocated=22.5GB"
    let heard = LogFormatTests.parse(
      """
      \(timer)
      {'loss': 2.5, 'learning_rate': 5e-05, 'epoch': 0.5}
        5%|▌         | 20/409 [01:58<13:41,  4.00it/s]
      \(timer.replacing("160.0", with: "165.0"))
      """)
    #expect(heard.devices.last?.model == "Hugging Face Trainer log")
    #expect(heard.readings.last?[.sampleRate] == 165)
    #expect(heard.readings.last?[.step] == nil)
    let notes = heard.series.filter { $0.metric == .sampleRate }.map(\.provenance.note)
    #expect(notes.last?.contains("DeepSpeed") == true)
  }
}

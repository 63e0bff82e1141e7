import Quantities
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import JobLogs

@Suite struct LogFormatTests {
  static let start = Timestamp(nanoseconds: 1_790_000_000_000_000_000)

  /// What a log says when each of its lines arrives a second after the one before.
  static func parse(_ text: String) -> [Observation] {
    var parser = LogParser(machine: "box", name: "/tmp/train.log", label: "train.log")
    var result: [Observation] = []
    var time = start
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      time = time + 1
      result += parser.consume(Array("\(line)\n".utf8), arrival: time)
    }
    // What waits for more of the same waits no longer.
    result += parser.consume([], arrival: time + 3)
    return result
  }

  @Test func nanoGPT() throws {
    let heard = Self.parse(
      """
      tokens per iteration will be: 491,520
      number of parameters: 124.34M
      step 0: train loss 10.9, val loss 10.8
      iter 0: loss 10.9886, time 17491.39ms, mfu -100.00%
      iter 10: loss 9.5, time 135.70ms, mfu 41.25%
      saving checkpoint to out
      iter 20: loss 8.25, time 134.00ms, mfu 410.00%
      """)
    let rows = heard.readings
    #expect(rows.map { $0[.step] } == [0, 0, 10, 20])
    #expect(rows[0][.validationLoss] == 10.8)
    #expect(rows[0][.loss] == nil)
    #expect(rows[1][.reportedMFU] == nil)
    #expect(rows[2][.reportedMFU] == 0.4125)
    #expect(rows[3][.reportedMFU] == nil)
    #expect(rows[2][.tokens] == 4_915_200)
    #expect(rows[2][.loss] == 9.5)
    #expect(rows[2][.stepTime].map { abs($0 - 0.1357) < 1e-9 } == true)
    #expect(heard.events.map(\.text) == ["refused an impossible MFU stated in the job's log"])
    #expect(heard.devices.last?.attributes["parameters"] == "124340000")
    #expect(heard.devices.first?.model == "nanoGPT log")
    #expect(heard.series.allSatisfy { $0.provenance.method == .log })
    #expect(heard.series.first?.provenance.note.contains("A100") == true)
  }

  @Test func huggingFaceOfBothVersions() throws {
    let heard = Self.parse(
      """
      Downloading: 100%|██████| 5/5 [00:00<00:00, 12.30it/s]
        0%|          | 0/409 [00:00<?, ?it/s]\r  2%|▏    | 10/409 [00:58<14:41,  2.50s/it]\r
      {'loss': 2.5586, 'grad_norm': 6.8, 'learning_rate': 5e-05, 'num_input_tokens_seen': 196608, 'epoch': 0.01}
        5%|▌    | 20/409 [01:58<13:41,  4.00it/s]
       50%|█████| 2/4 [00:01<00:01,  1.00it/s]
      {'loss': '1.098', 'learning_rate': '2e-05', 'num_tokens': '1.144e+04', 'epoch': '0.02'}
      {'eval_loss': 1.5, 'eval_runtime': 3.1, 'epoch': 0.02}
      {'train_runtime': 919.097, 'train_samples_per_second': 1.088, 'epoch': 1.0}
      {'train_runtime': 919.03, 'train_samples_per_second': 1.088, 'epoch': 1.0}
      """)
    let rows = heard.readings
    let losses = rows.filter { $0[.loss] != nil }
    #expect(losses.map { $0[.step] } == [10, 20])
    #expect(losses.map { $0[.loss] } == [2.5586, 1.098])
    #expect(losses.map { $0[.tokens] } == [196608, nil])
    #expect(losses[0][.learningRate] == 5e-5)
    #expect(rows.compactMap { $0[.stepTime] } == [2.5, 0.25])
    #expect(rows.allSatisfy { $0[.stepTotal].map { $0 == 409 } ?? true })
    #expect(heard.events.map(\.text) == ["training ended after 919 s"])
  }

  @Test func torchtitanInColourFromSevenRanks() throws {
    let esc = "\u{1B}"
    let line =
      "[titan] 2026-02-24 19:46:17,508 - root - INFO - \(esc)[31mstep:  4  \(esc)[32mloss:  7.62585"
      + "  \(esc)[38;2;180;60;0mgrad_norm: 26.6250  memory: 66.91GiB(37.51%)  "
      + "\(esc)[34mtps: 10,050  \(esc)[36mtflops: 314.71  \(esc)[35mmfu: 13.99%\(esc)[39m"
    let next = line.replacing("step:  4", with: "step: 10").replacing("13.99%", with: "N/A")
    let lines = (0..<7).map { "[rank\($0)]:\(line)" } + ["[rank0]:\(next)"]
    let heard = Self.parse(lines.joined(separator: "\n") + "\nvalidate step:  10  loss: 3 tps: 5")
    #expect(heard.readings.count == 3)
    #expect(heard.readings[2][.validationLoss] == 3)
    #expect(heard.readings[0][.gradientNorm] == 26.625)
    #expect(heard.readings[0][.peakMemory] == 71_844_065_444)
    #expect(heard.readings[0][.reportedFLOPRate] == 314.71e12)
    #expect(heard.devices.first?.attributes["rate_scope"] == "device")
    #expect(heard.readings[0][.step] == 4)
    #expect(heard.readings[0][.loss] == 7.62585)
    #expect(heard.readings[0][.tokenRate] == 10_050)
    #expect(heard.readings[0][.reportedMFU] == 0.1399)
    #expect(heard.readings[0][.tokens] == nil)
    #expect(heard.readings[1][.reportedMFU] == nil)
    #expect(heard.series.first?.provenance.note.contains("ONE device") == true)
  }

  @Test func megatronInBothUnitsOfTime() throws {
    let heard = Self.parse(
      """
        seq_length ...................................... 4096
       [2026-08-22 15:22:22.123456] iteration       10/    1000 | consumed samples:           40 | elapsed time per iteration (ms): 2152.2 | learning rate: 0.000E+00 | global batch size:     4 | loss scale: 8388608.0 | number of skipped iterations:  10 | number of nan iterations:   0 |
       [2026-08-22 15:22:42.123456] iteration       20/    1000 | consumed samples:           80 | elapsed time per iteration (ms): 1354.9 | learning rate: 3.750E-05 | lm loss: 1.203115E+01 | number of nan iterations:   0 |
       iteration       30/    1000 | consumed samples:          120 | consumed tokens:       999 | elapsed time per iteration (s): 15.23 | lm-loss: 2.0E+00 |
       iteration       40/    1000 | consumed samples:          160 | elapsed time per iteration (s): 15.
       validation loss at iteration 10 | lm loss value: 3.1E+00 | lm loss PPL: 2E+01 |
      """)
    #expect(heard.readings.last?[.validationLoss] == 3.1)
    let rows = Array(heard.readings.dropLast())
    #expect(rows.map { $0[.step] } == [10, 20, 30])
    #expect(rows.map { $0[.stepTotal] } == [1000, 1000, 1000])
    #expect(rows.map { $0[.stepTime] } == [2.1522, 1.3549, 15.23])
    #expect(rows.map { $0[.loss] } == [nil, 12.03115, 2])
    #expect(rows.map { $0[.tokens] } == [163_840, 327_680, 999])
    #expect(rows[1][.learningRate] == 3.75e-5)
  }

  @Test func stepTables() throws {
    let heard = Self.parse(
      """
      step     5 | loss: 6.813421 | lr 4.2857e-05 | norm: 2.1 | dt: 338.25ms | tok/sec: 1550213.4
      step 6 | loss: 6.5 | dt: 300.00ms | tok/sec: 5198.52 | norm: 6.74 | lr: 0.000010
      step    7/19560 | loss 6.25 (+nanz)| norm 4.1 (+nanz)| lr 1.20e-05 | 297.10 ms | 41.2% bf16 MFU | 1764823 tok/s
      step 8 | loss: 6.5 | dt: 300
      """)
    let rows = heard.readings
    #expect(rows.map { $0[.step] } == [5, 6, 7])
    #expect(rows.map { $0[.stepTime] } == [0.33825, 0.3, 0.2971])
    #expect(rows.map { $0[.tokenRate] } == [1_550_213.4, 5198.52, 1_764_823])
    #expect(rows.map { $0[.learningRate] } == [4.2857e-5, 1e-5, 1.2e-5])
    #expect(rows[2][.reportedMFU] == 0.412)
    #expect(rows[2][.stepTotal] == 19560)
  }

  @Test func moddedNanoGPTBehindItsOwnProgram() throws {
    let heard = Self.parse(
      """
      print0(f"step:{step}/{args.num_iterations} train_loss:{x} step_avg:{y}ms")
      step:0/1750 val_loss:10.8258 train_time:0ms step_avg:nanms
      step:1/1750 train_loss:10.8258 train_time:24389ms step_avg:nanms
      step:30/1750 train_loss:7.5 train_time:24499ms step_avg:160.50ms
      """)
    #expect(heard.readings.map { $0[.step] } == [0, 1, 30])
    #expect(heard.readings.map { $0[.validationLoss] } == [10.8258, nil, nil])
    #expect(heard.readings.map { $0[.loss] } == [nil, 10.8258, 7.5])
    #expect(heard.readings.map { $0[.stepTime] } == [nil, nil, 0.1605])
  }

  @Test(arguments: [
    "0: ", " 12: ", "node1: ", "[default0]:", "(TrainWorker pid=123, ip=10.0.0.1) ",
    "trainer-1  | ", "[1,0]<stdout>:", "2026-09-21T13:46:40.5Z stdout F ", "\u{1B}]0;title\u{07}",
    "\u{1B}[1A\u{1B}[2K", "0: [rank3]: ", "\0\0\0", "^[[A^[[B^[[A", "[pod/train-0/main] ",
    "[titan] 2026-02-24 19:46:17,508 - root - INFO - ",
    "2024-05-05 12:00:00.123 | INFO     | train:main:12 - ", "INFO:root:", "[INFO] ", "INFO: ",
    "I0820 12:00:00.123456 140 train.py:100] ", "[04/12 10:00:00 d2.utils.events]:  ",
    "[2023-04-18 01:47:43,882] [INFO] [train.py:199:main] ", "12:00:01 ", "2026-02-24 19:46:17 ",
    "[INFO|train.py:1144] 2021-05-25 06:38:26,285 >>   ",
  ]) func prefixesAreTakenOff(prefix: String) throws {
    let heard = Self.parse("\(prefix)iter 10: loss 9.5, time 135.70ms, mfu 41.25%")
    #expect(heard.readings.first?[.step] == 10)
    #expect(heard.readings.first?[.loss] == 9.5)
  }

  @Test func aTimeWithZoneIsTheReadingsTime() throws {
    let line = "2026-09-21T14:13:19.25Z stdout F iter 10: loss 9.5, time 135.70ms, mfu 41.25%"
    let future = line.replacing("2026", with: "2036").replacing("iter 10", with: "iter 20")
    let rows = Self.parse("\(line)\n\(future)").readings
    #expect(rows[0].time.nanoseconds == RFC3339.nanoseconds("2026-09-21T14:13:19.25Z".utf8))
    #expect(rows[0].arrival == Self.start + 1)
    #expect(rows[1].time == Self.start + 2)
  }

  @Test(arguments: [
    "iter 10: loss 9.5, time 135.70m", "iter 10: loss 9.iter 20: loss 8, time 1ms, mfu 1.00%",
    "iter : loss 9.5, time 135.70ms, mfu 41.25%", "xiter 10: loss 9.5, time 135.70ms, mfu 41%",
    "{'loss': 2.55, 'learning", "{'loss': 2.5{'loss': 2.6}", "step:12/17", "{'loss': }",
    "[titan] x - root - INFO - step:  4  loss:  7.62585  tps: 10",
    " iteration 5/10 | elapsed time per iteration (ms): 1 iteration 6/10 | lm loss: 2 |",
    "step 8 | loss: 6.step 9 | loss: 6.5 | dt: 300.00ms | tok/sec: 1",
  ]) func tornLinesSayNothing(line: String) {
    #expect(Self.parse(line).readings.isEmpty)
  }

  /// Lines that once were too much for the reader.
  @Test(arguments: [
    ":::MLLOG {\"time_ms\": 9999999999999, \"key\": \"train_loss\", \"value\": 2.5}",
    "[a] >>", "[a] >", "2026-02-24 19:46:17 >>",
  ]) func oddLinesDoNoHarm(line: String) {
    #expect(Self.parse(line).readings.isEmpty)
  }

  @Test func aLossThatIsNoNumberIsAnEventOnce() throws {
    let heard = Self.parse(
      (1...5).map { "{'loss': \($0 == 1 ? "2.0" : "nan"), 'learning_rate': \($0)e-05}" }
        .joined(separator: "\n"))
    #expect(heard.events.map(\.text) == ["the loss is no number"])
    #expect(heard.readings.compactMap { $0[.loss] } == [2])
  }

  @Test func aStepBackIsAResumedJob() throws {
    let line = { (step: Int, loss: Double) in "iter \(step): loss \(loss), time 10.00ms, mfu 5.00%"
    }
    let heard = Self.parse(
      [line(10, 5), line(20, 4), line(30, 3), line(20, 4), line(20, 4.1), line(30, 3.1)]
        .joined(separator: "\n"))
    #expect(heard.events.map(\.text) == ["resumed at step 20"])
    #expect(heard.readings.map { $0[.step] } == [10, 20, 30, 20, 30])
  }

  @Test func aProgressBarDoesNotCountAnotherFrameworksSteps() throws {
    let heard = Self.parse(
      """
      iter 10: loss 3.0, time 10.00ms, mfu 5.00%
       50%|█████| 200/400 [00:01<00:01,  1.00it/s]
      iter 20: loss 3.0, time 10.00ms, mfu 5.00%
      """)
    #expect(heard.readings.map { $0[.step] } == [10, 20])
    #expect(heard.events.isEmpty)
  }

  @Test func aBurstIsOneRowWithTheNewestValues() throws {
    var parser = LogParser(machine: "box", name: "x", label: "x")
    let text = (0..<500).map {
      "iter \($0 * 10): loss \(10 - Double($0) / 100), time 10.00ms, mfu 5.00%\n"
    }
    let heard = parser.consume(Array(text.joined().utf8), arrival: Self.start)
    #expect(heard.readings.count == 1)
    #expect(heard.readings.first?[.step] == 4990)
    #expect(parser.understood == 500)
    #expect(parser.format == "nanoGPT")
  }

  @Test func slowJobsAreNotFullOfGaps() throws {
    var parser = LogParser(machine: "box", name: "x", label: "x")
    var timeline = Timeline()
    for step in 0..<5 {
      let line =
        " iteration \(step + 1)/ 10 | elapsed time per iteration (ms): 125000 | lm loss: 2 |\n"
      let time = Self.start + Double(step) * 125
      timeline.apply(parser.consume(Array(line.utf8), arrival: time))
    }
    let job = try #require(timeline.devices(.job).first)
    let id = try #require(timeline.id(.step, of: job.id))
    #expect(timeline.descriptor(id).provenance.gap > 300)
  }

  @Test(arguments: [
    ("10,050", 10_050.0), ("1,2", 1), ("1.5e+03", 1500), ("-100.00", -100), ("7.", 7),
    ("12345678901234567890123", 1.2345678901234568e22), ("1e9999", .infinity),
  ]) func numbersInLogs(text: String, value: Double) throws {
    #expect(LogLine("x: \(text)").number(after: "x")?.value == value)
  }
}

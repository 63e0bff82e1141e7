import Quantities
import Telemetry
import TestSupport
import Testing

@testable import JobLogs

/// Lines that another process cut short: nothing is better than a wrong number.
@Suite struct LogTornTests {
  /// A line of every format whose lines have an end that shows.
  static let lines: [String] = [
    "iter 10: loss 9.512, time 135.70ms, mfu 41.25%",
    "step 250: train loss 1.9512, val loss 2.0123",
    "iter_dt 12.30ms; iter 100: train loss 2.30412",
    "{'loss': 2.5586, 'grad_norm': 6.8125, 'learning_rate': 5e-05, 'epoch': 0.01}",
    "{'loss': '1.098', 'grad_norm': '6.812', 'learning_rate': '2e-05', 'epoch': '0.01'}",
    "  5%|▌    | 20/409 [01:58<13:41,  4.25it/s]",
    "Steps:   5%|▌    | 50/1000 [00:30<09:30,  1.67it/s, lr=1e-5, step_loss=0.12]",
    "[titan] 2026-02-24 19:46:17,508 - root - INFO - step:  14  loss:  7.62585  grad_norm: 26.6250  memory: 66.91GiB(37.51%)  tps: 10,050  tflops: 314.71  mfu: 13.99%",
    " iteration       20/    1000 | consumed samples:           80 | elapsed time per iteration (ms): 1354.9 | learning rate: 3.750E-05 | global batch size:     4 | lm loss: 1.203115E+01 | grad norm: 1.250 |",
    " validation loss at iteration 10 | lm loss value: 3.123E+00 | lm loss PPL: 2E+01 |",
    "epoch=0/micro_step=70/global_step=70, RunningAvgSamplesPerSec=172.1, CurrSamplesPerSec=160.25, MemAllocated=3.96GB, MaxMemAllocated=22.55GB",
    "[Rank 0] step=70, skipped=6, lr=[9.5e-06, 9.5e-06], mom=[(0.9, 0.95), (0.9, 0.95)]",
    "step   12/19560 | loss 9.612 (+nanz)| norm 4.1 (+nanz)| lr 1.20e-05 | 297.10 ms | 41.2% bf16 MFU | 1764823 tok/s",
    "step 3: train loss 5.191557 (took 1234.56 ms)",
    "step:125/1750 train_loss:4.912 train_time:23144ms step_avg:201.25ms",
    "{\"current_steps\": 5, \"total_steps\": 2178, \"loss\": 2.3475, \"lr\": 1.8e-06, \"epoch\": 0.0023, \"elapsed_time\": \"0:32:48\", \"remaining_time\": \"9 days, 21:39:23\"}",
    ":::MLLOG {\"namespace\": \"\", \"time_ms\": 1745514104000, \"event_type\": \"POINT_IN_TIME\", \"key\": \"train_loss\", \"value\": 0.7203, \"metadata\": {\"step_num\": 254}}",
    "Train: 0 [  50/1251 (  4%)]  Loss: 6.94 (6.95)  Time: 0.350s,  731.4/s  (0.36s,  711.1/s)  LR: 1.000e-06  Data: 0.012 (0.034)",
    "[metric][batch=11]: {\"loss/train/total\": 9.75, \"throughput/device/mfu\": 0.41}",
    "DLLL {\"timestamp\": \"1.1\", \"type\": \"LOG\", \"step\": [1, 10], \"data\": {\"train.loss\": 3.25}}",
    "Epoch[2] Batch [20-40]\tSpeed: 20461.75 samples/sec\taccuracy=0.001",
  ]

  @Test(arguments: lines) func aCutLineGivesNoOtherNumber(line: String) throws {
    let whole = try #require(LogFormatTests.parse(line).readings.first)
    let bytes = Array(line.utf8)
    for length in 1..<bytes.count {
      var parser = LogParser(machine: "box", name: "x", label: "x")
      let heard = parser.consume(Array(bytes[..<length]) + [0x0A], arrival: LogFormatTests.start)
      for entry in heard.readings.flatMap(\.values) {
        #expect(
          entry.value == whole.values.first { $0.metric == entry.metric }?.value,
          "cut at \(length): \(entry.metric.name)")
      }
    }
  }

  @Test(arguments: lines) func twoInOneLineGiveNoNumberOfNeither(line: String) throws {
    let whole = try #require(LogFormatTests.parse(line).readings.first)
    let bytes = Array(line.utf8)
    for length in stride(from: 1, to: bytes.count, by: 5) {
      var parser = LogParser(machine: "box", name: "x", label: "x")
      let text = Array(bytes[..<length]) + bytes + [0x0A]
      for entry in parser.consume(text, arrival: LogFormatTests.start).readings.flatMap(\.values) {
        #expect(
          entry.value == whole.values.first { $0.metric == entry.metric }?.value,
          "joined at \(length): \(entry.metric.name)")
      }
    }
  }
}

/// Reads the lines of DeepSpeed's own timer, its pipeline engine, settings and FLOPs profiler.
///
///     [2023-04-18 01:47:43,882] [INFO] [timer.py:199:stop] epoch=0/micro_step=70/global_step=70,
///       RunningAvgSamplesPerSec=172.1, CurrSamplesPerSec=171.7, MemAllocated=3.96GB,
///       MaxMemAllocated=22.95GB                                                (one line)
///     steps: 10 loss: 7.7470 iter time (s): 2.181 samples/sec: 117.4
///     [… logging.py:96:log_dist] [Rank 0] step=70, skipped=6, lr=[9.6e-06, 9.6e-06], mom=[…]
///
/// Samples per second are those of all data-parallel ranks. Other ranks write into the same line,
/// so its end is what shows that it is whole. Source: github.com/deepspeedai/DeepSpeed,
/// deepspeed/utils/timer.py, runtime/engine.py, runtime/pipe/engine.py, profiling/flops_profiler.
struct DeepSpeedReader: ProgressReader {
  static let format = "DeepSpeed"
  static let caution = "samples per second of all data-parallel ranks"

  let authority = ProgressAuthority.layer
  private var batch: Int64?

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    if line.ends(with: "GB"), let place = line.find("global_step=") {
      return timer(line, place, &progress)
    }
    let start = line.message
    guard start < line.bytes.count else { return false }
    switch line.bytes[start] {
    case UInt8(ascii: "s"):
      return pipeline(line, start, &progress) || engine(line, start, &progress)
    case UInt8(ascii: "t"), UInt8(ascii: "w"), UInt8(ascii: "p"), UInt8(ascii: "f"):
      return setting(line, start, &progress)
    default: return false
    }
  }

  private func timer(_ line: LogLine, _ place: Int, _ progress: inout Progress) -> Bool {
    guard let step = line.number(at: place + 12), let count = step.whole,
      line.find("global_step=", from: step.end) == nil,
      let rate = line.number(after: "CurrSamplesPerSec", from: step.end),
      let peak = line.number(after: "MaxMemAllocated", from: rate.end)
    else { return false }
    progress.step = count
    progress.sampleRate = rate.value
    progress.peakMemory = Progress.bytes(peak.value, scale: Progress.gibibyte)
    progress.samples = Progress.product(count, batch)
    if let batch, rate.value > 0 { progress.stepTime = Double(batch) / rate.value }
    return true
  }

  private func pipeline(_ line: LogLine, _ start: Int, _ progress: inout Progress) -> Bool {
    guard line.starts(with: "steps: ", at: start), let step = line.number(at: start + 7),
      let loss = line.number(after: "loss", from: step.end),
      let time = line.number(after: "iter time (s)", from: loss.end),
      let rate = line.number(after: "samples/sec", from: time.end), rate.end == line.bytes.count
    else { return false }
    progress.step = step.whole
    progress.loss = loss.value
    progress.sampleRate = rate.value
    progress.stepTime = time.value
    return true
  }

  private func engine(_ line: LogLine, _ start: Int, _ progress: inout Progress) -> Bool {
    guard line.starts(with: "step=", at: start), let step = line.number(at: start + 5),
      line.starts(with: ", skipped=", at: step.end), line.ends(with: "]"),
      let rates = line.find("lr=[", from: step.end), let rate = line.number(at: rates + 4),
      line.starts(with: ",", at: rate.end) || line.starts(with: "]", at: rate.end),
      line.find("step=", from: step.end) == nil
    else { return false }
    progress.step = step.whole
    progress.learningRate = rate.value
    return true
  }

  /// Reads `train_batch_size ..... 64` and the head of the FLOPs profiler's report.
  private mutating func setting(_ line: LogLine, _ start: Int, _ progress: inout Progress) -> Bool {
    if line.starts(with: "train_batch_size ...", at: start) {
      let number = line.number(at: line.skip(0x2E, from: start + 16))
      batch = number?.whole
      return progress.learn(["global_batch": number?.fact])
    }
    if line.starts(with: "world size: ", at: start) {
      return progress.learn(["world_size": line.number(behindSpaces: start + 12)?.fact])
    }
    if line.starts(with: "params of model = ", at: start) {
      return progress.learn([
        "parameters": line.count(after: "params per GPU * mp_size", from: start)
      ])
    }
    if line.starts(with: "fwd flops per GPU: ", at: start) {
      return progress.learn(["forward_flop": line.count(after: "fwd flops per GPU", from: start)])
    }
    return false
  }
}

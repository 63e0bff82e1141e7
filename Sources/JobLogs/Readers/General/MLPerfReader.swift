import Telemetry

/// Reads the events MLPerf submissions log, of version 0.6 (`:::MLL`) and later (`:::MLLOG`).
///
///     :::MLLOG {"namespace": "", "time_ms": 1745514104000, "event_type": "POINT_IN_TIME",
///       "key": "eval_accuracy", "value": 0.7203, "metadata": {"samples_count": 2549478}}
///     :::MLL 1561426495.331 eval_accuracy: {"value": 0.7203, "metadata": {"epoch_num": 4}}
///
/// Every event carries its time. What `eval_accuracy` means depends on the benchmark: language
/// models log a loss under that key, and other figures are passed over. BERT counts samples under
/// `epoch_num`. Source: github.com/mlcommons/logging, mlperf_logging/mllog.
struct MLPerfReader: ProgressReader {
  static let format = "MLPerf"
  static let caution = "samples per second of the whole job, where tracked_stats states them"
  static let firstCharacters: StaticString = ":"

  private var benchmark = ""
  private var batch: Int64?
  /// The samples of the last event that counted any.
  private var samples: Int64?

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    guard line.starts(with: ":::MLL", at: start), line.ends(with: "}"),
      line.find(":::MLL", from: start + 1) == nil
    else { return false }
    // In milliseconds.
    var time: Double?
    var key: Range<Int>?
    if line.starts(with: "OG {", at: start + 6) {
      time = line.number(after: "\"time_ms\"", from: start)?.value
      if let name = line.find("\"key\": \"", from: start), let end = line.find("\"", from: name + 8)
      {
        key = (name + 8)..<end
      }
    } else if let seconds = line.number(at: start + 7),
      let colon = line.find(": {", from: seconds.end)
    {
      time = seconds.value * 1000
      key = line.skipSpaces(seconds.end)..<max(colon, line.skipSpaces(seconds.end))
    }
    guard let time, 1e11..<9e12 ~= time, let key,
      let value = line.find("\"value\": ", from: key.upperBound)
    else { return false }
    guard event(line, key, value + 9, &progress) else { return false }
    progress.time = Timestamp(nanoseconds: Int64(time.rounded()) * 1_000_000)
    return true
  }

  private mutating func event(
    _ line: LogLine, _ key: Range<Int>, _ place: Int, _ progress: inout Progress
  ) -> Bool {
    func isKey(_ name: StaticString) -> Bool { line.holds(name, in: key) }
    let number = line.number(at: place)
    // The account of a run goes from its start to its stop.
    if isKey("run_start") {
      progress.note = "MLPerf run started"
      progress.samples = 0
      return true
    }
    if isKey("run_stop") {
      let status = line.word(after: "\"status\"", from: place) ?? "no status"
      count(line, place, &progress)
      progress.samples = progress.samples ?? samples
      progress.note = "MLPerf run stopped: \(status)"
      return true
    }
    if isKey("train_loss") {
      count(line, place, &progress)
      progress.loss = number?.value
      progress.learningRate = line.number(after: "\"lr\"", from: place)?.value
      return true
    }
    if isKey("eval_accuracy") {
      count(line, place, &progress)
      evaluate(number?.value, &progress)
      return true
    }
    if isKey("tracked_stats") {
      progress.sampleRate = line.number(after: "\"throughput\"", from: place)?.value
      progress.stepTime = line.number(after: "\"train_step_time\"", from: place)?.value
      progress.loss = line.number(after: "\"reduced_train_loss\"", from: place)?.value
      return !progress.fields.isEmpty
    }
    return fact(line, key, place, number, &progress)
  }

  private mutating func fact(
    _ line: LogLine, _ key: Range<Int>, _ place: Int, _ number: LogLine.Number?,
    _ progress: inout Progress
  ) -> Bool {
    func isKey(_ name: StaticString) -> Bool { line.holds(name, in: key) }
    if isKey("submission_benchmark") {
      benchmark = line.word(after: "\"value\"", from: place - 9) ?? ""
      return progress.learn(["benchmark": benchmark])
    }
    if isKey("global_batch_size") {
      batch = number?.whole
      return progress.learn(["global_batch": number?.fact])
    }
    if isKey("train_samples") { return progress.learn(["train_samples": number?.fact]) }
    if isKey("max_sequence_length") { return progress.learn(["sequence_length": number?.fact]) }
    return false
  }

  /// How far the job was, from the metadata of an event.
  private mutating func count(_ line: LogLine, _ place: Int, _ progress: inout Progress) {
    progress.samples = line.number(after: "\"samples_count\"", from: place)?.whole
    progress.step = line.number(after: "\"step_num\"", from: place)?.whole
    if let epoch = line.number(after: "\"epoch_num\"", from: place) {
      if benchmark == "bert" {
        progress.samples = progress.samples ?? epoch.whole
      } else {
        progress.epoch = epoch.value
      }
    }
    if progress.step == nil, let batch, batch > 0, let samples = progress.samples,
      samples % batch == 0
    {
      progress.step = samples / batch
    }
    samples = progress.samples ?? samples
  }

  private func evaluate(_ value: Double?, _ progress: inout Progress) {
    guard let value, !benchmark.isEmpty else { return }
    let losses = ["llama", "gpt", "flux", "deepseek"]
    if losses.contains(where: { benchmark.hasPrefix($0) }) {
      progress.validationLoss = value
    } else if !benchmark.contains("diffusion"), 0...1 ~= value {
      progress.accuracy = value
    }
  }
}

import Telemetry

/// Reads the events MLPerf submissions log, of version 0.5 (`:::MLPv0.5.0`), 0.6 (`:::MLL`) and later
/// (`:::MLLOG`).
///
///     :::MLLOG {"namespace": "", "time_ms": 1745514104000, "event_type": "POINT_IN_TIME",
///       "key": "eval_accuracy", "value": 0.7203, "metadata": {"samples_count": 2549478}}
///     :::MLL 1561426495.331 eval_accuracy: {"value": 0.7203, "metadata": {"epoch_num": 4}}
///     :::MLPv0.5.0 resnet 1541700000.25 (main.py:123) eval_accuracy: {"epoch": 4, "value": 0.7203}
///
/// Every event carries its time. A run goes from its `run_start` to its `run_stop`; what follows is
/// no part of it, such as the evaluation of checkpoints that were kept. Of several ranks in one file
/// the first word counts. What `eval_accuracy` means depends on the benchmark: language models log a
/// loss under that key, and figures that are no fraction of anything (FID, CLIP, BLEU, word errors)
/// are passed over. BERT counts samples under `epoch_num`. Source: github.com/mlcommons/logging,
/// mlperf_logging/mllog.
struct MLPerfReader: ProgressReader {
  static let format = "MLPerf"
  static let caution = "samples per second of the whole job, where tracked_stats states them"
  static let firstCharacters: StaticString = ":"

  /// Where in a run the last event was.
  private enum Phase {
    /// Its start has not been seen: the file is read from its middle.
    case unknown
    /// Since a time in milliseconds.
    case running(Double)
    case stopped(Double)
  }

  private var benchmark = ""
  private var batch: Int64?
  private var phase = Phase.unknown
  /// The samples of the last event that counted any.
  private var samples: Int64?
  private var step: Int64?
  private var epoch: Double?
  /// How many samples an epoch has.
  private var epochSamples: Int64?
  /// The time of the newest event of the run, in milliseconds.
  private var newest = 0.0
  /// The last value of an evaluation, which another rank may say once more.
  private var evaluated: Double?
  /// Which of several figures under one key is taken: the first that was named.
  private var measured: String?

  /// How long after a run's end its mean rate may be told, in milliseconds.
  private static let summaryLag = 1000.0
  /// How far apart the ranks of one run may start, in milliseconds; later it was begun anew.
  private static let longestLag = 120_000.0

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    guard line.find(":::ML", from: start + 1) == nil, let event = MLPerfEvent(line, start),
      1e11..<9e12 ~= event.time
    else { return false }
    if let name = event.benchmark {
      benchmark = String(decoding: line.bytes[name].prefix(40), as: UTF8.self)
    }
    let isLate = event.time < newest
    if line.holds("run_start", in: event.key) || !isLate { newest = event.time }
    guard take(line, event, &progress) else { return false }
    // What was counted then is not known from a line that comes after later ones.
    if isLate { progress.drop([.step, .epoch, Progress.Fields(.samples)]) }
    progress.time = Timestamp(nanoseconds: Int64(event.time.rounded()) * 1_000_000)
    return true
  }

  private mutating func take(_ line: LogLine, _ event: MLPerfEvent, _ progress: inout Progress)
    -> Bool
  {
    let (key, place) = (event.key, event.place)
    func isKey(_ name: StaticString) -> Bool { line.holds(name, in: key) }
    let number = line.number(at: place)
    // The account of a run goes from its start to its stop.
    if isKey("run_start") {
      guard isStart(event.time) else { return true }
      phase = .running(event.time)
      (samples, step, epoch, evaluated) = (nil, nil, nil, nil)
      progress.note = "MLPerf run started"
      progress.samples = 0
      return true
    }
    if case .stopped(let stop) = phase {
      // Facts stay what they are, and the mean rate of the run is told right behind it.
      let isSummary = isKey("tracked_stats") && event.time - stop <= Self.summaryLag
      guard isSummary else {
        return fact(line, key, place, number, &progress) || isOfRun(line, key)
      }
    }
    if isKey("run_stop") {
      phase = .stopped(event.time)
      let isSuccess = line.find("\"success\": true", from: key.upperBound) != nil
      let status =
        line.word(after: "\"status\"", from: key.upperBound)
        ?? (isSuccess ? "success" : "no status")
      if !count(line, key.upperBound, &progress) { progress.clear() }
      progress.samples = progress.samples ?? samples
      progress.note = "MLPerf run stopped: \(status)"
      return true
    }
    if isKey("train_loss") {
      guard count(line, place, &progress) else { return empty(&progress) }
      progress.loss = number?.value
      progress.learningRate = line.number(after: "\"lr\"", from: place)?.value
      return true
    }
    if isKey("eval_accuracy") {
      let before = (samples, step, epoch)
      guard count(line, key.upperBound, &progress) else { return empty(&progress) }
      if before == (samples, step, epoch), let number, number.value == evaluated {
        return empty(&progress)
      }
      evaluated = number?.value
      evaluate(number?.value, line.word(after: "\"metric\"", from: place), &progress)
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

  /// Whether a start is that of a run, and not the word of another rank for one that is known.
  private func isStart(_ time: Double) -> Bool {
    switch phase {
    case .unknown: true
    case .running(let start): time - start > Self.longestLag
    case .stopped(let stop): time > stop
    }
  }

  private func empty(_ progress: inout Progress) -> Bool {
    progress.clear()
    return true
  }

  /// Whether an event would tell something if it were part of a run.
  private func isOfRun(_ line: LogLine, _ key: Range<Int>) -> Bool {
    for name in ["run_stop", "train_loss", "eval_accuracy", "tracked_stats"] as [StaticString]
    where line.holds(name, in: key) {
      return true
    }
    return false
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
    if isKey("train_samples") { epochSamples = number?.whole }
    if isKey("train_samples") { return progress.learn(["train_samples": number?.fact]) }
    if isKey("max_sequence_length") { return progress.learn(["sequence_length": number?.fact]) }
    return false
  }

  /// Whether what is called epochs are the samples of so many: no run has ten thousand epochs, and whole
  /// multiples of one.
  private func isSamples(_ passes: LogLine.Number) -> Bool {
    guard let epochSamples, epochSamples > 1, let whole = passes.whole else { return false }
    return whole >= 10_000 && whole % epochSamples == 0
  }

  /// How far the job was, from the metadata of an event; false when it was farther already, which is
  /// the word of a rank that lags behind.
  private mutating func count(
    _ line: LogLine, _ place: Int, _ progress: inout Progress
  ) -> Bool {
    progress.samples = line.number(after: "\"samples_count\"", from: place)?.whole
    progress.step = line.number(after: "\"step_num\"", from: place)?.whole
    let passes =
      line.number(after: "\"epoch_num\"", from: place)
      ?? line.number(after: "\"epoch\"", from: place)
    if let passes {
      if benchmark == "bert" || isSamples(passes) {
        progress.samples = progress.samples ?? passes.whole
      } else {
        progress.epoch = passes.value
      }
    }
    if progress.step == nil, let batch, batch > 0, let samples = progress.samples,
      samples % batch == 0
    {
      progress.step = samples / batch
    }
    if let samples, let now = progress.samples, now < samples { return false }
    if let step, let now = progress.step, now < step { return false }
    if progress.samples == nil, progress.step == nil, let epoch, let now = progress.epoch,
      now < epoch
    {
      return false
    }
    samples = progress.samples ?? samples
    step = progress.step ?? step
    epoch = progress.epoch ?? epoch
    return true
  }

  /// Benchmarks that log the loss of an evaluation under `eval_accuracy`.
  private static let withLoss = ["llama", "gpt", "flux", "deepseek", "mixtral"]
  /// Benchmarks whose accuracy is a fraction of what was right, or a mean of such fractions.
  private static let withFraction = [
    "bert", "resnet", "ssd", "single_stage", "retinanet", "mask", "unet", "dlrm", "minigo", "rgat",
    "gnn", "ncf",
  ]

  /// What an evaluation may have measured, by the name it gives; figures such as FID are none of it.
  private static let metrics = ["acc", "map", "bbox", "segm", "auc", "dice", "loss"]

  private mutating func evaluate(
    _ value: Double?, _ metric: String?, _ progress: inout Progress
  ) {
    guard let value else { return }
    let metric = metric?.lowercased()
    if let metric {
      guard Self.metrics.contains(where: metric.contains), (measured ?? metric) == metric else {
        return
      }
      measured = metric
    }
    if Self.withLoss.contains(where: benchmark.hasPrefix) {
      if metric?.contains("acc") != true { progress.validationLoss = value }
    } else if Self.withFraction.contains(where: benchmark.hasPrefix), 0...1 ~= value {
      if metric?.contains("loss") != true { progress.accuracy = value }
    }
  }
}

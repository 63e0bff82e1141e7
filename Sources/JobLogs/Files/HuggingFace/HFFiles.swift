import Formats
import Quantities
import Telemetry

/// What the Trainer of Hugging Face transformers writes beside its checkpoints.
///
/// `trainer_state.json` holds all rows that were logged, without their times; `all_results.json` and
/// `train_results.json` hold the last numbers. They are no strict JSON: `NaN` stands in them.
/// `total_flos` of 0 means that nobody counted (FSDP, vision models), and the rates are means over
/// the whole run, so neither is taken for a value of the moment.
package struct HFTrainerState: Sendable {
  /// The rows of the log, in order; their times mean nothing.
  package private(set) var rows: [JobRow] = []
  private(set) var step: Int64?
  private(set) var stepTotal: Int64?
  private(set) var epoch: Double?
  private(set) var epochTotal: Double?
  /// Tokens the model was given; `nil` when they were not counted.
  private(set) var tokens: Int64?
  /// FLOP as the Trainer estimates them; `nil` when it did not.
  private(set) var totalFLOP: Double?
  private(set) var batch: Int64?
  /// Seconds of training, once it has ended: those since its last start.
  private(set) var runtime: Double?
  /// How many starts of the training have told how long they took.
  private var starts = 0
  /// Seconds that all of it took; `nil` where it was continued, or has not ended.
  var wholeRuntime: Double? { starts > 1 ? nil : runtime }
  /// The mean loss over the whole training, once it has ended.
  private(set) var meanLoss: Double?

  private static let longestLog = 1 << 20

  /// Reads one of the files.
  /// - Throws: `JSONFault` when it is not complete or is something else.
  package init(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONFault) {
    var scanner = JSONScanner(bytes)
    var flat = JSONFlat()
    try scanner.beginObject()
    var isFirst = true
    while let key = try scanner.nextKey(&isFirst) {
      if scanner.equals(key, "log_history") {
        try history(&scanner)
      } else {
        let name = try scanner.text(key)
        try flat.read(&scanner, under: name)
      }
    }
    try scanner.end()
    step = flat.whole("global_step") ?? rows.last?[.step].flatMap { Int64(exactly: $0) }
    stepTotal = flat.whole("max_steps").flatMap { $0 > 0 ? $0 : nil }
    epoch = flat.double("epoch")
    epochTotal = flat.double("num_train_epochs").flatMap { $0 >= 1 ? $0 : nil }
    tokens = flat.whole("num_input_tokens_seen").flatMap { $0 > 0 ? $0 : nil }
    batch = flat.whole("train_batch_size")
    finish(with: flat)
    guard step != nil || runtime != nil || !rows.isEmpty else {
      throw JSONFault("it says nothing about a training")
    }
  }

  private mutating func finish(with flat: JSONFlat) {
    runtime = flat.double("train_runtime") ?? runtime
    meanLoss = flat.double("train_loss") ?? meanLoss
    if let flop = flat.double("total_flos"), flop > 0, flop.isFinite { totalFLOP = flop }
  }

  private mutating func history(_ scanner: inout JSONScanner) throws(JSONFault) {
    try scanner.expect(UInt8(ascii: "["), "“[”")
    if scanner.take(UInt8(ascii: "]")) { return }
    var choice = ScalarChoice()
    repeat {
      let flat = try JSONFlat(next: &scanner)
      if flat.values["train_runtime"] != nil {
        // Each start of a training that was continued tells its own; of the whole nobody does.
        starts += 1
        finish(with: flat)
      } else if rows.count < Self.longestLog, let row = Self.row(flat, &choice) {
        rows.append(row)
      }
    } while scanner.take(UInt8(ascii: ","))
    try scanner.expect(UInt8(ascii: "]"), "“,” or “]”")
  }

  private static func row(_ flat: JSONFlat, _ choice: inout ScalarChoice) -> JobRow? {
    var row = JobRow(time: Timestamp(nanoseconds: 0))
    for name in flat.values.keys.sorted() {
      guard let use = ScalarNames.use(name), let raw = flat.double(name),
        let value = use.value(raw), choice.takes(use, name: name), row[use.metric] == nil
      else { continue }
      // Zero tokens means that they are not counted.
      if use.metric == .tokens, value <= 0 { continue }
      row.set(use.metric, value, name: name)
    }
    return row.entries.isEmpty ? nil : row
  }

  /// Everything that is known last, as one row.
  func last(at time: Timestamp) -> JobRow {
    var row = JobRow(time: time)
    for one in rows.suffix(4096) {
      // How long an evaluation took is true of its own time alone.
      for entry in one.entries where entry.metric != .evaluationTime {
        row.set(entry.metric, entry.value, name: entry.name)
      }
    }
    if let step { row.set(.step, Double(step), name: "global_step") }
    if let stepTotal { row.set(.stepTotal, Double(stepTotal), name: "max_steps") }
    if let epoch { row.set(.epoch, epoch, name: "epoch") }
    if let epochTotal { row.set(.epochTotal, epochTotal, name: "num_train_epochs") }
    if let tokens { row.set(.tokens, Double(tokens), name: "num_input_tokens_seen") }
    return row
  }

  /// What does not change any more, as facts about the job.
  var facts: [String: String] {
    var facts: [String: String] = [:]
    facts["device_batch"] = batch.map { "\($0)" }
    facts["reported_total_flop"] = totalFLOP.map { "\($0)" }
    return facts
  }
}

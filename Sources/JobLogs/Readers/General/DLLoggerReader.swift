/// Reads the JSON lines of NVIDIA's DLLogger.
///
///     DLLL {"timestamp": "1714300000.1", "elapsedtime": "1.5", "datetime": "2024-04-28 10:26:40.1",
///       "type": "LOG", "step": [0, 10], "data": {"train.loss": 3.2, "train.items_per_sec": 730.5}}
///
/// The last number of `step` is the iteration; with two of them the first is the epoch. An empty
/// step is the summary at the end. Source: github.com/NVIDIA/dllogger.
struct DLLoggerReader: ProgressReader {
  static let format = "DLLogger"
  static let firstCharacters: StaticString = "D"

  mutating func read(_ line: LogLine, into progress: inout Progress) -> Bool {
    let start = line.message
    guard line.starts(with: "DLLL {", at: start), line.ends(with: "}}"),
      line.find("DLLL", from: start + 1) == nil,
      let steps = line.find("\"step\": ", from: start),
      let data = line.find("\"data\": {", from: steps)
    else { return false }

    if line.starts(with: "[", at: steps + 8) {
      var place = steps + 9
      var numbers: [Int64] = []
      while numbers.count < 3, let number = line.number(behindSpaces: place),
        let whole = number.whole
      {
        numbers.append(whole)
        place = number.end + 1
      }
      progress.step = numbers.last
      if numbers.count > 1 { progress.epoch = Double(numbers[0]) }
    } else {
      progress.step = line.number(at: steps + 8)?.whole
    }
    guard progress.step != nil else { return false }
    let counted = progress.fields
    line.forEachEntry(from: data + 8) { line, key, number in
      func isKey(_ name: StaticString) -> Bool { line.holds(name, in: key) }
      if isKey("loss") || isKey("train_loss") || isKey("train.loss") || isKey("step_loss") {
        progress.loss = number.value
      } else if isKey("val_loss") || isKey("val.loss") {
        progress.validationLoss = number.value
      } else if isKey("lr") || isKey("learning_rate") || isKey("train.lr") {
        progress.learningRate = number.value
      } else if isKey("train.total_ips") || isKey("throughput_train") {
        progress.sampleRate = number.value
      } else if isKey("train.data_time") {
        progress.dataTime = number.value
      } else if isKey("val.top1") {
        progress.accuracy = number.value / 100
      }
    }
    return progress.fields != counted
  }
}

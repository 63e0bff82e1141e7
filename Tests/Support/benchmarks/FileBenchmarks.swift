import Formats
import JobLogs
import Recordings
import Serving

/// What jobs and servers write besides logs.
let fileBenchmarks: [Benchmark] = [
  Benchmark(name: "tfevents", input: { eventFile(bytes: 56 << 20) }) { file in
    var reader = TFEventsReader(folder: "train")
    var choice = ScalarChoice()
    var rows: [TFEventsReader.Row] = []
    var count = 0
    inPieces(file) {
      reader.feed($0, &choice, into: &rows)
      count += rows.count
      rows.removeAll(keepingCapacity: true)
    }
    return "\(reader.records) records, \(count) rows"
  },
  Benchmark(name: "CSV: Lightning", input: { table(lightning, bytes: 16 << 20) }, read: readTable),
  Benchmark(name: "CSV: Ultralytics", input: { table(yolo, bytes: 16 << 20) }, read: readTable),
  Benchmark(name: "power log: nvidia-smi", input: { powerLog(bytes: 16 << 20) }) { log in
    guard let file = try? PowerLogFile.read(log, path: "gpu.csv"),
      let whole = try? PowerLogAssembly([file])
    else { return "not read" }
    return "\(whole.count) rows"
  },
  Benchmark(name: "Prometheus: vLLM", input: { Array(page.utf8) }) { page in
    let page = page.withUnsafeBufferPointer { PrometheusText.read($0, ServerTable.selection) }
    return "\(page.seriesCount) series, \(page.samples.count) of them wanted"
  },
]

/// A log as `scripts/power-log` writes it: eight GPUs of ten columns, a row each second.
private func powerLog(bytes: Int) -> [UInt8] {
  var text =
    "timestamp, index, uuid, power.draw [W], enforced.power.limit [W], utilization.gpu [%], "
    + "utilization.memory [%], memory.used [MiB], clocks.current.sm [MHz], temperature.gpu\n"
  func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
  var row = 0
  while text.utf8.count < bytes {
    let second = row / 8
    let gpu = row % 8
    let day = "2026/05/\(two(1 + second / 86_400))"
    let time = "\(two(second / 3600 % 24)):\(two(second / 60 % 60)):\(two(second % 60))"
    text +=
      "\(day) \(time).1\(10 + gpu * 3), \(gpu), GPU-0000000\(gpu)-0000-4000-8000-000000000000, "
      + "\(620 + row * 7 % 80).\(two(row % 100)) W, 700.00 W, \(90 + row % 11) %, 3\(row % 9) %, "
      + "7123\(row % 3) MiB, 1755 MHz, 6\(row % 4)\n"
    row += 1
  }
  return Array(text.utf8)
}

/// Hands a file on as it is read: 256 KiB at a time.
private func inPieces(_ file: [UInt8], _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
  file.withUnsafeBufferPointer { bytes in
    for start in stride(from: 0, to: bytes.count, by: 256 << 10) {
      body(UnsafeBufferPointer(rebasing: bytes[start..<min(bytes.count, start + 256 << 10)]))
    }
  }
}

/// A file of events as the Trainer of Hugging Face writes it: one event for each scalar.
private func eventFile(bytes: Int) -> [UInt8] {
  var file: [UInt8] = []
  file.reserveCapacity(bytes + 1024)
  let tags = ["train/loss", "train/grad_norm", "train/learning_rate", "train/epoch", "custom/x"]
    .map { Array($0.utf8) }
  var step = 1
  while file.count < bytes {
    for (place, tag) in tags.enumerated() {
      var data: [UInt8] = [0x09]
      data += little((1_780_000_000 + Double(step) / 4).bitPattern)
      data += [0x10] + varint(UInt64(step))
      let value = [0x0A, UInt8(tag.count)] + tag + [0x15] + little(Float(place + step).bitPattern)
      data += [0x2A, UInt8(value.count + 2), 0x0A, UInt8(value.count)] + value
      let length = little(UInt64(data.count))
      file += length + masked(length) + data + masked(data)
    }
    step += 1
  }
  return file
}

private func masked(_ bytes: [UInt8]) -> [UInt8] {
  little(bytes.withUnsafeBufferPointer { TFEventsDecoder.masked($0) })
}

private func little(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

private func varint(_ value: UInt64) -> [UInt8] {
  value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
}

/// A table: its first line and what a row is.
private typealias Table = (header: String, row: @Sendable (Int) -> String)

private let lightning: Table = (
  "epoch,grad_norm,lr-AdamW,step,train_loss,val_loss",
  { step in "\(step / 500),\(1 / Double(step)),0.0003,\(step),\(2 + 1 / Double(step)),\n" }
)

private let yolo: Table = (
  "epoch,time,train/box_loss,train/cls_loss,train/dfl_loss,metrics/precision(B),"
    + "metrics/recall(B),metrics/mAP50(B),metrics/mAP50-95(B),val/box_loss,val/cls_loss,"
    + "val/dfl_loss,lr/pg0,lr/pg1,lr/pg2",
  { step in
    "\(step),\(step * 16).467,0.92421,0.5\(step % 97),1.01,0.97,0.95,0.98,0.81,0.88,0.47,0.99,"
      + "0.00029,0.00029,0.00029\n"
  }
)

private func table(_ table: Table, bytes: Int) -> [UInt8] {
  var text = table.header + "\n"
  var step = 1
  while text.utf8.count < bytes {
    text += table.row(step)
    step += 1
  }
  return Array(text.utf8)
}

@Sendable private func readTable(_ file: [UInt8]) -> String {
  var reader = CSVReader(file: "metrics.csv")
  var splitter = LineSplitter(splitsAtReturns: false)
  var rows = 0
  var values = 0
  inPieces(file) {
    splitter.feed($0) { line, isCut in
      guard let row = reader.take(line, isCut: isCut) else { return }
      rows += 1
      values += row.entries.count
    }
  }
  return "\(rows) rows, \(values) values"
}

/// A page of a server with 64 engines: a few counters, and many histograms that nobody wants.
private let page: String = {
  var page = ""
  func add(_ name: String, _ type: String, _ value: (Int) -> String, _ extra: String = "") {
    page += "# HELP vllm:\(name) What it is, in a few words.\n# TYPE vllm:\(name) \(type)\n"
    for engine in 0..<64 {
      page += "vllm:\(name){engine=\"\(engine)\",model_name=\"meta-llama/Llama-3.1-8B-Instruct\""
      page += "\(extra)} \(value(engine))\n"
    }
  }
  for name in ["generation_tokens_total", "prompt_tokens_total", "prefix_cache_hits_total"] {
    add(name, "counter", { "\(7.557572 + Double($0))e+06" })
  }
  add("num_requests_running", "gauge", { "\($0).0" })
  for name in ["time_to_first_token_seconds", "e2e_request_latency_seconds", "request_size"] {
    for bucket in ["0.001", "0.005", "0.01", "0.02", "0.04", "0.06", "0.08", "0.1", "+Inf"] {
      add("\(name)_bucket", "histogram", { "\($0 * 100).0" }, ",le=\"\(bucket)\"")
    }
    add("\(name)_sum", "histogram", { "\(Double($0) * 1.37)" })
  }
  return page
}()

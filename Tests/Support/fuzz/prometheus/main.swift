import Formats
import Fuzzing
import Serving
import Telemetry

let names = Set(ServerTable.selection.names)

func read(_ bytes: UnsafeBufferPointer<UInt8>) -> PrometheusPage {
  let page = PrometheusText.read(bytes, ServerTable.selection)
  precondition(page.samples.count <= page.seriesCount, "more samples than series")
  precondition(page.samples.allSatisfy { names.contains($0.name) }, "a name nobody asked for")
  return page
}

// Two pages of a server, of which the first breaks off: what it counts never goes back.
fuzz(seeds: [
  seed(
    """
    # TYPE vllm:generation_tokens_total counter
    vllm:generation_tokens_total{model_name="m",engine="0"} 1.2e+06 1718140558000
    vllm:prompt_tokens_total{model_name="a \\"name\\""} 53
    vllm:num_requests_running 1 # {trace_id="1"} 0.5

    """),
  seed("sglang:generation_tokens_total{tp_rank=\"0\"} 7.557572e+06\nsglang:num_queue_reqs 28.0\n"),
  seed("llamacpp:tokens_predicted_total 12\nprocess_start_time_seconds 1.7e9\n"),
  seed("tgi_request_count 5\ntrtllm_x 1\nnv_inference_count{model=\"m\"} 3\nlmdeploy:x +Inf\n"),
]) { input in
  let whole = read(input.bytes)
  guard let table = ServerTable.of(whole) else { return }
  var counters = ServerCounters()
  var before: [String: Double] = [:]
  let half = input.bytes.count * Int(input.control) / 255
  let pages = [read(UnsafeBufferPointer(rebasing: input.bytes[..<half])), whole]
  for (index, page) in pages.enumerated() {
    let started = page.samples.last { $0.name == ServerTable.startTime }?.value
    let result = counters.take(table.samples(of: page), started: started, table: table)
    for (column, value) in result.values {
      precondition(value.isFinite, "a value that is no number")
      guard column.metric.isCounter else { continue }
      precondition(index == 0 || value >= before[column.metric.name] ?? 0, "a count went back")
      before[column.metric.name] = value
    }
  }
}

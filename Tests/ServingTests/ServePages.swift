import TestSupport

@testable import Serving

/// Small pages in the formats of real servers.
enum ServePages {
  static func vLLM(
    output: Int, prompt: Int = 0, cached: Int = 0, running: Int = 0, started: Double = 1.7e9,
    engine: String = "0", prefix: String = "vllm:", requests: Int = 0
  ) -> String {
    let labels = "model_name=\"m\",engine=\"\(engine)\""
    return """
      # HELP process_start_time_seconds Start time of the process since unix epoch in seconds.
      # TYPE process_start_time_seconds gauge
      process_start_time_seconds \(started)
      # TYPE vllm:num_requests_running gauge
      \(prefix)num_requests_running{\(labels)} \(running).0
      \(prefix)num_requests_waiting{\(labels)} 0.0
      # TYPE vllm:iteration_tokens_total histogram
      \(prefix)iteration_tokens_total_sum{\(labels)} 99.0
      \(prefix)iteration_tokens_total_bucket{le="1.0",\(labels)} 12.0
      \(prefix)generation_tokens_total{\(labels)} \(output).0
      \(prefix)generation_tokens_created{\(labels)} 1.7e+09
      \(prefix)prompt_tokens_total{\(labels)} \(prompt + cached).0
      \(prefix)prompt_tokens_by_source_total{source="local_compute",\(labels)} \(prompt).0
      \(prefix)prompt_tokens_by_source_total{source="local_cache_hit",\(labels)} \(cached).0
      \(prefix)prompt_tokens_by_source_total{source="external_kv_transfer",\(labels)} 0.0
      \(prefix)prompt_tokens_cached_total{\(labels)} \(cached).0
      \(prefix)request_success_total{finished_reason="stop",\(labels)} \(requests).0
      \(prefix)request_success_total{finished_reason="length",\(labels)} 1.0

      """
  }

  /// The repetition of each rank, as SGLang publishes it.
  static func sgLang(
    decode: Int, prefill: Int = 0, cached: Int = 0, extendSeconds: Double = 0,
    decodeSeconds: Double = 0, tensorRanks: Int = 2, dataRanks: Int = 1
  ) -> String {
    var lines = ["sglang:generation_tokens_total{model_name=\"m\"} 7"]
    for dp in 0..<dataRanks {
      for tp in 0..<tensorRanks {
        let labels = "engine_type=\"unified\",model_name=\"m\",tp_rank=\"\(tp)\",dp_rank=\"\(dp)\""
        lines += [
          "sglang:num_running_reqs{\(labels)} 3.0", "sglang:num_queue_reqs{\(labels)} 1.0",
          "sglang:realtime_tokens_total{mode=\"decode\",\(labels)} \(decode)",
          "sglang:realtime_tokens_total{mode=\"prefill_compute\",\(labels)} \(prefill)",
          "sglang:realtime_tokens_total{mode=\"prefill_cache\",\(labels)} \(cached)",
          "sglang:forward_execution_seconds_total{category=\"extend\",\(labels)} \(extendSeconds)",
          "sglang:forward_execution_seconds_total{category=\"decode\",\(labels)} \(decodeSeconds)",
          "sglang:estimated_flops_per_gpu_total{\(labels)} \(tp + 1)e15",
        ]
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  static func llamaCpp(output: Int, prompt: Int, cached: Int? = nil) -> String {
    var text = """
      # HELP llamacpp:prompt_tokens_total Number of prompt tokens processed.
      # TYPE llamacpp:prompt_tokens_total counter
      llamacpp:prompt_tokens_total \(prompt)
      llamacpp:prompt_seconds_total 2.5
      llamacpp:tokens_predicted_total \(output)
      llamacpp:tokens_predicted_seconds_total 10.25
      llamacpp:predicted_tokens_seconds 31.4159
      llamacpp:requests_processing 1
      llamacpp:requests_deferred 0

      """
    if let cached { text += "llamacpp:prompt_tokens_cached_total \(cached)\n" }
    return text
  }
}

import Telemetry

// The servers, one table each. Names and meanings: vllm/v1/metrics/loggers.py, SGLang's
// metrics_collector.py, TGI's metrics page, llama.cpp's server README, TensorRT-LLM's
// metrics/collector.py, Triton's metrics page, lmdeploy/metrics/loggers.py.

private let atStep = "counted at every step of the engine"
private let atEnd = "counted when a request ends"
private let withCached = "; less those found in a cache, where the server counts them"
private let ofMoment = "at the moment of asking"

extension ServerTable {
  static let vLLM = ServerTable(
    name: "vLLM", prefixes: ["vllm:", "ray_vllm:", "ray_vllm_"],
    columns: vLLMColumns(isLate: false))

  /// A server for Apple's MLX that uses vLLM's names.
  static let mlxServe = ServerTable(
    name: "mlx-serve", prefixes: ["vllm:"], sign: "mlx_serve:", columns: vLLMColumns(isLate: true))

  private static func vLLMColumns(isLate: Bool) -> [Column] {
    let when = isLate ? atEnd : atStep
    return [
      Column(.outputTokens, ["generation_tokens_total"], isLate: isLate, note: when),
      Column(
        .promptTokens, [Term("prompt_tokens_by_source_total", "source", "local_compute")],
        isLate: isLate, note: "computed here, \(when)"),
      Column(
        .promptTokens, ["prompt_tokens_total"], less: ["prompt_tokens_cached_total"],
        needsLess: true, isLate: isLate, note: "all less cached, \(when)"),
      Column(
        .promptTokens, ["prompt_tokens_total"], less: ["prefix_cache_hits_total"],
        isLate: isLate, note: when + "; less hits of the prefix cache, where they are counted"),
      Column(
        .cachedPromptTokens,
        [
          Term(
            "prompt_tokens_by_source_total", "source", "local_cache_hit", "external_kv_transfer")
        ],
        isLate: isLate, note: "found in a cache, here or elsewhere, \(when)"),
      Column(
        .cachedPromptTokens, ["prompt_tokens_cached_total"], isLate: isLate,
        note: "found in a cache, here or elsewhere, \(when)"),
      Column(
        .cachedPromptTokens, ["prefix_cache_hits_total"], isLate: isLate,
        note: "hits of the prefix cache, \(when)"),
      Column(.requests, ["request_success_total"], isLate: true, note: atEnd),
      Column(.requestTime, ["e2e_request_latency_seconds_sum"], isLate: true, note: atEnd),
      Column(.requestsRunning, ["num_requests_running"], note: ofMoment),
      Column(.requestsWaiting, ["num_requests_waiting"], note: ofMoment),
    ] + estimates
  }

  /// vLLM's and SGLang's own estimates, with `--enable-mfu-metrics`.
  private static let estimates = [
    Column(
      .reportedFLOP, ["estimated_flops_per_gpu_total"], fold: .largest,
      note: "of one GPU, estimated by the server from the model's shape"),
    Column(
      .reportedMemoryTraffic,
      ["estimated_read_bytes_per_gpu_total", "estimated_write_bytes_per_gpu_total"],
      fold: .largest, note: "of one GPU, estimated by the server from the model's shape"),
  ]

  static let sgLang = ServerTable(
    name: "SGLang", prefixes: ["sglang:"], remedy: "start SGLang with --enable-metrics",
    columns: [
      Column(
        .outputTokens, [Term("realtime_tokens_total", "mode", "decode")],
        note: "counted as they are decoded"),
      Column(.outputTokens, ["generation_tokens_total"], isLate: true, note: atEnd),
      Column(
        .promptTokens, [Term("realtime_tokens_total", "mode", "prefill_compute")],
        note: "counted as they are computed"),
      Column(
        .promptTokens, ["prompt_tokens_total"], less: ["cached_tokens_total"], isLate: true,
        note: atEnd + withCached),
      Column(
        .cachedPromptTokens, [Term("realtime_tokens_total", "mode", "prefill_cache")],
        note: "found in a cache, counted as they are used"),
      Column(
        .cachedPromptTokens, ["cached_tokens_total"], isLate: true,
        note: "found in a cache, " + atEnd),
      Column(.requests, ["num_requests_total"], isLate: true, note: atEnd),
      Column(.requests, ["e2e_request_latency_seconds_count"], isLate: true, note: atEnd),
      Column(.requestTime, ["e2e_request_latency_seconds_sum"], isLate: true, note: atEnd),
      Column(.requestsRunning, ["num_running_reqs"], note: ofMoment),
      Column(.requestsWaiting, ["num_queue_reqs"], note: ofMoment),
      Column(
        .prefillTime, [Term("forward_execution_seconds_total", "category", "extend")],
        note: "time on the GPU for prompts"),
      Column(
        .decodeTime, [Term("forward_execution_seconds_total", "category", "decode")],
        note: "time on the GPU for output"),
    ] + estimates)

  static let tgi = ServerTable(
    name: "TGI", prefixes: ["tgi_"],
    columns: [
      Column(.outputTokens, ["request_generated_tokens_sum"], isLate: true, note: atEnd),
      Column(
        .promptTokens, ["request_input_length_sum"], isLate: true,
        note: atEnd + "; those found in a cache are among them"),
      Column(.requests, ["request_success"], isLate: true, note: atEnd),
      Column(.requests, ["request_count"], note: "counted when a request comes"),
      Column(.requestTime, ["request_duration_sum"], isLate: true, note: atEnd),
      Column(.requestsRunning, ["batch_current_size"], note: "in the batch " + ofMoment),
      Column(.requestsWaiting, ["queue_size"], note: ofMoment),
      Column(
        .prefillTime, [Term("batch_forward_duration_sum", "method", "prefill")],
        note: "time in the model for prompts"),
      Column(
        .decodeTime, [Term("batch_forward_duration_sum", "method", "decode")],
        note: "time in the model for output"),
    ])

  static let llamaCpp = ServerTable(
    name: "llama.cpp", prefixes: ["llamacpp:"], remedy: "start llama-server with --metrics",
    columns: [
      Column(.outputTokens, ["tokens_predicted_total"], isLate: true, note: atEnd),
      Column(
        .promptTokens, ["prompt_tokens_total"], isLate: true,
        note: atEnd + ", without those found in a cache"),
      Column(
        .cachedPromptTokens, ["prompt_tokens_cached_total"], isLate: true,
        note: "found in a cache, " + atEnd),
      Column(.requestsRunning, ["requests_processing"], note: ofMoment),
      Column(.requestsWaiting, ["requests_deferred"], note: ofMoment),
      Column(
        .prefillTime, ["prompt_seconds_total"], isLate: true,
        note: "time for prompts, added up over the slots, " + atEnd),
      Column(
        .decodeTime, ["tokens_predicted_seconds_total"], isLate: true,
        note: "time for output, added up over the slots, " + atEnd),
    ])

  static let tensorRTLLM = ServerTable(
    name: "TensorRT-LLM", prefixes: ["trtllm_", "trtllm:"], paths: ["/prometheus/metrics"],
    energyPath: "/energy_metrics", remedy: "start trtllm-serve with return_perf_metrics: true",
    columns: [
      Column(.outputTokens, ["generation_tokens_total"], isLate: true, note: atEnd),
      Column(
        .promptTokens, ["prompt_tokens_total"], less: ["prompt_cached_tokens_total"],
        isLate: true, note: atEnd + withCached),
      Column(
        .cachedPromptTokens, ["prompt_cached_tokens_total"], isLate: true,
        note: "found in a cache, " + atEnd),
      Column(.requests, ["request_success_total"], isLate: true, note: atEnd),
      Column(.requestTime, ["e2e_request_latency_seconds_sum"], isLate: true, note: atEnd),
      Column(.requestsRunning, ["num_requests_running"], note: ofMoment),
      Column(.requestsWaiting, ["num_requests_waiting"], note: ofMoment),
      Column(
        .reportedEnergy, [Term(ServerEnergy.name)],
        note: "joules of the server's GPUs since it started, as it adds them up"),
    ])

  /// One version counts each output token twice as it goes, so the sum at the end is preferred.
  static let lmDeploy = ServerTable(
    name: "LMDeploy", prefixes: ["lmdeploy:"], remedy: "start LMDeploy with --enable-metrics",
    columns: [
      Column(.outputTokens, ["request_generation_tokens_sum"], isLate: true, note: atEnd),
      Column(
        .outputTokens, ["generation_tokens_total"],
        note: atStep + "; one version of the server counts each twice"),
      Column(
        .promptTokens, ["prompt_tokens_total"],
        note: atStep + "; those found in a cache are among them"),
      Column(.requests, ["request_success_total"], isLate: true, note: atEnd),
      Column(.requestsRunning, ["num_requests_running"], note: ofMoment),
      Column(.requestsWaiting, ["num_requests_waiting"], note: ofMoment),
    ])

  /// Serves any model, so it knows no tokens.
  static let triton = ServerTable(
    name: "Triton", prefixes: ["nv_"],
    columns: [
      Column(
        .requests, ["inference_request_success"], isLate: true,
        note: atEnd + "; of an ensemble each part as well"),
      Column(
        .requestTime, ["inference_request_duration_us"], scale: 1e-6, isLate: true,
        note: atEnd + "; of an ensemble each part as well"),
      Column(.requestsWaiting, ["inference_pending_request_count"], note: ofMoment),
      Column(
        .reportedEnergy, ["energy_consumption"],
        note: "joules of whole GPUs, whoever used them"),
    ])
}

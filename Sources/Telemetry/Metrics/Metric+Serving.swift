import Quantities

extension Metric {
  /// Tokens generated for users, as a counter.
  public static let outputTokens = Metric(
    "output_tokens", .count, counter: true, "output tokens", label: "written", style: .count,
    "tokens written for users")
  /// Prompt tokens that were computed (prefill), as a counter; those from a cache are not in it.
  public static let promptTokens = Metric(
    "prompt_tokens", .count, counter: true, "prompt tokens", label: "read", style: .count,
    "tokens of prompts that were computed")
  /// Prompt tokens that were found in a prefix cache, as a counter.
  public static let cachedPromptTokens = Metric(
    "cached_prompt_tokens", .count, counter: true, "cached prompt tokens", label: "cached",
    style: .count, "tokens of prompts that were found in a cache")
  /// Requests that were served to their end or their limit, as a counter.
  public static let requests = Metric(
    "requests", .count, counter: true, "requests", style: .count,
    "requests that were served to their end or their limit")
  /// Requests that ended otherwise, as a counter.
  public static let abortedRequests = Metric(
    "aborted_requests", .count, counter: true, "aborted requests", label: "aborted",
    style: .count, "requests that were aborted, failed or cut off")
  /// Seconds the requests that ended took, added up, as a counter.
  public static let requestTime = Metric(
    "request_time", .second, stored: "us", counter: true, "request time", label: "latency",
    "how long the requests that ended took, added up")
  /// How many requests are being served.
  public static let requestsRunning = Metric(
    "requests_running", .count, "requests running", label: "running", style: .count,
    "requests being served")
  /// How many requests wait in the queue.
  public static let requestsWaiting = Metric(
    "requests_waiting", .count, "requests waiting", label: "waiting", style: .count,
    "requests in the queue")
  /// Seconds requests spent in prefill, added up, as a counter.
  public static let prefillTime = Metric(
    "prefill_time", .second, stored: "us", counter: true, "prefill time", label: "prefill",
    "seconds requests spent having their prompts computed, added up")
  /// Seconds requests spent in decode, added up, as a counter.
  public static let decodeTime = Metric(
    "decode_time", .second, stored: "us", counter: true, "decode time", label: "decode",
    "seconds requests spent having their output written, added up")
  /// FLOP of one device by the server's own estimate, as a counter.
  public static let reportedFLOP = Metric(
    "reported_flop", .flop, stored: "mflop", counter: true, "FLOP stated", label: "FLOP",
    "FLOP of one device as the server itself estimates them")
  /// Bytes between one device and its memory by the server's own estimate, as a counter.
  public static let reportedMemoryTraffic = Metric(
    "reported_memory_traffic", .byte, stored: "b", counter: true, "memory traffic stated",
    label: "traffic",
    "bytes one device moved between memory and processors, as the server itself estimates them")
  /// Joules as the server itself states them, as a counter.
  public static let reportedEnergy = Metric(
    "reported_energy", .joule, stored: "uj", counter: true, "energy stated", label: "stated",
    "joules as the server itself states them")

  static let serving: [Metric] = [
    outputTokens, promptTokens, cachedPromptTokens, requests, abortedRequests, requestTime,
    requestsRunning, requestsWaiting, prefillTime, decodeTime, reportedFLOP, reportedMemoryTraffic,
    reportedEnergy,
  ]
}

import Accounting
import Canvas
import Quantities
import Telemetry

extension RunReport {
  /// The lines of a server: what it did, and what each output token, token and request cost.
  static func servingFacts(_ job: Job, _ cost: ServingCost) -> [(String, String)] {
    var facts: [(String, String)] = []
    func add(_ name: String, _ value: String?) {
      if let value { facts.append(("  " + name, value)) }
    }
    func tokens(_ count: Double?) -> String? {
      count.map { SI.text($0, "tokens", smallest: 0).joined }
    }
    if cost.measure == .outputToken { add("written", tokens(cost.outputTokens)) }
    add(
      "read",
      tokens(cost.promptTokens).map {
        $0 + (cost.promptsMayHoldCached ? ", cached ones may be among them" : ", computed")
      })
    add("cached", tokens(cost.cachedPromptTokens))
    if let requests = cost.requests {
      let aborted = cost.abortedRequests.map { ", \(SI.count($0)) aborted or failed" } ?? ""
      add("served", "\(SI.count(requests)) requests\(aborted)")
    }
    add("per output token", cost.joulesPerOutputToken.map { SI.string($0, "J") })
    add(
      "per total token", cost.joulesPerTotalToken.map { SI.string($0, "J") + ", prompt and output" }
    )
    add("per input token", cost.joulesPerInputToken.map { SI.string($0, "J") + ", it writes none" })
    add("per request", cost.joulesPerRequest.map { SI.string($0, "J") + ", of those served" })
    add("joules", unknownServing(job, cost).map { "unknown, because " + sanitized($0) })
    if let fault = job.fault, cost.shortfall != .uncharged(fault) { add("▲", sanitized(fault)) }
    for caveat in job.caveats where !caveat.isAbsence { add("▲", sanitized(caveat.words)) }
    return facts
  }

  /// Why no joules are stated for what a server does; `nil` where some are.
  static func unknownServing(_ job: Job, _ cost: ServingCost) -> String? {
    let isStated =
      cost.joulesPerOutputToken != nil || cost.joulesPerInputToken != nil
      || cost.joulesPerRequest != nil
    guard !isStated else { return nil }
    if case .uncharged(let reason) = cost.shortfall { return reason }
    return unknownJoules(job) ?? cost.shortfall?.words
      ?? "the stretch is short beside its requests"
  }

  /// The members of a server in JSON; every kind of token has its own name.
  static func servingMembers(_ cost: ServingCost) -> [(String, JSONText?)] {
    [
      ("output_tokens", cost.measure == .outputToken ? .number(cost.outputTokens) : nil),
      (
        cost.promptsMayHoldCached ? "prompt_tokens_with_cached" : "computed_prompt_tokens",
        cost.promptTokens.map(JSONText.number)
      ),
      ("cached_prompt_tokens", cost.cachedPromptTokens.map(JSONText.number)),
      ("total_tokens", cost.totalTokens.map(JSONText.number)),
      ("served_requests", cost.requests.map(JSONText.number)),
      ("aborted_requests", cost.abortedRequests.map(JSONText.number)),
      ("joules_per_output_token", cost.joulesPerOutputToken.map(JSONText.number)),
      ("joules_per_total_token", cost.joulesPerTotalToken.map(JSONText.number)),
      ("joules_per_input_token", cost.joulesPerInputToken.map(JSONText.number)),
      ("joules_per_request", cost.joulesPerRequest.map(JSONText.number)),
      (
        "output_tokens_per_second",
        cost.measure == .outputToken ? .number(cost.outputRate) : nil
      ),
      ("joules_per_output_token_unknown_because", cost.shortfall.map { .text($0.words) }),
    ]
  }
}

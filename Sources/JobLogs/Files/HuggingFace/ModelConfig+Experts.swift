import Formats

extension ParameterCount.Shape {
  /// DeepSeek: attention through a narrow latent vector, and many small experts.
  ///
  /// With r the latent's width, n and p the widths of a head's keys without and with position and w
  /// that of its values: `d·(r+p) + r + r·h·(n+w) + h·w·d` besides the queries. Parts that predict
  /// further tokens are not counted. Source: huggingface/transformers, `modeling_deepseek_v3.py`.
  func latent(_ facts: ModelConfig, _ flat: JSONFlat) -> (all: Double, active: Double)? {
    func size(_ name: String) -> Double? {
      flat.whole(name).flatMap { 0...(1 << 24) ~= $0 ? Double($0) : nil }
    }
    guard let f, let r = size("kv_lora_rank"), let n = size("qk_nope_head_dim"),
      let p = size("qk_rope_head_dim"), let w = size("v_head_dim"),
      let inner = size("moe_intermediate_size"), let experts = facts.experts.map({ Double($0) }),
      let used = facts.expertsPerToken.map({ Double($0) }), used <= experts,
      let dense = size("first_k_dense_replace"), dense <= layers,
      (size("moe_layer_freq") ?? 1) == 1
    else { return nil }
    var queries = d * h * (n + p)
    if let q = size("q_lora_rank") { queries = d * q + q + q * h * (n + p) }
    let attention = queries + d * (r + p) + r + r * h * (n + w) + h * w * d
    let expert = 3 * d * inner
    // Version 3 balances its experts by a number of each.
    let balance = facts.type == "deepseek_v3" ? experts : 0
    let fixed = d * experts + balance + (size("n_shared_experts") ?? 0) * expert
    let rest =
      v * d * (facts.tiesEmbeddings == true ? 1 : 2) + layers * (attention + 2 * d) + d
      + dense * 3 * d * f + (layers - dense) * fixed
    return (
      rest + (layers - dense) * experts * expert, rest + (layers - dense) * used * expert
    )
  }

  /// GPT-OSS: biases everywhere, a sink for each head, and experts whose two first parts are one.
  ///
  /// Source: huggingface/transformers, `modeling_gpt_oss.py`.
  func sunk(_ facts: ModelConfig) -> (all: Double, active: Double)? {
    guard let s, let f, let experts = facts.experts.map({ Double($0) }),
      let used = facts.expertsPerToken.map({ Double($0) }), used <= experts
    else { return nil }
    let attention = (d + 1) * h * s + 2 * (d + 1) * k * s + h * s * d + d + h
    let expert = (d + 1) * 2 * f + (f + 1) * d
    let rest =
      v * d * (facts.tiesEmbeddings == true ? 1 : 2) + d
      + layers * (attention + 2 * d + (d + 1) * experts)
    return (rest + layers * experts * expert, rest + layers * used * expert)
  }
}

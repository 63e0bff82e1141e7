import Formats

/// The parameters of a model by the formula of its family.
///
/// With width d, heads h of size s, key heads k: attention is `d·h·s` for queries, `d·k·s` for keys
/// and for values and `h·s·d` for the output; a gated feed-forward part is `3·d·f`, a plain one
/// `2·d·f`. Biases and norms are counted as each family has them.
/// Source: the modelling files of huggingface/transformers.
struct ParameterCount: Sendable, Hashable {
  private(set) var all: Int64 = 0
  private(set) var active: Int64 = 0

  init?(_ facts: ModelConfig, _ flat: JSONFlat) {
    guard let d = facts.width, let layers = facts.layers, let h = facts.heads,
      let v = facts.vocabulary, d <= 1 << 20, layers <= 1 << 12, h <= 1 << 12, v <= 1 << 24,
      (facts.keyValueHeads ?? 1) <= h, (facts.headSize ?? 1) <= 1 << 14,
      (facts.intermediateSize ?? 1) <= 1 << 24, (facts.experts ?? 1) <= 1 << 14,
      (facts.positions ?? 1) <= 1 << 32
    else { return nil }
    let shape = Shape(
      d: d, layers: layers, h: h, v: v, k: facts.keyValueHeads ?? h, s: facts.headSize,
      f: facts.intermediateSize, positions: facts.positions)
    let count: (all: Double, active: Double)?
    switch facts.type {
    case "gpt2": count = shape.gpt2(ties: facts.tiesEmbeddings ?? true)
    case "gpt_neox": count = shape.neoX(ties: facts.tiesEmbeddings ?? false)
    case "llama", "mistral", "qwen2", "qwen3", "phi3", "gemma", "gemma2", "olmo2", "mixtral",
      "qwen2_moe", "qwen3_moe":
      count = shape.gated(facts, flat)
    case "deepseek_v2", "deepseek_v3": count = shape.latent(facts, flat)
    case "gpt_oss": count = shape.sunk(facts)
    default: count = nil
    }
    guard let count, let all = Int64(exactly: count.all), let active = Int64(exactly: count.active),
      all < 1 << 53
    else { return nil }
    (self.all, self.active) = (all, active)
  }

  /// Sizes as floating-point numbers, which cannot overflow and are exact far beyond any model.
  struct Shape {
    let d, layers, h, v, k: Double
    let s, f, positions: Double?

    init(
      d: Int64, layers: Int64, h: Int64, v: Int64, k: Int64, s: Int64?, f: Int64?, positions: Int64?
    ) {
      (self.d, self.layers, self.h) = (Double(d), Double(layers), Double(h))
      (self.v, self.k) = (Double(v), Double(k))
      (self.s, self.f) = (s.map { Double($0) }, f.map { Double($0) })
      self.positions = positions.map { Double($0) }
    }

    /// Biases everywhere, two layer norms of weight and bias, learnt positions.
    func gpt2(ties: Bool) -> (all: Double, active: Double)? {
      guard let positions else { return nil }
      let f = f ?? 4 * d
      let layer = 4 * d + (3 * d * d + 3 * d) + (d * d + d) + (d * f + f) + (f * d + d)
      let all = v * d * (ties ? 1 : 2) + positions * d + layers * layer + 2 * d
      return (all, all)
    }

    /// As GPT-2, but with turned positions and an output of its own.
    func neoX(ties: Bool) -> (all: Double, active: Double)? {
      guard let f else { return nil }
      let layer = 4 * d + (3 * d * d + 3 * d) + (d * d + d) + (d * f + f) + (f * d + d)
      let all = v * d * (ties ? 1 : 2) + layers * layer + 2 * d
      return (all, all)
    }

    /// Llama and its relatives, with or without experts.
    func gated(_ facts: ModelConfig, _ flat: JSONFlat) -> (all: Double, active: Double)? {
      guard let s, let f else { return nil }
      let type = facts.type
      var attention = d * h * s + 2 * d * k * s + h * s * d
      let hasBias = flat.boolean("attention_bias") ?? false
      if type == "qwen2" || type == "qwen2_moe" {
        attention += h * s + 2 * k * s
      } else if hasBias {
        attention += h * s + 2 * k * s + d
      }
      if type == "qwen3" || type == "qwen3_moe" { attention += 2 * s }
      if type == "olmo2" { attention += h * s + k * s }
      let norms = type == "gemma2" ? 4 * d : 2 * d
      let bias = flat.boolean("mlp_bias") == true ? 2 * f + d : 0
      guard let forward = forward(facts, flat, dense: 3 * d * f + bias) else { return nil }
      let isTied = facts.tiesEmbeddings ?? type.hasPrefix("gemma")
      let rest = v * d * (isTied ? 1 : 2) + layers * (attention + norms) + d
      return (rest + forward.all, rest + forward.active)
    }

    /// The feed-forward parts of all layers.
    private func forward(
      _ facts: ModelConfig, _ flat: JSONFlat, dense: Double
    ) -> (all: Double, active: Double)? {
      guard facts.type.hasSuffix("moe") || facts.type == "mixtral" else {
        return (layers * dense, layers * dense)
      }
      guard let experts = facts.experts.map({ Double($0) }),
        let used = facts.expertsPerToken.map({ Double($0) }), used <= experts
      else { return nil }
      let inner = flat.whole("moe_intermediate_size").map { Double($0) }
      guard let f = facts.type == "mixtral" ? self.f : inner else { return nil }
      var fixed = d * experts
      if let shared = flat.whole("shared_expert_intermediate_size"), shared > 0 {
        fixed += 3 * d * Double(shared) + d
      }
      let stride = max(1, flat.whole("decoder_sparse_step") ?? 1)
      // Layers that are named as dense ones; only lists of up to eight can be told apart.
      guard flat.values["mlp_only_layers.0"] == nil else { return nil }
      let sparse = Double(Int64(layers) / stride)
      let rest = (layers - sparse) * dense
      return (
        rest + sparse * (fixed + experts * 3 * d * f), rest + sparse * (fixed + used * 3 * d * f)
      )
    }
  }
}

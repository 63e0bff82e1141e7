import Formats

/// What is known of a language model: its shape, and from that its parameters.
///
/// Read from `config.json` of Hugging Face transformers. A parameter count is given only for
/// families whose layers are known exactly; the header of the weights (`Safetensors`) is better
/// where it is at hand.
package struct ModelConfig: Sendable, Hashable {
  /// The family, such as `llama`.
  var type = ""
  var layers: Int64?
  /// Width of the residual stream.
  var width: Int64?
  var heads: Int64?
  var keyValueHeads: Int64?
  var headSize: Int64?
  /// Width inside the feed-forward part.
  var intermediateSize: Int64?
  var vocabulary: Int64?
  /// The longest sequence the model is made for; a job may use less.
  var positions: Int64?
  var experts: Int64?
  var expertsPerToken: Int64?
  var tiesEmbeddings: Bool?
  /// `bf16`, `fp16`, `fp32`, `fp8` or `int8`, as far as the file says.
  var precision: String?
  /// The way weights were quantized, such as `gptq`, if they were.
  var quantization: String?
  /// All parameters.
  package var parameters: Int64?
  /// The parameters that one token is computed with.
  package var activeParameters: Int64?

  /// Reads a `config.json`; `nil` when it is none of a model.
  package init?(config bytes: [UInt8]) {
    let flat = bytes.withUnsafeBufferPointer { try? JSONFlat($0) }
    guard let flat else { return nil }
    self.init(flat)
  }

  /// Reads the values of a `config.json`; `nil` when they describe no model.
  init?(_ flat: JSONFlat) {
    // A model that also sees or hears keeps its language part apart.
    let nest = ["", "text_config.", "llm_config.", "language_config."].first {
      Self.first(flat, $0, ["hidden_size", "n_embd", "d_model"]) != nil
    }
    guard let nest else { return nil }
    func number(_ names: String...) -> Int64? { Self.first(flat, nest, names) }
    type = flat.text("\(nest)model_type") ?? flat.text("model_type") ?? ""
    layers = number("num_hidden_layers", "n_layer", "n_layers", "num_layers")
    width = number("hidden_size", "n_embd", "d_model")
    heads = number("num_attention_heads", "n_head", "n_heads")
    keyValueHeads = number("num_key_value_heads") ?? heads
    vocabulary = number("vocab_size")
    positions = number("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len")
    experts = number("num_local_experts", "num_experts", "n_routed_experts")
    expertsPerToken = number("num_experts_per_tok", "num_experts_per_token")
    intermediateSize = number("intermediate_size", "n_inner", "ffn_dim")
    headSize = number("head_dim")
    if headSize == nil, let width, let heads, heads > 0, width % heads == 0 {
      headSize = width / heads
    }
    tiesEmbeddings =
      flat.boolean("\(nest)tie_word_embeddings") ?? flat.boolean("tie_word_embeddings")
    precision = (flat.text("torch_dtype") ?? flat.text("dtype") ?? flat.text("\(nest)torch_dtype"))
      .flatMap(Self.precision)
    quantization = flat.text("quantization_config.quant_method")
    if quantization == nil, flat.boolean("quantization_config.load_in_4bit") == true {
      quantization = "bitsandbytes 4 bit"
    }
    // A part that also sees has parameters that this file does not tell exactly.
    guard nest.isEmpty, let count = ParameterCount(self, flat) else { return }
    parameters = count.all
    activeParameters = count.active
  }

  /// The facts under the names that a job's attributes have.
  var attributes: [String: String] {
    var result: [String: String] = [:]
    func set(_ name: String, _ value: Int64?) { result[name] = value.map { "\($0)" } }
    set("parameters", parameters)
    set("active_parameters", activeParameters)
    set("layers", layers)
    set("model_width", width)
    set("heads", heads)
    set("head_size", headSize)
    set("vocabulary", vocabulary)
    // What the weights are stored in, which says nothing of the arithmetic.
    result["weights_precision"] = precision
    result["quantization"] = quantization
    if !type.isEmpty { result["model"] = type }
    return result
  }

  static func first(_ flat: JSONFlat, _ nest: String, _ names: [String]) -> Int64? {
    for name in names {
      if let value = flat.whole("\(nest)\(name)"), 1...(1 << 40) ~= value { return value }
    }
    return nil
  }

  /// The short name of a number format.
  static func precision(_ name: String) -> String? {
    switch name.split(separator: ".").last.map(String.init)?.lowercased() {
    case "bfloat16", "bf16": "bf16"
    case "float16", "half", "f16": "fp16"
    case "float32", "float", "f32": "fp32"
    case "float8_e4m3fn", "float8_e5m2", "f8_e4m3", "f8_e5m2": "fp8"
    case "int8", "i8", "u8": "int8"
    default: nil
    }
  }
}

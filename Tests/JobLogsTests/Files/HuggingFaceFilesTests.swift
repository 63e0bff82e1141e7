import Quantities
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import JobLogs

@Suite struct HuggingFaceFilesTests {
  static let clock = FixedClock(Timestamp(seconds: 4_000_000_000))
  static let context = SourceContext(machine: "box")

  static func state(_ text: String) throws(JSONFault) -> HFTrainerState {
    try state(Array(text.utf8))
  }

  static func state(_ bytes: [UInt8]) throws(JSONFault) -> HFTrainerState {
    try bytes.withUnsafeBufferPointer { (buffer) throws(JSONFault) in try HFTrainerState(buffer) }
  }

  static func facts(_ text: String) -> ModelConfig? { ModelConfig(config: Array(text.utf8)) }

  @Test func rowsOfTheLogAreReadThoughTheyAreNoStrictJSON() throws {
    let state = try Self.state(
      """
      {"best_metric": Infinity, "epoch": 0.5, "global_step": 20, "max_steps": 40,
       "log_history": [
         {"epoch": 0.25, "grad_norm": NaN, "learning_rate": 2e-05, "loss": 2.5, "step": 10},
         {"epoch": 0.5, "eval_loss": 2.25, "eval_runtime": 3.5, "step": 20},
         {"epoch": 0.5, "loss": NaN, "num_input_tokens_seen": 4096, "step": 20}],
       "num_input_tokens_seen": 4096, "total_flos": 0.0, "train_batch_size": 4}
      """)
    #expect(state.rows.map { $0[.step] } == [10, 20, 20])
    #expect(state.rows[0][.loss] == 2.5)
    #expect(state.rows[1][.validationLoss] == 2.25)
    #expect(state.rows[2][.loss]?.isNaN == true)
    #expect(state.stepTotal == 40)
    #expect(state.tokens == 4096)
    // Zero means that nobody counted.
    #expect(state.totalFLOP == nil)
    let last = state.last(at: Self.clock.now)
    #expect(last[.step] == 20)
    #expect(last[.validationLoss] == 2.25)
  }

  @Test(arguments: [
    "", "{", "[]", "{}", "hello", #"{"global_step": 5"#, #"{"log_history": {}, "global_step": 1}"#,
    #"{"log_history": [1,], "global_step": 1}"#, #"{"a": "b"}"#, #"{"global_step": 5} x"#,
  ]) func whatIsIncompleteOrSomethingElseIsRefused(text: String) {
    #expect(throws: JSONFault.self) { try Self.state(text) }
  }

  @Test func deepNestingAndLongTextsAreNoDanger() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONFault.self) { try Self.state(#"{"global_step": 5, "x": \#(deep)"#) }
    #expect(Self.facts(#"{"hidden_size": 5, "x": \#(deep)"#) == nil)
    let long = String(repeating: "x", count: 4 << 20)
    #expect(try Self.state(#"{"global_step": 5, "x": "\#(long)"}"#).step == 5)
    let invalid: [UInt8] =
      Array(#"{"global_step": 5, "x": ""#.utf8) + [0xFF, 0xC0] + Array("\"}".utf8)
    #expect(try Self.state(invalid).step == 5)
  }

  @Test func changedBytesNeverTrap() {
    let text =
      #"{"global_step": 20, "log_history": [{"loss": 2.5, "step": 1e1}, {"train_runtime": 3.5}]}"#
    mutations(of: Array(text.utf8), rounds: 3000) { _ = try? Self.state($0) }
    let config =
      #"{"model_type":"mixtral","hidden_size":64,"num_hidden_layers":2,"num_attention_heads":4,"vocab_size":99,"intermediate_size":128,"num_local_experts":8,"num_experts_per_tok":2}"#
    mutations(of: Array(config.utf8), rounds: 3000) { _ = ModelConfig(config: $0) }
    mutations(of: Self.weights(["F32": [2, 3]]), rounds: 3000) { bytes in
      _ = try? bytes.withUnsafeBufferPointer { (buffer) throws(JSONFault) in
        try Safetensors(buffer)
      }
    }
  }

  @Test(arguments: [
    (
      #"{"model_type":"gpt2","n_embd":768,"n_layer":12,"n_head":12,"n_positions":1024,"n_ctx":1024,"vocab_size":50257,"n_inner":null}"#,
      124_439_808, 124_439_808
    ),
    (
      #"{"model_type":"llama","hidden_size":4096,"intermediate_size":14336,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":8,"vocab_size":128256,"tie_word_embeddings":false,"torch_dtype":"bfloat16"}"#,
      8_030_261_248, 8_030_261_248
    ),
    (
      #"{"model_type":"llama","hidden_size":4096,"intermediate_size":11008,"num_hidden_layers":32,"num_attention_heads":32,"vocab_size":32000,"tie_word_embeddings":false}"#,
      6_738_415_616, 6_738_415_616
    ),
    (
      #"{"model_type":"mixtral","hidden_size":4096,"intermediate_size":14336,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":8,"vocab_size":32000,"tie_word_embeddings":false,"num_local_experts":8,"num_experts_per_tok":2}"#,
      46_702_792_704, 12_879_925_248
    ),
    (
      #"{"model_type":"qwen2","hidden_size":896,"intermediate_size":4864,"num_hidden_layers":24,"num_attention_heads":14,"num_key_value_heads":2,"vocab_size":151936,"tie_word_embeddings":true}"#,
      494_032_768, 494_032_768
    ),
    (
      #"{"model_type":"mistral","hidden_size":4096,"intermediate_size":14336,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":8,"vocab_size":32000}"#,
      7_241_732_096, 7_241_732_096
    ),
    (
      #"{"model_type":"gpt_neox","hidden_size":512,"intermediate_size":2048,"num_hidden_layers":6,"num_attention_heads":8,"vocab_size":50304,"max_position_embeddings":2048}"#,
      70_426_624, 70_426_624
    ),
    (
      #"{"model_type":"qwen3","hidden_size":1024,"head_dim":128,"intermediate_size":3072,"num_hidden_layers":28,"num_attention_heads":16,"num_key_value_heads":8,"vocab_size":151936,"tie_word_embeddings":true,"attention_bias":false}"#,
      596_049_920, 596_049_920
    ),
    (
      #"{"model_type":"qwen3_moe","hidden_size":2048,"head_dim":128,"intermediate_size":6144,"moe_intermediate_size":768,"num_hidden_layers":48,"num_attention_heads":32,"num_key_value_heads":4,"num_experts":128,"num_experts_per_tok":8,"decoder_sparse_step":1,"mlp_only_layers":[],"vocab_size":151936,"tie_word_embeddings":false,"attention_bias":false}"#,
      30_532_122_624, 3_353_032_704
    ),
    (
      #"{"model_type":"gemma2","hidden_size":2304,"head_dim":256,"intermediate_size":9216,"num_hidden_layers":26,"num_attention_heads":8,"num_key_value_heads":4,"vocab_size":256000}"#,
      2_614_341_888, 2_614_341_888
    ),
    (
      #"{"model_type":"gemma","hidden_size":2048,"head_dim":256,"intermediate_size":16384,"num_hidden_layers":18,"num_attention_heads":8,"num_key_value_heads":1,"vocab_size":256000}"#,
      2_506_172_416, 2_506_172_416
    ),
    (
      #"{"model_type":"phi3","hidden_size":3072,"intermediate_size":8192,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":32,"vocab_size":32064,"tie_word_embeddings":false}"#,
      3_821_079_552, 3_821_079_552
    ),
    (
      #"{"model_type":"olmo2","hidden_size":4096,"intermediate_size":11008,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":32,"vocab_size":100352,"tie_word_embeddings":false}"#,
      7_298_617_344, 7_298_617_344
    ),
    (
      #"{"model_type":"qwen2_moe","hidden_size":2048,"intermediate_size":5632,"moe_intermediate_size":1408,"shared_expert_intermediate_size":5632,"num_hidden_layers":24,"num_attention_heads":16,"num_key_value_heads":16,"num_experts":60,"num_experts_per_tok":4,"decoder_sparse_step":1,"vocab_size":151936,"tie_word_embeddings":false}"#,
      14_315_784_192, 2_689_173_504
    ),
    (
      #"{"model_type":"deepseek_v2","hidden_size":2048,"intermediate_size":10944,"moe_intermediate_size":1408,"num_hidden_layers":27,"num_attention_heads":16,"num_key_value_heads":16,"n_routed_experts":64,"n_shared_experts":2,"num_experts_per_tok":6,"first_k_dense_replace":1,"moe_layer_freq":1,"q_lora_rank":null,"kv_lora_rank":512,"qk_nope_head_dim":128,"qk_rope_head_dim":64,"v_head_dim":128,"vocab_size":102400,"tie_word_embeddings":false}"#,
      15_706_484_224, 2_661_150_208
    ),
    (
      #"{"model_type":"deepseek_v3","hidden_size":7168,"intermediate_size":18432,"moe_intermediate_size":2048,"num_hidden_layers":61,"num_attention_heads":128,"num_key_value_heads":128,"n_routed_experts":256,"n_shared_experts":1,"num_experts_per_tok":8,"first_k_dense_replace":3,"moe_layer_freq":1,"q_lora_rank":1536,"kv_lora_rank":512,"qk_nope_head_dim":128,"qk_rope_head_dim":64,"v_head_dim":128,"vocab_size":129280,"tie_word_embeddings":false}"#,
      671_026_419_200, 37_552_297_472
    ),
    (
      #"{"model_type":"gpt_oss","hidden_size":2880,"head_dim":64,"intermediate_size":2880,"num_hidden_layers":24,"num_attention_heads":64,"num_key_value_heads":8,"num_local_experts":32,"num_experts_per_tok":4,"vocab_size":201088,"tie_word_embeddings":false}"#,
      20_914_757_184, 4_187_440_704
    ),
  ]) func parametersOfKnownModels(config: String, all: Int64, active: Int64) throws {
    let facts = try #require(Self.facts(config))
    #expect(facts.parameters == all)
    #expect(facts.activeParameters == active)
    #expect(facts.attributes["parameters"] == "\(all)")
  }

  @Test func whatAConfigurationDoesNotTellIsNotMadeUp() throws {
    #expect(Self.facts("{}") == nil)
    #expect(Self.facts("no json") == nil)
    let strange = try #require(
      Self.facts(
        #"{"model_type":"newform","hidden_size":64,"num_hidden_layers":2,"num_attention_heads":4,"vocab_size":99,"intermediate_size":128}"#
      ))
    #expect(strange.layers == 2)
    #expect(strange.parameters == nil)
    let seeing = try #require(
      Self.facts(
        #"{"model_type":"llava","torch_dtype":"float16","text_config":{"model_type":"llama","hidden_size":64,"num_hidden_layers":2,"num_attention_heads":4,"vocab_size":99,"intermediate_size":128},"quantization_config":{"quant_method":"gptq","bits":4}}"#
      ))
    #expect(seeing.type == "llama")
    #expect(seeing.width == 64)
    #expect(seeing.headSize == 16)
    #expect(seeing.precision == "fp16")
    #expect(seeing.quantization == "gptq")
    #expect(seeing.parameters == nil)
    // Sizes that no model has.
    let absurd = Self.facts(
      #"{"model_type":"llama","hidden_size":1000000000000,"num_hidden_layers":1000000000,"num_attention_heads":1000000,"vocab_size":1000000000000,"intermediate_size":1000000000000}"#
    )
    #expect(absurd?.parameters == nil)
  }

  /// A file of weights that holds a header and nothing else.
  static func weights(_ tensors: [String: [Int]]) -> [UInt8] {
    var place = 0
    let members = tensors.keys.sorted().map { format -> String in
      let shape = tensors[format] ?? []
      let size = shape.reduce(1, *) * (format == "F32" ? 4 : 2)
      defer { place += size }
      return
        #""w.\#(format)":{"dtype":"\#(format)","shape":\#(shape),"data_offsets":[\#(place),\#(place + size)]}"#
    }
    let json = #"{"__metadata__":{"format":"pt"},\#(members.joined(separator: ","))}  "#
    return EventFile.little(UInt64(json.utf8.count)) + Array(json.utf8)
  }

  static func header(_ bytes: [UInt8]) throws(JSONFault) -> Safetensors {
    try bytes.withUnsafeBufferPointer { (buffer) throws(JSONFault) in try Safetensors(buffer) }
  }
}

import Quantities
import Telemetry
import Testing

@testable import Accounting

/// Operations for a token, by whose convention, and what they make of the hardware.
@Suite struct FLOPTests {
  /// GPT-2 with its vocabulary padded to 50 304, as nanoGPT, llm.c and torchtitan count it.
  private let gpt2 = ModelShape(
    parameters: 124_475_904, layers: 12, width: 768, heads: 12, headSize: 64,
    sequenceLength: 1024, vocabulary: 50_304)

  @Test(arguments: [
    (FLOPConvention.huggingFace, 510.0), (.megatron, 798), (.llmC, 803), (.nanoGPT, 855),
    (.torchtitan, 860),
  ])
  func `Frameworks count one and the same model differently`(
    convention: FLOPConvention, megaFLOP: Double
  ) throws {
    let operations = try #require(convention.perToken(gpt2, positions: 1024))
    #expect((operations / 1e6).rounded() == megaFLOP)
    #expect(!convention.words.isEmpty)
  }

  @Test func `Ours says which formula it is`() throws {
    let full = try #require(FLOPFormula().count(gpt2))
    #expect(near(full.perToken, 6 * 124_475_904 + 12 * 12 * 768 * 1024))
    #expect(full.convention == "6N + 12·L·h·d·T" && full.short == "6N + attn")
    let causal = try #require(FLOPFormula(attention: .causal).count(gpt2))
    #expect(near(causal.perToken, 6 * 124_475_904 + 6 * 12 * 768 * 1024))
    #expect(causal.convention == "6N + 6·L·h·d·T, causal half")
    let bare = try #require(FLOPFormula().count(ModelShape(parameters: 7e9)))
    #expect(bare.perToken == 42e9 && bare.convention == "6N, without attention")
    #expect(bare.short == "6N")
    #expect(FLOPFormula().count(ModelShape(layers: 12, width: 768)) == nil)
  }

  @Test func `Frozen weights, experts and inference take less`() throws {
    var lora = ModelShape(parameters: 8e9, trainableParameters: 20e6)
    let frozen = try #require(FLOPFormula().count(lora))
    #expect(near(frozen.perToken, 4 * 8e9 + 2 * 20e6))
    #expect(frozen.convention.hasPrefix("4N + 2N trained") && frozen.short == "4N + 2N trained")
    lora.trainableParameters = 8e9
    #expect(FLOPFormula().count(lora)?.perToken == 48e9)
    let experts = ModelShape(parameters: 47e9, activeParameters: 13e9)
    let sparse = try #require(FLOPFormula().count(experts))
    #expect(sparse.perToken == 78e9 && sparse.convention.hasPrefix("6N active"))
    #expect(FLOPFormula(work: .inference).count(experts)?.perToken == 26e9)
  }

  @Test func `A published line of torchtitan is reproduced`() throws {
    // Llama 3 8B at T = 8192: 339.16 TFLOP/s at 5856 tokens a second and device.
    let embeddings = 128_256.0 * 4096
    let llama = ModelShape(
      parameters: 8_030_261_248, layers: 32, width: 4096, heads: 32, headSize: 128,
      sequenceLength: 8192, vocabulary: 128_256)
    let operations = try #require(FLOPConvention.torchtitan.perToken(llama, tied: false))
    #expect(abs(operations / 57.914e9 - 1) < 1e-4)
    #expect(abs(operations * 5856 / 339.16e12 - 1) < 1e-3)
    #expect(FLOPConvention(framework: "torchtitan") == .torchtitan)
    #expect(near(operations, 6 * (8_030_261_248 - embeddings) + 12 * 32 * 4096 * 8192))
  }

  @Test func `Frameworks are known by their names`() {
    #expect(FLOPConvention(framework: "nanoGPT") == .nanoGPT)
    #expect(FLOPConvention(framework: "Megatron-LM") == .megatron)
    #expect(FLOPConvention(framework: "llm.c") == .llmC)
    #expect(FLOPConvention(framework: "Hugging Face Trainer") == .huggingFace)
    #expect(FLOPConvention(framework: "something") == nil)
  }

  // MARK: MFU

  private let job = Books.id(.job, "7")

  /// A job at so many tokens a second on accelerators of one model.
  private func books(
    _ attributes: [String: String], model: String = "NVIDIA H100 80GB HBM3", gpus: Int = 1
  ) -> Books {
    var books = Books()
    books.timeline.apply(.device(Device(id: job, label: "run", attributes: attributes)))
    for index in 0..<gpus {
      books.timeline.apply(
        .device(Device(id: Books.id(.gpu, "\(index)"), label: "\(index)", model: model)))
    }
    return books
  }

  private let llama = ["parameters": "8030261248", "precision": "bf16"]

  @Test func `MFU is model operations over the dense peak of the precision in use`() throws {
    let mfu = books(llama, gpus: 2).ledger.mfu(of: job, tokensPerSecond: 12_000, over: span(0, 30))
    let rate = 6 * 8_030_261_248.0 * 12_000
    #expect(near(mfu.flopRate, rate))
    #expect(near(mfu.flopRatePerDevice, rate / 2))
    #expect(near(mfu.share, rate / (2 * 989.5e12)))
    #expect(mfu.reason.isEmpty && mfu.accelerator?.name == "H100 SXM5 80GB")
  }

  @Test func `What is not known is named instead of assumed`() {
    func reason(_ attributes: [String: String], _ model: String = "NVIDIA H100 80GB HBM3")
      -> String
    {
      let mfu = books(attributes, model: model).ledger
        .mfu(of: job, tokensPerSecond: 6000, over: span(0, 30))
      return mfu.share == nil ? mfu.reason : "known"
    }
    #expect(reason(["precision": "bf16"]) == "the model's parameters are not known")
    #expect(reason(["parameters": "8e9"]) == "the job's precision is not known")
    #expect(
      reason(llama, "NVIDIA GeForce RTX 3090 Ti")
        == "no peak rate is known for NVIDIA GeForce RTX 3090 Ti")
    #expect(reason(llama, "Tesla T4") == "no bf16 peak is known for T4")
    #expect(reason(["parameters": "-3", "precision": "bf16"]).contains("parameters"))
    #expect(reason(["parameters": "8e12", "precision": "bf16"]).contains("cannot be"))
  }

  @Test func `The hardware's own figure is explained in words`() throws {
    var books = books(llama)
    books.add(Books.id(.gpu, "0"), .tensorActive, .average, (0...30).map { (Double($0), 0.6) })
    let mfu = books.ledger.mfu(of: job, tokensPerSecond: 8000, over: span(0, 30))
    #expect(near(mfu.hardware, 0.6))
    #expect(mfu.verdict.contains("recomputation"))
    let wrong = books.ledger.mfu(of: job, tokensPerSecond: 16_000, over: span(0, 30))
    #expect(wrong.verdict.contains("fewer parameters"))
    let agreeing = books.ledger.mfu(of: job, tokensPerSecond: 12_000, over: span(0, 30))
    #expect(agreeing.verdict.isEmpty)
  }

  @Test func `A job is charged the accelerators it names`() {
    var books = Books()
    books.timeline.apply(
      .device(Device(id: job, label: "run", attributes: ["gpus": "GPU-1, GPU-2"])))
    for name in ["GPU-0", "GPU-1", "GPU-2"] {
      books.count(Books.id(.gpu, name), watts: 100, at: (0...10).map(Double.init))
    }
    #expect(near(books.ledger.jobEnergy(of: job, over: span(0, 10))?.joules, 2000))
    #expect(books.ledger.accelerators(of: job).map(\.id.name) == ["GPU-1", "GPU-2"])
  }

  @Test func `Facts out of proportion are not facts`() {
    let facts = JobFacts([
      "parameters": "nan", "layers": "1e300", "world_size": "0", "global_batch": "12",
      "rate_scope": "device", "gpus": " a ,, b", "precision": "bfloat16",
    ])
    #expect(facts.shape.parameters == nil && facts.shape.layers == nil && facts.worldSize == nil)
    #expect(facts.globalBatch == 12 && facts.precision == .bf16 && facts.gpus == ["a", "b"])
    #expect(facts.rateFactor == 2)
    #expect(JobFacts(["rate_scope": "device"]).rateFactor == nil)
    #expect(JobFacts([:]).rateFactor == 1)
  }
}

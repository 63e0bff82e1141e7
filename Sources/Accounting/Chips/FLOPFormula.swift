import Quantities
import Telemetry

/// How many floating-point operations a model takes for a token, and by which convention.
///
/// A multiply-add counts as two operations; recomputed activations do not count.
/// Sources: Chowdhery et al. arXiv:2204.02311, appendix B (6N + 12·L·h·d_h·T); Hoffmann et al.
/// arXiv:2203.15556 (6N); Hu et al. arXiv:2106.09685 for frozen weights.
public struct FLOPFormula: Hashable, Sendable {
  /// How much of the T × T matrix of attention is counted.
  public enum Attention: Sendable, Hashable {
    /// All of it, the usual convention.
    case full
    /// The half that a causal mask leaves.
    case causal
    /// None of it: the parameters alone.
    case none
  }

  /// What a token goes through: forward and backward, or forward alone.
  public enum Work: Sendable, Hashable { case training, inference }

  /// What a token goes through.
  public var work = Work.training
  /// How much of attention is counted.
  public var attention = Attention.full

  /// A convention; by default that of training with full attention.
  public init(work: Work = .training, attention: Attention = .full) {
    self.work = work
    self.attention = attention
  }

  /// A number of operations with the convention it was counted by.
  public struct Count: Hashable, Sendable {
    /// Operations for one token.
    public var perToken: Double
    /// What is multiplied with the parameters, such as `6N` or `4N + 2N trained`.
    public var weights: String
    /// The factor of L·h·d·T; `nil` where attention is not counted.
    public var attention: Int?
    /// Why attention is not counted, or how much of it is; empty where there is nothing to say.
    public var remark = ""

    /// A count with the parts of its convention.
    public init(perToken: Double, weights: String, attention: Int? = nil, remark: String = "") {
      self.perToken = perToken
      self.weights = weights
      self.attention = attention
      self.remark = remark
    }

    /// The formula in a few words, to be printed beside whatever follows from it.
    public var convention: String {
      weights + (attention.map { " + \($0)·L·h·d·T" } ?? "") + (remark.isEmpty ? "" : ", " + remark)
    }

    /// The convention where there is little room: `6N + attn`.
    public var short: String { attention == nil ? weights : weights + " + attn" }
  }

  /// The operations for one token of a model; `nil` when its parameters are not known.
  public func count(_ shape: ModelShape) -> Count? {
    guard let used = shape.usedParameters else { return nil }
    let isSparse = shape.activeParameters != nil && shape.activeParameters != shape.parameters
    let symbol = isSparse ? "N active" : "N"
    var operations: Double
    let weights: String
    switch work {
    case .inference:
      operations = 2 * used
      weights = "2\(symbol)"
    case .training where shape.isPartlyTrained:
      // Activations are differentiated through all weights, weights only where they are trained.
      operations = 4 * used + 2 * (shape.trainableParameters ?? 0)
      weights = "4\(symbol) + 2N trained"
    case .training:
      operations = 6 * used
      weights = "6\(symbol)"
    }
    guard attention != .none else { return Count(perToken: operations, weights: weights) }
    guard let layers = shape.layers, let width = shape.attentionWidth,
      let length = shape.sequenceLength
    else { return Count(perToken: operations, weights: weights, remark: "without attention") }
    let share = attention == .full ? 1.0 : 0.5
    let factor = (work == .training ? 12 : 4) * share
    operations += factor * layers * width * length
    return Count(
      perToken: operations, weights: weights, attention: Int(saturating: factor),
      remark: attention == .causal ? "causal half" : "")
  }
}

/// The convention by which a framework counts the operations behind the MFU it prints.
///
/// They differ by up to 1.7 times for the same small model, so each MFU is shown with its
/// convention.
public enum FLOPConvention: String, Sendable, Hashable, CaseIterable {
  case nanoGPT, llmC = "llm.c", torchtitan, huggingFace = "Hugging Face", megatron = "Megatron"

  /// The convention of a framework by its name; `nil` for one that is not known here.
  public init?(framework: String) {
    let name = framework.lowercased().filter { $0.isLetter }
    switch name {
    case "nanogpt", "moddednanogpt": self = .nanoGPT
    case "llmc": self = .llmC
    case "torchtitan": self = .torchtitan
    case "huggingface", "transformers", "huggingfacetrainer": self = .huggingFace
    case "megatron", "megatronlm", "megatrondeepspeed": self = .megatron
    default: return nil
    }
  }

  /// What it counts, in words.
  public var words: String {
    switch self {
    case .nanoGPT: "6N without position embeddings + 12·L·h·d·T; peak of an A100, whatever runs"
    case .llmC: "6N + 6·L·d·T, the causal half"
    case .torchtitan: "6N without untied embeddings + 12·L·h·d·T"
    case .huggingFace: "6N without embeddings, no attention; padding counts"
    case .megatron: "its matrix products and the logits, causal half"
    }
  }

  /// Operations it counts for a token of a GPT with plain blocks; `nil` without the model's shape.
  ///
  /// `tied` says that input and output share their embeddings. Sources: nanoGPT `model.py`, llm.c
  /// `train_gpt2.cu`, torchtitan `utils.py`, transformers `modeling_utils.py`, Megatron-LM
  /// `training.py`.
  public func perToken(_ shape: ModelShape, positions: Double = 0, tied: Bool = true) -> Double? {
    guard let all = shape.parameters, let layers = shape.layers, let width = shape.width,
      let length = shape.sequenceLength
    else { return nil }
    let embeddings = (shape.vocabulary ?? 0) * width
    let square = layers * (shape.attentionWidth ?? width) * length
    switch self {
    case .nanoGPT: return 6 * (all - positions * width) + 12 * square
    case .llmC: return 6 * all + 6 * square
    case .torchtitan: return 6 * (tied ? all : all - embeddings) + 12 * square
    case .huggingFace:
      return 6 * (all - positions * width - embeddings * (tied ? 1 : 2))
    case .megatron:
      return 6 * (12 * layers * width * width + embeddings) + 6 * square
    }
  }
}

/// The size of a transformer as far as it is known, from which its FLOPs follow.
public struct ModelShape: Hashable, Sendable {
  /// The number of parameters, N.
  public var parameters: Double?
  /// The parameters one token passes through; less than all in a mixture of experts.
  public var activeParameters: Double?
  /// The parameters that are trained; less than all with adapters or frozen layers.
  public var trainableParameters: Double?
  /// The number of layers, L.
  public var layers: Double?
  /// The width of the residual stream, d.
  public var width: Double?
  /// The number of attention heads, h.
  public var heads: Double?
  /// The width of one attention head, d_h; where it is `nil`, width over heads.
  public var headSize: Double?
  /// The number of tokens in a sequence, T.
  public var sequenceLength: Double?
  /// The number of tokens in the vocabulary, V.
  public var vocabulary: Double?

  /// A shape of which only the given parts are known.
  public init(
    parameters: Double? = nil, activeParameters: Double? = nil,
    trainableParameters: Double? = nil, layers: Double? = nil, width: Double? = nil,
    heads: Double? = nil, headSize: Double? = nil, sequenceLength: Double? = nil,
    vocabulary: Double? = nil
  ) {
    self.parameters = parameters
    self.activeParameters = activeParameters
    self.trainableParameters = trainableParameters
    self.layers = layers
    self.width = width
    self.heads = heads
    self.headSize = headSize
    self.sequenceLength = sequenceLength
    self.vocabulary = vocabulary
  }

  /// The width of attention, h times d_h; the model's own width where the heads are not known.
  public var attentionWidth: Double? {
    if let heads, let headSize { return heads * headSize }
    return width
  }

  /// The parameters a token passes through: the active ones, or all where those are not known.
  public var usedParameters: Double? { activeParameters ?? parameters }

  /// Whether only a part of the model is trained.
  public var isPartlyTrained: Bool {
    guard let trainableParameters, let parameters else { return false }
    return trainableParameters < 0.99 * parameters
  }
}

/// The size of a model, as far as it is known: what its arithmetic follows from.
public struct ModelShape: Hashable, Sendable {
  /// All parameters, N.
  public var parameters: Double?
  /// Those one token passes through; less than all in a mixture of experts.
  public var activeParameters: Double?
  /// Those that are trained; less than all with adapters or frozen layers.
  public var trainableParameters: Double?
  /// L.
  public var layers: Double?
  /// d.
  public var width: Double?
  /// h.
  public var heads: Double?
  /// d_h; where it is not told, width over heads.
  public var headSize: Double?
  /// T, tokens in a sequence.
  public var sequenceLength: Double?
  /// V.
  public var vocabulary: Double?

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

  /// h times d_h: the width of attention, which is the model's own where heads are not told.
  public var attentionWidth: Double? {
    if let heads, let headSize { return heads * headSize }
    return width
  }

  /// Parameters a token passes through: the active ones, else all.
  public var usedParameters: Double? { activeParameters ?? parameters }

  /// Whether only a part of the model is trained.
  public var isPartlyTrained: Bool {
    guard let trainableParameters, let parameters else { return false }
    return trainableParameters < 0.99 * parameters
  }
}

/// What a progress bar or a line counts, before anybody has decided what that is.
///
/// A reader says only what stands there; `ProgressModel` decides.
struct Count: Sendable {
  /// What is counted, by the unit of the rate.
  enum Unit: Sendable {
    /// Whatever the loop goes through.
    case iterations
    /// Data, such as bytes, examples or images: a download or a preparation.
    case data
    case epochs
  }

  var done: Int64
  /// `nil` where only the number of what is done is told.
  var total: Int64?
  /// Seconds for one of what is counted, as stated: a moving mean.
  var secondsEach: Double?
  /// Seconds since the count began, whole ones.
  var elapsed: Double?
  var unit = Unit.iterations
  /// What the words around it say.
  var caption = Caption()
  /// Whether a training loss stands beside it.
  var hasLoss = false
  /// Whether it stands in a line among values, and not on a bar.
  var isLine = false

  var isComplete: Bool { total.map { done >= $0 } ?? false }
}

/// What the words of a bar or a line say of what is counted.
struct Caption: Sendable, Hashable {
  /// What the words name.
  struct Words: OptionSet, Sendable, Hashable {
    let rawValue: UInt16
    init(rawValue: UInt16) { self.rawValue = rawValue }

    static let training = Words(rawValue: 1)
    static let steps = Words(rawValue: 2)
    /// Whole passes over the data.
    static let epochs = Words(rawValue: 4)
    /// A part of the pass that has a number.
    static let withinEpoch = Words(rawValue: 8)
    static let evaluation = Words(rawValue: 16)
    static let preparation = Words(rawValue: 32)
    static let inference = Words(rawValue: 64)
    /// Rounds of reinforcement learning.
    static let episodes = Words(rawValue: 128)
    /// Epochs are counted from 0, as Lightning does.
    static let fromZero = Words(rawValue: 256)
    /// Steps of the run, named behind the number of the pass: `Epoch 3/10, Steps`.
    static let ownSteps = Words(rawValue: 512)

    /// What no step of a training is.
    static let aside: Words = [.evaluation, .preparation, .inference]
  }

  var words: Words = []
  /// The number of the pass or the round, if there is one, and of how many.
  var epoch: Int64?
  var epochTotal: Int64?
  /// The number of the first pass, where a reader has seen it.
  var firstEpoch: Int64?
  /// Another number among the words, such as that of `Train     3`.
  var number: Int64?
  /// The step of the run, where the words say it themselves.
  var step: Int64?
  /// Equal for bars of the same name, whatever numbers are in it; 0 without a name.
  var name: UInt64 = 0

  init() {}
}

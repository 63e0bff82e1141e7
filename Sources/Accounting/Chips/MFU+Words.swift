import Quantities
import Telemetry

extension MFU {
  /// Why there is no share.
  public enum Absence: Hashable, Sendable {
    /// How many parameters the model has is not known.
    case parameters
    /// The job tells no tokens a second.
    case tokens
    /// No accelerator of the job is read.
    case accelerator
    /// The job's accelerators are of several kinds.
    case several
    /// No peak rate of such an accelerator is known.
    case peak(model: String)
    /// The job's precision is not known.
    case precision
    /// No peak rate in the job's precision is known.
    case peakOf(Precision, model: String)
    /// The share that came out, which cannot be.
    case impossible(Double)
    /// The job serves, and is not weighed by its operations.
    case serving

    /// The reason, for people.
    public var words: String {
      switch self {
      case .parameters: "the model's parameters are not known"
      case .tokens: "no tokens per second"
      case .accelerator: "no accelerator is read"
      case .several: "its accelerators differ"
      case .peak(let model): "no peak rate is known for \(model)"
      case .precision: "the job's precision is not known"
      case .peakOf(let precision, let model):
        "no \(precision.rawValue) peak is known for \(model)"
      case .impossible(let share):
        "\(SI.percent(share)) % cannot be: parameters, devices or precision are not as stated"
      case .serving: "it serves"
      }
    }
  }

  /// How tensor activity contradicts the share.
  public enum Contradiction: Hashable, Sendable {
    /// The tensor pipes are busy for so many times the model's work: too many, or too few.
    case more(Double), less(Double)

    /// The contradiction, for people.
    public var words: String {
      switch self {
      case .more(let ratio):
        "tensor pipes are busy for \(SI.significant(ratio, digits: 2)) × the model's work: "
          + "recomputation, padding, or more parameters than stated"
      case .less(let ratio):
        "tensor pipes are busy for only \(SI.significant(ratio, digits: 2)) × the model's work: "
          + "fewer parameters than stated, or another precision"
      }
    }
  }

  /// How tensor activity contradicts the share; `nil` when they agree.
  public var contradiction: Contradiction? {
    guard let share, let hardware, share > 0 else { return nil }
    let ratio = hardware / share
    return ratio > 1.25 ? .more(ratio) : ratio < 0.9 ? .less(ratio) : nil
  }

  /// How tensor activity contradicts the share, in words; empty when they agree.
  public var verdict: String { contradiction?.words ?? "" }
}

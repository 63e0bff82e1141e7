/// How a job ended, as far as anyone can tell.
public enum JobEnding: Hashable, Sendable {
  /// By an error: the exception's name, a signal's, or what was said of it.
  case crashed(String)
  /// From outside, and by whom and why, such as `by SLURM: time limit`.
  case cancelled(String)
  /// It did what it was to do.
  case finished
  /// It is gone, and nothing says why.
  case unknown

  /// The word for it that programs decide by.
  public var cause: Event.Cause {
    switch self {
    case .crashed: .crashed
    case .cancelled: .cancelled
    case .finished: .finished
    case .unknown: .ended
    }
  }

  /// In words, the same on the screen, in reports, in JSON and in recordings.
  public var words: String {
    switch self {
    case .crashed(let name): "job ended by an error: \(name)"
    case .cancelled(let why): "job cancelled \(why)"
    case .finished: "job finished"
    case .unknown: "job ended"
    }
  }
}

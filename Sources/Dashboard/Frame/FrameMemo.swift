/// An answer that is computed once for a frame, when it is first needed.
///
/// A frame is drawn by one thread.
final class FrameMemo<Answer> {
  private var known: Answer?

  /// The answer; `work` is done the first time.
  func answer(_ work: () -> Answer) -> Answer {
    if let known { return known }
    let new = work()
    known = new
    return new
  }
}

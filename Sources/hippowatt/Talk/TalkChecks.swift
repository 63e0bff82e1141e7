import Dashboard
import Quantities

/// Draws every scene of a talk at a size, in every language, at several moments, and names what would not
/// be seen as it was meant.
struct TalkChecks {
  let stage: TalkStage
  let width: Int
  let height: Int

  /// Parts of a stretch at which it is looked at, besides its first second.
  private static let places = [0.25, 0.5, 0.75, 1.0]

  /// What was found, a line each; empty where all is well.
  func findings() throws -> [String] {
    var lines: [String] = []
    for (index, chapter) in stage.script.chapters.enumerated() {
      if let problem = stage.problem(of: index) {
        lines.append(stage.file.words(of: index, in: .fallback) + ": " + problem)
        continue
      }
      for language in Language.allCases {
        var known: Set<TalkProblem> = []
        for state in moments(of: index, chapter) {
          let problems = try stage.problems(
            state, width: width, height: height, language: language)
          for problem in problems where known.insert(problem).inserted {
            lines.append(
              stage.file.words(of: index, in: .fallback)
                + ", \(language.rawValue), after \(SI.duration(state.position)): \(problem.words)")
          }
        }
      }
    }
    return lines
  }

  /// The moments of a scene that are looked at.
  private func moments(of index: Int, _ chapter: TalkChapter) -> [TalkState] {
    var state = stage.state(waits: false)
    while state.chapter < index { _ = state.press("page-down") }
    _ = state.advance(by: min(1, chapter.seconds / 2))
    guard let plan = state.plan, plan.pace.length > 0 else { return [state] }
    var moments = [state]
    _ = state.press("a")
    for place in Self.places {
      let wanted = plan.pace.length * place
      // In steps, since stretches without work pass faster.
      while state.position < wanted, !state.isAtEnd {
        let speed = max(0.01, state.speed)
        _ = state.advance(by: max(0.01, (wanted - state.position) / speed))
      }
      moments.append(state)
    }
    return moments
  }
}

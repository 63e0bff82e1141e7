/// What the speaker's view knows of a talk that runs.
package struct TalkStatus: Sendable, Hashable {
  /// What the talk is called.
  package var title = ""
  /// The chapter that is shown, from 0; as many as there are for the last card.
  package var chapter = 0
  /// How many chapters there are.
  package var count = 0
  /// What the chapter is called.
  package var name = ""
  /// The sentence the audience reads.
  package var caption = ""
  /// What the speaker wanted to say.
  package var notes = ""
  /// What the next chapter is called; empty on the last.
  package var nextName = ""
  /// The next chapter's sentence.
  package var nextCaption = ""
  /// Seconds since the talk began.
  package var used = 0.0
  /// Seconds the chapters before this one were to take.
  package var plannedBefore = 0.0
  /// Seconds this chapter is to take.
  package var plannedHere = 0.0
  /// Seconds the whole talk is to take.
  package var planned = 0.0
  /// Seconds this chapter has been shown.
  package var shown = 0.0
  /// Whether the audience sees black.
  package var isBlack = false
  /// Whether the recording stands still.
  package var isPaused = false
  /// Whether the chapter stays until a key is pressed.
  package var waitsForKey = false

  /// A talk of which nothing is known yet.
  package init() {}

  /// The status of a talk at a moment.
  package init(_ script: TalkScript, _ state: TalkState, language: Language) {
    title = script.title.text(in: language)
    chapter = state.chapter
    count = script.chapters.count
    func scene(_ index: Int) -> TalkChapter? {
      script.chapters.indices.contains(index) ? script.chapters[index] : nil
    }
    let here = scene(state.chapter)
    name = here?.name.text(in: language) ?? TalkWords.theEnd.text(in: language)
    caption = here?.caption.text(in: language) ?? ""
    notes = here?.notes.text(in: language) ?? ""
    let next = scene(state.chapter + 1)
    nextName = next?.name.text(in: language) ?? ""
    nextCaption = next?.caption.text(in: language) ?? ""
    used = state.used
    shown = state.shown
    plannedBefore = state.plans.prefix(state.chapter).reduce(0) { $0 + $1.seconds }
    plannedHere = state.plan?.seconds ?? 0
    planned = state.plans.reduce(0) { $0 + $1.seconds }
    isBlack = state.isBlack
    isPaused = state.isPaused
    waitsForKey = state.waitsForKey
  }

  /// Seconds later than planned; below zero earlier.
  ///
  /// A chapter may take its time: it is late once it lasts longer than it was to, and early only when it
  /// was left before.
  package var lateness: Double {
    let least = plannedBefore
    let most = plannedBefore + plannedHere
    return used < least ? used - least : used > most ? used - most : 0
  }

  /// Seconds left of what was planned.
  package var left: Double { max(0, planned - used) }

  /// Below so many seconds nobody is early or late.
  package static let tolerance = 5.0
}

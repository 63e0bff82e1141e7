/// The few words that a talk draws itself.
///
/// `{1}` and `{2}` are places that ``text(in:_:)`` fills.
package enum TalkWords: CaseIterable, Sendable {
  /// What is shown was recorded, and does not happen now.
  case replay
  /// The recording stands still.
  case paused
  /// The recording is one of made-up numbers.
  case simulated
  /// Another grid than the recorded one is supposed.
  case whatIf
  /// A stretch without work is passed over faster.
  case idleFaster
  /// A scene lasts until somebody presses a key.
  case waitsForKey
  /// Scenes follow each other by themselves.
  case goesOn
  /// The list of chapters.
  case chapters
  /// Going to a chapter by its number.
  case goTo
  /// What the keys of the list do.
  case listKeys
  /// The last card: what the audience may do.
  case endTitle
  /// The last card: what the first command does.
  case endHere
  /// The last card: what the second command does.
  case endDemo
  /// Nothing is known at this moment.
  case nothingKnown
  /// The speaker's view: the chapter that is shown.
  case now
  /// The speaker's view: the chapter that follows.
  case next
  /// The speaker's view: nothing follows.
  case theEnd
  /// The speaker's view: no notes were written for this chapter.
  case noNotes
  /// The speaker's view: time used.
  case used
  /// The speaker's view: time left.
  case left
  /// The speaker's view: later than planned.
  case late
  /// The speaker's view: earlier than planned.
  case early
  /// The speaker's view: as planned.
  case onTime
  /// The speaker's view: the audience sees black.
  case black

  /// The words in a language, with its places unfilled.
  package func text(in language: Language) -> String {
    switch (self, language) {
    case (.replay, .en): "REPLAY"
    case (.replay, .fr): "REJEU"
    case (.paused, .en): "PAUSED"
    case (.paused, .fr): "PAUSE"
    case (.simulated, .en): "SIMULATED"
    case (.simulated, .fr): "SIMULÉ"
    case (.whatIf, .en): "WHAT IF: {1}"
    case (.whatIf, .fr): "ET SI : {1}"
    case (.idleFaster, .en): "idle, {1}"
    case (.idleFaster, .fr): "repos, {1}"
    case (.waitsForKey, .en): "waits for a key"
    case (.waitsForKey, .fr): "attend une touche"
    case (.goesOn, .en): "goes on by itself"
    case (.goesOn, .fr): "avance seul"
    case (.chapters, .en): "Chapters"
    case (.chapters, .fr): "Chapitres"
    case (.goTo, .en): "Go to chapter {1}"
    case (.goTo, .fr): "Aller au chapitre {1}"
    case (.listKeys, .en): "↑ ↓ choose   Enter goes there   Esc closes"
    case (.listKeys, .fr): "↑ ↓ choisir   Entrée y va   Échap ferme"
    case (.endTitle, .en): "Put yours on the scale."
    case (.endTitle, .fr): "Mettez la vôtre sur la balance."
    case (.endHere, .en): "this machine, live"
    case (.endHere, .fr): "cette machine, en direct"
    case (.endDemo, .en): "no GPU at hand: a recorded session"
    case (.endDemo, .fr): "sans GPU : une session enregistrée"
    case (.nothingKnown, .en): "nothing is known at this moment"
    case (.nothingKnown, .fr): "rien n'est connu à cet instant"
    case (.now, .en): "now"
    case (.now, .fr): "maintenant"
    case (.next, .en): "next"
    case (.next, .fr): "ensuite"
    case (.theEnd, .en): "the end"
    case (.theEnd, .fr): "la fin"
    case (.noNotes, .en): "no notes for this chapter"
    case (.noNotes, .fr): "pas de notes pour ce chapitre"
    case (.used, .en): "used {1}"
    case (.used, .fr): "écoulé {1}"
    case (.left, .en): "left {1}"
    case (.left, .fr): "reste {1}"
    case (.late, .en): "{1} behind"
    case (.late, .fr): "{1} de retard"
    case (.early, .en): "{1} ahead"
    case (.early, .fr): "{1} d'avance"
    case (.onTime, .en): "on time"
    case (.onTime, .fr): "à l'heure"
    case (.black, .en): "the screen is black"
    case (.black, .fr): "l'écran est noir"
    }
  }

  /// The words in a language, with its places filled in their order.
  package func text(in language: Language, _ values: String...) -> String {
    text(in: language).filled(values)
  }
}

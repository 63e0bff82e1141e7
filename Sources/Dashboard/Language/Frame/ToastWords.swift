/// What is said for a while after a key.
package enum ToastWords: ScreenWords {
  case marks, dots, blocks, ascii
  case curvesShow, shortest, longest
  case nothingAfter, nothingBefore
  case dropped, selecting, beginFirst, noLoop, noLength, looping, selected
  case notOurs, haveEnded, chooseOne, hasEnded, hostNumbers
  case theme, pastePassedOver, markSet, namedMarkSet, untilYouLeave
  case saved, savedBesideLink, notSaved
  case noProcess, processEnded, sent, notPermitted, signalFailed
  case noName, cameBack, notStarted

  /// The text in every language.
  package var texts: Texts {
    switch self {
    case .marks: Texts("marks: {1}", "tracés : {1}")
    case .dots: Texts("dots", "points")
    case .blocks: Texts("blocks", "blocs")
    case .ascii: Texts("ASCII", "ASCII")
    case .curvesShow: Texts("curves show {1}", "les courbes montrent {1}")
    case .shortest: Texts("curves show {1}, the shortest", "les courbes montrent {1}, le minimum")
    case .longest: Texts("curves show {1}, the longest", "les courbes montrent {1}, le maximum")
    case .nothingAfter: Texts("nothing marked after this", "aucun repère après")
    case .nothingBefore: Texts("nothing marked before this", "aucun repère avant")
    case .dropped:
      Texts(
        "selection dropped: totals count from the start again",
        "durée lâchée : les totaux comptent de nouveau du début")
    case .selecting:
      Texts(
        "selecting from here: move the cursor; totals are of the span; V loops in it, v drops it",
        "durée d’ici : déplacez le curseur ; les totaux la suivent ; V y boucle, v la lâche")
    case .beginFirst:
      Texts(
        "v begins a span; then V ends it where the cursor is",
        "v commence une durée ; puis V la finit au curseur")
    case .noLoop:
      Texts(
        "no loop: the span ends at the cursor again", "plus de boucle : la durée finit au curseur")
    case .noLength:
      Texts(
        "the span has no length yet: move the cursor, then V",
        "la durée est encore nulle : déplacez le curseur, puis V")
    case .looping:
      Texts(
        "playing goes round in {1}; V ends that, v drops the span",
        "la lecture tourne en {1} ; V l’arrête, v lâche la durée")
    case .selected:
      Texts("{1} selected: totals are of it; v drops it", "{1} choisies : les totaux ; v lâche")
    case .notOurs:
      Texts(
        "only processes of this machine, live, can be signalled",
        "seuls les processus de cette machine, en direct, reçoivent un signal")
    case .haveEnded: Texts("those processes have ended", "ces processus sont finis")
    case .chooseOne:
      Texts(
        "choose a single process first: press u", "choisissez d’abord un seul processus : touche u")
    case .hasEnded: Texts("that process has ended", "ce processus est fini")
    case .theme: Texts("theme {1}", "thème {1}")
    case .pastePassedOver:
      Texts(
        "a paste was passed over: keys work when they are typed",
        "un collage est ignoré : les touches valent quand on les tape")
    case .markSet: Texts("{1} set", "{1} posé")
    case .namedMarkSet: Texts("mark “{1}” set", "repère « {1} » posé")
    case .untilYouLeave: Texts("{1}, until you leave: {2}", "{1}, jusqu’à la sortie : {2}")
    case .saved: Texts("saved {1}.svg and {1}.txt", "{1}.svg et {1}.txt enregistrés")
    case .savedBesideLink:
      Texts(
        "saved {1}.svg and {1}.txt; {2} is a link, which is not followed",
        "{1}.svg et {1}.txt enregistrés ; {2} est un lien, qui n’est pas suivi")
    case .notSaved:
      Texts(
        "the screenshot could not be saved here: {1}",
        "la capture n’a pas pu être enregistrée ici : {1}")
    case .noProcess: Texts("no such process", "aucun tel processus")
    case .processEnded: Texts("process {1} has ended", "le processus {1} est fini")
    case .sent: Texts("sent {1} to process {2}", "{1} envoyé au processus {2}")
    case .notPermitted:
      Texts(
        "process {1} belongs to somebody else: not permitted",
        "le processus {1} est à un autre : non permis")
    case .signalFailed: Texts("process {1}: {2}", "processus {1} : {2}")
    case .noName:
      Texts("“{1}” is no name that ssh takes", "« {1} » n’est pas un nom pour ssh")
    case .cameBack: Texts("back from {1}", "de retour de {1}")
    case .notStarted: Texts("nothing could be started: {1}", "rien n’a pu être lancé : {1}")
    case .hostNumbers:
      Texts(
        "in here process numbers are the host's: signal it from there",
        "ici les numéros sont ceux de l’hôte : signalez de là-bas")
    }
  }
}

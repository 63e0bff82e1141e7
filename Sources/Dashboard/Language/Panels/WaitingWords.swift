import Accounting
import Quantities
import Telemetry

/// What accelerators wait for, why, and what to do: the English is the account's own, the French is
/// written of the same values.
enum WaitingWords {
  /// The verdict in a sentence, without what an acquittal leaves open.
  static func verdict(_ account: WaitingAccount, in language: Language) -> String {
    switch language {
    case .en: account.kind == nil ? account.acquittal : account.verdict
    case .fr:
      account.kind == nil ? fed(account) : RemarkWords.french(account).long
    }
  }

  /// The verdict in a few words.
  static func brief(_ account: WaitingAccount, in language: Language) -> String {
    switch language {
    case .en: account.brief
    case .fr:
      account.kind == nil
        ? account.unconfirmed.map {
          "Nourri, mais aucun noyau \(Language.fr.number(SI.percent($0))) %, cause inconnue."
        } ?? fed(account) : RemarkWords.french(account).short
    }
  }

  private static func fed(_ account: WaitingAccount) -> String {
    if account.isServing { return "Sert : presque jamais à vide." }
    let data = account.share(.data)
    let percent =
      data < 0.01 ? "moins de 1" : Language.fr.number(SI.percent(data))
    guard let loader = account.loader, loader.workers > 0 else {
      return "Nourri : attend moins de 5 % du temps."
    }
    guard loader.onQueue <= data + 0.1 else {
      return "Nourri : attend des données \(percent) % du temps."
    }
    return "Nourri : le chargeur est en avance, attendu \(percent) % du temps."
  }

  /// What a verdict leaves open; empty where that is nothing.
  static func reservation(_ account: WaitingAccount, in language: Language) -> String {
    guard language == .fr, let share = account.unconfirmed else { return account.reservation }
    let percent = Language.fr.number(SI.percent(share))
    if account.kind != nil {
      return "Selon la seule utilisation, aucun noyau encore \(percent) % du temps, cause inconnue."
    }
    return "Selon la seule utilisation, aucun noyau \(percent) % du temps, cause inconnue."
  }

  /// What to try; empty where nothing is to be done.
  static func advice(_ account: WaitingAccount, in language: Language) -> String {
    guard language == .fr else { return account.advice }
    guard let kind = account.kind, kind != .idle else { return "" }
    if let first = account.missing.first { return "Incomplet : \(first)." }
    guard let cause = account.cause else { return "" }
    let hasWait = account.loader?.inWait != nil
    let few = "Essayez des chargeurs (num_workers), pour que"
    return switch cause {
    case .processors, .workers: processors(account, cause)
    case .disk:
      hasWait
        ? "Essayez plus de lectures à la fois, de plus gros fichiers, un disque plus rapide ou de la mémoire."
        : few + " lecture et calcul se recouvrent."
    case .network:
      hasWait
        ? "Essayez plus de chargeurs, un prefetch_factor plus long, ou une copie proche des données."
        : few + " transfert et calcul se recouvrent."
    case .slowSample:
      "Essayez in_order=False (PyTorch 2.6 et plus), ou coupez les échantillons lents."
    case .host:
      account.loader?.workers == 0
        ? "Essayez des chargeurs (num_workers)."
        : "Regardez le fil principal : lancements, journal, mesures, compilation."
    case .peer:
      account.culprit.map { "Regardez d’abord le GPU \($0.label)." }
        ?? "Regardez d’abord le rang en retard."
    case .writing, .noRequests: ""
    }
  }

  private static func processors(_ account: WaitingAccount, _ cause: WaitingCause) -> String {
    let cheaper = "un décodage moins cher"
    guard let needed = account.workersNeeded else {
      return "Essayez plus de chargeurs, ou \(cheaper)."
    }
    let wanted = SI.count(needed) + (needed == 1 ? " processeur" : " processeurs")
    if let limit = account.processorLimit {
      let held = Language.fr.number(SI.significant(limit))
      return
        "Son conteneur est limité à \(held) processeurs : donnez-en \(SI.count(needed)), ou \(cheaper)."
    }
    if let processors = account.processors, needed > processors {
      return
        "Il faudrait \(wanted), la machine en a \(SI.count(processors)) : \(cheaper), ou sur le GPU."
    }
    if cause == .processors { return "Donnez-leur \(wanted), ou \(cheaper)." }
    let workers = max(needed, Double((account.loader?.workers ?? 0) + 1))
    return "Essayez \(SI.count(workers)) chargeurs, ou \(cheaper)."
  }

  /// What the verdict rests on, a few words for each thing.
  static func evidence(_ account: WaitingAccount, in language: Language) -> [String] {
    guard language == .fr else { return account.evidenceWords }
    func percent(_ share: Double) -> String { language.number(SI.percent(share)) + " %" }
    var words: [String] = []
    switch account.evidence {
    case .dataTime?: words.append("le temps de données du travail")
    case .activity?: words.append("activité des SM sous 5 %")
    case .power?: words.append("puissance sous le repos + ¼ de l’écart au plein")
    case .trainer?: words.append("sommeil de l’entraînement, jusqu’au temps sans noyau")
    case nil: break
    }
    guard let loader = account.loader else { return words + ["chargeur non vu"] }
    if loader.workers > 0 || loader.inWait != nil {
      words.append("endormi sur sa file \(percent(loader.onQueue))")
    }
    if loader.running >= 0.05 { words.append("entraînement actif \(percent(loader.running))") }
    if account.kind == .data, let wait = loader.inWait {
      let parts = [
        (wait.running, "calcul"), (wait.disk, "disque"), (wait.network, "serveur"),
        (wait.idle, "sans travail"),
      ].filter { $0.0 >= 0.02 }.map { "\($0.1) \(percent($0.0))" }
      words.append("chargeurs pendant ce temps : " + parts.joined(separator: ", "))
    }
    return words
  }
}

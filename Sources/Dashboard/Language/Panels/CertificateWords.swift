/// The words of the certificates: how a panel's number came about.
enum CertificateWords: ScreenWords {
  case earlier, doneHere, energyOf, fromTo
  case onePause, pauses, somePauses
  case between, byStatedRate, byLastCounts, byBatches, statedSeconds
  case oneAccelerator, accelerators, processors, machine, machines, ownCount, nothing
  case modelled, byCounters, byIntegral, covered
  case sunShare, share, grams, known, whatIf, sharesOf, ofProduction, ofConsumption, ofUnknown
  case dataRate, byDifference, path
  case computedTokens, served, servedWithAborted, lateTokens, liveTokens, outputTokens, inputTokens

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .earlier: Texts("an earlier run's history, {1}", "passé d’une exécution antérieure, {1}")
    case .doneHere:
      Texts(", of which {1} % was done here", ", dont {1} % faits ici")
    case .energyOf: Texts("energy of {1}", "énergie : {1}")
    case .fromTo: Texts("from {1} to {2}, {3}", "de {1} à {2}, {3}")
    case .onePause: Texts("; 1 pause of {1} left out", " ; 1 pause de {1} exclue")
    case .pauses: Texts("; {2} pauses of {1} left out", " ; {2} pauses de {1} exclues")
    case .somePauses: Texts("; pauses of {1} left out", " ; pauses de {1} exclues")
    case .between: Texts("between two of its own reports", "entre deux de ses propres rapports")
    case .byStatedRate:
      Texts("by the rate that the job states", "d’après le débit que le travail déclare")
    case .byLastCounts:
      Texts(
        "steps times what a step was between its last two counts",
        "pas fois ce que valait un pas entre ses deux derniers comptes")
    case .byBatches:
      Texts("steps times the batch that the job states", "pas fois le lot que le travail déclare")
    case .statedSeconds:
      Texts(
        "the seconds that the job says it took", "les secondes que le travail dit avoir prises")
    case .oneAccelerator: Texts("accelerator {1}", "accélérateur {1}")
    case .accelerators: Texts("{1} accelerators: {2}", "{1} accélérateurs : {2}")
    case .processors:
      Texts(
        "the processors, {1}: it uses no accelerator",
        "les processeurs, {1} : aucun accélérateur n’est utilisé")
    case .machine: Texts("the whole machine", "la machine entière")
    case .machines: Texts("{1} whole machines", "{1} machines entières")
    case .ownCount: Texts("what the server counts itself", "ce que le serveur compte lui-même")
    case .nothing: Texts("nothing: {1}", "rien : {1}")
    case .modelled: Texts("modelled, not measured", "modèle, non mesurée")
    case .byCounters: Texts("by difference of counters", "par différence de compteurs")
    case .byIntegral:
      Texts(
        "by the integral of power, without gaps", "par l’intégrale de la puissance, sans les trous")
    case .covered: Texts("{1}; {2} % covered", "{1} ; {2} % couverts")
    case .sunShare:
      Texts(
        "own sun f = min(sun, load) ÷ load of the site, and what was stored of it: share = f + (1 − f) × grid",
        "PV propre f = min(soleil, charge) ÷ charge du site, et ce qui en fut stocké : part = f + (1 − f) × réseau"
      )
    case .share:
      Texts(
        "share of what you drew = Σ joules × share of the grid at their time ÷ Σ joules, since start",
        "part de votre énergie = Σ joules × part du réseau à leur heure ÷ Σ joules, depuis le début"
      )
    case .grams:
      Texts(
        "grams = Σ joules × intensity of the grid at their time: location-based, lifecycle",
        "grammes = Σ joules × intensité du réseau à leur heure : selon le lieu, cycle de vie")
    case .known:
      Texts(
        "the mix is known for {1} % of the joules", "le mix est connu pour {1} % des joules")
    case .whatIf:
      Texts(
        "WHAT IF: of another grid, not of the one the run drew from",
        "ET SI : d’un autre réseau, et non de celui où l’exécution a puisé")
    case .sharesOf: Texts("shares of {1}; {2}", "parts de : {1} ; {2}")
    case .ofProduction: Texts("production", "production")
    case .ofConsumption: Texts("consumption", "consommation")
    case .ofUnknown: Texts("unknown", "inconnu")
    case .dataRate:
      Texts(
        "in = Σ over disks of bytes read + Σ over interfaces of bytes received, a second",
        "en entrée = Σ des disques, octets lus + Σ des interfaces, octets reçus, par seconde")
    case .byDifference:
      Texts(
        "by difference of the kernel's counters; B/J = that rate ÷ the machine's power",
        "par différence des compteurs du noyau ; B/J = ce débit ÷ la puissance de la machine")
    case .path:
      Texts(
        "path = means of the last minute; full by busy time or by what is stated, never by its best",
        "chemin = moyennes de la dernière minute ; plein selon le temps occupé ou ce qui est déclaré"
      )
    case .computedTokens:
      Texts("computed prompt and output tokens", "jetons lus calculés et produits")
    case .outputTokens: Texts("output tokens", "jetons produits")
    case .inputTokens: Texts("input tokens", "jetons lus")
    case .served: Texts("requests that were served", "requêtes servies")
    case .servedWithAborted:
      Texts(
        "requests that were served, aborted ones not among them",
        "requêtes servies, sans celles annulées")
    case .lateTokens:
      Texts("tokens counted when requests end", "jetons comptés à la fin des requêtes")
    case .liveTokens:
      Texts("tokens counted as they are written", "jetons comptés à mesure")
    }
  }
}

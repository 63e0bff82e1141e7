import Accounting

/// The words of the screen of a fleet.
enum FleetWords: ScreenWords {
  case fleet, asking, nothingTold, oldPicture, storeWarns, clockAhead, clockBehind
  case hostsUp, gpus, gpusHeld, hosts
  case worst, noJobs, nothingJudged, usesUnknown, nothingWasted, noMatch, without, wastedShare,
    perToken, since,
    covered
  case work, beside, notJudged
  case job, jobs, user, account, wasted, forWhat, energy, known, noAccount, withoutJoules
  case shown, hidden, toldTwice, ofShare, more
  case heldWithout, notHeard, endedAgo, ended, noCounter, seenOnce, idleGPUs
  case forData, forPeers, forProgram, forUnknown, forNobody
  case data, peers, program, unknown, idle
  case refuses, refusesSince, silentFor, straggles, holdsInVain, noWatts
  case atThePlug, ofTheBoard, ofAccelerators, ofWhatIsKnown, otherwise
  case manyMachines, perTokenHead
  case chooseMachine, backToFleet, askingHost

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .fleet: Texts("fleet", "parc")
    case .asking: Texts("asking {1} …", "{1} est interrogé …")
    case .nothingTold: Texts("The store has told nothing yet.", "Le dépôt n’a encore rien dit.")
    case .oldPicture: Texts("The picture is {1} old: {2}", "L’image a {1} : {2}")
    case .storeWarns: Texts("The store warns: {1}", "Le dépôt avertit : {1}")
    case .clockAhead: Texts("its clock is {1} ahead", "son horloge avance de {1}")
    case .clockBehind: Texts("its clock is {1} behind", "son horloge retarde de {1}")
    case .hostsUp: Texts("{1} of {2} hosts", "{1} machines sur {2}")
    case .gpus: Texts("{1} GPUs", "{1} GPU")
    case .gpusHeld: Texts("{1} GPUs, {2} held", "{1} GPU, {2} pris")
    case .hosts: Texts("HOSTS", "MACHINES")
    case .worst:
      Texts(
        "{1} wasted most: {2}, {3} % of its joules, {4}",
        "{1} a gâché le plus : {2}, {3} % de ses joules, {4}")
    case .noJobs:
      Texts("No job is told of in this time.", "Aucun travail n’est dit pour cette durée.")
    case .nothingJudged:
      Texts(
        "Nothing tells what the joules were for: that needs hippowatt exporter on the hosts.",
        "Rien ne dit à quoi ont servi les joules : il faut hippowatt exporter sur les machines.")
    case .usesUnknown:
      Texts("Nothing tells what the joules were for.", "Rien ne dit à quoi ont servi les joules.")
    case .nothingWasted:
      Texts(
        "No job is known to have wasted anything in this time.",
        "D’aucun travail on ne sait qu’il ait rien gâché pendant cette durée.")
    case .noMatch: Texts("No job matches the filter.", "Aucun travail ne passe le filtre.")
    case .without: Texts("hosts unknown: {1}", "machines inconnues : {1}")
    case .wastedShare: Texts("{1} % wasted", "{1} % gâchés")
    case .perToken: Texts("/token, {1}tokens/s", "/jeton, {1}jetons/s")
    case .since: Texts("since {1}:", "depuis {1} :")
    case .covered: Texts("({1} % of the time)", "({1} % du temps)")
    case .work: Texts("work", "travail")
    case .beside: Texts("beside the GPUs", "hors des GPU")
    case .notJudged: Texts("not judged", "non jugés")
    case .job: Texts("job", "travail")
    case .jobs: Texts("jobs", "travaux")
    case .user: Texts("user", "compte")
    case .account: Texts("account", "budget")
    case .wasted: Texts("wasted", "gâchés")
    case .forWhat: Texts("for", "pour")
    case .energy: Texts("energy", "énergie")
    case .known: Texts("known", "connus")
    case .noAccount: Texts("no account", "sans budget")
    case .withoutJoules: Texts("{1} without joules", "{1} sans joules")
    case .shown: Texts("{1}–{2} of {3}", "{1}–{2} sur {3}")
    case .ofShare: Texts("(of {1} %)", "(de {1} %)")
    case .toldTwice: Texts("{1} told twice, counted once", "{1} en double, comptés une fois")
    case .hidden: Texts("{1} have no room", "{1} sans place")
    case .more: Texts("{1} more", "encore {1}")
    case .heldWithout: Texts("held, no process", "pris, sans processus")
    case .notHeard: Texts("{1} not heard", "{1} se tait")
    case .endedAgo: Texts("ended {1} ago", "fini il y a {1}")
    case .ended: Texts("ended", "fini")
    case .noCounter: Texts("no counter", "sans compteur")
    case .seenOnce: Texts("seen once", "vu une fois")
    case .idleGPUs: Texts("{1} GPUs idle", "{1} GPU oisifs")
    case .data: Texts("data", "données")
    case .peers: Texts("other ranks", "autres rangs")
    case .program: Texts("its program", "son programme")
    case .unknown: Texts("not known", "inconnu")
    case .idle: Texts("nobody", "personne")
    case .forData: Texts("waiting for data", "en attendant des données")
    case .forPeers: Texts("waiting for other ranks", "en attendant d’autres rangs")
    case .forProgram: Texts("waiting for its own program", "en attendant son programme")
    case .forUnknown: Texts("for a reason not known", "on ne sait pourquoi")
    case .forNobody: Texts("with nobody wanting it", "sans que nul ne le veuille")
    case .refuses: Texts("{1} does not answer", "{1} ne répond pas")
    case .refusesSince: Texts("{1} does not answer since {2}", "{1} ne répond plus depuis {2}")
    case .silentFor: Texts("{1} silent for {2}", "{1} se tait depuis {2}")
    case .straggles:
      Texts(
        "{1} draws {2} a GPU while the others of {3} draw {4}",
        "{1} tire {2} par GPU quand les autres de {3} tirent {4}")
    case .holdsInVain:
      Texts(
        "{1} of {2} holds {3} GPUs without a process",
        "{1} de {2} tient {3} GPU sans processus")
    case .noWatts: Texts("watts unknown", "watts inconnus")
    case .atThePlug: Texts("at the plug", "à la prise")
    case .ofTheBoard: Texts("by the board's meter", "selon la carte mère")
    case .ofAccelerators: Texts("GPUs alone", "GPU seuls")
    case .ofWhatIsKnown: Texts("what is known of them", "ce qu’on en sait")
    case .otherwise: Texts(", {1} otherwise", ", {1} autrement")
    case .manyMachines: Texts("Many machines", "Beaucoup de machines")
    case .perTokenHead: Texts("J/token", "J/jeton")
    case .chooseMachine:
      Texts(
        "That is of one machine: choose one and press Enter.",
        "C’est d’une seule machine : choisissez-la, puis Entrée.")
    case .backToFleet: Texts("Esc: back to the fleet", "Échap : retour au parc")
    case .askingHost: Texts("asking for {1} …", "{1} est demandé …")
    }
  }

  /// Heads of columns, with the sign of the order behind them.
  var room: Int? {
    switch self {
    case .wasted, .energy, .account, .user: 8
    case .known: 6
    default: nil
    }
  }

  /// What a job waited for.
  static func cause(_ cause: FleetJob.Cause) -> FleetWords {
    switch cause {
    case .data: .data
    case .peers: .peers
    case .program: .program
    case .unknown: .unknown
    case .idle: .idle
    }
  }

  /// Why a job's joules bought nothing, in a sentence.
  static func reason(_ cause: FleetJob.Cause) -> FleetWords {
    switch cause {
    case .data: .forData
    case .peers: .forPeers
    case .program: .forProgram
    case .unknown: .forUnknown
    case .idle: .forNobody
    }
  }
}

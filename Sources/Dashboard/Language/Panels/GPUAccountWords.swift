/// The words of the account of the accelerators' energy.
enum GPUAccountWords: ScreenWords {
  case byCounter, byIntegrating, byIntegral, idleFloorIs, waitingIn
  case energy, wentTo, floor, limits, watching, wall
  case disagreement, ratio, differs, contradicts
  case notKnownYet, unknown, nothingYet
  case active, throttled, idle, notTold, capHeld, slowedDown
  case baseLoad, lostPerWatt, explains
  case floorNotFound, idleFloor, emptyCard, loadedCard, anyway
  case ofLimit, ofRated, noLimit
  case ofCore, byUs, perBusyCore

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .byCounter: Texts("by counter", "par compteur")
    case .byIntegrating: Texts("by integrating power", "par intégrale")
    case .byIntegral: Texts("by integral of power", "par intégrale de la puissance")
    case .idleFloorIs: Texts("idle floor {1}", "plancher {1}")
    case .waitingIn: Texts("{1} waiting in {2}", "{1} en attente sur {2}")
    case .energy: Texts("energy", "énergie")
    case .wentTo: Texts("went to", "passée à")
    case .floor: Texts("floor", "plancher")
    case .limits: Texts("limits", "limites")
    case .watching: Texts("watching", "observer")
    case .wall: Texts("wall", "secteur")
    case .disagreement: Texts("counter / integral {1}", "compteur / intégrale {1}")
    case .ratio: Texts("ratio {1}", "rapport {1}")
    case .differs: Texts("ratio {1}, over 3 % apart", "rapport {1}, plus de 3 % d’écart")
    case .contradicts:
      Texts(
        "ratio {1}: counter and power contradict",
        "rapport {1} : compteur et puissance se contredisent")
    case .notKnownYet: Texts("not known yet", "pas encore connue")
    case .unknown: Texts("unknown", "inconnu")
    case .nothingYet: Texts("nothing yet", "rien encore")
    case .active: Texts("active", "actif")
    case .throttled: Texts("throttled", "bridé")
    case .idle: Texts("idle", "à vide")
    case .notTold: Texts("not told", "non dit")
    case .capHeld: Texts("power cap held {1} of the time", "plafond atteint {1} du temps")
    case .slowedDown: Texts("slowed down {1}", "ralenti {1}")
    case .baseLoad: Texts("base load", "charge de base")
    case .lostPerWatt: Texts("of each further watt lost", "de chaque watt de plus se perdent")
    case .explains: Texts("explains {1} % of the meter", "explique {1} % du compteur")
    case .floorNotFound:
      Texts(
        "not found yet: it takes a whole minute with an idle moment, on every card",
        "pas encore trouvé : il faut une minute entière avec un moment à vide, sur chaque carte")
    case .idleFloor: Texts("idle floor", "plancher à vide")
    case .emptyCard: Texts("{1} an empty card", "{1} par carte vide")
    case .loadedCard: Texts("{1} with memory in use", "{1} mémoire occupée")
    case .anyway:
      Texts(
        "{1} % of the energy would go there anyway", "{1} % de l’énergie y passerait de toute façon"
      )
    case .ofLimit: Texts("of the power limit {1}", "de la limite de puissance {1}")
    case .ofRated: Texts("of the rated power {1}", "de la puissance nominale {1}")
    case .noLimit: Texts("no limit is told", "aucune limite n’est dite")
    case .ofCore: Texts("{1} % of a core", "{1} % d’un cœur")
    case .byUs: Texts("by hippowatt", "pour hippowatt")
    case .perBusyCore: Texts("at {1} a busy core", "à {1} par cœur occupé")
    }
  }

  /// The names of the rows stand in a column.
  var room: Int? {
    switch self {
    case .energy, .wentTo, .floor, .limits, .watching, .wall: 9
    default: nil
    }
  }
}

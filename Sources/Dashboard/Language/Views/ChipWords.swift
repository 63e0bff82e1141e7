/// The words of the view that places a workload on other chips.
enum ChipWords: ScreenWords {
  case title, noEstimate, placedBy, bounds
  case here, assumed, each, each2, mfu, hardware, flopUnknown, ofMemoryRate, trafficUnknown
  case memoryBounds, arithmeticBounds, balance
  case onAsMany, time, scale, energy, toGoThere, board, tooSmall
  case assumptions, precisionUntold

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .title: Texts("Chips: this workload elsewhere", "Puces : ce travail ailleurs")
    case .noEstimate: Texts("No estimate: {1}.", "Pas d’estimation : {1}.")
    case .placedBy:
      Texts(
        "A workload is placed by what it asks of the chip it runs on: operations and bytes a second.",
        "Un travail se place par ce qu’il demande à sa puce : opérations et octets par seconde.")
    case .bounds:
      Texts(
        "Bounds from data-sheet peaks, without network and software.",
        "Bornes d’après les pics des fiches, sans réseau ni logiciel.")
    case .here: Texts("here", "ici")
    case .assumed: Texts("(assumed)", "(supposé)")
    case .each: Texts("{1} each", "{1} chacune")
    case .each2: Texts("each", "une")
    case .mfu: Texts("MFU {1} %", "MFU {1} %")
    case .hardware: Texts("hardware estimate {1} %", "estimé par le matériel {1} %")
    case .flopUnknown: Texts("FLOP/s unknown", "FLOP/s inconnus")
    case .ofMemoryRate: Texts("{1} % of its memory's rate", "{1} % du débit de sa mémoire")
    case .trafficUnknown: Texts("memory traffic unknown", "trafic mémoire inconnu")
    case .memoryBounds: Texts("memory bounds it", "la mémoire le borne")
    case .arithmeticBounds: Texts("arithmetic bounds it", "le calcul le borne")
    case .balance:
      Texts(
        "{1} FLOP for each byte, balance is at {2}: {3}",
        "{1} FLOP par octet, équilibre à {2} : {3}")
    case .onAsMany: Texts("on as many", "sur autant de")
    case .time: Texts("time", "temps")
    case .scale: Texts("less  ·  as here  ·  more", "moins  · comme ici ·  plus")
    case .energy: Texts("energy", "énergie")
    case .toGoThere: Texts("to go there", "à venir là")
    case .board: Texts("board", "carte")
    case .tooSmall: Texts("{1} GB: too small", "{1} GB : trop peu")
    case .assumptions:
      Texts(
        "From data-sheet peaks: one end of each range if arithmetic bounds the work, the other if "
          + "memory does, at the efficiency seen here and never below the roofline. Power between the "
          + "share of the board's drawn here and all of it. Network, software and "
          + "memory size are not in it.",
        "D’après les pics des fiches : un bout de chaque intervalle si le calcul borne le travail, "
          + "l’autre si c’est la mémoire, au rendement vu ici et jamais sous le toit du modèle. "
          + "Puissance entre la part de celle de la carte tirée ici et toute celle-ci. Réseau, "
          + "logiciel et taille de la mémoire n’y sont pas.")
    case .precisionUntold:
      Texts(" The job does not tell its precision.", " Le travail ne dit pas sa précision.")
    }
  }

  /// The scale's words stand above it, and its middle above that of the scale.
  var room: Int? {
    switch self {
    case .scale: 26
    case .here, .each2: 4
    default: nil
    }
  }
}

/// The words of the panel of the data's way.
enum DataWords: ScreenWords {
  case inward, outward, soFar, secondReading, noPath, unasked, notRecorded
  case waitingPercent, waiting, peak, more
  case bytes, bytesIn, and, bytesOut, ofAll
  case evidence, perSample, perToken, beside, of
  case withoutWaiting, ifFed, narrow
  case notKnown, boughtNothing, faster
  case wattsOf, theGPU, gpus, works, waitsForData, last

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .inward: Texts("in", "entrée")
    case .outward: Texts("out", "sortie")
    case .soFar: Texts("{1} so far", "{1} jusqu’ici")
    case .secondReading:
      Texts(
        "Waiting for a second reading: a rate takes two.",
        "Une deuxième mesure est attendue : un débit en demande deux.")
    case .notRecorded:
      Texts("This recording has no data path.", "Cet enregistrement n’a pas de chemin de données.")
    case .noPath: Texts("No data path is read.", "Aucun chemin de données n’est lu.")
    case .unasked:
      Texts(
        "--source disk and --source net read disks and network.",
        "--source disk et --source net lisent disques et réseau.")
    case .waitingPercent: Texts("% waiting for data", "% en attente de données")
    case .waiting: Texts("waiting for data", "en attente de données")
    case .peak: Texts("peak {1}", "pic {1}")
    case .more: Texts("+{1} more", "+{1} autres")
    case .bytes: Texts("bytes", "octets")
    case .bytesIn: Texts("in", "entrants")
    case .and: Texts("and", "et")
    case .bytesOut: Texts("out", "sortants")
    case .ofAll: Texts("of all disks and interfaces", "de tous les disques et interfaces")
    case .evidence: Texts("evidence", "indices")
    case .perSample: Texts("per sample", "par échant.")
    case .perToken: Texts("per token", "par jeton")
    case .beside: Texts("beside", "à côté")
    case .of: Texts("of {1}", "sur {1}")
    case .withoutWaiting: Texts("without the waiting", "sans l’attente")
    case .ifFed: Texts("up to {1} if fed", "jusqu’à {1} si nourri")
    case .narrow: Texts("narrow", "étroit")
    case .notKnown:
      Texts(
        "Whether the accelerators wait for data is not known here.",
        "Si les accélérateurs attendent des données n’est pas connu ici.")
    case .boughtNothing: Texts("{1} bought nothing {2}", "{1} n’ont rien acheté {2}")
    case .faster: Texts("Up to {1} times faster.", "Jusqu’à {1} fois plus vite.")
    case .wattsOf: Texts("watts of", "watts :")
    case .theGPU: Texts("the GPU", "le GPU")
    case .gpus: Texts("{1} GPUs", "{1} GPU")
    case .works: Texts("works", "travaille")
    case .waitsForData: Texts("waits for data", "attend des données")
    case .last: Texts("the last {1}", "sur {1}")
    }
  }

  /// Names stand in a column of twelve, the sign in a vessel.
  var room: Int? {
    switch self {
    case .evidence, .perSample, .perToken, .beside: 11
    case .narrow: 6
    default: nil
    }
  }
}

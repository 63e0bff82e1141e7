/// The words of the panel of the accelerators, and of the host where there are none.
enum GPUWords: ScreenWords {
  case sinceMark, covered, ofCap, cap, peak
  case oneSilent, manySilent, noGPU, noneRead, fromLoad, modelled, processorAndMemory
  case ofLimit, memoryOf
  case brake, thermal, slowed, capped, idle, waits, hot
  case noAnswer, asleep, ago, tellsNothing, noPower, noReading
  case silence, short, more, doNotFit, wattsOfEach, numbersName, isSilent
  case drawsLess, drawsMore, isHot, isWaiting
  case memory, ofCores, of, stalls, processor, inputOutput

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .sinceMark: Texts("since mark", "depuis le repère")
    case .covered: Texts("{1} % covered", "{1} % couverts")
    case .ofCap: Texts("{1} % of cap", "{1} % du max")
    case .cap: Texts("cap {1}", "max {1}")
    case .peak: Texts("peak {1}", "pic {1}")
    case .oneSilent:
      Texts("The GPU says nothing at this time.", "Le GPU ne dit rien à cet instant.")
    case .manySilent:
      Texts("{1} GPUs say nothing at this time.", "{1} GPU ne disent rien à cet instant.")
    case .noGPU: Texts("No GPU: {1}", "Pas de GPU : {1}")
    case .noneRead: Texts("no accelerator is being read", "aucun n’est lu")
    case .fromLoad:
      Texts(
        "Watts can be worked out from the load: --source model:IDLE-BUSY",
        "Les watts peuvent se déduire de la charge : --source model:IDLE-BUSY")
    case .modelled: Texts("modelled, no sensor", "modèle, sans capteur")
    case .processorAndMemory: Texts("processor and memory", "processeur et mémoire")
    case .ofLimit: Texts("{1} % of {2}", "{1} % de {2}")
    case .memoryOf: Texts("{1} of {2}", "{1} sur {2}")
    case .brake: Texts("brake", "frein")
    case .thermal: Texts("thermal", "chaleur")
    case .slowed: Texts("slowed", "ralenti")
    case .capped: Texts("power", "plafond")
    case .idle: Texts("idle", "à vide")
    case .waits: Texts("waits", "attend")
    case .hot: Texts("hot", "chaud")
    case .noAnswer: Texts("no answer for {1}", "sans réponse depuis {1}")
    case .asleep: Texts("asleep for {1}, and left so", "endormi depuis {1}, laissé ainsi")
    case .ago: Texts("{1}, {2} ago", "{1}, il y a {2}")
    case .noPower: Texts("no power told", "sans puissance")
    case .tellsNothing: Texts("tells neither power nor energy", "ne dit ni puissance ni énergie")
    case .noReading: Texts("no reading", "aucune mesure")
    case .silence, .short: Texts("GPU {1}: {2}", "GPU {1} : {2}")
    case .more: Texts("and {1} more", "et {1} de plus")
    case .doNotFit: Texts("{1} more do not fit", "{1} de plus sans place")
    case .wattsOfEach: Texts("watts of each", "watts de chacune")
    case .numbersName: Texts("numbers name the cards", "n° de carte")
    case .isSilent: Texts("GPU {1} is silent", "GPU {1} se tait")
    case .drawsLess:
      Texts("{1} draws {2} while its peers draw {3}", "{1} tire {2}, ses pairs {3}")
    case .isWaiting:
      Texts("{1} draws {2} while its peers draw {3}: waits", "{1} tire {2}, ses pairs {3} : attend")
    case .drawsMore:
      Texts("{1} draws {2}, its peers only {3}", "{1} tire {2}, ses pairs seulement {3}")
    case .isHot:
      Texts("{1} is at {2} °C, its peers at {3} °C", "{1} est à {2} °C, ses pairs à {3} °C")
    case .memory: Texts("memory", "mémoire")
    case .ofCores: Texts("of {1} cores", "sur {1} cœurs")
    case .of: Texts("of {1}", "sur {1}")
    case .stalls: Texts("stalls", "arrêts")
    case .processor: Texts("cpu", "cpu")
    case .inputOutput: Texts("i/o", "e/s")
    }
  }

  /// Beside the sign in the last column, and before the bars of the host.
  var room: Int? {
    switch self {
    case .brake, .thermal, .slowed, .capped, .idle, .waits, .hot: 8
    case .memory, .stalls: 7
    default: nil
    }
  }
}

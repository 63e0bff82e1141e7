/// The words of the rows of the panel of the job's cost.
enum CostRowWords: ScreenWords {
  // Names, in a column of ten.
  case step, epoch, data, tensor, perStep, perEpoch, useful, apart, paused, toGo, diet
  case requests, written, read, request, aborted, both, prompt, output, standing
  // Values and what stands behind them.
  case redone, of, tokensPerParameter, computeBest
  case perGPU, seenHere, ofOneDevice, ofOneOrAll, stated, statedBy
  case mfuIs, mfuBy, noMFU, by, hardwareEstimate, hardwareVerdict
  case asStated, byTheSteps, over
  case redonePart, onePause, pauses, lastOnes
  case evaluation, evaluations, checkpoint, checkpoints
  case noLoss, atStep, after, basisValidation, basisTraining, range
  case running, waiting, inAll, cachedAmong, fromCache, took, notServed
  case computed, noTokenMoving, byTime, fitted

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .step: Texts("step", "pas")
    case .epoch: Texts("epoch", "époque")
    case .data: Texts("data", "données")
    case .tensor: Texts("tensor", "tensor")
    case .perStep: Texts("per step", "par pas")
    case .perEpoch: Texts("per epoch", "par époque")
    case .useful: Texts("useful", "utile")
    case .apart: Texts("pauses", "pauses")
    case .paused: Texts("paused", "en pause")
    case .toGo: Texts("to go", "à venir")
    case .diet: Texts("diet", "régime")
    case .requests: Texts("requests", "requêtes")
    case .written: Texts("written", "produit")
    case .read: Texts("read", "lu")
    case .request: Texts("a request", "par req.")
    case .aborted: Texts("aborted", "annulées")
    case .both: Texts("prompt+out", "lu+produit")
    case .prompt: Texts("a prompt", "en lecture")
    case .output: Texts("an output", "en sortie")
    case .standing: Texts("standing", "au repos")
    case .redone: Texts("{1} redone", "{1} refaits")
    case .of: Texts("{1} of {2}", "{1} sur {2}")
    case .tokensPerParameter: Texts("{1} tokens/N", "{1} jetons/N")
    case .computeBest: Texts("Chinchilla: 20", "Chinchilla : 20")
    case .perGPU: Texts("{1} per GPU", "{1} par GPU")
    case .seenHere: Texts("{1} of {2} seen here", "{1} sur {2} vus ici")
    case .ofOneDevice: Texts("of one device", "d’un seul GPU")
    case .ofOneOrAll: Texts("of one device or of all", "d’un seul GPU ou de tous")
    case .stated: Texts("as the job states it", "dit par le travail")
    case .statedBy: Texts("as {1} states it", "dit par {1}")
    case .mfuIs: Texts("MFU {1} %", "MFU {1} %")
    case .mfuBy: Texts("MFU {1} %, by {2}", "MFU {1} %, selon {2}")
    case .noMFU: Texts("no MFU: {1}", "pas de MFU : {1}")
    case .by: Texts("by {1}", "selon {1}")
    case .hardwareEstimate: Texts("hardware estimate", "estimé par le matériel")
    case .hardwareVerdict: Texts("hardware estimate: {1}", "estimé par le matériel : {1}")
    case .asStated: Texts("as stated", "déclarés")
    case .byTheSteps: Texts("by the steps", "d’après les pas")
    case .over: Texts("over {1}", "sur {1}")
    case .redonePart: Texts("{1}/{2} redone", "{1}/{2} refaits")
    case .onePause: Texts("1 pause", "1 pause")
    case .pauses: Texts("{1} pauses", "{1} pauses")
    case .lastOnes: Texts("last {1}", "fin : {1}")
    case .evaluation: Texts("{1} evaluation", "{1} évaluation")
    case .evaluations: Texts("{1} evaluations", "{1} évaluations")
    case .checkpoint: Texts("{1} checkpoint", "{1} sauvegarde")
    case .checkpoints: Texts("{1} checkpoints", "{1} sauvegardes")
    case .noLoss: Texts("the job reports no loss", "le travail ne dit aucune perte")
    case .atStep: Texts("step {1}", "pas {1}")
    case .after: Texts("after {1}", "après {1}")
    case .basisValidation: Texts("validation loss", "perte de validation")
    case .basisTraining:
      Texts(
        "training loss, averaged over 100 reports", "perte d’entraînement, moyenne de 100 rapports")
    case .range: Texts("{1} to {2}", "{1} à {2}")
    case .running: Texts("{1} running", "{1} en cours")
    case .waiting: Texts("{1} waiting", "{1} en attente")
    case .inAll: Texts("{1} in all", "{1} en tout")
    case .cachedAmong: Texts("cached ones among them", "avec ceux du cache")
    case .fromCache: Texts("{1} % more from cache", "{1} % de plus du cache")
    case .took: Texts("in {1}", "en {1}")
    case .notServed: Texts("in {1}, not served", "en {1}, non servies")
    case .computed: Texts("computed prompt and output tokens", "jetons lus calculés et produits")
    case .noTokenMoving: Texts("{1}, no token moving", "{1}, sans jeton en route")
    case .byTime: Texts("by the time spent on it", "d’après le temps passé")
    case .fitted: Texts("{1} to {2}, fitted", "{1} à {2}, ajusté")
    }
  }

  /// Names stand in a column of ten.
  var room: Int? {
    switch self {
    case .step, .epoch, .data, .tensor, .perStep, .perEpoch, .useful, .apart, .paused, .toGo, .diet,
      .requests, .written, .read, .request, .aborted, .both, .prompt, .output, .standing:
      10
    default: nil
    }
  }
}

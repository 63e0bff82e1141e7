/// The words of the panel of the job's cost: its headline and what is said where there is none.
enum CostWords: ScreenWords {
  case tokensUnknown, notEnoughForCost, notEnoughForJoules, powerUntold
  case chargedForAll, jobsShareCPUs, jobsShareGPUs, gpusBy, epoch, epochOf
  case history, historyWith, lastStep, lastStepOf, lastEpoch, writtenBefore, restarted
  case noProgress, noJob, follow, record
  case busyPart, writesNone, over, loss, perHour, peak
  case versus, joulesToLoss

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .tokensUnknown: Texts("tokens unknown", "jetons inconnus")
    case .notEnoughForCost: Texts("not enough yet for a cost", "pas encore assez pour un coût")
    case .notEnoughForJoules:
      Texts("not enough yet for joules", "pas encore assez pour des joules")
    case .powerUntold:
      Texts(
        "no joules: nothing here tells its power", "pas de joules : rien ici ne dit sa puissance")
    case .chargedForAll: Texts("charged for all {1} GPUs", "compté sur les {1} GPU")
    case .jobsShareCPUs:
      Texts("{1} jobs share these CPUs", "{1} travaux sur ces CPU")
    case .jobsShareGPUs:
      Texts("{1} jobs share these GPUs", "{1} travaux sur ces GPU")
    case .gpusBy: Texts("GPUs by {1}", "GPU selon {1}")
    case .epoch: Texts("epoch {1}", "époque {1}")
    case .epochOf: Texts("epoch {1} of {2}", "époque {1} sur {2}")
    case .history:
      Texts("This is an earlier run's history.", "C’est le passé d’une exécution antérieure.")
    case .historyWith:
      Texts(
        "This is an earlier run's history: {1}.", "C’est le passé d’une exécution antérieure : {1}."
      )
    case .lastStep: Texts("last step {1}", "dernier pas {1}")
    case .lastStepOf: Texts("last step {1} of {2}", "dernier pas {1} sur {2}")
    case .lastEpoch: Texts("last epoch {1}", "dernière époque {1}")
    case .writtenBefore:
      Texts(
        "It was written before anyone looked: rate and cost are not known.",
        "Il fut écrit avant que l’on regarde : débit et coût sont inconnus.")
    case .restarted:
      Texts(
        "The job was restarted and has told no progress since.",
        "Le travail a été relancé et n’a rien dit depuis.")
    case .noProgress: Texts("No training progress read yet.", "Aucun progrès n’a encore été lu.")
    case .noJob: Texts("No job is followed.", "Aucun travail n’est suivi.")
    case .follow:
      Texts(
        "hippowatt --log train.log follows one that runs;",
        "hippowatt --log train.log en suit un qui tourne ;")
    case .record:
      Texts(
        "hippowatt record -o run.hippo -- COMMAND runs one and keeps it.",
        "hippowatt record -o run.hippo -- COMMANDE en lance un et le garde.")
    case .busyPart: Texts("{1} of it for the work", "dont {1} pour le travail")
    case .writesNone: Texts("it writes none", "il n’en produit pas")
    case .over: Texts("over {1} in {2}", "sur {1} en {2}")
    case .loss: Texts("loss {1}", "perte {1}")
    case .perHour: Texts("{1}/h", "{1}/h")
    case .peak: Texts("peak {1}", "pic {1}")
    case .versus: Texts("vs {1}", "contre {1}")
    case .joulesToLoss: Texts("joules to loss {1} vs {2}", "joules jusqu’à la perte {1} contre {2}")
    }
  }
}

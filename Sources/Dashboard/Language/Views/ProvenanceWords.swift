import Telemetry

/// The words of the view of where a panel's numbers come from.
enum ProvenanceWords: ScreenWords {
  case title, nothing, stalledFor, old, nothingYet
  case waiting, ok, absent, denied, stalled, failed
  case counter, instant, average, log, annual, modelled, simulated

  /// The text in every language.
  var texts: Texts {
    switch self {
    case .title: Texts("{1}: where its numbers come from", "{1} : d’où viennent ses nombres")
    case .nothing: Texts("Nothing is read for this panel.", "Rien n’est lu pour ce panneau.")
    case .stalledFor: Texts("{1}, for {2}", "{1}, depuis {2}")
    case .old: Texts("{1} old", "il y a {1}")
    case .nothingYet: Texts("nothing yet", "rien encore")
    case .waiting: Texts("waiting", "attend")
    case .ok: Texts("ok", "ok")
    case .absent: Texts("absent", "absent")
    case .denied: Texts("denied", "refusé")
    case .stalled: Texts("stalled", "muet")
    case .failed: Texts("failed", "échoué")
    case .counter: Texts("counter, by difference", "compteur, par différence")
    case .instant: Texts("instantaneous", "instantané")
    case .average: Texts("mean over the period", "moyenne de la période")
    case .log: Texts("log line", "ligne de journal")
    case .annual: Texts("annual mean, held", "moyenne annuelle, tenue")
    case .modelled: Texts("modelled, not measured", "modèle, non mesurée")
    case .simulated: Texts("SIMULATED", "SIMULÉ")
    }
  }

  /// States stand in a column of eight.
  var room: Int? {
    switch self {
    case .waiting, .ok, .absent, .denied, .stalled, .failed: 7
    default: nil
    }
  }

  /// How a source does.
  static func health(_ health: SourceState.Health) -> ProvenanceWords {
    switch health {
    case .waiting: .waiting
    case .ok: .ok
    case .absent: .absent
    case .denied: .denied
    case .stalled: .stalled
    case .failed: .failed
    }
  }

  /// How a series is measured.
  static func method(_ method: Provenance.Method) -> ProvenanceWords {
    switch method {
    case .counter: .counter
    case .instant: .instant
    case .average: .average
    case .log: .log
    case .annual: .annual
    case .modelled: .modelled
    case .simulated: .simulated
    }
  }
}

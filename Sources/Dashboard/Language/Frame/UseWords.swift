import Accounting
import Telemetry

/// What electricity is used for, as the flow and the ribbon call it.
extension EnergySplit.Use {
  /// The name beside a stream.
  var name: Texts {
    switch self {
    case .compute: Texts("compute", "calcul")
    case .heldBack: Texts("held back", "bridé")
    case .waiting: Texts("waits for data", "attend des données")
    case .others: Texts("waits for peers", "attend ses pairs")
    case .program: Texts("waits for its program", "attend son programme")
    case .gaps: Texts("gaps", "trous")
    case .idle: Texts("idle", "à vide")
    case .gpu: Texts("GPU", "GPU")
    case .host: Texts("host", "hôte")
    case .other: Texts("rest of the box", "reste du boîtier")
    }
  }

  /// A shorter name for narrow places, where the whole one is long.
  var shortName: Texts? {
    switch self {
    case .waiting: Texts("waits", "attend")
    case .others: Texts("peers", "pairs")
    case .program: Texts("program", "programme")
    case .other: Texts("rest", "reste")
    case .compute, .heldBack, .gaps, .idle, .gpu, .host: nil
    }
  }
}

/// The fuels of a mix, as short as their labels.
enum FuelWords {
  /// The name of a fuel by the metric of its share.
  static func name(_ metric: Metric) -> Texts {
    let french: String =
      switch metric {
      case .solarShare: "solaire"
      case .windShare: "éolien"
      case .hydroShare: "hydro"
      case .bioenergyShare: "bio"
      case .otherRenewableShare: "autre ren."
      case .nuclearShare: "nucléaire"
      case .gasShare: "gaz"
      case .coalShare: "charbon"
      case .oilShare: "fioul etc."
      default: metric.label
      }
    return Texts(metric.label, french)
  }
}

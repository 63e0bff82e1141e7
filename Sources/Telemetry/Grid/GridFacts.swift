/// What the numbers of a grid are: where they come from and what they count.
///
/// A share or an intensity without these says little: France is 26 % renewable and 95 % low-carbon,
/// and its grams differ threefold between a direct and a lifecycle factor.
public struct GridFacts: Sendable, Hashable {
  /// Whether the electricity made inside the zone is meant, or what its sockets deliver.
  public enum Basis: String, Sendable, Hashable, CaseIterable {
    /// Made inside the zone; imports are left out.
    case production
    /// After imports and exports.
    case consumption
    /// Nobody said which.
    case unknown
  }

  /// Which of two questions an intensity answers.
  public enum Signal: String, Sendable, Hashable, CaseIterable {
    /// What belongs to a use of electricity: for accounts.
    case average
    /// What one kilowatt-hour more would cause now: for decisions only, never for accounts.
    case marginal
    /// Nobody said which.
    case unknown
  }

  /// The provider's name, for people: `Energy-Charts`.
  public var provider: String
  /// The zone by the provider's name: `DE`.
  public var zone: String
  /// Whether production or consumption is meant.
  public var basis: Basis
  /// Whether averages or marginal values are meant.
  public var signal: Signal
  /// Under which terms the numbers may be shown, and how their source is to be named.
  public var licence: String
  /// Seconds between two new values.
  public var cadence: Double
  /// What its direct grams are of, which need not be what its shares are of.
  public var directBasis: Basis
  /// By whose factors its lifecycle grams are counted; empty where that is not known.
  public var factors = ""
  /// By whose factors its direct grams are counted, where those hold more than combustion of what is
  /// fossil: `NESO's factors, biomass at 120 g`; empty where they do not.
  public var directFactors = ""

  /// The facts of a source; the direct grams are of what the shares are, unless another basis is named.
  public init(
    provider: String, zone: String, basis: Basis, signal: Signal = .average, licence: String,
    cadence: Double, directBasis: Basis? = nil
  ) {
    self.provider = provider
    self.zone = zone
    self.basis = basis
    self.signal = signal
    self.licence = licence
    self.cadence = cadence
    self.directBasis = directBasis ?? basis
  }

  /// Reads them from a device's attributes; `nil` where the device is no live grid.
  public init?(_ attributes: [String: String]) {
    guard let provider = attributes["provider"], let zone = attributes["zone"],
      let basis = attributes["basis"].flatMap(Basis.init(rawValue:)),
      let signal = attributes["signal"].flatMap(Signal.init(rawValue:))
    else { return nil }
    self.init(
      provider: provider, zone: zone, basis: basis, signal: signal,
      licence: attributes["licence"] ?? "",
      cadence: attributes["cadence"].flatMap(Double.init) ?? 900,
      directBasis: attributes["direct_basis"].flatMap(Basis.init(rawValue:)))
    factors = attributes["factors"] ?? ""
    directFactors = attributes["direct_factors"] ?? ""
  }

  /// The same as a device's attributes.
  public var attributes: [String: String] {
    var attributes = [
      "provider": provider, "zone": zone, "basis": basis.rawValue, "signal": signal.rawValue,
      "licence": licence, "cadence": "\(cadence)",
    ]
    if directBasis != basis { attributes["direct_basis"] = directBasis.rawValue }
    if !factors.isEmpty { attributes["factors"] = factors }
    if !directFactors.isEmpty { attributes["direct_factors"] = directFactors }
    return attributes
  }

  /// What its direct grams hold: `combustion only` or `by NESO's factors, biomass at 120 g`, and of what.
  public var directWords: String {
    let what = directFactors.isEmpty ? "combustion only" : "by \(directFactors)"
    return "\(what), of \(directBasis.rawValue)"
  }

  /// What is said of the basis on which its shares are not told.
  public var otherBasis: String {
    switch basis {
    case .production: "of consumption: unknown, because \(provider) tells no mix of imports"
    case .unknown: "of production or of consumption: unknown, because nobody said of \(provider)"
    case .consumption: "of production: unknown, because \(provider) tells only what sockets deliver"
    }
  }

  /// What is said beside every number of it: `Energy-Charts · production · average`.
  public var words: String {
    let basis = basis == .unknown ? "basis unknown" : basis.rawValue
    let signal = signal == .unknown ? "average or marginal unknown" : signal.rawValue
    return "\(provider) · \(basis) · \(signal)"
  }
}

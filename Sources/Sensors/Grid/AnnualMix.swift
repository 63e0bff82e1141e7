import Telemetry

/// How a country makes its electricity in a year, and what that emits.
///
/// Shares are of production inside the country, without imports; the intensity is the lifecycle
/// mean of that production.
struct AnnualMix: Sendable {
  /// ISO 3166-1 alpha-2; alpha-3 for what has none.
  var code: String
  var code3: String
  var country: String
  var year: Int
  /// The share of each fuel, 0...1, in the order of `fuels`.
  var shares: [Double]
  /// Lifecycle g CO2e per kWh; `nil` where the table says 0, which no way of making power reaches.
  var intensity: Double?
  /// The year of the intensity.
  var intensityYear: Int
  /// The flags of the table.
  var flags: String

  static let fuels: [Metric] = [
    .solarShare, .windShare, .hydroShare, .bioenergyShare, .otherRenewableShare, .nuclearShare,
    .gasShare, .coalShare, .oilShare,
  ]

  var renewable: Double { shares[0..<5].reduce(0, +) }
  var lowCarbon: Double { shares[0..<6].reduce(0, +) }

  /// Reads one line of the table; `nil` when it is malformed or does not add up to 100 ± 1 %.
  init?(row: some StringProtocol) {
    let cells = row.split(separator: "|", omittingEmptySubsequences: false)
    guard cells.count == 16, let year = Int(cells[3]), let intensity = Double(cells[13]),
      let intensityYear = Int(cells[14]), intensity >= 0
    else { return nil }
    let shares = cells[4..<13].compactMap { Double($0) }.map { $0 / 100 }
    guard shares.count == 9, abs(shares.reduce(0, +) - 1) <= 0.01 else { return nil }
    code = String(cells[0].isEmpty ? cells[1] : cells[0])
    code3 = String(cells[1])
    country = String(cells[2])
    self.year = year
    self.shares = shares
    self.intensity = intensity > 0 ? intensity : nil
    self.intensityYear = intensityYear
    flags = String(cells[15])
  }

  /// The mix of a country named by its ISO code of two or three letters, in any case.
  static func of(_ country: String) -> AnnualMix? {
    let code = country.uppercased()
    // What the codes are called in everyday life and by the European Union.
    let everyday = ["UK": "GB", "EL": "GR", "EU": "EUU", "WORLD": "WLD"]
    return byCode[everyday[code] ?? code]
  }

  private static let byCode: [String: AnnualMix] = {
    var all: [String: AnnualMix] = [:]
    for row in table.split(separator: "\n") {
      guard let mix = AnnualMix(row: row) else { continue }
      all[mix.code] = mix
      all[mix.code3] = mix
    }
    return all
  }()

  /// The years it is of, in words: `annual mean 2025, intensity of 2024`.
  var years: String {
    let isOther = intensity != nil && intensityYear != year
    return "annual mean \(year)" + (isOther ? ", intensity of \(intensityYear)" : "")
  }

  /// Where the numbers come from and what they are.
  var note: String {
    var words = "production inside the country, lifecycle gCO2e, annual mean \(year)"
    if flags.contains("p") { words += ", provisional" }
    if flags.contains("o") { words += ", OLD" }
    if intensity == nil { words += "; intensity not known" }
    if intensityYear != year { words += "; intensity of \(intensityYear)" }
    if flags.contains("c") { words += "; intensity by way of CodeCarbon" }
    if flags.contains("m") { words += "; the intensity does not fit the mix: take care" }
    if flags.contains("b") { words += "; sources without a figure taken as 0" }
    return words + "; Our World in Data (Ember, Energy Institute), CC BY 4.0"
  }
}

import Accounting
import Quantities
import Telemetry

extension ExportedMetric {
  /// What the machine's energy was made of, emitted and cost.
  static let hostAccounts: [ExportedMetric] = [
    carbon, carbonKnown, renewableEnergy, lowCarbonEnergy, cost, carbonIntensity,
    renewableShare, lowCarbonShare, price,
  ]

  /// Grams of CO2 equivalent.
  public static let carbon = ExportedMetric(
    "host_carbon_grams_total", .counter,
    "CO2 equivalent of the machine's energy, lifecycle, by the grid's mix at the time (location-based, GHG "
      + "Protocol scope 2)", by: ["method"]
  ) { query in
    account(query).flatMap { $0.gramsMatched > 0 ? [Sample(["location"], $0.grams)] : nil } ?? []
  }

  /// The joules that the grams are of.
  public static let carbonKnown = ExportedMetric(
    "host_carbon_known_joules_total", .counter,
    "Energy of the machine of which the grams are known; over all of its energy it is their coverage"
  ) { query in
    account(query).flatMap { $0.gramsMatched > 0 ? [Sample([], $0.gramsMatched)] : nil } ?? []
  }

  /// Renewable joules.
  public static let renewableEnergy = ExportedMetric(
    "host_renewable_joules_total", .counter,
    "Energy of the machine from sun, wind, water and biomass, by the grid's mix at the time"
  ) { query in account(query).flatMap { $0.matched > 0 ? [Sample([], $0.renewable)] : nil } ?? [] }

  /// Low-carbon joules.
  public static let lowCarbonEnergy = ExportedMetric(
    "host_low_carbon_joules_total", .counter,
    "Energy of the machine from renewable and nuclear sources, by the grid's mix at the time"
  ) { query in
    account(query).flatMap { $0.lowCarbonMatched > 0 ? [Sample([], $0.lowCarbon)] : nil } ?? []
  }

  /// What the energy cost.
  public static let cost = ExportedMetric(
    "host_cost_total", .counter,
    "What the machine's energy cost, each joule at the price of its time, in the currency",
    by: ["currency"]
  ) { query in
    guard let tariff = query.tariff, let span = query.settledSpan,
      let money = query.ledger.cost(over: span, tariff, offset: query.offset)
    else { return [] }
    return [Sample([tariff.currency], money)]
  }

  /// The grid's intensity.
  public static let carbonIntensity = ExportedMetric(
    "grid_carbon_intensity_grams_per_kilowatt_hour", .gauge,
    "CO2 equivalent of a kilowatt-hour of the grid now, lifecycle; rung tells from what it is known",
    by: ["zone", "rung"]
  ) { query in grid(query, \.intensity, from: \.intensityRung) }

  /// The grid's share of renewables.
  public static let renewableShare = ExportedMetric(
    "grid_renewable_ratio", .gauge,
    "The share of sun, wind, water and biomass in the grid's electricity now; rung tells from what it is known",
    by: ["zone", "rung"]
  ) { query in grid(query, \.renewable) }

  /// The grid's share of renewables and nuclear.
  public static let lowCarbonShare = ExportedMetric(
    "grid_low_carbon_ratio", .gauge,
    "The share of renewable and nuclear sources in the grid's electricity now; rung tells from what it is known",
    by: ["zone", "rung"]
  ) { query in grid(query, \.lowCarbon) }

  private static func grid(
    _ query: ExportQuery, _ value: (GridStretch) -> Double?,
    from rung: (GridStretch) -> GridRung = \.rung
  ) -> [Sample] {
    guard let grid = query.ledger.inventory.grid else { return [] }
    let state = query.ledger.gridCourse.state(at: query.span.end)
    return value(state).map { [Sample([grid.id.name, rung(state).word], $0)] } ?? []
  }

  /// The price now.
  public static let price = ExportedMetric(
    "electricity_price_per_kilowatt_hour", .gauge,
    "The price of a kilowatt-hour now, in the currency",
    by: ["currency"]
  ) { query in
    guard let tariff = query.tariff else { return [] }
    let seconds = Int(query.span.end.nanoseconds / 1_000_000_000) + query.offset(query.span.end)
    return [Sample([tariff.currency], tariff.price(at: seconds))]
  }

  private static func account(_ query: ExportQuery) -> GridAccount? {
    query.settledSpan.flatMap(query.ledger.grid)
  }
}

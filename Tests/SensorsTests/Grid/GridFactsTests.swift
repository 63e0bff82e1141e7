import Telemetry
import Testing

@testable import Sensors

/// What each service's shares and grams are of, and by whose factors.
@Suite struct GridFactsTests {
  @Test func `every service's facts survive a device's attributes`() {
    for provider in GridProviders.all {
      let facts = provider.facts("XX", GridWishes())
      #expect(GridFacts(facts.attributes) == facts, "\(provider.name)")
    }
    // What was recorded before tells of one basis only.
    let old = ["provider": "A", "zone": "B", "basis": "production", "signal": "average"]
    #expect(GridFacts(old)?.directBasis == .production)
  }

  @Test func `direct grams are of what their own service counts`() {
    let britain = CarbonIntensityGB.facts("GB", GridWishes())
    #expect(britain.basis == .production && britain.directBasis == .consumption)
    #expect(britain.directWords == "by NESO's factors, biomass at 120 g, of consumption")
    #expect(
      EnergiDataService.facts("DK1", GridWishes()).directWords == "combustion only, of consumption")
    #expect(EnergyCharts.facts("DE", GridWishes()).directWords == "combustion only, of production")
    #expect(RTEMix.facts("FR", GridWishes()).directWords.hasPrefix("by RTE's factors"))
    let maps = ElectricityMaps.facts("FR", GridWishes())
    #expect(maps.otherBasis.hasPrefix("of production: unknown, because"))
    #expect(
      EnergyCharts.facts("DE", GridWishes()).otherBasis.hasPrefix(
        "of consumption: unknown, because"))
  }
}

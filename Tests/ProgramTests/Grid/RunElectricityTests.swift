import Accounting
import Quantities
import Telemetry
import Testing

@testable import hippowatt

/// What of the electricity of two runs is compared, and what is not, with the reason.
@Suite struct RunElectricityTests {
  private static let start = Timestamp(nanoseconds: 1_790_000_000_000_000_000)
  private static let hours = TimeSpan(start, start + 7200)

  /// Two hours of a kilowatt by a grid of such terms, or by none.
  private func run(
    _ name: String, _ share: Double?, intensity: Double? = 400, direct: Double? = nil,
    until: Double = 7200, _ change: (inout GridFacts) -> Void = { _ in }
  ) -> RunElectricity {
    let grid = DeviceID(machine: "", kind: .grid, name: "x")
    let gpu = DeviceID(machine: "box", kind: .gpu, name: "0")
    var facts = GridFacts(
      provider: "A service", zone: "DE", basis: .production, licence: "", cadence: 900)
    facts.factors = "IPCC 2014 medians"
    change(&facts)
    var timeline = Timeline()
    timeline.apply(.device(Device(id: gpu, label: "0")))
    timeline.apply(
      .series(
        SeriesDescriptor(
          device: gpu, metric: .power,
          provenance: Provenance(source: "test", method: .instant, period: 60))))
    for minute in 0...120 {
      var reading = Reading(device: gpu, time: Self.start + Double(minute) * 60)
      reading.set(.power, 1000)
      timeline.apply(.reading(reading))
    }
    if let share {
      timeline.apply(.device(Device(id: grid, label: "Germany", attributes: facts.attributes)))
      var statement = GridStatement(
        device: grid, span: TimeSpan(Self.start, Self.start + until), said: Self.start,
        quality: .measured)
      statement.set(.renewableShare, share)
      statement.set(.carbonIntensity, intensity)
      statement.set(.directIntensity, direct)
      timeline.apply(.grid(statement))
    }
    return RunElectricity(name, Ledger(timeline), over: Self.hours)
  }

  @Test func `two runs that count alike are compared`() throws {
    let (base, diet) = (
      run("base", 0.4, direct: 300), run("diet", 0.6, intensity: 300, direct: 300)
    )
    let text = diet.sentence(beside: base)
    #expect(text.contains("renewable share 20.0 points higher"), "\(text)")
    #expect(text.contains("lifecycle grams 25 % less, 600 gCO₂e against 800 gCO₂e"), "\(text)")
    #expect(text.contains("direct grams the same"), "\(text)")
    #expect(
      text.contains("low-carbon share not compared, because of diet no low-carbon"), "\(text)")
    #expect(base.line.contains("renewable 40 %, coverage 100 %"), "\(base.line)")
    #expect(base.line.contains("100 % measured; Germany, A service · production · average"))
    #expect(diet.json(beside: base).written.contains(#""grams_saving":0.25"#))
  }

  @Test func `numbers that count something else are never set against each other`() {
    let base = run("base", 0.4, direct: 300)
    let sockets = run("sockets", 0.6, direct: 300) { $0 = $0.of(.consumption) }
    let text = sockets.sentence(beside: base)
    #expect(
      text.contains(
        "renewable share not compared, because they count differently: sockets consumption, "
          + "base production"), "\(text)")
    let other = run("other", 0.6, direct: 300) {
      $0.factors = "Electricity Maps' factors"
      $0.directBasis = .consumption
      $0.directFactors = "NESO's factors, biomass at 120 g"
    }
    let grams = other.sentence(beside: base)
    #expect(grams.contains("renewable share 20.0 points higher"), "\(grams)")
    #expect(grams.contains("lifecycle grams not compared, because they count differently"))
    #expect(grams.contains("direct grams not compared, because they count differently"))
    #expect(other.json(beside: base).written.contains(#""direct_grams_saving":null"#))
  }

  @Test func `where one side knows nothing or too little, it says so`() {
    let (base, none) = (run("base", 0.4), run("none", nil))
    #expect(none.line.contains("unknown, because the recording tells no mix of a grid"))
    #expect(none.sentence(beside: base).contains("not compared, because of none the recording"))
    #expect(none.json.written.contains("unknown"))
    // Nothing follows from the yearly mean or the last hours where the intensity was not told.
    let brief = run("brief", 0.4, intensity: nil)
    #expect(
      base.sentence(beside: brief).contains(
        "lifecycle grams not compared, because of brief no lifecycle intensity"))
  }
}

extension GridFacts {
  fileprivate func of(_ basis: Basis) -> GridFacts {
    var facts = GridFacts(
      provider: provider, zone: zone, basis: basis, licence: licence, cadence: cadence)
    facts.factors = factors
    return facts
  }
}

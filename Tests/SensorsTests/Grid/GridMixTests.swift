import Telemetry
import Testing

@testable import Sensors

/// What shares and grams follow from what is generated.
@Suite struct GridMixTests {
  private func interval(
    _ amounts: [GridFuel: Double], load: Double? = nil, direct: GridFactors? = nil
  ) throws -> GridInterval {
    var mix = GridMix()
    for (fuel, amount) in amounts { mix.add(fuel, amount) }
    mix.load = load
    var interval = GridInterval(start: Timestamp(seconds: 0), seconds: 900, quality: .measured)
    try mix.state(into: &interval, direct: direct)
    return interval
  }

  @Test func `Stores and imports are in neither part of a share`() throws {
    let plain = try interval([.wind: 300, .gas: 700])
    let stored = try interval([
      .wind: 300, .gas: 700, .pumpedStorage: 400, .battery: 100, .imports: 900,
    ])
    #expect(plain == stored)
    #expect(plain[.renewableShare] == 0.3)
    #expect(plain[.carbonIntensity] == 0.3 * 11 + 0.7 * 490)
  }

  @Test func `Charging is no negative renewable`() throws {
    let mix = try interval([.wind: 300, .gas: 700, .battery: -250, .pumpedStorage: -800])
    #expect(mix[.renewableShare] == 0.3)
  }

  @Test func `Half of waste is renewable and half a fossil fuel`() throws {
    let mix = try interval([.waste: 100, .nuclear: 900])
    #expect(mix[.renewableShare] == 0.05)
    #expect(mix[.lowCarbonShare] == 0.95)
    #expect(mix[.bioenergyShare] == 0.05 && mix[.oilShare] == 0.05)
  }

  @Test func `A little below zero is zero, and more is refused`() throws {
    let mix = try interval([.solar: -3, .gas: 997])
    #expect(mix[.solarShare] == 0)
    #expect(mix[.gasShare] == 1)
    #expect(throws: GridRefusal.self) { try interval([.solar: -300, .gas: 1000]) }
    // What charges is told under “other” by some.
    #expect(try interval([.unknown: -557, .wind: 400, .gas: 600])[.renewableShare] == 0.4)
  }

  @Test func `What is not told is not zero`() throws {
    let mix = try interval([.wind: 300, .gas: 700])
    #expect(mix[.solarShare] == nil)
    #expect(try interval([:]).values.isEmpty)
    #expect(mix[.renewableShareOfLoad] == nil)
    #expect(try interval([.wind: 1200, .gas: 100], load: 1000)[.renewableShareOfLoad] == 1.2)
  }

  @Test func `Grams are not made up where a quarter has no known fuel`() throws {
    #expect(try interval([.wind: 700, .unknown: 300])[.carbonIntensity] == nil)
    #expect(try interval([.wind: 700, .unknown: 300])[.renewableShare] == 0.7)
    let grams = try #require(try interval([.wind: 900, .unknown: 100])[.carbonIntensity])
    #expect(abs(grams - (0.9 * 11 + 0.1 * 700)) < 1e-9)
  }

  @Test(arguments: [(96.9, false), (97, true), (103, true), (103.1, false)])
  func `Percentages add up or are refused`(sum: Double, isTaken: Bool) {
    var mix = GridMix()
    mix.add(.gas, 50)
    mix.add(.imports, sum - 50)
    #expect(((try? mix.checkPercentages()) != nil) == isTaken)
  }

  @Test func `What cannot be is refused with a word`() {
    let now = Timestamp(seconds: 1_790_000_000)
    func refusal(
      _ metric: Metric, _ value: Double, at offset: Double = -3600, seconds: Double = 900,
      _ quality: GridStatement.Quality = .measured
    ) -> String? {
      var interval = GridInterval(start: now + offset, seconds: seconds, quality: quality)
      interval[metric] = value
      return GridPlausibility.refusal(interval, now: now)?.words
    }
    #expect(refusal(.carbonIntensity, 500) == nil)
    #expect(refusal(.carbonIntensity, 5900)?.contains("5900") == true)
    #expect(refusal(.directIntensity, -1) != nil)
    #expect(refusal(.renewableShare, 1.24) != nil)
    #expect(refusal(.renewableShareOfLoad, 1.24) == nil)
    #expect(refusal(.renewableShare, 0.5, at: -9 * 86_400) != nil)
    #expect(refusal(.renewableShare, 0.5, at: 6 * 86_400, .forecast) != nil)
    #expect(refusal(.renewableShare, 0.5, at: 4 * 86_400, .forecast) == nil)
    #expect(refusal(.renewableShare, 0.5, at: 3600) != nil)
    #expect(refusal(.renewableShare, 0.5, seconds: 2 * 86_400) != nil)
  }
}

import Quantities
import Seeded
import Telemetry
import Testing

@testable import Accounting

/// When the electricity is greenest.
@Suite struct GreenWindowTests {
  private static let hour = 3600.0
  private static let grid = DeviceID(machine: "", kind: .grid, name: "XX")
  private let now = Timestamp(nanoseconds: 1_790_000_000_000_000_000)

  /// Hourly values from a time on; a value that is `nil` is a hole.
  private func course(
    _ shares: [Double?], _ intensities: [Double?] = [], from start: Timestamp? = nil,
    step: Double = hour, band: Double? = nil
  ) -> [GridStatement] {
    (0..<max(shares.count, intensities.count)).map { place in
      let from = (start ?? now) + Double(place) * step
      var statement = GridStatement(
        device: Self.grid, span: TimeSpan(from, from + step), said: now, quality: .forecast)
      if shares.indices.contains(place), let share = shares[place] {
        statement.set(.renewableShare, share)
        if let band {
          statement.set(.renewableShareLow, max(0, share - band))
          statement.set(.renewableShareHigh, min(1, share + band))
        }
      }
      if intensities.indices.contains(place) {
        statement.set(.carbonIntensity, intensities[place])
      }
      return statement
    }
  }

  private func question(_ hours: Double) -> GreenWindow.Question {
    GreenWindow.Question(now: now, seconds: hours * Self.hour)
  }

  private func lack(_ body: () throws(GreenWindow.Unknown) -> GreenWindow) -> GreenWindow.Unknown? {
    do throws(GreenWindow.Unknown) {
      _ = try body()
      return nil
    } catch {
      return error
    }
  }

  @Test func `The greenest hours are found, and what waiting gains is told`() throws {
    let shares = [0.44, 0.5, 0.6, 0.7, 0.72, 0.6, 0.4]
    let window = try GreenWindow(
      question(2), in: course(shares, shares.map { 500 * (1 - $0) }))
    #expect(window.best.span == TimeSpan(now + 3 * Self.hour, now + 5 * Self.hour))
    #expect(window.objective == .intensity && !window.isNow && !window.isFlat)
    #expect(abs((window.best.share ?? 0) - 0.71) < 1e-9)
    #expect(abs((window.shareGain ?? 0) - 0.24) < 1e-9)
    #expect(abs((window.intensityGain ?? 0) - 120) < 1e-9)
    // 700 W over 2 h are 1.4 kWh.
    #expect(abs((window.gramsSaved(watts: 700) ?? 0) - 168) < 1e-9)
    let mean = shares.reduce(0, +) / 7
    #expect(abs((window.horizon.share ?? 0) - mean) < 1e-6)
    #expect(window.other == nil)
  }

  @Test func `A window is as good as a search over all starts says`() throws {
    var random = SeededRandom(41)
    for _ in 0..<200 {
      let count = 4 + random.next(40)
      let values = (0..<count).map { _ in Double(random.next(1000)) }
      let statements = course([], values, from: now - Double(random.next(3600)), step: 900)
      var asked = question(Double(1 + random.next(12)) / 4)
      if random.next(2) == 0 {
        asked.power = (0...random.next(4)).map { _ in Double(1 + random.next(9)) }
      }
      if random.next(3) == 0 { asked.latestEnd = now + Double(1 + random.next(count)) * 900 }
      if random.next(3) == 0 { asked.earliest = now + Double(random.next(7200)) - 1800 }
      /// The mean second by second would be slow: cut at every border by hand.
      func mean(_ start: Timestamp) -> Double? {
        let part = asked.seconds / Double(asked.power.count)
        var (sum, weight) = (0.0, 0.0)
        for (place, power) in asked.power.enumerated() {
          let span = TimeSpan(start + Double(place) * part, start + Double(place + 1) * part)
          var covered = 0.0
          for statement in statements {
            guard let both = statement.span.intersection(span) else { continue }
            covered += both.seconds
            sum += power * both.seconds * (statement[.carbonIntensity] ?? 0)
          }
          guard abs(covered - part) < 1e-6 else { return nil }
          weight += power * part
        }
        return sum / weight
      }
      let starts = ([asked.first] + statements.map(\.span.start)).filter {
        $0 >= asked.first
          && (asked.latestEnd == nil || $0 + asked.seconds <= asked.latestEnd ?? now)
      }
      let least = starts.compactMap(mean).min()
      guard let window = try? GreenWindow(asked, in: statements) else {
        #expect(least == nil)
        continue
      }
      let found = try #require(window.best.intensity)
      #expect(abs(found - (least ?? .nan)) < 1e-6)
      #expect(window.best.span.start >= now && starts.contains(window.best.span.start))
      // Of equals the earliest.
      let earlier = starts.filter { $0 < window.best.span.start }.compactMap(mean)
      #expect(earlier.allSatisfy { $0 > found + 1e-9 })
      // All times shifted shift the answer, over days on which clocks change as well.
      let shift = Double(random.next(400)) * 86_400
      var later = asked
      later.now = asked.now + shift
      later.earliest = asked.earliest.map { $0 + shift }
      later.latestEnd = asked.latestEnd.map { $0 + shift }
      let moved = statements.map { statement in
        var copy = statement
        copy.span = TimeSpan(statement.span.start + shift, statement.span.end + shift)
        return copy
      }
      let again = try GreenWindow(later, in: moved)
      #expect(again.best.span.start == window.best.span.start + shift)
    }
  }

  @Test func `A constant course is flat, and now is as good as any time`() throws {
    var random = SeededRandom(42)
    for _ in 0..<50 {
      let share = Double(random.next(1001)) / 1000
      let statements = course(
        Array(repeating: share, count: 30), Array(repeating: 13.7 + share, count: 30),
        from: now - Double(random.next(3600)))
      let window = try GreenWindow(question(Double(1 + random.next(9)) / 3), in: statements)
      #expect(window.isFlat && window.isNow && window.best.span.start == now && window.other == nil)
    }
    // 2 points and 4 % are no reason to wait; 3 points or 5 % are.
    let little = try GreenWindow(question(1), in: course([0.30, 0.32], [100, 96]))
    #expect(little.isFlat && little.isNow && little.best.span.start > now)
    #expect(try !GreenWindow(question(1), in: course([0.30, 0.33], [100, 96])).isFlat)
    #expect(try !GreenWindow(question(1), in: course([0.30, 0.31], [100, 95])).isFlat)
  }

  @Test func `A forecast that does not reach far enough gives no window, and says how far it goes`()
  {
    #expect(
      lack { () throws(GreenWindow.Unknown) in try GreenWindow(question(1), in: []) } == .noForecast
    )
    let short = course([0.1, 0.9])
    #expect(
      lack { () throws(GreenWindow.Unknown) in try GreenWindow(question(3), in: short) }
        == .tooShort(reach: now + 2 * Self.hour, needed: now + 3 * Self.hour))
    let holes = course([0.1, nil, 0.9, nil])
    #expect(
      lack { () throws(GreenWindow.Unknown) in try GreenWindow(question(2), in: holes) }
        == .broken(end: now + 3 * Self.hour))
    var late = question(3)
    late.latestEnd = now + 2 * Self.hour
    #expect(
      lack { () throws(GreenWindow.Unknown) in try GreenWindow(late, in: course([0.1, 0.2, 0.3])) }
        == .noTime(latestStart: now - Self.hour))
    // Of yesterday nothing follows for today.
    let old = course([0.5, 0.6], from: now - 86_400)
    #expect(
      lack { () throws(GreenWindow.Unknown) in try GreenWindow(question(1), in: old) }
        == .tooShort(reach: now - 86_400 + 2 * Self.hour, needed: now + Self.hour))
  }

  @Test func `Where share and grams disagree both windows are told`() throws {
    // A nuclear night: few grams, few renewables.
    let statements = course([0.5, 0.2, 0.8], [40, 10, 60])
    let window = try GreenWindow(question(1), in: statements)
    #expect(window.objective == .intensity && window.best.span.start == now + Self.hour)
    #expect(window.other?.span.start == now + 2 * Self.hour)
    var asked = question(1)
    asked.objective = .share
    let other = try GreenWindow(asked, in: statements)
    #expect(other.best.span == window.other?.span && other.other?.span == window.best.span)
  }

  @Test func `The band of a forecast says whether the gain may be none`() throws {
    #expect(try GreenWindow(question(1), in: course([0.3, 0.4], band: 0.1)).isDoubtful == true)
    #expect(try GreenWindow(question(1), in: course([0.3, 0.6], band: 0.1)).isDoubtful == false)
    #expect(try GreenWindow(question(1), in: course([0.3, 0.6])).isDoubtful == nil)
  }

  @Test func `Energy weighs a window, and a tariff prices it by the hour`() throws {
    // Most of the energy is drawn in the second hour.
    var asked = question(2)
    asked.power = [1, 9]
    let window = try GreenWindow(asked, in: course([], [100, 50, 10, 90]))
    #expect(window.best.span.start == now + Self.hour)
    #expect(abs((window.best.intensity ?? 0) - 14) < 1e-9)
    let civil = Int(now.nanoseconds / 1_000_000_000) % 86_400
    let tariff = Tariff(
      currency: "EUR", perKilowattHour: 0.4,
      periods: [
        .init(from: (civil + 7200) % 86_400, to: (civil + 4 * 3600) % 86_400, perKilowattHour: 0.1)
      ])
    let saved = try #require(window.moneySaved(watts: 1000, tariff) { _ in 0 })
    // At once: all at 0.40; then 1 part in 10 at 0.40 and 9 at 0.10: 2 kWh at 0.13.
    #expect(abs(saved - 2 * (0.4 - 0.13)) < 1e-9)
  }

  @Test func `More renewables than load are no more than all`() throws {
    let statements = [1.24, 1.03, 0.9].enumerated().map { place, share in
      let from = now + Double(place) * Self.hour
      var statement = GridStatement(
        device: Self.grid, span: TimeSpan(from, from + Self.hour), said: now, quality: .forecast)
      statement.set(.renewableShareOfLoad, share)
      return statement
    }
    let window = try GreenWindow(question(1), in: statements)
    #expect(window.isShareOfLoad && window.best.share == 1 && window.best.span.start == now)
  }

  @Test func `Work that may begin later is not said to be best now`() throws {
    var asked = question(1)
    asked.earliest = now + 2 * Self.hour
    let window = try GreenWindow(asked, in: course([0.9, 0.5, 0.5, 0.5]))
    #expect(window.best.span.start == now + 2 * Self.hour && window.isFlat && !window.isNow)
  }
}

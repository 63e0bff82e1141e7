import Quantities
import Telemetry
import Testing

@testable import Accounting

/// The energy of prompt and output tokens, fitted to power and their rates.
@Suite struct TokenEnergyFitTests {
  typealias Window = TokenEnergyFit.Window

  /// Noise that is the same every time, from -1 to 1.
  private struct Noise {
    var state: UInt64 = 88_172_645_463_325_252

    mutating func next() -> Double {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Double(state >> 11) / Double(1 << 52) - 1
    }
  }

  private func windows(
    _ count: Int, base: Double = 90, prompt: Double = 0.02, output: Double = 0.5,
    noise: Double = 0,
    mix: (Int) -> (Double, Double) = { (Double($0 * 37 % 11) * 400, Double($0 * 17 % 7) * 90) }
  ) -> [Window] {
    var random = Noise()
    return (0..<count).map { index in
      let (a, b) = mix(index)
      return Window(
        watts: base + prompt * a + output * b + noise * random.next(), prompt: a, output: b)
    }
  }

  private func failure(_ windows: [Window]) -> TokenEnergyFit.Failure? {
    if case .failure(let failure) = TokenEnergyFit.fit(windows) { failure } else { nil }
  }

  @Test func `without noise the prices are found exactly`() throws {
    let fit = try TokenEnergyFit.fit(windows(40)).get()
    #expect(near(fit.base.value, 90))
    #expect(near(fit.prompt.value, 0.02))
    #expect(near(fit.output.value, 0.5))
    #expect(near(fit.explained, 1) && fit.windows == 40)
    #expect(fit.output.high - fit.output.low < 1e-6)
  }

  @Test func `with noise the interval is near the truth and says how wide it is`() throws {
    let fit = try TokenEnergyFit.fit(windows(120, noise: 20)).get()
    for (estimate, truth) in [(fit.base, 90), (fit.prompt, 0.02), (fit.output, 0.5)] {
      #expect(
        abs(estimate.value - truth) <= 2 * (estimate.high - estimate.value), "\(estimate) \(truth)")
      #expect(estimate.low < estimate.value && estimate.value < estimate.high)
    }
    let fewer = try TokenEnergyFit.fit(windows(30, noise: 20)).get()
    #expect(fewer.output.high - fewer.output.low > fit.output.high - fit.output.low)
    #expect(fit.explained < 1 && fit.explained > 0.8)
  }

  @Test func `about 95 of 100 intervals hold the truth`() throws {
    var random = Noise(state: 7)
    var held = 0
    for _ in 0..<200 {
      let rows = windows(40).map { row in
        // The sum of twelve even ones is nearly normal.
        let noise = (0..<12).reduce(0) { sum, _ in sum + random.next() } * 5
        return Window(watts: row.watts + noise, prompt: row.prompt, output: row.output)
      }
      let output = try TokenEnergyFit.fit(rows).get().output
      if output.low <= 0.5, 0.5 <= output.high { held += 1 }
    }
    #expect((180...198).contains(held), "\(held)")
  }

  @Test func `no price is below zero`() throws {
    // Output draws less than idling here, which can only be noise of another kind.
    let fit = try TokenEnergyFit.fit(windows(60, prompt: 0.1, output: -0.01, noise: 1)).get()
    #expect(fit.output.value == 0 && fit.output.low == 0 && fit.output.high >= 0)
    #expect(fit.prompt.value > 0.09)
    let free = try TokenEnergyFit.fit(windows(60, base: -5, noise: 1)).get()
    #expect(free.base.value == 0)
  }

  @Test func `what cannot be told is refused in words`() {
    #expect(failure(windows(29)) == .windows(29))
    #expect(failure(windows(40) { ($0 % 2 == 0 ? 100 : 100, Double($0)) }) == .unchangingPrompt)
    #expect(failure(windows(40) { (Double($0), 5) }) == .unchangingOutput)
    let together = failure(windows(40) { (Double($0 * 10), Double($0 * 3 + $0 % 2)) })
    guard case .together(let correlation) = together else {
      Issue.record("\(String(describing: together))")
      return
    }
    #expect(correlation > 0.98)
    #expect(together?.words.contains("(correlation 0.99)") == true)
    let opposed = failure(windows(40) { (Double($0 * 10), Double(900 - $0 * 3)) })
    #expect(opposed?.words.contains("(correlation -1.00)") == true)
    let noisy = failure(windows(60, noise: 2000))
    guard case .unexplained(let share) = noisy else {
      Issue.record("\(String(describing: noisy))")
      return
    }
    #expect(share < 0.8 && noisy?.words.contains("% of the power") == true)
    #expect(failure(windows(60, prompt: 0, output: 0)) == .unexplained(0))
  }

  @Test func `least squares agree with what was worked out by hand`() throws {
    // y = 1 + 2x over x = 0, 1, 2 with residuals 1, -2, 1 on top.
    let fit = try #require(
      LeastSquares([0, 1], [[1, 0], [1, 1], [1, 2]], [2, 1, 6]))
    #expect(near(fit.coefficient(0), 1) && near(fit.coefficient(1), 2))
    #expect(near(fit.residual, 6))
    #expect(LeastSquares([0, 1], [[1, 2], [1, 2]], [1, 2]) == nil)
  }

  // MARK: From a timeline

  /// A server whose mix changes every ten seconds, and the watts that follow it.
  private func books(_ tens: Int, attributes: [String: String] = [:]) -> Books {
    let gpu = Books.id(.gpu)
    let job = Books.id(.job, "s")
    var books = Books()
    var (joules, prompts, outputs) = ([(0.0, 0.0)], [(0.0, 0.0)], [(0.0, 0.0)])
    for (index, window) in windows(tens).enumerated() {
      for second in 1...10 {
        let time = Double(index * 10 + second)
        joules.append((time, (joules.last?.1 ?? 0) + window.watts))
        prompts.append((time, (prompts.last?.1 ?? 0) + window.prompt))
        outputs.append((time, (outputs.last?.1 ?? 0) + window.output))
      }
    }
    books.timeline.apply(.device(Device(id: job, label: "m", attributes: attributes)))
    books.add(gpu, .energy, .counter, joules)
    books.add(job, .outputTokens, .counter, outputs)
    books.add(job, .promptTokens, .counter, prompts)
    return books
  }

  @Test func `a timeline gives its windows`() throws {
    let job = Books.id(.job, "s")
    let fit = try #require(
      try books(40).ledger.tokenEnergyFit(of: job, at: origin + 400)?.get())
    #expect(fit.windows == 40)
    #expect(near(fit.base.value, 90) && near(fit.output.value, 0.5))
    #expect(near(fit.prompt.value, 0.02))
    let early = books(40).ledger.tokenEnergyFit(of: job, at: origin + 200)
    #expect(early == .failure(.windows(20)))
    #expect(
      TokenEnergyFit.Failure.windows(20).words
        == "not enough yet: 20 of 30 stretches with tokens and power")
    let late = books(40, attributes: ["token_count": "request"])
    #expect(late.ledger.tokenEnergyFit(of: job, at: origin + 400) == .failure(.late))
    #expect(books(40).ledger.tokenEnergyFit(of: Books.id(.gpu), at: origin + 400) == nil)
    var plain = Books()
    plain.add(job, .outputTokens, .counter, [(0, 0), (1, 5)])
    #expect(plain.ledger.tokenEnergyFit(of: job, at: origin + 1) == .failure(.noPromptTokens))
  }
}

import Glibc
import Quantities
import Telemetry
import Testing

@testable import Accounting

/// Energy to a target loss: reached, projected, or refused.
@Suite struct TargetTests {
  private let gpu = Books.id(.gpu)
  private let job = Books.id(.job, "7")

  /// A step a second at 100 W, with a loss that is a function of the step.
  private func books(
    steps: Int, _ loss: (Double) -> Double, validation: [(Double, Double)] = []
  ) -> Books {
    var books = Books()
    let seconds = (0...steps).map(Double.init)
    books.count(gpu, watts: 100, at: seconds)
    books.add(job, .step, .log, period: 1, seconds.map { ($0, $0) })
    books.add(job, .loss, .log, period: 1, seconds.map { ($0, loss($0)) })
    if !validation.isEmpty { books.add(job, .validationLoss, .log, period: 50, validation) }
    return books
  }

  @Test func `A target is reached between two evaluations`() throws {
    let books = books(steps: 200, { _ in 9 }, validation: [(50, 4), (100, 3.2), (150, 2.9)])
    let target = try #require(books.ledger.target(3, of: job, at: origin + 200))
    #expect(target.basis == .validation)
    guard case .reached(let step, let joules) = target.outcome else {
      Issue.record("\(target)")
      return
    }
    #expect(step == 100...150)
    #expect(near(joules?.lowerBound, 10_000) && near(joules?.upperBound, 15_000))
    let early = try #require(books.ledger.target(3, of: job, at: origin + 120))
    if case .reached = early.outcome { Issue.record("\(early)") }
  }

  @Test func `Without evaluations a mean over a hundred reports decides`() throws {
    let books = books(steps: 400) { $0 < 120 ? 5 : 1 }
    let target = try #require(books.ledger.target(2, of: job, at: origin + 400))
    #expect(target.basis == .training && target.basis.words.contains("100"))
    guard case .reached(let step, _) = target.outcome else {
      Issue.record("\(target)")
      return
    }
    // One low report does not count; the mean crosses well after the loss fell.
    #expect(step.upperBound > 150 && step.upperBound < 250)
    let few = try #require(books.ledger.target(2, of: job, at: origin + 50))
    #expect(few.outcome == .refused("fewer than 100 reports of the loss so far"))
    #expect(books.ledger.target(2, of: Books.id(.job, "8"), at: origin + 50) == nil)
  }

  @Test func `A power law is carried on to the target, with an interval`() throws {
    let truth: (Double) -> Double = { 2 + 8 * pow($0, -0.5) }
    let evaluations = (1...20).map { index in
      let step = Double(index) * 50
      return (step, truth(step) + (index % 2 == 0 ? 0.004 : -0.004))
    }
    let books = books(steps: 1000, { _ in 9 }, validation: evaluations)
    let target = try #require(books.ledger.target(2.2, of: job, at: origin + 1000))
    guard case .projected(let steps, let joules, let fit) = target.outcome else {
      Issue.record("\(target)")
      return
    }
    // The truth is 1600 steps, 600 from here.
    #expect(steps.lowerBound > 200 && steps.lowerBound < 650, "\(steps)")
    #expect(steps.upperBound > 550 && steps.upperBound < 3000, "\(steps)")
    #expect(near(joules?.lowerBound, steps.lowerBound * 100))
    #expect(fit.contains("R²"))
    #expect(books.ledger.target(2.2, of: job, at: origin + 1000) == target)
  }

  @Test func `A poor fit projects nothing and says why`() throws {
    func outcome(_ target: Double, _ loss: (Int) -> Double) -> TargetLoss.Outcome? {
      let evaluations = (1...20).map { (Double($0) * 50, loss($0)) }
      return books(steps: 1000, { _ in 9 }, validation: evaluations).ledger
        .target(target, of: job, at: origin + 1000)?.outcome
    }
    #expect(outcome(1) { 3 + Double($0) * 0.01 } == .refused("the loss does not fall"))
    guard case .refused(let noisy)? = outcome(1, { 3 + Double($0 * 7 % 5) }) else {
      Issue.record("noise was projected")
      return
    }
    #expect(noisy.contains("noisy") || noisy.contains("fall"))
    guard case .refused? = outcome(0.001, { 2 + 8 * pow(Double($0), -1) }) else {
      Issue.record("a target below the floor was projected")
      return
    }
  }

  @Test func `Strange losses do not trap`() {
    for loss in [0.0, -1, 1e30, -1e30] {
      let books = books(steps: 300) { _ in loss }
      _ = books.ledger.target(2, of: job, at: origin + 300)
      _ = books.ledger.target(.nan, of: job, at: origin + 300)
    }
  }
}

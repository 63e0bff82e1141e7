import Telemetry
import Testing

@testable import Accounting

/// A job on accelerators of which one tells no power: what they drew together is unknown.
@Suite struct SilentAcceleratorTests {
  private let job = Books.id(.job, "train")
  private let one = Books.id(.gpu, "0")
  private let two = Books.id(.gpu, "1")

  /// A job of ten minutes on a machine whose second accelerator is as it is told here.
  private func ledger(
    model: String, attributes: [String: String] = [:], own: String? = nil, wall: Bool = false
  ) -> Ledger {
    var books = Books()
    let seconds = (0...600).map(Double.init)
    books.timeline.apply(.device(Device(id: one, label: "0", model: "NVIDIA H100")))
    books.timeline.apply(
      .device(Device(id: two, label: "1", model: model, attributes: attributes)))
    books.count(one, watts: 300, at: seconds)
    books.add(two, .utilization, .instant, seconds.map { ($0, 0.5) })
    if wall { books.draw(Books.id(.meter, "wall"), watts: 900, at: seconds) }
    let facts = own.map { ["gpus": $0] } ?? [:]
    books.timeline.apply(.device(Device(id: job, label: "train", attributes: facts)))
    books.add(job, .step, .log, seconds.map { ($0, $0) })
    return books.ledger
  }

  @Test func `What two of a kind drew is unknown where one is silent`() {
    let ledger = ledger(model: "NVIDIA H100")
    #expect(ledger.charge(of: job, over: span(0, 600)) == .unknown("gpu 1 tells no power"))
    #expect(ledger.cost(of: job, at: origin + 600)?.joulesPerStep == nil)
  }

  @Test func `One for the display, or on the processor's die, is none of a training's`() {
    for ledger in [
      ledger(model: "NVIDIA GeForce GT 710"),
      ledger(model: "NVIDIA H100", attributes: [Device.integratedKey: "yes"]),
    ] {
      #expect(near(ledger.cost(of: job, at: origin + 600)?.joulesPerStep, 300))
    }
  }

  @Test func `A meter of the whole machine sees both`() {
    let ledger = ledger(model: "NVIDIA H100", wall: true)
    #expect(near(ledger.cost(of: job, at: origin + 600)?.joulesPerStep, 900))
  }
}

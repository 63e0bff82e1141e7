import Quantities
import Telemetry
import Testing

@testable import Accounting

/// A workload on other chips, and energy in familiar things.
@Suite struct ChipTests {
  private func chip(_ name: String) throws -> Accelerator { try #require(Accelerator.find(name)) }

  private func work(
    flopRate: Double? = nil, byteRate: Double? = nil, memory: Double? = nil
  ) throws -> Workload {
    var work = Workload(
      chip: try chip("NVIDIA H100 80GB HBM3"), devices: 8, precision: .bf16,
      isPrecisionKnown: true)
    work.flopRate = flopRate
    work.byteRate = byteRate
    work.power = 600
    work.memory = memory
    return work
  }

  @Test func `Time lies between the ratio of peaks and that of bandwidths`() throws {
    let a100 = try chip("NVIDIA A100-SXM4-80GB")
    let estimate = try #require(ChipEstimate(try work(), on: a100))
    #expect(near(estimate.time.lowerBound, 3350.0 / 2039))
    #expect(near(estimate.time.upperBound, 989.5 / 312))
    let energy = try #require(estimate.energy)
    #expect(near(energy.lowerBound, 3350.0 / 2039 * 600 / 700 * 400 / 600))
    #expect(near(energy.upperBound, 989.5 / 312 * 400 / 600))
  }

  @Test func `No chip beats its roofline`() throws {
    // 900 TFLOP/s here: an A100 needs 2.9 times as long even at its peak.
    let estimate = try #require(
      ChipEstimate(try work(flopRate: 900e12), on: try chip("NVIDIA A100-SXM4-80GB")))
    #expect(near(estimate.time.lowerBound, 900.0 / 312))
  }

  @Test func `Memory and unknown power are told`() throws {
    let small = try #require(ChipEstimate(try work(memory: 70e9), on: try chip("NVIDIA L4")))
    #expect(small.fits == false)
    let tpu = try #require(ChipEstimate(try work(), on: try chip("TPU v5p")))
    #expect(tpu.energy == nil && tpu.fits == nil)
    #expect(ChipEstimate(try work(), on: try chip("Tesla T4")) == nil)
  }

  @Test func `The usual chips exist, and the frugal ones come first`() throws {
    #expect(ChipEstimate.usual.allSatisfy { name in Accelerator.all.contains { $0.name == name } })
    let all = ChipEstimate.all(try work(memory: 60e9))
    #expect(all.count > 12 && !all.contains { $0.chip.name == "H100 SXM5 80GB" })
    let fitting = all.prefix { $0.fits != false }
    #expect(!fitting.isEmpty && all.dropFirst(fitting.count).allSatisfy { $0.fits == false })
  }

  @Test func `A workload is read from the job and the chip's own counters`() throws {
    var books = Books()
    let (gpu, job) = (Books.id(.gpu), Books.id(.job, "7"))
    let device = Device(
      id: job, label: "run", attributes: ["parameters": "1e9", "precision": "bf16"])
    books.timeline.apply(.device(device))
    books.timeline.apply(.device(Device(id: gpu, label: "0", model: "NVIDIA H100 80GB HBM3")))
    let times = (0...60).map(Double.init)
    books.count(gpu, watts: 350, at: times)
    books.add(gpu, .dramActive, .average, times.map { ($0, 0.5) })
    books.add(job, .step, .log, period: 1, times.map { ($0, $0) })
    books.add(job, .tokens, .counter, period: 1, times.map { ($0, $0 * 10_000) })
    let work = try books.ledger.workload(of: device, over: span(20, 60)).get()
    #expect(near(work.flopRate, 6e13) && work.isFLOPRateModel && work.isPrecisionKnown)
    #expect(near(work.byteRate, 1675e9) && near(work.power, 350))
    #expect(near(work.bandwidthUtilization, 0.5) && near(work.flopUtilization, 6e13 / 989.5e12))
    #expect((work.arithmeticIntensity ?? 0) < (work.ridgePoint ?? 0))
  }

  @Test func `Without a known chip there is no estimate, and a reason`() {
    var books = Books()
    #expect(throws: Ledger.NoWorkload.self) {
      try books.ledger.workload(of: nil, over: span(0, 10)).get()
    }
    books.timeline.apply(
      .device(Device(id: Books.id(.gpu), label: "0", model: "NVIDIA GeForce RTX 3090 Ti")))
    guard case .failure(let problem) = books.ledger.workload(of: nil, over: span(0, 10)) else {
      Issue.record("an unknown chip was estimated")
      return
    }
    #expect(problem.reason.contains("3090 Ti"))
  }

  // MARK: Equivalents and diets

  @Test func `Every thing has a source, and counts what it should`() throws {
    for thing in Equivalent.all {
      #expect(!thing.source.isEmpty && thing.amount > 0, "\(thing.name)")
    }
    let counts = Equivalent.counts(joules: 3.6e6, grams: 248.5)
    func count(_ name: String) -> Double? { counts.first { $0.thing.name == name }?.count }
    #expect(near(count("phone charges"), 1000 / 12))
    #expect(near(count("km in a petrol car"), 1))
    // 40 kg of grass a day are 40 kWh.
    #expect(near(Equivalent.hippoDay.amount, 40 * 3.6e6))
    #expect(Equivalent.best(counts, limit: 2).count == 2)
    #expect(Equivalent.counts(joules: nil, grams: nil).isEmpty)
    #expect(Equivalent.counts(joules: 3.6e6, grams: nil).allSatisfy { $0.thing.basis == .joules })
  }

  @Test func `Diets that cost are among those shown, those of the same chip first`() {
    for limit in [1, 3, 8, 12, 100] {
      let rows = Diet.selection(hardware: "H100 SXM5 80GB", isServing: true, limit: limit)
      #expect(rows.count == min(limit, Diet.all.count))
      #expect(Set(rows).count == rows.count)
      #expect(rows.count { !$0.saves } >= limit / 4 || limit == 100)
    }
    let rows = Diet.selection(hardware: "A40", isServing: false, limit: 6)
    #expect(rows.contains { $0.hardware == "A40" })
    // The Turing card of the traces, and not its namesakes of later generations.
    func isFirst(_ chip: String) -> Bool {
      Diet.selection(hardware: chip, isServing: true, limit: 6).contains {
        $0.hardware == "RTX 6000"
      }
    }
    #expect(isFirst("Quadro RTX 6000"))
    #expect(!isFirst("NVIDIA RTX 6000 Ada Generation"))
    let families = Set(Diet.selection(hardware: "", isServing: nil, limit: 12).map(\.family))
    #expect(families.count >= 8)
  }

  @Test func `Prices are read with their currency`() {
    #expect(Price(text: "0.25 EUR")?.text(3.6e6) == "0.25 EUR")
    #expect(Price(text: "0.30€")?.text(36e6) == "3.00 €")
    #expect(Price(text: "0.25")?.text(3.6e6) == "0.25 money")
    for wrong in ["", "free", "-1", "0", "1e9", "0.2 dollars", "0.2\u{1b}[m"] {
      #expect(Price(text: wrong) == nil)
    }
  }
}

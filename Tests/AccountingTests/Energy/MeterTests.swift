import Quantities
import Telemetry
import Testing

@testable import Accounting

/// Which meters stand for a machine, and when.
@Suite struct MeterTests {
  private let gpu = Books.id(.gpu)
  private let package = Books.id(.cpu, "package-0")
  private let psys = Books.id(.cpu, "psys")
  private let wall = Books.id(.meter, "wall")
  private func seconds(_ range: ClosedRange<Int>) -> [Double] { range.map(Double.init) }

  @Test func `A platform's count and the accelerators beside it are added`() {
    var books = Books()
    books.count(package, watts: 8, at: seconds(0...60))
    books.count(psys, watts: 15, at: seconds(0...60))
    books.count(gpu, watts: 60, at: seconds(0...60))
    let ledger = books.ledger
    #expect(near(ledger.energy(over: span(0, 60))?.joules, 75 * 60))
    #expect(near(ledger.power(at: origin + 60), 75))
    #expect(ledger.powerDevices(at: origin + 30).map(\.id) == [psys, gpu])
  }

  @Test func `A meter that tells less than what it should contain is passed over, and named`() {
    var books = Books()
    books.count(gpu, watts: 300, at: seconds(0...60))
    books.draw(wall, watts: 150, at: seconds(0...60))
    let ledger = books.ledger
    #expect(near(ledger.energy(over: span(0, 60))?.joules, 300 * 60))
    #expect(ledger.wholeRole(at: origin + 30) == nil)
    let choice = ledger.meterChoice(of: ledger.inventory.machines[0], at: origin + 30)
    #expect(choice.tooSmall.map(\.id) == [wall])
    #expect(choice.whole == nil)
    // Ten per cent and ten watts is what sensors disagree by.
    var close = Books()
    close.count(gpu, watts: 300, at: seconds(0...60))
    close.draw(wall, watts: 265, at: seconds(0...60))
    #expect(near(close.ledger.energy(over: span(0, 60))?.joules, 265 * 60))
  }

  @Test func `Modelled parts disprove no meter`() {
    var books = Books()
    books.draw(package, watts: 300, at: seconds(0...60), method: .modelled)
    books.draw(wall, watts: 150, at: seconds(0...60))
    #expect(near(books.ledger.energy(over: span(0, 60))?.joules, 150 * 60))
  }

  @Test(arguments: [false, true])
  func `A meter that falls silent hands over to the parts, and takes over again`(isCounter: Bool) {
    var books = Books()
    books.count(gpu, watts: 300, at: seconds(0...300))
    books.count(package, watts: 100, at: seconds(0...300))
    books.draw(wall, watts: 600, at: seconds(0...100) + seconds(200...300))
    let ledger = books.ledger
    let energy = ledger.energy(over: span(0, 300))
    #expect(near(energy?.joules, 600 * 200 + 400 * 100))
    #expect(near(energy?.coverage, 1))
    #expect(near(ledger.power(at: origin + 150), 400))
    #expect(near(ledger.power(at: origin + 250), 600))
    let curve = ledger.powerCurve(over: span(0, 300), columns: 30)
    #expect(near(curve[5], 600))
    #expect(near(curve[15], 400))
    #expect(near(curve[25], 600))
    // Any span is the difference of two others, across the seams as well.
    for cut in stride(from: 7.5, to: 300, by: 31) {
      let parts = [span(0, cut), span(cut, 300)].compactMap { ledger.energy(over: $0)?.joules }
      #expect(near(parts.reduce(0, +), energy?.joules ?? 0))
    }
  }

  @Test func `A meter that tells a mean a minute is not blamed for a step within it`() {
    for start in stride(from: 0, to: 60, by: 7.5) {
      var books = Books()
      books.add(
        gpu, .power, .instant, seconds(0...600).map { ($0, $0 < 300 ? 70 : 700) })
      // The mean of the minute before, of the GPU and 100 W more.
      let times = stride(from: start, through: 600, by: 60).map { $0 }
      func mean(_ end: Double) -> Double {
        let busy = min(60, max(0, end - 300))
        return 100 + (70 * (60 - busy) + 700 * busy) / 60
      }
      books.add(wall, .power, .average, period: 60, times.map { ($0, mean($0)) })
      #expect(books.ledger.metersPassedOver(in: span(0, 600)).isEmpty, "\(start)")
    }
  }

  @Test func `A meter that sticks is left from the minute on in which it does`() {
    var books = Books()
    books.count(gpu, watts: 300, at: seconds(0...1200))
    books.add(
      wall, .power, .instant, seconds(0...1200).map { ($0, $0 < 600 ? 500 : 20) })
    let ledger = books.ledger
    let joules = ledger.energy(over: span(0, 1200))?.joules ?? 0
    #expect(abs(joules - (500 * 600 + 300 * 600)) <= 60 * 500, "\(joules)")
    #expect(near(ledger.power(at: origin + 300), 500))
    #expect(near(ledger.power(at: origin + 1100), 300))
  }

  @Test func `Machines are added up, each by its own meters`() {
    var books = Books()
    for node in 0..<8 {
      let wall = DeviceID(machine: "node\(node)", kind: .meter, name: "wall")
      books.draw(wall, watts: 1000 + 100 * Double(node), at: seconds(0...600))
    }
    let own = DeviceID(machine: "node8", kind: .gpu, name: "0")
    books.count(own, watts: 50, at: seconds(0...600))
    let energy = books.ledger.energy(over: span(0, 600))
    #expect(near(energy?.joules, 600 * (8000 + 2800 + 50)))
    #expect(near(energy?.coverage, 1))
    #expect(near(books.ledger.power(at: origin + 300), 10850))
  }

  @Test func `Time without any meter is not covered`() {
    var books = Books()
    books.draw(wall, watts: 600, at: seconds(0...100) + seconds(200...300))
    let energy = books.ledger.energy(over: span(0, 300))
    #expect(near(energy?.joules, 600 * 200))
    #expect(near(energy?.coverage, 2.0 / 3))
  }

  /// What is old is kept in buckets that know how much of them is known, and no longer where.
  @Test(arguments: [false, true])
  func `Bursts of a meter in long silences keep their joules`(hasParts: Bool) {
    var books = Books()
    let bursts = (0..<24).map { $0 * 86_400 }
    let times = bursts.flatMap { seconds($0...$0 + 1200) }
    books.draw(wall, watts: 10, at: times)
    if hasParts { books.draw(package, watts: 4, at: times) }
    let energy = books.ledger.energy(over: span(0, Double(23 * 86_400 + 1200)))
    #expect(near(energy?.joules, 24 * 1200 * 10))
    #expect(near(energy?.covered, 24 * 1200))
  }

  @Test func `Parts that tell more of a stretch than a meter stand for it there`() throws {
    var books = Books()
    let bursts = (0..<24).map { $0 * 86_400 }
    books.draw(wall, watts: 10, at: bursts.flatMap { seconds($0...$0 + 1200) })
    books.draw(
      package, watts: 4, at: stride(from: 0.0, through: 23 * 86_400 + 1200, by: 5).map { $0 })
    let end = Double(23 * 86_400 + 1200)
    let energy = try #require(books.ledger.energy(over: span(0, end)))
    #expect(near(energy.coverage, 1))
    #expect(energy.joules >= 4 * end && energy.joules <= 4 * end + 24 * 1200 * 6 + 1)
  }

  /// A meter that tells a third of each minute, and more than its parts whenever it tells.
  @Test(arguments: [1, 7]) func `A meter with many silences is not blamed for them`(days: Int) {
    var books = Books()
    let minutes = (0..<days * 1440).map { $0 * 60 }
    books.draw(wall, watts: 520, at: minutes.flatMap { seconds($0...$0 + 19) })
    books.draw(
      gpu, watts: 320, at: stride(from: 0.0, to: Double(days) * 86_400, by: 5).map { $0 })
    let ledger = books.ledger
    let all = span(0, Double(days) * 86_400)
    #expect(ledger.metersPassedOver(in: all).isEmpty)
    let energy = ledger.energy(over: all)
    #expect(energy.map { $0.coverage > 0.999 } == true)
    #expect(energy.map { 320 * all.seconds * 0.999...387 * all.seconds ~= $0.joules } == true)
  }

  @Test(arguments: [(3900.0, true), (700, false)])
  func `A power out of all proportion to the product is said`(watts: Double, isSaid: Bool) {
    var books = Books()
    books.timeline.apply(.device(Device(id: gpu, label: "0", model: "NVIDIA GeForce RTX 4090")))
    books.add(gpu, .power, .average, seconds(0...60).map { ($0, $0 == 30 ? watts : 400) })
    let words = books.ledger.warnings(over: span(0, 60)).map(\.words)
    #expect(words.contains { $0.contains("told 3900 W, where its maker states 450 W") } == isSaid)
  }

  @Test func `An accelerator without power beside others is named`() {
    var books = Books()
    let other = Books.id(.gpu, "1")
    books.count(gpu, watts: 300, at: seconds(0...60))
    #expect(books.ledger.warnings(over: span(0, 60)).isEmpty)
    books.add(other, .utilization, .instant, seconds(0...60).map { ($0, 0.5) })
    #expect(
      books.ledger.warnings(over: span(0, 60)).map(\.words)
        == ["gpu 1 tells no power: what it draws is unknown, and in no total"])
    // What is on the processor's die is in its package.
    books.timeline.apply(
      .device(Device(id: other, label: "iGPU", attributes: [Device.integratedKey: "yes"])))
    #expect(books.ledger.warnings(over: span(0, 60)).isEmpty)
  }
}

import Accounting
import Recordings
import Seeded
import Sensors
import Telemetry
import Testing

/// The lower bar of the ribbon: whatever stretch one looks at, its parts add up to what was drawn.
@Suite struct EnergySplitTests {
  /// The recordings that are shipped, and a session that is judged as it goes on.
  enum Session: String, CaseIterable, CustomTestStringConvertible {
    case eightGPUs = "eight-gpus"
    case tinyGPT = "tiny-gpt"
    case smallBatch = "tiny-gpt-small-batch"
    case starving

    var testDescription: String { rawValue }

    func timeline() throws -> Timeline {
      guard self == .starving else {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
        let path = root.joined(separator: "/") + "/demos/\(rawValue).hippo"
        return try RecordingReader(path: path).timeline()
      }
      let start = Timestamp(nanoseconds: 1_790_000_000_000_000_000)
      var timeline = Timeline()
      try SimulatedSource.observations(
        seed: 11, machine: "box", from: start, to: start + 660, every: 1
      ) { timeline.apply($0) }
      return timeline
    }
  }

  /// A random stretch, sometimes beyond both ends of what is known, sometimes of a fraction of a second.
  private func stretch(_ random: inout SeededRandom, in span: TimeSpan) -> TimeSpan {
    func place() -> Timestamp {
      span.start + span.seconds * (Double(random.next(1_000_001)) / 1e6 * 1.1 - 0.05)
    }
    let start = place()
    switch random.next(3) {
    case 0: return TimeSpan(start, start + 0.05 + Double(random.next(1000)) / 500)
    case 1: return TimeSpan(start, start + 30)
    default:
      let end = place()
      return TimeSpan(min(start, end), max(start, end) + 0.001)
    }
  }

  private func sum(_ split: EnergySplit) -> Double { split.joules.reduce(0) { $0 + $1.joules } }

  @Test(arguments: Session.allCases)
  func `its parts are never negative and add up to the whole`(session: Session) throws {
    let timeline = try session.timeline()
    let ledger = Ledger(timeline)
    let span = try #require(timeline.span)
    var random = SeededRandom(41)
    var known = 0
    for _ in 0..<400 {
      let stretch = stretch(&random, in: span)
      guard let split = ledger.split(over: stretch) else { continue }
      known += 1
      #expect(split.joules.allSatisfy { $0.joules >= 0 && $0.joules.isFinite }, "\(stretch)")
      #expect(Set(split.joules.map(\.use)).count == split.joules.count)
      let (sum, whole) = (sum(split), split.total.joules)
      #expect(abs(sum - whole) <= 1e-9 * max(1e-6, whole), "\(stretch): \(sum) of \(whole)")
      // The whole is what the account says everywhere else, or what its parts say where that is more.
      let energy = try #require(ledger.energy(over: stretch)).joules
      #expect(whole >= energy * (1 - 1e-12), "\(stretch)")
      if split.joules.contains(where: { $0.use == .other }) {
        #expect(abs(whole - energy) <= 1e-9 * energy, "\(stretch)")
      }
    }
    #expect(known > 300)
    if session == .starving {
      let split = try #require(ledger.split(over: span))
      #expect(split.share(.waiting) > 0.01 && split.share(.compute) > 0.3)
    }
  }

  @Test(arguments: Session.allCases)
  func `two stretches that meet are together what the stretch over both is`(session: Session) throws
  {
    let timeline = try session.timeline()
    let ledger = Ledger(timeline)
    let span = try #require(timeline.span)
    var random = SeededRandom(43)
    for _ in 0..<200 {
      let whole = stretch(&random, in: span)
      let middle = whole.start + whole.seconds * Double(1 + random.next(998)) / 1000
      let halves = [TimeSpan(whole.start, middle), TimeSpan(middle, whole.end)]
      guard let energy = ledger.energy(over: whole)?.joules else { continue }
      let sum = halves.reduce(0) { $0 + (ledger.energy(over: $1)?.joules ?? 0) }
      #expect(abs(sum - energy) <= 1e-9 * max(1, energy), "\(whole) at \(middle)")
      guard session == .starving else { continue }
      // What was judged moment by moment is cut alike, but for the scale to the energy of each stretch.
      let splits = halves.compactMap { ledger.split(over: $0) }
      guard let all = ledger.split(over: whole), splits.count == 2 else { continue }
      for (use, joules) in all.joules {
        let parts = splits.reduce(0.0) { sum, split in
          sum + (split.joules.first { $0.use == use }?.joules ?? 0)
        }
        #expect(abs(parts - joules) <= 1e-4 * max(1, all.total.joules), "\(use) of \(whole)")
      }
    }
  }
}

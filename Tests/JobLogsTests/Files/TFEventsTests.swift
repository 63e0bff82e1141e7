import Quantities
import Seeded
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import JobLogs

@Suite struct TFEventsTests {
  static let start = 1_790_000_000.0

  struct Scalar: Equatable {
    var tag: String
    var step: Int64
    var time: Double
    var value: Double
  }

  /// The scalars of an event file, its bytes handed over in pieces.
  static func scalars(
    _ bytes: [UInt8], piece: Int = 1 << 20
  ) -> (scalars: [Scalar], decoder: TFEventsDecoder) {
    var decoder = TFEventsDecoder()
    var result: [Scalar] = []
    bytes.withUnsafeBufferPointer { buffer in
      var at = 0
      while at < buffer.count {
        let end = min(buffer.count, at + piece)
        decoder.feed(buffer.part(at..<end)) { scalar in
          result.append(
            Scalar(
              tag: String(decoding: scalar.tag, as: UTF8.self), step: scalar.step,
              time: scalar.wallTime, value: scalar.value))
        }
        at = end
      }
    }
    return (result, decoder)
  }

  static func context() -> SourceContext { SourceContext(machine: "box") }

  static func clock(_ seconds: Double = 5000) -> FixedClock {
    FixedClock(Timestamp(seconds: start + seconds))
  }

  @Test func theChecksumsAreThoseOfTheStandards() {
    let digits = Array("123456789".utf8)
    digits.withUnsafeBufferPointer { bytes in
      #expect(CRC32.castagnoli.checksum(bytes) == 0xE306_9283)
      #expect(CRC32.zlib.checksum(bytes) == 0xCBF4_3926)
      let first = CRC32.zlib.checksum(bytes.part(0..<4))
      #expect(CRC32.zlib.checksum(bytes.part(4..<9), after: first) == 0xCBF4_3926)
    }
  }

  @Test func bothEncodingsOfAScalarAreRead() {
    let double = EventFile.little(0.25.bitPattern)
    let float = EventFile.little(Float(1.5).bitPattern)
    let bytes =
      EventFile.version
      + EventFile.event(
        Self.start, step: 3, EventFile.simple("loss", 2.5),
        EventFile.tensor("a", type: 1, EventFile.field(4, float)),
        EventFile.tensor("b", type: 2, EventFile.field(6, double)),
        EventFile.tensor("c", type: 1, EventFile.field(5, float)),
        EventFile.tensor("text", type: 7, EventFile.field(8, Array("hello".utf8)), plugin: "text"),
        EventFile.tensor("three", type: 1, EventFile.field(4, float + float + float)),
        EventFile.tensor("odd", type: 1, EventFile.field(4, float), plugin: "histograms"))
    let (scalars, decoder) = Self.scalars(bytes)
    #expect(scalars.map(\.tag) == ["loss", "a", "b", "c"])
    #expect(scalars.map(\.value) == [2.5, 1.5, 0.25, 1.5])
    #expect(scalars.allSatisfy { $0.step == 3 && $0.time == Self.start })
    #expect(decoder.records == 2)
    #expect(decoder.damage == nil)
    for piece in [1, 3, 7, 64] { #expect(Self.scalars(bytes, piece: piece).scalars == scalars) }
  }

  @Test func damageIsNamedAndReadingGoesOnBehindIt() {
    let events = (0..<20).map {
      EventFile.event(Self.start + Double($0), step: Int64($0), EventFile.simple("loss", Float($0)))
    }
    let whole = EventFile.version + events.flatMap { $0 }
    // A wrong byte in the data: that record is lost, no more.
    let begin = EventFile.version.count + events[..<5].map(\.count).reduce(0, +)
    var bytes = whole
    bytes[begin + 20] ^= 1
    var (scalars, decoder) = Self.scalars(bytes)
    #expect(scalars.map(\.step) == (0..<20).filter { $0 != 5 })
    #expect(decoder.damage?.offset == Int64(begin))
    #expect(decoder.damage?.isSearching == false)
    // A wrong byte in the length: the next record is found by its checksum.
    bytes = whole
    bytes[begin + 1] ^= 0x40
    for piece in [1, 50, 4096] {
      (scalars, decoder) = Self.scalars(bytes, piece: piece)
      #expect(scalars.map(\.step) == (0..<20).filter { $0 != 5 })
      #expect(decoder.damage?.offset == Int64(begin))
      #expect(decoder.damage?.isSearching == false)
    }
    // Zeros to the end: nothing more is found, and it says so.
    bytes = Array(whole[..<begin]) + [UInt8](repeating: 0, count: 5000)
    (scalars, decoder) = Self.scalars(bytes)
    #expect(scalars.count == 5)
    #expect(decoder.damage == .init(offset: Int64(begin), count: 1, isSearching: true))
  }

  @Test func absurdLengthsAreNoReasonToWaitOrToTakeMemory() {
    // Eighteen exabytes, with a correct checksum.
    let length = EventFile.little(UInt64.max - 3)
    let sum = length.withUnsafeBufferPointer { EventFile.little(TFEventsDecoder.masked($0)) }
    let event = EventFile.event(Self.start, step: 1, EventFile.simple("loss", 1))
    let (scalars, decoder) = Self.scalars(EventFile.version + length + sum + event)
    #expect(scalars.map(\.step) == [1])
    #expect(decoder.damage?.offset == Int64(EventFile.version.count))
    // A picture of two megabytes is passed over, whatever the size of the pieces.
    let picture = EventFile.record([UInt8](repeating: 0x55, count: 2 << 20))
    for piece in [100_000, 1 << 23] {
      let (scalars, decoder) = Self.scalars(EventFile.version + picture + event, piece: piece)
      #expect(scalars.map(\.step) == [1])
      #expect(decoder.damage == nil)
      #expect(decoder.records == 3)
    }
  }

  @Test func aTornRecordWaitsForItsEnd() throws {
    let scratch = Scratch()
    let name = "events.out.tfevents.1790000000.box"
    let event = EventFile.event(Self.start + 10, step: 7, EventFile.simple("train/loss", 3))
    scratch.write(EventFile.version + event[..<20], to: name)
    var source = TFEventsSource(path: scratch.file(name), context: Self.context())
    #expect(try source.sample(Self.clock()).isEmpty)
    scratch.write(Array(event[20...]), to: name)
    let heard = try source.sample(Self.clock())
    #expect(heard.readings.map { $0[.loss] } == [3])
    #expect(heard.readings.map { $0[.step] } == [7])
    #expect(heard.readings.first?.time == Timestamp(seconds: Self.start + 10))
    #expect(heard.readings.first?.arrival == Self.clock().now)
    #expect(heard.devices.map(\.id.kind) == [.job])
    #expect(try source.sample(Self.clock()).isEmpty)
  }

  @Test func aResumedRunHoldsFromItsFirstStepOn() throws {
    let scratch = Scratch()
    func events(_ steps: Range<Int>, from time: Double) -> [UInt8] {
      EventFile.version
        + steps.flatMap {
          EventFile.event(
            time + Double($0), step: Int64($0), EventFile.simple("train/loss", Float($0)))
        }
    }
    scratch.write(events(0..<10, from: Self.start), to: "events.out.tfevents.1790000000.box")
    scratch.write(events(6..<12, from: Self.start + 500), to: "events.out.tfevents.1790000500.box")
    var source = TFEventsSource(path: scratch.path, context: Self.context())
    let heard = try source.readAll(Self.clock())
    #expect(heard.readings.map { $0[.step] ?? -1 } == (0..<12).map(Double.init))
    #expect(heard.readings[6].time == Timestamp(seconds: Self.start + 506))
    #expect(heard.events.isEmpty)
    // Heard live, the same is a resumption.
    scratch.write(events(9..<10, from: Self.start + 900), to: "events.out.tfevents.1790000900.box")
    let later = try source.sample(Self.clock(6000))
    #expect(later.readings.map { $0[.step] } == [9])
    #expect(later.events.count == 1)
    #expect(later.events.first?.text.hasSuffix("resumed at step 9") == true)
  }

  @Test func frameworksNamesFindTheirMetrics() throws {
    let scratch = Scratch()
    let event = EventFile.event(
      Self.start, step: 10, EventFile.simple("loss_metrics/global_avg_loss", 7.5),
      EventFile.simple("loss_metrics/global_max_loss", 9),
      EventFile.simple("throughput(tps)", 5856),
      EventFile.simple("tflops", 339.25), EventFile.simple("mfu(%)", 34.375),
      EventFile.simple("time_metrics/data_loading(s)", 0.125),
      EventFile.simple("memory/max_active(GiB)", 40), EventFile.simple("grad_norm", 1.5),
      EventFile.simple("n_tokens_seen", 81_920))
    scratch.write(EventFile.version + event, to: "events.out.tfevents.1790000000.box")
    var source = TFEventsSource(path: scratch.path, context: Self.context())
    let heard = try source.readAll(Self.clock())
    let row = try #require(heard.readings.first)
    #expect(heard.readings.count == 1)
    #expect(row[.loss] == 7.5)
    #expect(row[.tokenRate] == 5856)
    #expect(row[.reportedMFU] == 0.34375)
    #expect(row[.dataTime] == 0.125)
    #expect(row[.tokens] == 81_920)
    #expect(row.values.first { $0.metric == .peakMemory }?.steps == 40 << 30)
    #expect(row.values.first { $0.metric == .reportedFLOPRate }?.steps == 339_250_000)
    #expect(heard.devices.last?.attributes["rate_scope"] == "device")
    #expect(heard.series.allSatisfy { $0.provenance.method == .log })
  }

  @Test func rareRowsAreNoGaps() throws {
    let scratch = Scratch()
    let bytes = (0..<6).flatMap {
      EventFile.event(
        Self.start + Double($0) * 400, step: Int64($0), EventFile.simple("train/loss", 1))
    }
    scratch.write(EventFile.version + bytes, to: "events.out.tfevents.1790000000.box")
    var source = TFEventsSource(path: scratch.path, context: Self.context())
    let heard = try source.readAll(Self.clock())
    // Learnt before the first is said.
    let series = heard.series.filter { $0.metric == .loss }
    #expect(series.map(\.provenance.period) == [400])
    var cadence = Cadence()
    for time in [0, 20, 40, 90_000.0] {
      _ = cadence.hear(Timestamp(seconds: Self.start + time))
    }
    #expect(cadence.period == 20)
  }

  @Test func changedBytesNeverTrapAndNeverMakeUpScalars() {
    let whole =
      EventFile.version
      + (0..<6).flatMap {
        EventFile.event(
          Self.start, step: Int64($0), EventFile.simple("loss", 2.5),
          EventFile.tensor("b", type: 2, EventFile.field(6, EventFile.little(0.25.bitPattern))))
      }
    mutations(of: whole, rounds: 1500) { bytes in
      let (scalars, _) = Self.scalars(bytes, piece: 37)
      // The checksums let nothing through that was not written.
      for scalar in scalars where scalar.value != 2.5 && scalar.value != 0.25 {
        Issue.record("made up \(scalar)")
      }
    }
    // Behind the checksums anything may stand.
    let event = Array(
      EventFile.event(Self.start, step: 3, EventFile.simple("loss", 2.5)).dropFirst(12).dropLast(4))
    mutations(of: event, rounds: 3000) { bytes in
      bytes.withUnsafeBufferPointer { TFEvent.scalars(in: $0) { _ in } }
    }
  }

  /// Every number in an event of its own, as of TensorFlow 1; one file of Keras, one of a callback.
}

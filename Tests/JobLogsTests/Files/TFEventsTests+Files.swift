import Quantities
import Seeded
import Telemetry
import TestSupport
import Testing

@testable import Formats
@testable import JobLogs

/// Whole files, of runs of several libraries.
extension TFEventsTests {
  @Test func filesOfTheFirstEncoding() throws {
    struct File {
      let path: String?
      let records: Int
      let points: Int
      let last: Double
      /// The last loss as it is shown.
      let shown: Double
    }
    let tree = FileTree()
    tree.write("/events.out.tfevents.1773500000.river-3", JobFileFixture.eventsOfKeras1)
    let files = [
      File(
        path: "\(tree.root)/events.out.tfevents.1773500000.river-3", records: 25, points: 4,
        last: 0.5, shown: 0.5),
      File(
        path: Fixtures.real("training/tfevents/events.out.tfevents.1585769947.cvp"), records: 105,
        points: 17, last: 2.9325e-05, shown: 2.9e-05),
    ]
    for file in files {
      guard let path = file.path else { continue }
      let (scalars, decoder) = Self.scalars(Fixtures.readFile(path), piece: 10_000)
      #expect(decoder.records == file.records)
      #expect(decoder.damage == nil)
      let losses = scalars.filter { $0.tag == "batch_loss" }
      #expect(losses.map(\.step) == (0..<Int64(file.points)).map { $0 })
      #expect(losses.last.map { abs($0.value - file.last) < 1e-9 } == true)
      #expect(Set(scalars.map(\.tag)).count == 6)
      #expect(scalars.count == 6 * file.points)
      var source = TFEventsSource(path: path, context: Self.context())
      let heard = try source.readAll(Self.clock())
      for metric in [Metric.loss, .validationLoss, .accuracy] {
        #expect(heard.readings.count { $0[metric] != nil } == file.points)
      }
      #expect(heard.readings.last { $0[.loss] != nil }?[.loss] == file.shown)
      #expect(heard.events.isEmpty)
    }
  }

  /// A folder of Keras with TensorFlow 2: training and validation beside each other.
  @Test func runsOfKeras() throws {
    struct Run {
      let folder: String?
      let train: String
      let validation: String
      let loss: Double
      let accuracy: Double
      let validationLoss: Double
      let step: Int64
    }
    let tree = FileTree()
    let runs = [
      Run(
        folder: "\(tree.root)/tb", train: "events.out.tfevents.1773500000.river-3.77.0.v2",
        validation: "events.out.tfevents.1773500031.river-3.77.1.v2", loss: 1.5, accuracy: 0.5625,
        validationLoss: 1.25, step: 40),
      Run(
        folder: Fixtures.real("training/tfevents/keras_v2"),
        train: "events.out.tfevents.1664252965.1e98a51badab.3527.0.v2",
        validation: "events.out.tfevents.1664256777.1e98a51badab.3527.1.v2", loss: 6.290636,
        accuracy: 0.6855, validationLoss: 1.018118, step: 1250),
    ]
    tree.write("/tb/train/\(runs[0].train)", JobFileFixture.eventsOfKeras2)
    tree.write("/tb/validation/\(runs[0].validation)", JobFileFixture.validationOfKeras2)
    for run in runs {
      guard let folder = run.folder else { continue }
      let train = Self.scalars(Fixtures.readFile("\(folder)/train/\(run.train)")).scalars
      #expect(train.map(\.tag) == ["epoch_loss", "epoch_accuracy"])
      #expect(train.map(\.step) == [0, 0])
      #expect(train.first.map { abs($0.value - run.loss) < 1e-6 } == true)
      #expect(train.last.map { abs($0.value - run.accuracy) < 1e-4 } == true)
      let first = Self.scalars(Fixtures.readFile("\(folder)/validation/\(run.validation)"))
        .scalars.first
      #expect(first?.tag == "evaluation_loss_vs_iterations")
      #expect(first?.step == run.step)
      #expect(first.map { abs($0.value - run.validationLoss) < 1e-6 } == true)
      var source = TFEventsSource(path: folder, context: Self.context())
      let heard = try source.readAll(Self.clock())
      #expect(heard.readings.compactMap { $0[.loss] } == [run.loss])
      #expect(heard.readings.compactMap { $0[.validationLoss] } == [run.validationLoss])
      #expect(heard.readings.compactMap { $0[.step] } == [Double(run.step)])
      #expect(heard.readings.compactMap { $0[.epoch] } == [0])
      #expect(Set(heard.readings.map(\.device.name)) == [folder])
    }
  }

  @Test func aRunThatHasNotLoggedYet() throws {
    let tree = FileTree()
    tree.write("/tb/events.out.tfevents.1773500000.river-3.78.1.v2", EventFile.version)
    let real = Fixtures.real("training/tfevents/only_version_40bytes")
    for folder in ["\(tree.root)/tb", real].compactMap(\.self) {
      var source = TFEventsSource(path: folder, context: Self.context())
      #expect(try source.readAll(Self.clock()).isEmpty)
      #expect(source.probe().health == .ok)
    }
  }

  @Test func whatIsNoEventFileSaysSo() throws {
    let scratch = Scratch()
    var missing = TFEventsSource(path: scratch.path, context: Self.context())
    #expect(throws: SourceFailure.self) { try missing.sample(Self.clock()) }
    scratch.write(Array(repeating: UInt8(ascii: "x"), count: 9000), to: "junk")
    var source = TFEventsSource(path: scratch.file("junk"), context: Self.context())
    let heard = try source.sample(Self.clock())
    #expect(heard.readings.isEmpty)
    #expect(heard.events.map(\.text).count == 1)
    #expect(heard.events.first?.text.contains("damaged at byte 0") == true)
    #expect(try source.sample(Self.clock()).isEmpty)
  }
}

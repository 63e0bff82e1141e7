import Telemetry

@testable import JobLogs

extension LogFixture {
  /// The made-up logs of speech, of pictures, of trees, and of tables.
  static let kinds: [LogFixture] = [
    .madeUp(
      WeNetReader.self, rows: 4,
      last: [
        .step: 200, .epoch: 0, .loss: 46.5, .validationLoss: 44, .learningRate: 3e-5,
        .gradientNorm: 12.3,
      ]),
    .madeUp(
      CoquiReader.self, rows: 4,
      last: [
        .step: 24, .epoch: 0, .epochTotal: 1000, .loss: 2.476, .stepTime: 0.5124, .dataTime: 0.0041,
      ]),
    .madeUp(
      TacotronReader.self, rows: 3,
      last: [
        .step: 1, .loss: 0.899, .validationLoss: 9.123456, .gradientNorm: 1.134567,
        .stepTime: 1.36,
      ]),
    .madeUp(
      BasicSRReader.self, rows: 3,
      last: [
        .step: 1100, .epoch: 1, .loss: 0.048, .stepTime: 0.62, .dataTime: 0.012,
        .learningRate: 1e-4,
      ]),
    .madeUp(
      BoostingReader.self, rows: 3, last: [.step: 30, .loss: 0.1, .validationLoss: 0.28]),
    .madeUp(CatBoostReader.self, rows: 3, last: [.step: 999]),
    .madeUp(
      ColumnsReader.self, rows: 3,
      last: [
        .epoch: 3, .loss: 0.6478, .validationLoss: 0.6391, .accuracy: 0.64, .epochTime: 0.0209,
      ]),
    .madeUp(
      DarknetReader.self, rows: 2,
      last: [.step: 1188, .loss: 3.021931, .stepTime: 1.401193, .samples: 76_032]),
    .madeUp(StyleGANReader.self, rows: 2, last: [.samples: 6100]),
    .madeUp(
      CycleGANReader.self, rows: 3, last: [.epoch: 2, .epochTotal: 200, .epochTime: 300]),
    .madeUp(
      LeRobotReader.self, rows: 5,
      last: [
        .step: 1600, .epoch: 4.04, .loss: 1.026, .gradientNorm: 30.8, .learningRate: 1e-5,
        .stepTime: 0.5, .dataTime: 0.011,
      ]),
  ]
}

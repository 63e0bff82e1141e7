import Telemetry

/// The way of the bytes to a job's accelerators, stage by stage, over a stretch of time.
public struct DataPath: Hashable, Sendable {
  /// The stretch that everything is the mean of.
  public var span: TimeSpan
  /// One stage of each kind, in the order in which bytes pass them.
  public var stages: [DataPathStage]
  /// Ways that data take beside it.
  public var beside: [DataPathLink]
  /// What the accelerators waited for, where that was judged.
  public var wait: WaitingAccount?
  /// The stage that holds all the others up, where that is beyond doubt.
  public var narrow: DataPathStage.Kind?

  /// A path, with the narrow place that follows from its stages.
  init(
    span: TimeSpan, stages: [DataPathStage], beside: [DataPathLink] = [],
    wait: WaitingAccount? = nil, loader: LoaderAccount? = nil
  ) {
    self.span = span
    self.stages = stages
    self.beside = beside
    self.wait = wait
    narrow = Self.narrowest(stages, wait, loader)
  }

  /// The stage of a kind.
  public subscript(kind: DataPathStage.Kind) -> DataPathStage? {
    stages.first { $0.kind == kind }
  }

  /// Whether enough is known of it to be worth a picture: something on the way or of the chip beside the
  /// disk or link that the data come from.
  public var isWorthShowing: Bool {
    stages.contains { $0.kind != .store && $0.kind != .hostMemory && $0.isKnown }
  }

  /// The one stage that can move no more while no other is full.
  ///
  /// A stage can be full without holding anything up: one that is just fast enough is busy all the time
  /// too. So it is named only where the accelerators are known to wait, or, where nobody decided that,
  /// where every other stage has room and the chip is known to have some. A store serves others as well:
  /// it is not named where the job's own processes were looked at and none of them waits for it.
  static func narrowest(
    _ stages: [DataPathStage], _ wait: WaitingAccount?, _ loader: LoaderAccount? = nil
  ) -> DataPathStage.Kind? {
    let full = stages.filter { $0.isFull && ($0.basis?.isFill ?? false) && $0.basis != .bestSeen }
    guard full.count == 1, let stage = full.first, stage.isAtCeiling else { return nil }
    if stage.kind == .store, loader?.waits(forDisk: stage.isDisk) == false { return nil }
    if let wait, wait.isEnough { return wait.isWaitingForData ? stage.kind : nil }
    let others = stages.filter { $0.kind != stage.kind && ($0.basis?.isFill ?? false) }
    let hasRoom = others.allSatisfy { ($0.fullness ?? 0) < DataPathStage.nearlyFull }
    let chip = others.contains { !$0.kind.isFeeding && $0.fullness != nil }
    return hasRoom && chip ? stage.kind : nil
  }
}

/// A way that data take beside the path: a link between accelerators, an interface, a disk that is
/// written to.
public struct DataPathLink: Hashable, Sendable {
  /// What it is called.
  public var name: String
  /// Bytes a second in the direction in which more flow.
  public var rate: Double
  /// The most it can move in one direction, where that is stated.
  public var ceiling: Double?
}

import Testing

@testable import Accounting

/// What a loader is accused of, by what its workers did while they were waited for.
@Suite struct WaitingCauseTests {
  /// Shares of the workers' time while the trainer waited, and of run queue in run and run queue, as they
  /// were measured beside real loaders.
  struct Seen: Sendable, CustomTestStringConvertible {
    var name: String
    var running: Double
    var disk: Double
    var network: Double
    var head = 0.0
    var queued: Double
    var cause: WaitingCause?
    var testDescription: String { name }
  }

  static let seen = [
    Seen(
      name: "oversubscribed", running: 0.98, disk: 0, network: 0, queued: 0.85, cause: .processors),
    Seen(name: "computing", running: 1, disk: 0, network: 0, queued: 0.02, cause: .workers),
    Seen(name: "direct reads", running: 0.17, disk: 0.8, network: 0, queued: 0.6, cause: .disk),
    Seen(name: "direct, busy box", running: 0.3, disk: 0.68, network: 0, queued: 0.7, cause: .disk),
    Seen(name: "cold reads", running: 0.36, disk: 0.62, network: 0, queued: 0.58, cause: .disk),
    // More of the run queue than of the disk: neither is the cause alone.
    Seen(
      name: "cold, overloaded box", running: 0.65, disk: 0.35, network: 0, queued: 0.7, cause: nil),
    Seen(name: "server", running: 0.01, disk: 0, network: 0.98, queued: 0.3, cause: .network),
    Seen(
      name: "one slow sample", running: 0.25, disk: 0, network: 0, head: 0.98, queued: 0.1,
      cause: .slowSample),
    Seen(name: "loader ahead", running: 0.02, disk: 0, network: 0, queued: 0.1, cause: nil),
    Seen(name: "half and half", running: 0.5, disk: 0.5, network: 0, queued: 0, cause: nil),
  ]

  @Test(arguments: seen) func `A cause is named where it covers four fifths`(seen: Seen) {
    var loader = LoaderAccount(
      trainers: 1, workers: 4, onQueue: 0.8, running: 0.05, onDisk: 0, onSocket: 0)
    loader.queued = seen.queued
    loader.inWait = LoaderAccount.InWait(
      seconds: 30, running: seen.running, disk: seen.disk, network: seen.network, head: seen.head)
    switch WaitingCause.ofLoader(loader) {
    case .named(let cause, let covers):
      #expect(cause == seen.cause)
      #expect(covers >= WaitingCause.leastCover)
    case .unknown(let reason):
      #expect(seen.cause == nil, "\(reason)")
      #expect(!reason.isEmpty)
    }
  }

  @Test func `Nothing is named before workers were seen in a wait`() {
    let loader = LoaderAccount(
      trainers: 1, workers: 4, onQueue: 0.8, running: 0, onDisk: 0, onSocket: 0)
    guard case .unknown = WaitingCause.ofLoader(loader) else {
      Issue.record("a cause without any evidence")
      return
    }
  }

  @Test(arguments: [(0.04, WaitingBand.fed), (0.05, .watch), (0.1, .inputBound), (0.2, .critical)])
  func `Bands are those of the field`(share: Double, band: WaitingBand) {
    #expect(WaitingBand(share: share) == band)
  }

  @Test func `A band is not left for a moment's less`() {
    #expect(WaitingBand.critical.next(0.19) == .critical)
    #expect(WaitingBand.critical.next(0.15) == .inputBound)
    #expect(WaitingBand.fed.next(0.051) == .watch)
    #expect(WaitingBand.watch.next(0.045) == .watch)
    #expect(WaitingBand.watch.next(0.03) == .fed)
    #expect(WaitingBand.critical.next(0.01) == .fed)
  }
}

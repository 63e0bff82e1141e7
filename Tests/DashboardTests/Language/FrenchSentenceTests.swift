import Canvas
import Telemetry
import Testing

@testable import Accounting
@testable import Dashboard

/// Sentences that are written in French of the values behind the account's own English ones.
@Suite struct FrenchSentenceTests {
  private static let english = [
    " the ", " of ", " and ", " is ", " are ", " not ", " yet", "known", "needed", "tells", "loss",
    "workers", "busy", "missed", "disks", "charged",
  ]

  private func expectFrench(_ french: String, besides english: String, _ numbers: [String] = []) {
    #expect(!french.isEmpty && french != english, "\(english)")
    for word in Self.english { #expect(!french.contains(word), "“\(word)” in \(french)") }
    for number in numbers { #expect(french.contains(number), "\(number) in \(french)") }
  }

  @Test(arguments: [
    (JobCost.Shortfall.untimed, [String]()), (.short(seconds: 1.25), ["1,3"]),
    (.shortSteps(1234), ["1 234"]), (.noEnergy(nil), []), (.partly(coverage: 0.085), ["8,5 %"]),
  ])
  func `Why a job has no cost`(shortfall: JobCost.Shortfall, numbers: [String]) {
    let words = ShortfallWords.text(shortfall, in: .fr)
    expectFrench(words, besides: shortfall.words, numbers)
    #expect(ShortfallWords.text(shortfall, in: .en) == shortfall.words)
  }

  @Test(arguments: [
    ServingCost.Shortfall.tokens(12, seconds: 30), .inputTokens(7, seconds: 30), .quiet(60),
    .untold,
    .silent(45), .late(90), .counts(coverage: 0.5), .energy(coverage: 0.4), .energy(coverage: 0),
  ])
  func `Why a server has no cost`(shortfall: ServingCost.Shortfall) {
    expectFrench(ShortfallWords.text(shortfall, in: .fr), besides: shortfall.words)
    #expect(ShortfallWords.text(shortfall, in: .en) == shortfall.words)
  }

  @Test(arguments: [
    JobCaveat.allAccelerators(count: 8), .named(by: "job.sh"), .sharedProcessors(jobs: 3),
    .sharedAccelerators(jobs: 2),
    .partlySeen(0.25),
  ])
  func `What limits a charge`(caveat: JobCaveat) {
    expectFrench(ShortfallWords.text(caveat, in: .fr), besides: caveat.words)
  }

  @Test(arguments: [
    AccountWarning.contradicts(device: "gpu 0", ratio: 1.125), .tooSmall(device: "meter x"),
    .seldom(device: "gpu 0", period: 12.5), .notCovered(share: 0.085),
  ])
  func `Warnings`(warning: AccountWarning) {
    let words = WarningWords.text(warning, in: .fr)
    expectFrench(words, besides: warning.words)
    #expect(!words.contains("."), "a decimal point in \(words)")
  }

  @Test(arguments: [
    MFU.Absence.parameters, .tokens, .accelerator, .several, .peak(model: "X1"), .precision,
    .peakOf(.bf16, model: "X1"), .impossible(1.234), .serving,
  ])
  func `Why there is no MFU`(absence: MFU.Absence) {
    expectFrench(MFUWords.text(absence, in: .fr), besides: absence.words)
    #expect(MFUWords.text(absence, in: .en) == absence.words)
  }

  @Test(arguments: [MFU.Contradiction.more(1.52), .less(0.61)])
  func `Where tensor activity contradicts it`(contradiction: MFU.Contradiction) {
    let words = MFUWords.text(contradiction, in: .fr)
    expectFrench(words, besides: contradiction.words)
    #expect(!words.contains("."), "a decimal point in \(words)")
  }

  @Test(arguments: [
    JobPhase.Kind.warmUp(seconds: 12.5, times: 3.5), .evaluation, .evaluated(loss: 1.234),
    .checkpoint,
  ])
  func `What a job did besides training`(kind: JobPhase.Kind) {
    let job = DeviceID(machine: "m", kind: .job, name: "j")
    let phase = JobPhase(job: job, kind: kind, span: TimeSpan(Stage.start, Stage.start + 12.5))
    let words = MFUWords.text(phase, in: .fr)
    expectFrench(words, besides: phase.words)
    #expect(!words.contains("."), "a decimal point in \(words)")
  }

  @Test(arguments: DataPathStage.Absence.allCases)
  func `What would have to be read`(absence: DataPathStage.Absence) {
    expectFrench(DataPathWords.absence(absence, in: .fr), besides: absence.rawValue)
    #expect(DataPathWords.absence(absence, in: .en) == absence.rawValue)
  }

  @Test func `What stages are called, and what flows through them`() {
    let names: [DataPathStage.Name] = [
      .disks(3), .mounts(2), .links(4), .storage, .pageCache, .loader, .noWorkers, .workers(1),
      .workers(8), .hostLink, .deviceMemory, .tensorCores, .multiprocessors,
    ]
    for name in names {
      let french = DataPathWords.name(name, in: .fr)
      expectFrench(french, besides: name.words)
      // Beside its bar a name has thirteen columns.
      #expect(displayWidth(french) <= 15, "\(french)")
    }
    #expect(DataPathWords.name(.device("nvme0n1"), in: .fr) == "nvme0n1")
    #expect(DataPathWords.figure(.rate(3.2e9), in: .fr) == ["3,20 GB/s"])
    #expect(DataPathWords.figure(.of(3.2e9), in: .fr) == ["sur 3,20 GB/s"])
    #expect(DataPathWords.figure(.cores(2.55), in: .fr).first == "2,6 cœurs occupés")
    for kind in DataPathStage.Kind.allCases {
      for language in Language.allCases {
        let word = DataPathWords.short(kind).text(in: language)
        #expect((1...6).contains(displayWidth(word)), "\(word)")
      }
    }
  }

  @Test(arguments: Equivalent.Kind.allCases)
  func `Every familiar thing has its name`(kind: Equivalent.Kind) throws {
    let thing = try #require(Equivalent.all.first { $0.kind == kind })
    let texts = EquivalentWords.name(thing)
    #expect(texts.english == thing.name && !texts.french.isEmpty)
  }

  @Test func `Every familiar thing of the table is one of ours`() {
    #expect(Equivalent.all.allSatisfy { $0.kind != nil })
    #expect(EquivalentWords.fiveCars.count == Equivalent.fiveCars.count)
  }
}

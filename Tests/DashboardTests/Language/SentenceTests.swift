import Accounting
import Canvas
import Quantities
import Seeded
import Telemetry
import Testing

@testable import Dashboard

/// The second line: what matters most now, steadily.
@Suite struct SentenceTests {
  private static let start = Timestamp(nanoseconds: 1_790_000_000_000_000_000)

  private func remark(
    _ timeline: Timeline, at second: Double? = nil, price: Price? = nil,
    language: Language = .en, problem: String = ""
  ) -> Remark {
    var input = Stage.input(timeline, 132, 40)
    if let second { input.view.cursor.seek(to: Stage.start + second, in: input.bounds) }
    input.price = price
    input.language = language
    input.session.recordingProblem = problem
    return SentenceLine.remark(FrameContext(input))
  }

  /// A moment of the story in which nothing is wrong.
  private var calm: Double? {
    stride(from: 100.0, to: 1200, by: 20).first { remark(Stage.training, at: $0).kind == .cost }
  }

  @Test func `with nothing the matter it tells what a token costs and how green that is`() throws {
    let price = Price(perKilowattHour: 0.25, currency: "EUR")
    let remark = try #require(
      calm.map { self.remark(Stage.training, at: $0, price: price) }, "no calm moment")
    let text = remark.texts[0]
    #expect(text.hasPrefix("A token costs "), "\(text)")
    #expect(text.contains("J (GPUs), a million of them 0.00"), "\(text)")
    #expect(text.hasSuffix("% of that is renewable."), "\(text)")
    let french = self.remark(Stage.training, at: calm ?? 0, price: price, language: .fr).texts[0]
    #expect(french.hasPrefix("Un jeton coûte ") && french.contains("le million 0,00"), "\(french)")
  }

  @Test func `the headline of panel 2 and the sentence are the same number`() {
    var input = Stage.input(Stage.training, 132, 40)
    input.view.cursor.seek(to: Stage.start + (calm ?? 0), in: input.bounds)
    let c = FrameContext(input)
    let headline = AlgorithmCostPanel().headline(c).value?.number ?? "?"
    let sentence = SentenceLine.remark(c).texts[0]
    #expect(sentence.hasPrefix("A token costs \(headline) "), "\(sentence)")
  }

  @Test func `what is wrong comes before what it costs, the gravest first`() {
    let outlier = remark(Stage.cluster(8))
    #expect(outlier.kind == .outlier && outlier.texts[0].contains("GPU 4 draws 120 W"))
    let failed = remark(Stage.cluster(8), problem: "no space left on device")
    #expect(failed.kind == .notRecorded)
    #expect(failed.texts[0] == "▲ Not recording: no space left on device")
    #expect(Remark.Kind.allCases == Remark.Kind.allCases.sorted())
  }

  @Test func `a job that starves is told with its cause and what it costs`() {
    let price = Price(perKilowattHour: 0.25, currency: "EUR")
    let times = stride(from: 100.0, to: 1200, by: 10)
    let found = times.lazy.map { self.remark(Stage.training, at: $0, price: price) }
      .first { $0.kind == .starved || $0.kind == .starvedBadly }
    let text = found?.texts.first ?? ""
    #expect(text.hasPrefix("Waits for data ") && text.contains("out of processors"), "\(text)")
    #expect(text.contains("W for nothing, ") && text.contains(" EUR an hour."), "\(text)")
    #expect(Remark.Kind.starvedBadly < .outlier && Remark.Kind.outlier < .starved)
  }

  @Test func `a card that only draws more than its peers is no alarm`() {
    var timeline = Timeline()
    for index in 0..<8 {
      let id = DeviceID(machine: "node-17", kind: .gpu, name: "GPU-\(index)")
      timeline.apply(.device(Device(id: id, label: "\(index)")))
      var reading = Reading(device: id, time: Stage.start)
      reading.set(.power, index == 4 ? 900 : 640)
      reading.set(.utilization, 0.97)
      timeline.apply(.reading(reading))
    }
    #expect(!remark(timeline).kind.isAlarm)
  }

  @Test func `what more data tell is not hidden by what was found before`() {
    var input = Stage.input(Timeline(), 132, 40)
    input.bounds = TimeSpan(Stage.start, Stage.start + 40)
    input.view.cursor.seek(to: Stage.start + 39, in: input.bounds)
    #expect(SentenceLine.remark(FrameContext(input)).kind == .nothing)
    input.timeline = Stage.cluster(8)
    var later = Stage.input(Stage.cluster(8), 132, 40)
    later.bounds = input.bounds
    later.view = input.view
    let (first, second) = (FrameContext(input), FrameContext(later))
    #expect(SentenceLine.remark(first).kind == SentenceLine.remark(second).kind)
  }

  @Test func `without power it says so`() {
    #expect(remark(Stage.nothing).kind == .nothing)
    #expect(remark(Stage.host).texts[0].contains("tells its power: 1 shows what was looked for"))
    var input = Stage.input(Stage.cluster(8), 132, 40)
    input.bounds = TimeSpan(Stage.start, Stage.start + 600)
    input.view.cursor.seek(to: Stage.start + 500, in: input.bounds)
    #expect(SentenceLine.remark(FrameContext(input)).texts[0] == "No power is told at this time.")
    input.timeline = Stage.host
    input.session.origin = .recording("a.hippo")
    #expect(SentenceLine.remark(FrameContext(input)).texts[0] == "This recording tells no power.")
  }

  @Test(arguments: [20, 40, 60, 80, 132])
  func `a form is chosen that has room, and no sentence is empty`(width: Int) {
    for language in Language.allCases {
      for timeline in [Stage.training, Stage.cluster(8), Stage.host, Stage.nothing] {
        let texts = remark(timeline, language: language).texts
        #expect(!texts.isEmpty && texts.allSatisfy { !$0.isEmpty })
        let widths = texts.map { displayWidth($0) }
        #expect(widths == widths.sorted(by: >), "\(texts)")
      }
    }
  }

  @Test func `two alarms never stand in turn for less than ten seconds`() {
    for seed in UInt64(1)...40 {
      var random = SeededRandom(seed)
      var time = 0.0
      var events: [Event] = []
      while time < 300 {
        time += Double(Int.random(in: 1...300, using: &random)) / 10
        events.append(
          Event(time: Self.start + time, kind: .note, text: "\(events.count)", cause: .alert))
      }
      // Whether an alarm stands through a slot, and which.
      let slots = (0...40).map { _ in Int.random(in: 0...3, using: &random) }
      func slot(_ time: Timestamp) -> Int { slots[Int(((time - Self.start) / 10).rounded())] }
      var last: (name: String, since: Double)?
      for tenth in 0..<3600 {
        let now = Double(tenth) / 10
        let time = Self.start + now
        let word = AlarmSchedule.word(events, at: time, since: Self.start) { slot($0) > 0 }
        let standing = slot(AlarmSchedule.slotStart(time, since: Self.start))
        let shown = word.map { "word \($0.text)" } ?? (standing > 0 ? "slot \(standing)" : "")
        if shown != last?.name {
          if let last, !last.name.isEmpty, !shown.isEmpty {
            #expect(
              now - last.since >= 9.99, "seed \(seed), at \(now): \(last.name) and then \(shown)")
          }
          last = (shown, now)
        }
      }
    }
  }

  @Test func `a word of an alert comes at once where no alarm stands`() {
    let event = Event(time: Self.start + 23, kind: .note, text: "hot", cause: .alert)
    func word(_ second: Double, alarm: Bool) -> Event? {
      AlarmSchedule.word([event], at: Self.start + second, since: Self.start) { _ in alarm }
    }
    #expect(word(22.9, alarm: false) == nil && word(23, alarm: false) == event)
    #expect(word(39.9, alarm: false) == event && word(40, alarm: false) == nil)
    #expect(word(29.9, alarm: true) == nil && word(30, alarm: true) == event)
  }
}

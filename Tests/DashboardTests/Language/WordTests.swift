import Canvas
import Telemetry
import TestSupport
import Testing

@testable import Dashboard

/// The tables of words: every text in every language, with the same places and in its room.
@Suite struct WordTests {
  /// A text of a table, or of a catalogue.
  struct Entry: CustomTestStringConvertible {
    var name: String
    var texts: Texts
    var room: Int?
    var testDescription: String { name }
  }

  private static func entries<Words: ScreenWords>(_ table: Words.Type) -> [Entry] {
    table.allCases.map { Entry(name: "\(table).\($0)", texts: $0.texts, room: $0.room) }
  }

  private static let tables: [any ScreenWords.Type] = [
    FrameWords.self, HelpWords.self, PanelWords.self, GPUWords.self, GPUAccountWords.self,
    UnitWords.self, CostWords.self, CostRowWords.self, DataWords.self, GridWords.self,
    CertificateWords.self, ProvenanceWords.self, EventWords.self, EquivalentWords.self,
    ChipWords.self, DietWords.self, ProcessWords.self, RaceTexts.self, ToastWords.self,
    TravelWords.self, TalkNumberWords.self, FleetWords.self, FlowWords.self, ThingWords.self,
    ChargeWords.self,
  ]

  /// The names of all tables, as the files declare them.
  private static func declared(in folder: String) -> [String] {
    Fixtures.projectFolder(folder).flatMap { name -> [String] in
      let path = "\(folder)/\(name)"
      guard name.hasSuffix(".swift") else { return declared(in: path) }
      return Fixtures.project(path).split(separator: "\n").compactMap { line in
        guard line.contains(": ScreenWords {"), let word = line.firstRange(of: "enum ") else {
          return nil
        }
        return String(line[word.upperBound...].prefix { $0 != ":" })
      }
    }
  }

  @Test func `Every table of words is among those that are looked at`() {
    let known = Set(Self.tables.map { "\($0)" })
    let declared = Self.declared(in: "Sources/Dashboard")
    #expect(declared.count >= known.count)
    for name in declared {
      #expect(known.contains(name), "WordTests.swift: add \(name).self to `tables`")
    }
  }

  static let all: [Entry] =
    tables.flatMap { entries($0) }
    + PanelCatalogue.all.flatMap { panel in
      [
        Entry(name: "title", texts: panel.title, room: 17),
        Entry(name: "name", texts: panel.name, room: 17),
        Entry(name: "brief", texts: panel.brief, room: 6),
      ]
    }
    + KeyTable.all.map { Entry(name: "\($0.command)", texts: $0.texts, room: 50) }
    + KeyTable.all.compactMap { binding in
      binding.hints.map { Entry(name: "hint of \(binding.command)", texts: $0, room: 11) }
    }
    + KeyTable.Section.allCases.map { Entry(name: "\($0)", texts: $0.title) }
    + (CalendarWords.months + CalendarWords.days).map {
      Entry(name: "calendar", texts: $0, room: 4)
    }
    + Metric.all.map { Entry(name: $0.name, texts: MetricWords.label($0)) }
    + GPUColumn.all.map { Entry(name: "column", texts: $0.title, room: $0.width - 1) }

  /// The places of a text, in the order of their numbers.
  private func places(_ text: String) -> [String] {
    text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().map {
      String($0.prefix { $0 != "}" })
    }.sorted()
  }

  @Test func `No text is empty, and all have the same places in every language`() {
    for entry in Self.all {
      for language in Language.allCases {
        let text = entry.texts.text(in: language)
        #expect(!text.isEmpty, "\(entry.name) in \(language)")
        #expect(places(text) == places(entry.texts.english), "\(entry.name) in \(language)")
      }
    }
  }

  @Test func `What has a place of a fixed width fits it`() {
    for entry in Self.all {
      guard let room = entry.room else { continue }
      for language in Language.allCases {
        // The longest number that is put into such a place is a hundred.
        let text = entry.texts.text(in: language, ["100", "100"])
        #expect(displayWidth(text) <= room, "\(entry.name) in \(language): “\(text)”")
      }
    }
  }

  @Test func `French writes a space before high signs, and its own quotes`() {
    for entry in Self.all {
      let french = Array(entry.texts.french)
      #expect(!french.contains { "“”\"".contains($0) }, "\(entry.name)")
      for (place, sign) in french.enumerated() where ";:!?%".contains(sign) && place > 0 {
        // A time, an option, a place or a doubled sign is no sentence.
        let before = french[place - 1]
        let isInside = place + 1 < french.count && !" .,)".contains(french[place + 1])
        #expect(before == " " || isInside, "\(entry.name): \(entry.texts.french)")
      }
    }
  }

  @Test(arguments: Metric.all.map(\.name))
  func `Every metric has a French title that fits its column`(name: String) throws {
    let metric = try #require(Metric.all.first { $0.name == name })
    let title = MetricWords.title(metric).french
    #expect(displayWidth(title) <= 24, "\(title)")
    #expect(title != metric.title || !title.contains(" "), "\(name) has no French title")
  }

  @Test func `Filled places are not read as places`() {
    #expect(Texts("{1} of {2}", "{1} sur {2}").text(in: .fr, ["{2}", "b"]) == "{2} sur b")
    #expect(Texts("{1}", "{1}").text(in: .en, []) == "{1}")
  }

  @Test func `Numbers and lengths of time are written as French writes them`() {
    #expect(Language.fr.duration(5.25) == "5,25 s")
    #expect(Language.fr.duration(2 * 86_400 + 3600 * 3) == "2 j 3 h")
    #expect(Language.en.duration(2 * 86_400 + 3600 * 3) == "2 d 3 h")
    #expect(Language.fr.age(3 * 86_400) == "3 j")
    #expect(Language.fr.clock(86_400 + 61) == "1 j 00:01:01")
    #expect(Language.en.clock(86_400 + 61) == "1 d 00:01:01")
  }
}

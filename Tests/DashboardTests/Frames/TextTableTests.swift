import Canvas
import Testing

@testable import Dashboard

/// Columns that give way in order of what they are worth.
@Suite struct TextTableTests {
  private func table() -> TextTable {
    var table = TextTable([
      .init("name"), .init("joules", right: true), .init("", whole: true, rank: 2),
      .init("source", rank: 1),
    ])
    let plain = Style()
    table.rows = [
      [
        Run("first", plain), Run("12.5 J", plain), Run("━━━━━━", plain),
        Run("a long source of numbers", plain),
      ],
      [Run("second\u{1B}[2J", plain), Run("7 J", plain), Run("━", plain), Run("short", plain)],
    ]
    return table
  }

  private func text(width: Int) -> [String] {
    table().lines(width: width, title: Style()).map { $0.map(\.text).joined() }
  }

  @Test func `Everything is shown where there is room`() {
    let lines = text(width: 80)
    #expect(lines[0].hasPrefix("name") && lines[0].contains("source"))
    #expect(lines[1].hasPrefix("first       12.5 J  ━━━━━━  a long source of numbers"), "\(lines)")
    #expect(!lines[2].contains("\u{1B}"))
  }

  @Test func `Bars go whole and text is cut, numbers stay`() {
    for width in 1...60 {
      let lines = text(width: width)
      for line in lines where width >= 16 {
        #expect(displayWidth(line) <= width, "\(width): \(line)")
        #expect(!line.contains("━…"))
      }
      if width >= 20 { #expect(lines[1].contains("12.5 J"), "\(width): \(lines)") }
    }
  }

  @Test func `Sentences are broken between words`() {
    let lines = OverlayBox.paragraph("one two three", width: 7, Style()).map { $0[0].text }
    #expect(lines == ["one two", "three"])
  }
}

/// Phrases with commas between them, in too little room.
@Suite struct WholePhraseTests {
  @Test(
    arguments: [
      (40, "≈ 142 kWh, 22,9 kgCO₂e, 35,53 EUR"), (32, "≈ 142 kWh, 22,9 kgCO₂e"),
      (22, "≈ 142 kWh, 22,9 kgCO₂e"), (21, "≈ 142 kWh"), (9, "≈ 142 kWh"), (5, "≈ 14…"),
    ])
  func `Whole phrases give way, and no number is cut at its comma`(width: Int, shown: String) {
    #expect("≈ 142 kWh, 22,9 kgCO₂e, 35,53 EUR".wholePhrases(fitting: width) == shown)
  }
}

import Seeded
import Testing

@testable import Canvas

/// What is drawn by a shorter way is what the long one draws.
@Suite struct ShortcutTests {
  @Test(arguments: [1, 2, 3, 4, 5, 6])
  func `text is the same as character by character`(seed: UInt64) {
    var random = SeededRandom(seed)
    let pieces: [Unicode.Scalar] = [
      "a", "e", "E", " ", "\t", "\r", "\n", "\u{301}", "\u{323}", "\u{335}", "\u{37E}", "é", "ö",
      "α",
      "\u{345}", "日", "한", "\u{1100}", "\u{1161}", "█", "⣿", "\u{200D}", "👩", "\u{FE0F}",
      "\u{202E}", "≈",
    ]
    for _ in 0..<200 {
      var scalars = String.UnicodeScalarView()
      for _ in 0...random.next(6) { scalars.append(pieces[random.next(pieces.count)]) }
      let text = String(scalars)
      var long = String.UnicodeScalarView()
      for character in text {
        let parts = character.unicodeScalars
        // Of several scalars those that are one letter, by canonical equivalence.
        let letter =
          parts.count > 1
          ? (Array(UInt32(0xC0)...0x24F) + Array(0x386...0x3CE) + Array(0x1E00...0x1EFF)).lazy
            .compactMap(Unicode.Scalar.init)
            .first { !isHidden($0) && Character($0) == character } : nil
        if let letter { long.append(letter) } else { parts.forEach { long.append(safeGlyph($0)) } }
      }
      #expect(sanitized(text) == String(long), "\(Array(scalars))")
      let width = long.reduce(0) { $0 + (isWide($1.value) ? 2 : 1) }
      #expect(displayWidth(text) == width, "\(Array(scalars))")
      for room in 0...width + 1 {
        let cut = clipped(text, to: room)
        #expect(displayWidth(cut) <= room, "\(Array(scalars)) to \(room)")
        #expect((cut == sanitized(text)) == (room >= width || width == 0), "\(Array(scalars))")
      }
    }
  }

  @Test(arguments: [1, 2, 3])
  func `a cell is parted where the fewest eighths are wrong`(seed: UInt64) {
    var random = SeededRandom(seed)
    for _ in 0..<3000 {
      let colors = 1 + random.next(4)
      var eighths: [UInt8] = []
      while eighths.count < 8 {
        let color = UInt8(random.next(colors))
        for _ in 0...random.next(5) where eighths.count < 8 { eighths.append(color) }
      }
      let split = Canvas.split(eighths[...])
      func wrong(_ lower: Int, _ above: UInt8, _ below: UInt8) -> Int {
        eighths.indices.count { eighths[$0] != ($0 < 8 - lower ? above : below) }
      }
      let best = (0...7).map { lower in
        (0..<4).map { above in
          (0..<4).map { wrong(lower, UInt8(above), UInt8($0)) }.min() ?? 8
        }.min() ?? 8
      }.min()
      #expect(wrong(split.lowerEighths, split.upper, split.lower) == best, "\(eighths)")
    }
  }

  @Test(arguments: [1, 2, 3])
  func `an area is filled as cell by cell`(seed: UInt64) {
    var random = SeededRandom(seed)
    for _ in 0..<300 {
      var quick = Canvas(width: 12, height: 4)
      for _ in 0..<12 {
        quick.put(random.next(2) == 0 ? "日" : "x", x: random.next(12), y: random.next(4), Style())
      }
      var slow = quick
      let area = Rect(
        x: random.next(14) - 1, y: random.next(6) - 1, width: random.next(9), height: random.next(4)
      )
      let glyph: Unicode.Scalar = random.next(4) == 0 ? "本" : "─"
      quick.fill(area, Style(Color(0x123456)), scalar: glyph)
      let inside = area.intersection(slow.bounds)
      for y in inside.y..<max(inside.y, inside.bottom) {
        for x in inside.x..<max(inside.x, inside.right) {
          slow[x, y] = Cell(isWide(glyph.value) ? standIn : glyph, Style(Color(0x123456)))
        }
      }
      #expect(quick == slow)
    }
  }
}

import Accounting
import Canvas
import Quantities
import Telemetry

/// Many accelerators: a tile each, coloured by watts, a legend, and the outliers in words.
enum GPUGrid {
  /// The rows that a grid of so many accelerators needs at least, with its legend and a sentence.
  static func leastRows(_ count: Int, width: Int) -> Int {
    (count + max(1, width) - 1) / max(1, width) + 2
  }

  static func draw(_ canvas: inout Canvas, _ gpus: [Device], in rect: Rect, _ c: FrameContext) {
    guard rect.height >= 2 else { return }
    let watts = gpus.map { c.power(of: $0.id) }
    let limits = gpus.compactMap { c.moment.known(.powerLimit, of: $0.id)?.value }
    let top = limits.max() ?? watts.compactMap { $0 }.max() ?? 1
    let outliers = c.outliers
    let silent = gpus.filter { c.power(of: $0.id) == nil }
    let words = sentences(outliers, silent, c)
    let wordRows = min(words.count, max(1, (rect.height - 3) / 4))
    let (grid, below) = rect.splitRows(rect.height - 1 - (words.isEmpty ? 0 : wordRows))
    let tiles = Canvas.heatGridTiles(count: gpus.count, in: grid)
    let wide = tiles.map(\.width).max() ?? 0
    let labels = zip(gpus, watts).map { gpu, watts in
      wide >= 6 ? watts.map { c.fixed($0, 0) } ?? "–" : wide >= 2 ? gpu.label : ""
    }
    canvas.heatGrid(
      watts, in: grid, bottom: 0, top: top, gradient: c.theme[.power], missing: c.theme[.critical],
      background: c.background, glyphs: c.glyphs, labels: labels)
    mark(&canvas, gpus, outliers, tiles, c)
    let hidden = tiles.filter(\.isEmpty).count
    drawLegend(&canvas, top: top, hidden: hidden, labelled: wide, in: below.row(0), c)
    for (index, sentence) in words.prefix(wordRows).enumerated() {
      let isLast = index == wordRows - 1 && words.count > wordRows
      let more = isLast ? "   " + c.say(GPUWords.more, "\(words.count - wordRows)") : ""
      let row = below.row(index + 1)
      let room = row.width - displayWidth(more)
      let used = canvas.textClipped(
        displayWidth(sentence.text) <= room ? sentence.text : sentence.short, x: row.x, y: row.y,
        maxWidth: room, c.style(sentence.role))
      canvas.text(more, x: row.x + used, y: row.y, c.muted)
    }
  }

  /// Frames the tiles of outliers with their own ink, where a tile has room for it.
  private static func mark(
    _ canvas: inout Canvas, _ gpus: [Device], _ outliers: [Outlier], _ tiles: [Rect],
    _ c: FrameContext
  ) {
    for outlier in outliers {
      guard let index = gpus.firstIndex(where: { $0.id == outlier.device.id }),
        !tiles[index].isEmpty
      else { continue }
      let tile = tiles[index]
      canvas.restyle(Rect(x: tile.x, y: tile.y, width: 1, height: tile.height)) {
        Style($0.foreground, on: c.theme[.critical]).bold
      }
    }
  }

  private static func drawLegend(
    _ canvas: inout Canvas, top: Double, hidden: Int, labelled: Int, in rect: Rect,
    _ c: FrameContext
  ) {
    guard !rect.isEmpty else { return }
    guard hidden == 0 || rect.width >= 50 else {
      let words = c.say(GPUWords.doNotFit, "\(hidden)")
      canvas.textClipped(words, x: rect.x, y: rect.y, maxWidth: rect.width, c.style(.warning))
      return
    }
    var x = rect.x
    x += canvas.text("0 W ", x: x, y: rect.y, c.muted)
    let ramp = Rect(x: x, y: rect.y, width: min(16, rect.width / 4), height: 1)
    if c.glyphs == .ascii {
      x += canvas.text(".:-=+*#@", x: x, y: rect.y, c.style(.power))
    } else {
      for column in 0..<ramp.width {
        let share = Double(column) / Double(max(1, ramp.width - 1))
        canvas.put(" ", x: ramp.x + column, y: rect.y, Style(on: c.theme[.power].color(at: share)))
      }
      x += ramp.width
    }
    x += canvas.text(" \(c.string(top, "W"))", x: x, y: rect.y, c.muted)
    var phrases: [[Run]] = []
    if labelled >= 6 {
      phrases.append([Run(c.say(GPUWords.wattsOfEach), c.muted)])
    } else if labelled >= 2 {
      phrases.append([Run(c.say(GPUWords.numbersName), c.muted)])
    }
    if hidden > 0 {
      let words = c.say(GPUWords.doNotFit, "\(hidden)")
      phrases.insert([Run(words, c.style(.warning))], at: 0)
    }
    let room = rect.right - x - 3
    // What is the least important has its room whole, or none.
    let shown = phrases.filter { $0.reduce(0) { $0 + displayWidth($1.text) } <= room || hidden > 0 }
    canvas.phrases(shown, x: x + 3, y: rect.y, maxWidth: room)
  }

  /// The outliers in words, the worst first.
  static func sentences(
    _ outliers: [Outlier], _ silent: [Device], _ c: FrameContext
  ) -> [(text: String, short: String, role: Theme.Role)] {
    var result: [(text: String, short: String, role: Theme.Role)] = silent.compactMap { gpu in
      GPUCondition.silence(of: gpu, c).map {
        (
          c.say(GPUWords.silence, gpu.label, $0), c.say(GPUWords.isSilent, gpu.label), .critical
        )
      }
    }
    result += outliers.map { (sentence($0, c), short($0, c), .warning) }
    return result
  }

  /// An outlier in few words: `GPU 6: 131 W`.
  private static func short(_ outlier: Outlier, _ c: FrameContext) -> String {
    let value =
      outlier.kind == .hot ? c.fixed(outlier.value, 0) + " °C" : c.string(outlier.value, "W")
    return c.say(GPUWords.short, outlier.device.label, value)
  }

  /// An outlier in words: `GPU 6 draws 131 W while its peers draw 610 W: waits`.
  static func sentence(_ outlier: Outlier, _ c: FrameContext) -> String {
    let name = "GPU \(outlier.device.label)"
    let own = c.string(outlier.value, outlier.kind == .hot ? "°C" : "W")
    let peers = c.string(outlier.median, "W")
    switch outlier.kind {
    case .waits: return c.say(GPUWords.isWaiting, name, own, peers)
    case .drawsLess: return c.say(GPUWords.drawsLess, name, own, peers)
    case .drawsMore: return c.say(GPUWords.drawsMore, name, own, peers)
    case .hot:
      return c.say(
        GPUWords.isHot, name, c.fixed(outlier.value, 0), c.fixed(outlier.median, 0))
    }
  }
}

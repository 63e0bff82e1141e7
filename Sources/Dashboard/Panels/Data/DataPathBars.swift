import Accounting
import Canvas
import Quantities
import Telemetry

/// The stages of the bytes as short bars, for a panel among others.
enum DataPathBars {
  /// The rows they take: one for each stage, or two stages side by side where there are too few.
  static func height(in rect: Rect) -> Int {
    let count = DataPathStage.Kind.allCases.count
    return isWide(rect) ? count : min(rect.height, (count + 1) / 2)
  }

  private static func isWide(_ rect: Rect) -> Bool {
    rect.width >= 44 && rect.height >= DataPathStage.Kind.allCases.count + 3
  }

  static func draw(_ canvas: inout Canvas, _ path: DataPath, in rect: Rect, _ c: FrameContext) {
    let isWide = rect.height >= path.stages.count
    if isWide {
      for (index, stage) in path.stages.enumerated() {
        row(&canvas, stage, isNarrow: stage.kind == path.narrow, in: rect.row(index), c)
      }
      return
    }
    let halves = rect.columns(2, gap: 2)
    let perColumn = (path.stages.count + 1) / 2
    for (index, stage) in path.stages.enumerated() where index % perColumn < rect.height {
      short(
        &canvas, stage, isNarrow: stage.kind == path.narrow,
        in: halves[index / perColumn].row(index % perColumn), c)
    }
  }

  /// Name, bar, fullness and what flows.
  private static func row(
    _ canvas: inout Canvas, _ stage: DataPathStage, isNarrow: Bool, in rect: Rect, _ c: FrameContext
  ) {
    let name = isNarrow ? c.style(.critical).bold : c.muted
    canvas.textClipped(stage.name(c), x: rect.x, y: rect.y, maxWidth: 13, name)
    if isNarrow { canvas.text("◀", x: rect.x + 13, y: rect.y, c.style(.critical)) }
    let words = stage.fullnessWords(c).first { displayWidth($0) <= 13 }
    let right = min(30, rect.width / 2)
    let bar = Rect(x: rect.x + 15, y: rect.y, width: rect.width - 15 - right - 1, height: 1)
    self.bar(&canvas, stage, isNarrow: isNarrow, in: bar, c)
    let start = rect.right - right
    if let words {
      canvas.textClipped(words, x: start, y: rect.y, maxWidth: 13, isNarrow ? name : c.text)
      canvas.textRight(
        stage.amount(c).first { displayWidth($0) <= right - 14 } ?? "", right: rect.right,
        y: rect.y,
        c.muted)
    } else {
      let text = (stage.amount(c).prefix(1) + [stage.missing(c)]).joined(separator: ", ")
      canvas.textClipped(text, x: start, y: rect.y, maxWidth: right, c.muted)
    }
  }

  /// The short name, a bar and a percentage.
  private static func short(
    _ canvas: inout Canvas, _ stage: DataPathStage, isNarrow: Bool, in rect: Rect, _ c: FrameContext
  ) {
    let style = isNarrow ? c.style(.critical).bold : c.muted
    canvas.textClipped(
      c.say(DataPathWords.short(stage.kind)), x: rect.x, y: rect.y, maxWidth: 7, style)
    let bar = Rect(x: rect.x + 7, y: rect.y, width: rect.width - 7 - 5, height: 1)
    self.bar(&canvas, stage, isNarrow: isNarrow, in: bar, c)
    let share = stage.fullness.map { c.fixed($0 * 100, 0) + "%" } ?? "–"
    canvas.textRight(share, right: rect.right, y: rect.y, isNarrow ? style : c.text)
  }

  private static func bar(
    _ canvas: inout Canvas, _ stage: DataPathStage, isNarrow: Bool, in rect: Rect, _ c: FrameContext
  ) {
    guard rect.width >= 3 else { return }
    canvas.bar(
      stage.fullness, in: rect, gradient: stage.gradient(isNarrow: isNarrow, c.theme),
      track: c.theme[.track], glyphs: c.glyphs)
  }
}

extension DataPathStage {
  /// The colours it is filled with: those of what waits where it holds the others up.
  func gradient(isNarrow: Bool, _ theme: Theme) -> Gradient {
    guard isNarrow else { return theme[.dataIn] }
    let red = theme[.waiting]
    let dark = red.mixed(with: theme[.background], 0.4)
    return Gradient(dark, dark.mixed(with: red, 0.5), red)
  }
}

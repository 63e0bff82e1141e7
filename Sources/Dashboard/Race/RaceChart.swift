import Accounting
import Canvas
import Quantities
import Telemetry

/// The losses of both runs over joules, time or progress, as far as they have come; what they have done,
/// where they tell no loss of one kind.
struct RaceChart {
  let scene: RaceScene
  let axis: RaceAxis
  private let plot: Rect
  private let low: Double
  private let high: Double
  /// The greatest loss, where it lies far above what is drawn.
  private let outside: Double?
  private let reach: Double
  private let runs: [Race.CurvePoint]
  private let others: [Race.CurvePoint]

  private static let gutter = 7

  /// `nil` where there is no room or nothing to draw.
  init?(_ scene: RaceScene, in rect: Rect) {
    guard let axis = scene.axis, rect.width >= 24, rect.height >= 5 else { return nil }
    self.scene = scene
    self.axis = axis
    plot = Rect(
      x: rect.x + Self.gutter, y: rect.y, width: rect.width - Self.gutter - 1,
      height: rect.height - 2)
    runs = scene.race.curve(of: scene.race.run, over: axis)
    others = scene.race.curve(of: scene.race.baseline, over: axis)
    let values = (runs + others).map(\.y).filter(\.isFinite)
    let ends = (runs + others).map(\.x).filter(\.isFinite)
    guard values.count >= 2, let least = values.min(), let most = values.max(),
      let reach = ends.max(), reach > 0
    else { return nil }
    self.reach = reach
    guard case .loss = scene.race.subject else {
      (low, high, outside) = (0, max(most, 1), nil)
      return
    }
    low = least
    let top = max(Self.top(runs), Self.top(others), least)
    outside = most > least + 1.6 * (top - least) && top > least ? most : nil
    high = outside != nil ? top : most > least ? most : least + 1
  }

  func draw(_ canvas: inout Canvas) {
    drawFrame(&canvas)
    for runner in scene.runners {
      // Told apart without colours, too.
      drawCurve(
        &canvas, runner.profile, runner.place, runner.style,
        isDashed: runner.profile == scene.race.baseline)
    }
    if let equal = scene.moment.equalLoss { drawLevel(&canvas, equal) }
    for runner in scene.runners {
      drawHead(&canvas, runner.profile, runner.place, runner.mark, runner.style)
    }
    drawOutside(&canvas)
  }

  /// The loss after a twentieth of the way: what comes before falls so steeply that nothing else would
  /// be seen.
  private static func top(_ curve: [Race.CurvePoint]) -> Double {
    let end = curve.last?.x ?? 0
    return curve.first { $0.x >= end / 20 }?.y ?? -.infinity
  }

  /// Says how far above the plot the losses began, where no curve is in the way.
  private func drawOutside(_ canvas: inout Canvas) {
    guard let outside, plot.height >= 8 else { return }
    let text = "↑ " + scene.say(.from, scene.significant(outside))
    let columns = plot.x..<plot.x + displayWidth(text) + 2
    guard columns.allSatisfy({ canvas[$0, plot.y].isEmptyCell }) else { return }
    canvas.text(text, x: plot.x + 1, y: plot.y, scene.muted)
  }

  // MARK: Places

  private func column(_ value: Double) -> Int {
    let share = min(1, max(0, value / reach))
    return plot.x + Int(saturating: (share * Double(plot.width - 1)).rounded())
  }

  private func row(_ loss: Double) -> Int {
    // In the same cell as the dot of the curve.
    let share = min(1, max(0, (loss - low) / (high - low)))
    let dots = Canvas.dots(perRowOf: scene.glyphs)
    let dot = Int(saturating: (share * Double(plot.height * dots - 1)).rounded())
    return plot.bottom - 1 - dot / dots
  }

  private var isLoss: Bool { if case .loss = scene.race.subject { true } else { false } }

  /// A value on the axis as people write it.
  private func words(_ value: Double) -> String {
    switch axis {
    case .joules: scene.string(SI.energy(value))
    case .time: scene.duration(value)
    case .progress: scene.string(SI.text(value, scene.unit(scene.race.run), smallest: 0))
    }
  }

  // MARK: Parts

  private func drawFrame(_ canvas: inout Canvas) {
    let line = scene.style(.border)
    canvas.fill(
      Rect(x: plot.x - 1, y: plot.y, width: 1, height: plot.height), line, scalar: "│")
    canvas.fill(
      Rect(x: plot.x, y: plot.bottom, width: plot.width, height: 1), line, scalar: "─")
    canvas.put("╰", x: plot.x - 1, y: plot.bottom, line)
    for (value, y) in [(high, plot.y), (low, plot.bottom - 1)] {
      canvas.textRight(
        isLoss
          ? scene.significant(value, digits: 3) : scene.string(SI.text(value, "", smallest: 0)),
        right: plot.x - 1, y: y, maxWidth: Self.gutter - 1,
        scene.muted)
    }
    let title = scene.say(.curveOver, scene.subject, axis.words(scene))
    if displayWidth(title) < plot.width / 2 {
      // Losses fall and counts rise, so that the corner is free.
      let x = isLoss ? plot.right - displayWidth(title) : plot.x + 1
      canvas.text(title, x: x, y: plot.y, scene.muted)
    }
    canvas.text("0", x: plot.x, y: plot.bottom + 1, scene.muted)
    canvas.textRight(words(reach), right: plot.right, y: plot.bottom + 1, scene.muted)
  }

  /// The curve of a run up to where it stands, in the columns of the plot.
  private func drawCurve(
    _ canvas: inout Canvas, _ profile: RunProfile, _ place: Race.Place?, _ style: Style,
    isDashed: Bool
  ) {
    guard let place, let head = scene.race.value(of: place.point, of: profile, on: axis) else {
      return
    }
    let known = curve(of: profile)
    let per = Canvas.samples(perColumnOf: scene.glyphs)
    let count = plot.width * per
    let dash = (length: 4 * per, gap: 2 * per)
    // Blocks are too coarse for dashes: those would look like what is missing.
    let isDashed = isDashed && scene.glyphs != .blocks
    let values = (0..<count).map { sample -> Double? in
      let x = reach * Double(sample) / Double(max(1, count - 1))
      guard !isDashed || sample % (dash.length + dash.gap) < dash.length, x <= head,
        let value = Self.value(at: x, in: known)
      else {
        return nil
      }
      return value <= high ? value : nil
    }
    canvas.lineChart(
      values, in: plot, bottom: low, top: high, gradient: Gradient(style.foreground),
      background: scene.theme[.background], glyphs: scene.glyphs)
  }

  private func curve(of profile: RunProfile) -> [Race.CurvePoint] {
    profile == scene.race.run ? runs : others
  }

  /// The height of a curve at a place, between two reports by straight line.
  private static func value(at x: Double, in points: [Race.CurvePoint]) -> Double? {
    guard let after = points.firstIndex(where: { $0.x >= x }) else { return nil }
    let right = points[after]
    guard after > 0 else { return right.x == x ? right.y : nil }
    let left = points[after - 1]
    let width = right.x - left.x
    return width > 0 ? left.y + (x - left.x) / width * (right.y - left.y) : right.y
  }

  /// The line at the loss that both had reached, and what each had taken until then.
  private func drawLevel(_ canvas: inout Canvas, _ equal: Comparison.EqualLoss) {
    let race = scene.race
    guard let own = race.crossing(of: equal.loss, race.run, on: axis),
      let other = race.crossing(of: equal.loss, race.baseline, on: axis)
    else { return }
    let y = row(equal.loss)
    let (from, to) = (column(min(own, other)), column(max(own, other)))
    let strong = scene.style(of: equal).bold
    for x in plot.x...max(plot.x, to) where canvas[x, y].isEmptyCell {
      if x > from {
        canvas.put("━", x: x, y: y, strong)
      } else if (x - plot.x) % 2 == 0 {
        canvas.put("┄", x: x, y: y, scene.muted)
      }
    }
    let label = scene.significant(equal.loss)
    if y > plot.y + 1, y < plot.bottom - 1 {
      canvas.textRight(
        label, right: plot.x - 1, y: y, maxWidth: Self.gutter - 1, scene.text.bold)
    }
    drawSign(&canvas, equal, from: from, to: to, y: y, strong)
    var taken: [Range<Int>] = [
      plot.x..<plot.x + 2, plot.right - displayWidth(words(reach)) - 1..<plot.right,
    ]
    for (value, style, mark) in [
      (other, scene.other, Unicode.Scalar("◇")), (own, scene.own, Unicode.Scalar("○")),
    ] {
      let x = column(value)
      for below in y..<max(y, plot.bottom) where below > y && canvas[x, below].isEmptyCell {
        canvas.put("┊", x: x, y: below, style)
      }
      canvas.put(mark, x: x, y: y, style.bold)
      canvas.put("┴", x: x, y: plot.bottom, style)
      drawTick(&canvas, words(value), at: x, &taken, style)
    }
  }

  /// What the one took more or less, over the stretch between both.
  private func drawSign(
    _ canvas: inout Canvas, _ equal: Comparison.EqualLoss, from: Int, to: Int, y: Int,
    _ style: Style
  ) {
    guard axis == .joules else { return }
    let text = " \(scene.number(equal.sign)) "
    let width = displayWidth(text)
    let x = min(max(plot.x, (from + to - width) / 2 + 1), plot.right - width)
    for row in [y - 1, y + 1] where row >= plot.y && row < plot.bottom {
      guard (x..<x + width).allSatisfy({ canvas[$0, row].isEmptyCell }) else { continue }
      canvas.text(text, x: x, y: row, style)
      return
    }
  }

  /// A value below the axis, where it hides no other.
  private func drawTick(
    _ canvas: inout Canvas, _ text: String, at x: Int, _ taken: inout [Range<Int>], _ style: Style
  ) {
    let width = displayWidth(text)
    let places = [x - width / 2, x - width + 1, x].map { max(plot.x, min($0, plot.right - width)) }
    for left in places {
      let room = left - 1..<left + width + 1
      guard !taken.contains(where: { $0.overlaps(room) }) else { continue }
      canvas.text(text, x: left, y: plot.bottom + 1, style.bold)
      taken.append(room)
      return
    }
  }

  /// Where a run stands, with its name beside it.
  private func drawHead(
    _ canvas: inout Canvas, _ profile: RunProfile, _ place: Race.Place?, _ mark: Unicode.Scalar,
    _ style: Style
  ) {
    guard let place, let x = scene.race.value(of: place.point, of: profile, on: axis) else {
      return
    }
    let points = curve(of: profile)
    // Before its first report a run has no height, and after its last none but that one's.
    guard let first = points.first, x >= first.x, let last = points.last else { return }
    let value = Self.value(at: min(x, last.x), in: points) ?? last.y
    let (column, row) = (column(x), row(value))
    let name = clipped(sanitized(profile.name), to: 24)
    let width = displayWidth(name)
    let beside = [column + 2, column - width - 1]
    for y in [row - 1, row, row - 2, row + 1] where y >= plot.y && y < plot.bottom {
      let left = beside.first { left in
        left >= plot.x && left + width <= plot.right
          && (left - 1..<left + width + 1).allSatisfy { canvas[$0, y].isEmptyCell }
      }
      guard let left else { continue }
      canvas.text(name, x: left, y: y, style.bold)
      break
    }
    canvas.put(mark, x: column, y: row, style.bold)
  }
}

extension Cell {
  /// Whether nothing is drawn in it.
  var isEmptyCell: Bool { scalar == 0x20 || scalar == 0x2800 }
}

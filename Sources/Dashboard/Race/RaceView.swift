import Accounting
import Canvas
import Quantities

/// Lays out a race: the verdict, the curves, the table of both, the cautions.
struct RaceView {
  let scene: RaceScene
  /// What is said of both beside the race, such as their electricity; least important.
  var notes: [String] = []

  func draw(_ canvas: inout Canvas, in area: Rect) {
    let body = area.width >= 60 ? area.inset(dx: 1, dy: 0) : area
    if area.height < 7 || area.width < 28 { return drawTiny(&canvas, in: body) }
    // From below: what both took first, then cautions as far as there is room.
    let table = scene.table(width: body.width)
    let isAiry = area.height >= 26
    let head = drawHead(&canvas, in: body, isLarge: area.height >= 14 && area.width >= 60)
    let left = area.bottom - head - table.count - 1
    let remarks = remarks(width: body.width, room: left)
    let foot = area.bottom - 1 - remarks.count - table.count
    let chart = Rect(
      x: body.x, y: head + (isAiry ? 1 : 0), width: body.width,
      height: foot - head - (isAiry ? 2 : 0))
    if let chart = RaceChart(scene, in: chart) {
      chart.draw(&canvas)
    } else if chart.height > 0, !scene.hasCurves {
      let reason = scene.axis == nil ? scene.race.absence(of: scene.state.axis) : nil
      canvas.textClipped(
        scene.say(.noCurves, sanitized(reason ?? scene.say(.noLossTwice))), x: chart.x,
        y: chart.y, maxWidth: chart.width, scene.muted)
    }
    var y = foot
    for line in table + remarks where y < area.bottom - 1 {
      canvas.runs(line, x: body.x, y: y, maxWidth: body.width)
      y += 1
    }
    drawChoices(&canvas, in: body, y: area.bottom - 1)
  }

  // MARK: Parts

  /// The verdict, in large digits where there is room; returns the row below it.
  private func drawHead(_ canvas: inout Canvas, in area: Rect, isLarge: Bool) -> Int {
    var lines = wrapped(scene.verdict, width: area.width)
    if !isLarge {
      if area.height >= 10 { lines += wrapped(scene.lead, width: area.width) }
      lines = Array(lines.prefix(max(1, area.height / 4)))
      for (index, line) in lines.enumerated() {
        canvas.runs(line, x: area.x, y: area.y + index, maxWidth: area.width)
      }
      return area.y + lines.count
    }
    // Large digits have room enough around them.
    let sign = scene.sign.filter { $0 != " " }
    let style = scene.moment.equalLoss.map { scene.style(of: $0) } ?? scene.muted
    let top = area.y + (area.height >= 26 ? 1 : 0)
    let used = canvas.bigText(sign, x: area.x, y: top, style.bold, glyphs: scene.glyphs)
    let x = area.x + used + 3
    let room = area.right - x
    let limit = area.height >= 26 ? 6 : area.height >= 20 ? 4 : 3
    lines = Array(wrapped(scene.verdict, width: room).prefix(limit))
    // A sentence is told as a whole or not at all.
    for sentence in [scene.isOver ? scene.wholeRuns : [], scene.lead] {
      let more = wrapped(sentence, width: room)
      if lines.count + more.count <= limit { lines += more }
    }
    for (index, line) in lines.enumerated() {
      canvas.runs(line, x: x, y: top + index, maxWidth: room)
    }
    return top + max(3, lines.count)
  }

  /// Cautions first, then what is least important, as far as the curves keep their room.
  private func remarks(width: Int, room: Int) -> [[Run]] {
    let cautions =
      OverlayBox.paragraph(
        sanitized(
          scene.cautions.isEmpty
            ? "" : scene.say(.caution, scene.cautions.joined(separator: " · "))),
        width: width, scene.style(.warning))
      + OverlayBox.paragraph(sanitized(scene.spent), width: width, scene.text)
      + OverlayBox.paragraph(sanitized(scene.assumption), width: width, scene.muted)
    var lines = Array(cautions.prefix(max(0, room - 7)))
    for note in notes {
      let more = OverlayBox.paragraph(sanitized(note), width: width, scene.muted)
      if lines.count + more.count <= room - 24 { lines += more }
    }
    return lines
  }

  /// How the two are laid beside each other, with the keys that change it.
  private func drawChoices(_ canvas: inout Canvas, in area: Rect, y: Int) {
    let accent = scene.style(.accent).bold
    var phrases: [[Run]] = [
      [
        Run("a", accent),
        Run(" " + scene.say(.aligned, scene.say(scene.state.alignment.words)), scene.muted),
      ]
    ]
    if let axis = scene.axis {
      let missing =
        axis == scene.state.axis ? nil : scene.race.absence(of: scene.state.axis)
      phrases.append([
        Run("x", accent), Run(" " + scene.say(.over, axis.words(scene)), scene.muted),
        Run(missing.map { ": " + sanitized($0) } ?? "", scene.style(.warning)),
      ])
    }
    if scene.rivals > 1 {
      let number = scene.state.rival % scene.rivals + 1
      phrases.append([
        Run("o", accent),
        Run(" " + scene.say(.against, "\(number)", "\(scene.rivals)"), scene.muted),
      ])
    }
    var room = area.width
    if scene.isSimulated {
      room -=
        2
        + canvas.textRight(
          FrameWords.simulated.text(in: scene.language), right: area.right, y: y,
          scene.style(.warning).bold)
    }
    canvas.phrases(phrases, x: area.x, y: y, maxWidth: room, gap: 3, inOrder: true)
  }

  /// The sign and, where there is a second row, the verdict.
  private func drawTiny(_ canvas: inout Canvas, in area: Rect) {
    let style = scene.moment.equalLoss.map { scene.style(of: $0) } ?? scene.muted
    let made =
      scene.isSimulated
      ? [Run(" " + FrameWords.simulated.text(in: scene.language), scene.style(.warning))] : []
    let lines = [[Run(scene.sign, style.bold)] + made] + wrapped(scene.verdict, width: area.width)
    for (index, line) in lines.enumerated() where index < area.height {
      canvas.runs(line, x: area.x, y: area.y + index, maxWidth: area.width)
    }
  }

  /// Runs broken between words into lines.
  private func wrapped(_ runs: [Run], width: Int) -> [[Run]] {
    var lines: [[Run]] = [[]]
    var used = 0
    for run in runs {
      var isFirst = true
      for word in run.text.split(separator: " ", omittingEmptySubsequences: false) {
        defer { isFirst = false }
        let gap = isFirst ? "" : " "
        let size = displayWidth(String(word)) + gap.count
        if used > 0, used + size > width, !word.isEmpty, !isFirst {
          lines.append([Run(String(word), run.style)])
          used = displayWidth(String(word))
        } else if used > 0 || !gap.isEmpty && !word.isEmpty || !word.isEmpty {
          lines[lines.count - 1].append(Run((used > 0 ? gap : "") + word, run.style))
          used += used > 0 ? size : displayWidth(String(word))
        }
      }
    }
    return lines.filter { !$0.isEmpty }
  }
}

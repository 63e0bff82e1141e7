import Accounting
import Canvas
import Quantities
import Telemetry

/// The accelerators one by one: rows while they fit, a heat grid beyond.
enum GPURows {
  /// The narrowest a card may get beside another.
  static let cell = 17

  static func perRow(_ count: Int, width: Int, height: Int) -> Int {
    max(1, (count + max(1, height) - 1) / max(1, height))
  }

  static func needsGrid(_ count: Int, width: Int, height: Int) -> Bool {
    let rows = max(1, height - 2)
    return (width + 2) / perRow(count, width: width, height: rows) < cell
  }

  /// The rows that many cards take, at most what there is.
  static func height(_ count: Int, width: Int, available: Int) -> Int {
    guard available > 0 else { return 0 }
    let columns = perRow(count, width: width, height: available)
    return min(available, (count + columns - 1) / columns)
  }

  static func draw(_ canvas: inout Canvas, _ gpus: [Device], in rect: Rect, _ c: FrameContext) {
    guard !rect.isEmpty else { return }
    let columns = perRow(gpus.count, width: rect.width, height: rect.height)
    let perColumn = (gpus.count + columns - 1) / columns
    let areas = rect.columns(columns, gap: 2)
    let label = gpus.map { displayWidth($0.label) }.max() ?? 1
    for (index, gpu) in gpus.enumerated() {
      let line = areas[index / perColumn].row(index % perColumn)
      if !line.isEmpty { drawRow(&canvas, gpu, in: line, label: min(label, 6), c) }
    }
  }

  private static func drawRow(
    _ canvas: inout Canvas, _ gpu: Device, in rect: Rect, label: Int, _ c: FrameContext
  ) {
    let moment = c.moment
    canvas.textClipped(gpu.label, x: rect.x, y: rect.y, maxWidth: label, c.muted)
    let watts = moment.power(of: gpu.id)
    let limit = moment.value(.powerLimit, of: gpu.id)
    let reasons = EventReasons(moment.value(.eventReasons, of: gpu.id))
    // From the right: what matters least goes first.
    var right = rect.right
    func column(_ width: Int, from minimum: Int) -> Int? {
      guard rect.width >= minimum else { return nil }
      right -= width
      return right + width
    }
    if let edge = column(10, from: 62) { reasons.draw(&canvas, right: edge, y: rect.y, c) }
    if let edge = column(10, from: 50) {
      let memory = moment.value(.memoryUsed, of: gpu.id).map { SI.memory($0).joined }
      canvas.textRight(memory ?? "–", right: edge, y: rect.y, c.muted)
    }
    if let edge = column(7, from: 40) {
      let temperature = moment.value(.temperature, of: gpu.id).map { SI.fixed($0, 0) + " °C" }
      canvas.textRight(temperature ?? "–", right: edge, y: rect.y, c.muted)
    }
    if let edge = column(6, from: 28) {
      let busy = moment.value(.utilization, of: gpu.id)
      let isIdle = (busy ?? 1) < 0.1
      let style = isIdle ? c.style(.critical) : c.text
      canvas.textRight(
        busy.map { SI.fixed($0 * 100, 0) + " %" } ?? "–", right: edge, y: rect.y, style)
    }
    if let edge = column(7, from: 0) {
      canvas.textRight(
        watts.map { SI.string($0, "W") } ?? "–", right: edge, y: rect.y,
        watts == nil ? c.style(.warning) : c.text.bold)
    }
    let bar = Rect(
      x: rect.x + label + 1, y: rect.y, width: right - rect.x - label - 2, height: 1)
    let share = watts.flatMap { watts in limit.map { watts / max($0, 1) } }
    let gradient =
      reasons.isThrottled
      ? Gradient(
        c.theme[.critical].mixed(with: c.background, 0.3), c.theme[.critical], c.theme[.critical])
      : c.theme[.power]
    canvas.bar(share, in: bar, gradient: gradient, track: c.theme[.track], glyphs: c.glyphs)
  }

  /// Draws one tile per card and names the one that stands out.
  static func drawGrid(_ canvas: inout Canvas, _ gpus: [Device], in rect: Rect, _ c: FrameContext) {
    guard rect.height >= 2 else { return }
    let watts = gpus.map { c.moment.power(of: $0.id) }
    let limits = gpus.compactMap { c.moment.value(.powerLimit, of: $0.id) }
    let top = limits.max() ?? watts.compactMap { $0 }.max() ?? 1
    let grid = rect.splitRows(-1).top
    let tiles = Canvas.heatGridTiles(count: gpus.count, in: grid)
    let wide = tiles.map(\.width).max() ?? 0
    let labels = zip(gpus, watts).map { gpu, watts in
      wide >= 6 ? watts.map { SI.fixed($0, 0) } ?? "–" : wide >= 3 ? gpu.label : ""
    }
    canvas.heatGrid(
      watts, in: grid, bottom: 0, top: top, gradient: c.theme[.power], missing: c.theme[.muted],
      background: c.background, glyphs: c.glyphs, labels: labels)
    let y = rect.bottom - 1
    let hidden = tiles.filter(\.isEmpty).count
    var phrases: [[Run]] = [[Run("tiles: 0…\(SI.string(top, "W"))", c.muted)]]
    if hidden > 0 { phrases.append([Run("\(hidden) more do not fit", c.style(.warning))]) }
    if let outlier = outlier(gpus, watts) { phrases.append([Run(outlier, c.text)]) }
    canvas.phrases(phrases, x: rect.x, y: y, maxWidth: rect.width)
  }

  /// Names the card farthest from the median, if it is farther than five median absolute deviations.
  static func outlier(_ gpus: [Device], _ watts: [Double?]) -> String? {
    let known = zip(gpus, watts).compactMap { gpu, watts in watts.map { (gpu, $0) } }
    guard known.count >= 4 else { return nil }
    let median = middle(known.map(\.1))
    let spread = max(middle(known.map { abs($0.1 - median) }), median * 0.02, 1)
    guard let worst = known.max(by: { abs($0.1 - median) < abs($1.1 - median) }),
      abs(worst.1 - median) > 5 * spread
    else { return nil }
    return
      "GPU \(worst.0.label) draws \(SI.string(worst.1, "W")), its peers \(SI.string(median, "W"))"
  }

  private static func middle(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }
}

/// The NVML clocks event reasons that users want to know of, in words.
struct EventReasons {
  private let bits: UInt64

  init(_ value: Double?) { bits = value.map { $0 >= 0 ? UInt64($0) : 0 } ?? 0 }

  /// Slowed down for heat, a power brake or the board; reaching the power cap is normal under load.
  var isThrottled: Bool { bits & (0x8 | 0x20 | 0x40 | 0x80) != 0 }

  /// The weightiest reason in a word.
  var word: String? {
    if bits & 0x80 != 0 { return "brake" }
    if bits & 0x60 != 0 { return "thermal" }
    if bits & 0x8 != 0 { return "slowed" }
    if bits & 0x4 != 0 { return "power" }
    return bits & 0x1 != 0 ? "idle" : nil
  }

  func draw(_ canvas: inout Canvas, right: Int, y: Int, _ c: FrameContext) {
    guard let word else { return }
    let style = isThrottled ? c.style(.critical) : bits & 0x4 != 0 ? c.style(.warning) : c.muted
    canvas.textRight(
      (bits & 0x1 != 0 && !isThrottled ? "◌ " : "▲ ") + word, right: right, y: y, style)
  }
}

import Accounting
import Canvas
import Quantities
import Telemetry

/// One to four accelerators: a card each, with its own curve.
enum GPUCards {
  static let maximum = 4
  /// The fewest rows of a card: a line of name and watts, a curve, a line of numbers.
  static let height = 4
  static let width = 28

  /// Whether that many cards have room side by side or one above the other.
  static func fit(_ count: Int, in rect: Rect) -> Bool {
    count <= maximum && rect.width / columns(count, in: rect) >= width
      && rect.height / rows(count, in: rect) >= height
  }

  private static func columns(_ count: Int, in rect: Rect) -> Int {
    count > 1 && rect.width >= 2 * width + 2 ? 2 : 1
  }

  private static func rows(_ count: Int, in rect: Rect) -> Int {
    let columns = columns(count, in: rect)
    return (count + columns - 1) / columns
  }

  static func draw(_ canvas: inout Canvas, _ gpus: [Device], in rect: Rect, _ c: FrameContext) {
    let areas = rect.rows(rows(gpus.count, in: rect)).flatMap {
      $0.columns(columns(gpus.count, in: rect), gap: 3)
    }
    let outliers = c.outliers
    for (gpu, area) in zip(gpus, areas) { drawCard(&canvas, gpu, outliers, in: area, c) }
  }

  private static func drawCard(
    _ canvas: inout Canvas, _ gpu: Device, _ outliers: [Outlier], in rect: Rect,
    _ c: FrameContext
  ) {
    let (head, rest) = rect.splitRows(1)
    let silence = GPUCondition.silence(of: gpu, c)
    let condition = GPUCondition.of(gpu, outliers, c)
    var right = head.right
    if silence == nil, let condition {
      right -=
        canvas.textRight(
          "\(condition.symbol) \(c.say(condition.word))", right: right, y: head.y,
          c.style(condition.role)) + 1
    }
    var runs = [Run("GPU \(gpu.label)  ", c.muted)]
    if let watts = c.power(of: gpu.id) {
      runs.append(Run(c.string(watts, "W"), c.text.bold))
      if let limit = c.moment.known(.powerLimit, of: gpu.id)?.value, limit > 0 {
        runs.append(
          Run(
            "  " + c.say(GPUWords.ofLimit, c.percent(watts / limit), c.string(limit, "W")), c.muted)
        )
      }
    } else if let silence {
      let room = right - head.x - runs.reduce(2) { $0 + displayWidth($1.text) }
      let isTellingNothing = c.timeline.energySeries(of: gpu.id) == nil
      let words =
        displayWidth(silence) > room && isTellingNothing ? c.say(GPUWords.noPower) : silence
      runs.append(Run("▲ " + clipped(words, to: max(0, room)), c.style(.critical)))
    }
    // The share of the limit goes first where there is no room.
    while runs.count > 2, runs.reduce(0, { $0 + displayWidth($1.text) }) > right - head.x - 1 {
      runs.removeLast()
    }
    canvas.runs(runs, x: head.x, y: head.y, maxWidth: right - head.x)
    let details = details(gpu, c)
    let lines = min(rest.height >= 9 ? 2 : 1, rest.height)
    let (chart, below) = rest.splitRows(rest.height - lines)
    drawChart(&canvas, gpu, isThrottled: condition?.role == .critical, in: chart, c)
    let first = canvas.phrasesThatFit(details, maxWidth: below.width)
    for (row, phrases) in [Array(details.prefix(first)), Array(details.dropFirst(first))]
      .enumerated() where row < lines
    {
      canvas.phrases(phrases, x: below.x, y: below.y + row, maxWidth: below.width, gap: 2)
    }
  }

  private static func drawChart(
    _ canvas: inout Canvas, _ gpu: Device, isThrottled: Bool, in rect: Rect, _ c: FrameContext
  ) {
    guard rect.height > 0 else { return }
    let columns = c.samples(rect.width)
    let values = c.ledger.powerCurve(
      of: [gpu], over: c.chartWindow(columns), columns: columns, until: c.time)
    let peak = values.compactMap { $0 }.max() ?? 1
    let limit = c.moment.known(.powerLimit, of: gpu.id)?.value ?? 0
    canvas.areaChart(
      values, in: rect, top: limit > 0 ? max(limit, peak) : peak * 1.15,
      gradient: c.theme[.power], background: c.background, glyphs: c.glyphs)
  }

  /// The numbers of a card, the important ones first.
  private static func details(_ gpu: Device, _ c: FrameContext) -> [[Run]] {
    var phrases: [[Run]] = []
    func add(_ name: String, _ text: String?) {
      guard let text else { return }
      phrases.append([Run(name.isEmpty ? "" : name + " ", c.muted), Run(text, c.text)])
    }
    /// A value whose unit says what it is needs no label.
    func add(_ metric: Metric, isLabelled: Bool = true) {
      add(
        isLabelled ? c.say(MetricWords.label(metric)) : "",
        c.moment.value(metric, of: gpu.id).map { c.number(metric.text($0)) })
    }
    add(.utilization)
    add(.temperature, isLabelled: false)
    add("", memory(gpu, c))
    for metric in [Metric.tensorActive, .smActive, .dramActive] { add(metric) }
    add(.smClock, isLabelled: false)
    let link = Metric.pcieReceiveRate
    add(
      c.say(MetricWords.label(.pcieReceived)),
      (c.moment.rate(.pcieReceived, of: gpu.id, window: 2) ?? c.moment.value(link, of: gpu.id))
        .map { c.number(link.text($0)) })
    add(.fanSpeed)
    return phrases
  }

  private static func memory(_ gpu: Device, _ c: FrameContext) -> String? {
    guard let used = c.moment.value(.memoryUsed, of: gpu.id) else { return nil }
    guard let total = c.moment.known(.memoryTotal, of: gpu.id)?.value else {
      return c.string(SI.memory(used))
    }
    return c.say(GPUWords.memoryOf, c.string(SI.memory(used)), c.string(SI.memory(total)))
  }
}

extension Canvas {
  /// How many of the phrases fit into a line, two columns apart.
  func phrasesThatFit(_ phrases: [[Run]], maxWidth: Int) -> Int {
    var used = 0
    for (index, phrase) in phrases.enumerated() {
      used += (index > 0 ? 2 : 0) + phrase.reduce(0) { $0 + displayWidth($1.text) }
      if used > maxWidth { return max(1, index) }
    }
    return phrases.count
  }
}

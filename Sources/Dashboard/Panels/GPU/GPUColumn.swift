import Accounting
import Canvas
import Quantities
import Telemetry

/// One column of the accelerators' table.
struct GPUColumn: Sendable {
  var title: Texts
  var width: Int
  /// The text for an accelerator; `nil` when it has no such value.
  var text: @Sendable (Device, FrameContext) -> String?
  /// How it is drawn; muted unless said otherwise.
  var style: @Sendable (Device, FrameContext) -> Style = { _, c in c.muted }

  /// All columns, the most important first.
  static let all: [GPUColumn] = [
    GPUColumn(
      title: MetricWords.label(.power), width: 7,
      text: { gpu, c in c.power(of: gpu.id).map { c.number(Metric.power.text($0)) } },
      style: { _, c in c.text.bold }),
    GPUColumn(.utilization, width: 6) { gpu, c in
      let isIdle = (c.moment.value(.utilization, of: gpu.id) ?? 1) < 0.1
      return isIdle ? c.style(.critical) : c.text
    },
    GPUColumn(.temperature, width: 7),
    GPUColumn(.memoryUsed, width: 10),
    GPUColumn(title: MetricWords.label(.energy), width: 9) { gpu, c in
      c.timeline.energy(of: gpu.id, over: c.account).flatMap {
        $0.covered > 0 ? c.string(SI.energy($0.joules)) : nil
      }
    },
    GPUColumn(.tensorActive, width: 7),
    GPUColumn(.smActive, width: 6),
    GPUColumn(.dramActive, width: 6),
    GPUColumn(.smClock, width: 9),
    GPUColumn(.memoryTemperature, width: 7),
    GPUColumn(.pcieReceived, orGauge: .pcieReceiveRate, width: 10),
    GPUColumn(.nvlinkReceived, orGauge: .nvlinkReceiveRate, width: 10),
    GPUColumn(.fanSpeed, width: 6),
  ]

  init(
    title: Texts, width: Int, text: @escaping @Sendable (Device, FrameContext) -> String?,
    style: @escaping @Sendable (Device, FrameContext) -> Style = { _, c in c.muted }
  ) {
    self.title = title
    self.width = width
    self.text = text
    self.style = style
  }

  /// The column of a metric, under its label and in its own writing.
  private init(
    _ metric: Metric, width: Int,
    style: @escaping @Sendable (Device, FrameContext) -> Style = { _, c in c.muted }
  ) {
    self.init(
      title: MetricWords.label(metric), width: width,
      text: { gpu, c in c.moment.value(metric, of: gpu.id).map { c.number(metric.text($0)) } },
      style: style)
  }

  /// The column of a counter's rate, or of the gauge that says the same where there is no counter.
  private init(_ counter: Metric, orGauge gauge: Metric, width: Int) {
    self.init(title: MetricWords.label(counter), width: width) { gpu, c in
      (c.moment.rate(counter, of: gpu.id, window: 2) ?? c.moment.value(gauge, of: gpu.id))
        .map { c.number(gauge.text($0)) }
    }
  }

  /// The columns that some accelerator fills and that leave a bar of `bar` cells, in their order.
  static func fitting(
    _ gpus: [Device], width: Int, bar: Int, _ c: FrameContext
  ) -> [GPUColumn] {
    var left = width - bar
    var chosen: [GPUColumn] = []
    for column in all {
      guard left >= column.width else { break }
      guard
        column.title == MetricWords.label(.power)
          || gpus.contains(where: { column.text($0, c) != nil })
      else {
        continue
      }
      left -= column.width
      chosen.append(column)
    }
    return chosen
  }
}

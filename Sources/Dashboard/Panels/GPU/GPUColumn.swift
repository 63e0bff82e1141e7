import Accounting
import Canvas
import Quantities
import Telemetry

/// One column of the accelerators' table.
struct GPUColumn: Sendable {
  var title: String
  var width: Int
  /// The text for an accelerator; `nil` when it has no such value.
  var text: @Sendable (Device, FrameContext) -> String?
  /// How it is drawn; muted unless said otherwise.
  var style: @Sendable (Device, FrameContext) -> Style = { _, c in c.muted }

  /// All columns, the most important first.
  static let all: [GPUColumn] = [
    GPUColumn(
      title: "power", width: 7,
      text: { gpu, c in c.power(of: gpu.id).map { SI.string($0, "W") } },
      style: { _, c in c.text.bold }),
    GPUColumn(
      title: "busy", width: 6,
      text: { gpu, c in c.moment.value(.utilization, of: gpu.id).map(percent) },
      style: { gpu, c in
        let isIdle = (c.moment.value(.utilization, of: gpu.id) ?? 1) < 0.1
        return isIdle ? c.style(.critical) : c.text
      }),
    GPUColumn(title: "heat", width: 7) { gpu, c in
      c.moment.value(.temperature, of: gpu.id).map { SI.fixed($0, 0) + " °C" }
    },
    GPUColumn(title: "memory", width: 10) { gpu, c in
      c.moment.value(.memoryUsed, of: gpu.id).map { SI.memory($0).joined }
    },
    GPUColumn(title: "energy", width: 9) { gpu, c in
      c.timeline.energy(of: gpu.id, over: c.account).flatMap {
        $0.covered > 0 ? SI.energy($0.joules).joined : nil
      }
    },
    GPUColumn(title: "tensor", width: 7) { gpu, c in
      c.moment.value(.tensorActive, of: gpu.id).map(percent)
    },
    GPUColumn(title: "SM", width: 6) { gpu, c in
      c.moment.value(.smActive, of: gpu.id).map(percent)
    },
    GPUColumn(title: "DRAM", width: 6) { gpu, c in
      c.moment.value(.dramActive, of: gpu.id).map(percent)
    },
    GPUColumn(title: "clock", width: 9) { gpu, c in
      c.moment.value(.smClock, of: gpu.id).map { SI.string($0, "Hz") }
    },
    GPUColumn(title: "mem °C", width: 7) { gpu, c in
      c.moment.value(.memoryTemperature, of: gpu.id).map { SI.fixed($0, 0) + " °C" }
    },
    GPUColumn(title: "PCIe in", width: 10) { gpu, c in
      rate(.pcieReceived, .pcieReceiveRate, gpu, c)
    },
    GPUColumn(title: "NVLink in", width: 10) { gpu, c in
      rate(.nvlinkReceived, .nvlinkReceiveRate, gpu, c)
    },
    GPUColumn(title: "fan", width: 6) { gpu, c in
      c.moment.value(.fanSpeed, of: gpu.id).map(percent)
    },
  ]

  /// The columns that some accelerator fills and that leave a bar of `bar` cells, in their order.
  static func fitting(
    _ gpus: [Device], width: Int, bar: Int, _ c: FrameContext
  ) -> [GPUColumn] {
    var left = width - bar
    var chosen: [GPUColumn] = []
    for column in all {
      guard left >= column.width else { break }
      guard column.title == "power" || gpus.contains(where: { column.text($0, c) != nil }) else {
        continue
      }
      left -= column.width
      chosen.append(column)
    }
    return chosen
  }

  private static func percent(_ share: Double) -> String { SI.fixed(share * 100, 0) + " %" }

  private static func rate(
    _ counter: Metric, _ gauge: Metric, _ gpu: Device, _ c: FrameContext
  ) -> String? {
    (c.moment.rate(counter, of: gpu.id, window: 2) ?? c.moment.value(gauge, of: gpu.id))
      .map { SI.dataRate($0).joined }
  }
}

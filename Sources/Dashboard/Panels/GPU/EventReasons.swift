import Canvas
import Telemetry

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

import Accounting
import Canvas
import Quantities
import Telemetry

/// The curve of the bytes in and out, and a row for each disk and interface.
extension DataThroughputPanel {
  /// Draws the curve, and rows for as many disks and interfaces as half of the room holds.
  func drawFlows(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    let devices = c.inventory.disks + c.inventory.interfaces
    guard !devices.isEmpty, rect.height >= 2 else { return }
    let wanted = min(devices.count, max(1, rect.height / 2))
    let (chart, list) = rect.splitRows(rect.height - wanted)
    drawChart(&canvas, in: chart, c)
    let shown = ranked(devices, c)
    let hidden = shown.count - list.height
    for (index, device) in shown.prefix(list.height).enumerated() {
      let isLast = index == list.height - 1
      drawRow(&canvas, device, in: list.row(index), more: isLast && hidden > 0 ? hidden : 0, c)
    }
  }

  /// Disks and interfaces in their own order, the ones without any traffic last.
  private func ranked(_ devices: [Device], _ c: FrameContext) -> [Device] {
    func moved(_ device: Device) -> Bool {
      let metrics: [Metric] = [.bytesRead, .bytesWritten, .bytesReceived, .bytesSent]
      return metrics.contains { metric in
        c.timeline.id(metric, of: device.id)
          .map { c.timeline.total($0, over: c.session).amount > 0 } ?? false
      }
    }
    let active = devices.map { ($0, moved($0)) }
    return active.filter(\.1).map(\.0) + active.filter { !$0.1 }.map(\.0)
  }

  func drawChart(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    guard rect.height > 0 else { return }
    let columns = c.samples(rect.width)
    func curve(_ inward: Bool) -> [Double?] {
      var sum: [Double?] = Array(repeating: nil, count: columns)
      for flow in ByteFlow.flows(c.inventory, inward: inward) {
        guard let id = c.timeline.id(flow.metric, of: flow.device.id) else { continue }
        for (index, column) in c.timeline.curve(
          id, over: c.chartWindow(columns), columns: columns, until: c.time
        ).enumerated() {
          if let column { sum[index] = (sum[index] ?? 0) + column.mean }
        }
      }
      return sum
    }
    let inward = curve(true)
    let outward = curve(false)
    let highIn = inward.compactMap { $0 }.max() ?? 0
    let highOut = outward.compactMap { $0 }.max() ?? 0
    // One scale for both directions, and the rows shared by what each needs.
    let scale = max(highIn, highOut, 1)
    let share = rect.height < 2 ? 1 : highIn / max(highIn + highOut, 1)
    let upper =
      rect.height < 2
      ? rect.height
      : min(
        rect.height - 1, max(1, Int((Double(rect.height) * max(0.34, min(0.75, share))).rounded())))
    let (top, bottom) = rect.splitRows(upper)
    let rows = Double(max(top.height, bottom.height))
    canvas.areaChart(
      inward, in: top, top: scale * Double(top.height) / rows, gradient: c.theme[.dataIn],
      background: c.background, glyphs: c.glyphs)
    canvas.areaChart(
      outward, in: bottom, top: scale * Double(bottom.height) / rows, gradient: c.theme[.dataOut],
      background: c.background, glyphs: c.glyphs, hanging: true)
    if rect.height >= 3, scale > 1 {
      // Beside the direction that sets the scale.
      canvas.textRight(
        " " + c.say(DataWords.peak, c.string(SI.dataRate(scale))), right: rect.right,
        y: highOut > highIn ? rect.bottom - 1 : rect.y, c.muted)
    }
  }

  private func drawRow(
    _ canvas: inout Canvas, _ device: Device, in rect: Rect, more: Int, _ c: FrameContext
  ) {
    let isDisk = device.id.kind == .disk
    let inward = c.moment.rate(isDisk ? .bytesRead : .bytesReceived, of: device.id)
    let outward = c.moment.rate(isDisk ? .bytesWritten : .bytesSent, of: device.id)
    canvas.textClipped(device.label, x: rect.x, y: rect.y, maxWidth: 9, c.muted)
    let show: (Double?) -> String = { $0.map { c.string(SI.dataRate($0)) } ?? "–" }
    canvas.textRight(
      show(inward) + " ↓", right: rect.x + 22, y: rect.y, c.style(.dataIn))
    canvas.textRight(
      show(outward) + " ↑", right: rect.x + 36, y: rect.y, c.style(.dataOut))
    let start = rect.x + 38
    let tail = more > 0 ? c.say(DataWords.more, "\(more)") : ""
    let busy = share(device, inward, outward, c)
    let bar = Rect(x: start, y: rect.y, width: rect.right - start - 6, height: 1)
    if !tail.isEmpty {
      canvas.textRight(tail, right: rect.right, y: rect.y, c.muted)
    } else if bar.width >= 4 {
      if let busy {
        canvas.bar(
          busy, in: bar, gradient: c.theme[.dataIn], track: c.theme[.track], glyphs: c.glyphs)
        canvas.textRight(c.fixed(busy * 100, 0) + " %", right: rect.right, y: rect.y, c.muted)
      }
    }
  }

  /// How busy a way is: the time a disk had requests, or the share of a link's speed; 0...1.
  private func share(
    _ device: Device, _ inward: Double?, _ outward: Double?, _ c: FrameContext
  ) -> Double? {
    if device.id.kind == .disk { return c.moment.rate(.ioTime, of: device.id).map { min(1, $0) } }
    guard let speed = c.moment.value(.linkSpeed, of: device.id), speed > 0 else { return nil }
    return min(1, max(inward ?? 0, outward ?? 0) / speed)
  }
}

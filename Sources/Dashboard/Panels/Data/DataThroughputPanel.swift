import Accounting
import Canvas
import Quantities
import Telemetry

/// How much data flows in and out, and how busy disks and links are.
struct DataThroughputPanel: Panel {
  let title = "DATA THROUGHPUT"
  let name = "Data throughput"
  let word = "data"
  let ramp = Theme.Ramp.dataIn
  let kinds: [DeviceKind] = [.disk, .net]
  let tells =
    "bytes in and out of every disk and interface, bytes per joule"
  let origin =
    "`/proc/diskstats`, `/proc/net/dev`"

  /// One direction of a disk or a network interface.
  private struct Flow {
    var device: Device
    var metric: Metric
    static func flows(_ inventory: Inventory, inward: Bool) -> [Flow] {
      inventory.disks.map { Flow(device: $0, metric: inward ? .bytesRead : .bytesWritten) }
        + inventory.interfaces.map {
          Flow(device: $0, metric: inward ? .bytesReceived : .bytesSent)
        }
    }
  }

  private func rate(_ flows: [Flow], _ c: FrameContext) -> Double? {
    let rates = flows.compactMap { c.moment.rate($0.metric, of: $0.device.id) }
    return rates.isEmpty ? nil : rates.reduce(0, +)
  }

  func certificate(_ c: FrameContext) -> [String] {
    c.inventory.disks.isEmpty && c.inventory.interfaces.isEmpty
      ? []
      : [
        "in = Σ over disks of bytes read + Σ over interfaces of bytes received, a second",
        "by difference of the kernel's counters; B/J = that rate ÷ the machine's power",
      ]
  }

  func headline(_ c: FrameContext) -> Headline {
    let inward = Flow.flows(c.inventory, inward: true)
    guard let rate = rate(inward, c) else {
      let states = c.states(feeding: [.disk, .net])
      let lines = states.filter { $0.health != .ok }.map { "\($0.source): \($0.message)" }
      let waiting = !states.isEmpty && states.allSatisfy { $0.health == .ok }
      let unasked = ["--source disk and --source net read disks and network."]
      return Headline(
        missing: waiting
          ? ["Waiting for a second reading: a rate takes two."]
          : ["No data path is read."] + (states.isEmpty ? unasked : lines))
    }
    var headline = Headline(value: SI.dataRate(rate))
    headline.value?.unit += " in"
    if let out = self.rate(Flow.flows(c.inventory, inward: false), c) {
      headline.phrases.append([
        Run(SI.dataRate(out).joined, c.style(.dataOut)), Run(" out", c.muted),
      ])
    }
    let sum = inward.compactMap { c.timeline.id($0.metric, of: $0.device.id) }
      .reduce(0.0) { $0 + c.timeline.total($1, over: c.session).amount }
    headline.phrases.append([Run(SI.data(sum).joined + " so far", c.muted)])
    if let watts = c.ledger.power(at: c.time), watts > 0 {
      headline.note = SI.string(rate / watts, "B/J", smallest: 0)
    }
    return headline
  }

  func draw(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
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

  private func drawChart(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    guard rect.height > 0 else { return }
    let columns = c.samples(rect.width)
    func curve(_ inward: Bool) -> [Double?] {
      var sum: [Double?] = Array(repeating: nil, count: columns)
      for flow in Flow.flows(c.inventory, inward: inward) {
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
        " " + SI.dataRate(scale).joined, right: rect.right,
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
    let show: (Double?) -> String = { $0.map { SI.dataRate($0).joined } ?? "–" }
    canvas.textRight(
      show(inward) + " ↓", right: rect.x + 22, y: rect.y, c.style(.dataIn))
    canvas.textRight(
      show(outward) + " ↑", right: rect.x + 36, y: rect.y, c.style(.dataOut))
    let start = rect.x + 38
    let tail = more > 0 ? "+\(more) more" : ""
    let busy = share(device, inward, outward, c)
    let bar = Rect(x: start, y: rect.y, width: rect.right - start - 6, height: 1)
    if !tail.isEmpty {
      canvas.textRight(tail, right: rect.right, y: rect.y, c.muted)
    } else if bar.width >= 4 {
      if let busy {
        canvas.bar(
          busy, in: bar, gradient: c.theme[.dataIn], track: c.theme[.track], glyphs: c.glyphs)
        canvas.textRight(SI.fixed(busy * 100, 0) + " %", right: rect.right, y: rect.y, c.muted)
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

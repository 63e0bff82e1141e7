import Accounting
import Canvas
import Quantities
import Telemetry

/// How much data flows in and out, and how busy disks and links are.
struct DataThroughputPanel: Panel {
  let title = Texts("DATA THROUGHPUT", "DÉBIT DE DONNÉES")
  let name = Texts("Data throughput", "Débit de données")
  let word = "data"
  let brief = Texts("data", "débit")
  let ramp = Theme.Ramp.dataIn
  let kinds: [DeviceKind] = [.disk, .net, .mount, .rdma, .loader, .waiting]
  let tells =
    "bytes in and out of every disk and interface, bytes per joule; the way of the bytes to the "
    + "accelerators, stage by stage, and which of them is the narrow one"
  let origin =
    "`/proc/diskstats`, `/proc/net/dev`, the driver (PCIe, memory, tensor activity)"

  /// One direction of a disk or a network interface.
  struct ByteFlow {
    var device: Device
    var metric: Metric
    static func flows(_ inventory: Inventory, inward: Bool) -> [ByteFlow] {
      inventory.disks.map { ByteFlow(device: $0, metric: inward ? .bytesRead : .bytesWritten) }
        + inventory.interfaces.map {
          ByteFlow(device: $0, metric: inward ? .bytesReceived : .bytesSent)
        }
    }
  }

  func rate(_ flows: [ByteFlow], _ c: FrameContext) -> Double? {
    let rates = flows.compactMap { c.moment.rate($0.metric, of: $0.device.id) }
    return rates.isEmpty ? nil : rates.reduce(0, +)
  }

  func certificate(_ c: FrameContext) -> [CertificateLine] {
    var lines: [CertificateLine] = []
    if !c.inventory.disks.isEmpty || !c.inventory.interfaces.isEmpty {
      lines.append(c.say(CertificateWords.dataRate))
      lines.append(c.say(CertificateWords.byDifference))
    }
    if c.dataPath.isWorthShowing { lines.append(c.say(CertificateWords.path)) }
    return lines
  }

  func headline(_ c: FrameContext) -> Headline {
    let inward = ByteFlow.flows(c.inventory, inward: true)
    let waiting = waitingHeadline(c)
    guard let rate = rate(inward, c) else {
      if let waiting { return waiting }
      // Where no bytes are read, it may still be known whether somebody waits for them.
      if let account = c.dataPath.wait, account.isEnough {
        let words = [
          WaitingWords.verdict(account, in: c.language),
          WaitingWords.reservation(account, in: c.language),
        ]
        return Headline(missing: words.filter { !$0.isEmpty }.map { sanitized($0) })
      }
      let states = c.states(feeding: [.disk, .net])
      let lines = states.filter { $0.health != .ok }.map { "\($0.source): \($0.message)" }
      let isPending = !states.isEmpty && states.allSatisfy { $0.health == .ok }
      // Of what was recorded nothing more can be read.
      if c.isRecording, states.isEmpty {
        return Headline(missing: [c.say(DataWords.notRecorded)])
      }
      let unasked = [c.say(DataWords.unasked)]
      return Headline(
        missing: isPending
          ? [c.say(DataWords.secondReading)]
          : [c.say(DataWords.noPath)] + (states.isEmpty ? unasked : lines))
    }
    var headline = Headline(value: SI.dataRate(rate))
    headline.value?.unit += " " + c.say(DataWords.inward)
    if let waiting {
      // What the bytes are for comes before how many they are.
      headline = waiting
      headline.phrases.append([
        Run(c.string(SI.dataRate(rate)), c.style(.dataIn)),
        Run(" " + c.say(DataWords.inward), c.muted),
      ])
    }
    if let out = self.rate(ByteFlow.flows(c.inventory, inward: false), c) {
      headline.phrases.append([
        Run(c.string(SI.dataRate(out)), c.style(.dataOut)),
        Run(" " + c.say(DataWords.outward), c.muted),
      ])
    }
    let sum = inward.compactMap { c.timeline.id($0.metric, of: $0.device.id) }
      .reduce(0.0) { $0 + c.timeline.total($1, over: c.session).amount }
    headline.phrases.append([Run(c.say(DataWords.soFar, c.string(SI.data(sum))), c.muted)])
    if let watts = c.ledger.power(at: c.time), watts > 0 {
      headline.note = c.string(rate / watts, "B/J", smallest: 0)
    }
    return headline
  }

  /// How much of the time the accelerators wait for data, where that is what matters most.
  private func waitingHeadline(_ c: FrameContext) -> Headline? {
    guard let wait = c.dataPath.wait, wait.isEnough, wait.share(.data) >= 0.08,
      let band = c.ledger.waitingBand(of: c.pathJob, at: c.time), band >= .inputBound
    else { return nil }
    let percent = SI.percent(wait.share(.data))
    var headline = Headline(value: SI.Text(number: percent, unit: c.say(DataWords.waitingPercent)))
    headline.large = SI.Text(number: percent + "%", unit: c.say(DataWords.waiting))
    headline.tone = .critical
    return headline
  }

  func draw(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    guard rect.height >= 2 else { return }
    let path = c.dataPath
    guard path.isWorthShowing, rect.height >= 3 else { return drawFlows(&canvas, in: rect, c) }
    let isFocused = c.layout.panels.count == 1
    if isFocused, rect.height >= DataPathPicture.leastRows,
      rect.width >= DataPathPicture.leastColumns
    {
      return DataPathPicture.draw(&canvas, path, in: rect, c)
    }
    let bars = DataPathBars.height(in: rect)
    var (upper, lower) = rect.splitRows(rect.height - bars)
    // The disks and interfaces themselves, where there is room for them as well.
    let devices = c.inventory.disks.count + c.inventory.interfaces.count
    if upper.height >= devices + 6 {
      (upper, lower) = rect.splitRows(rect.height - bars - 1)
      drawFlows(&canvas, in: upper, c)
      lower = lower.splitRows(1).bottom
    } else {
      drawChart(&canvas, in: upper, c)
    }
    DataPathBars.draw(&canvas, path, in: lower, c)
  }
}

import Accounting
import Canvas
import Quantities
import Telemetry

/// What panel 1 shows of a machine without an accelerator.
extension GPUDrawPanel {
  /// Which sources found nothing, and what the user can do about it.
  private func absence(_ c: FrameContext) -> (reason: String, remedy: String?) {
    let looked = c.states(feeding: [.gpu])
      .filter { $0.health != .ok && !$0.message.isEmpty }
    let reason = looked.map { $0.message }.first ?? c.say(GPUWords.noneRead)
    return (c.say(GPUWords.noGPU, reason), looked.map(\.remedy).first { !$0.isEmpty })
  }

  func hostHeadline(_ c: FrameContext) -> Headline {
    let (reason, remedy) = absence(c)
    guard let watts = c.ledger.power(at: c.time) else {
      let power = c.states(feeding: [.cpu, .meter])
        .filter { $0.health != .ok }
        .map { "\($0.source): \($0.message)" + ($0.remedy.isEmpty ? "" : " – " + $0.remedy) }
      let model = c.say(GPUWords.fromLoad)
      return Headline(
        missing: [reason] + [remedy].compactMap { $0 } + power + (power.isEmpty ? [] : [model]))
    }
    let devices = c.ledger.powerDevices(at: c.time)
    let isModelled = c.timeline.energy(of: devices, over: c.window)?.isModelled ?? false
    var headline = Headline(value: SI.text(watts, "W"))
    headline.isEstimate = isModelled
    if isModelled {
      headline.phrases.append([Run(c.say(GPUWords.modelled), c.style(.warning))])
    } else {
      let isWall = c.ledger.wholeRole(at: c.time) == .machine
      let place = isWall ? c.say(FrameWords.plug) : c.say(GPUWords.processorAndMemory)
      headline.phrases.append([Run(place, c.muted)])
    }
    headline.phrases += energyPhrases(of: devices, watts, c)
    return headline
  }

  func drawHost(_ canvas: inout Canvas, in rect: Rect, _ c: FrameContext) {
    // Without a headline the reason is shown in its place already.
    let footer = c.inventory.knowsPower && rect.height >= 3 ? 1 : 0
    HostRows.draw(&canvas, in: rect.splitRows(rect.height - footer).top, c)
    if footer > 0 {
      canvas.textClipped(
        absence(c).reason, x: rect.x, y: rect.bottom - 1, maxWidth: rect.width, c.muted)
    }
  }
}

import Accounting
import Canvas
import Quantities
import Telemetry

extension RemarkWords {
  var english: [String] {
    switch self {
    case .notRecorded(let problem):
      return ["▲ Not recording: \(problem)", "▲ Not recording"]
    case .noAnswer(let source, let age):
      return ["▲ \(source): no answer for \(age)", "▲ \(source) hangs"]
    case .sourceFails(let source, let message):
      return ["▲ \(source): \(message)", "▲ \(source) fails"]
    case .gpuLost(let name, let reason, let more):
      let rest = more > 0 ? "; \(more) more are silent" : ""
      return [
        "▲ GPU \(name): \(reason)\(rest)", "▲ GPU \(name): \(reason)", "▲ GPU \(name) is silent",
      ]
    case .throttled(let name, let isHeat, let degrees, let more):
      let by = isHeat ? "heat" : "its board"
      let at = isHeat ? degrees.map { ", \(SI.fixed($0, 0)) °C" } ?? "" : ""
      let rest = more > 0 ? "; so are \(more) more" : ""
      return ["▲ GPU \(name) is held back by \(by)\(at)\(rest).", "▲ GPU \(name): \(by)"]
    case .outlier(let outlier, let more):
      let rest = more > 0 ? " \(more) more \(more == 1 ? "stands" : "stand") out." : ""
      let words = Self.english(outlier)
      return ["▲ \(words.long).\(rest)", "▲ \(words.long).", "▲ \(words.short)"]
    case .waits(let account, let loss):
      let verdict = sanitized(account.verdict)
      let brief = sanitized(account.brief)
      let price = loss.map { " " + Self.loss($0, .en) + "." } ?? ""
      let advice = account.advice.isEmpty ? "" : " " + sanitized(account.advice)
      return [
        verdict + price + advice, verdict + price, brief + price + advice, brief + price, brief,
      ]
    case .idle(let count, let loss):
      let who = count == 1 ? "Nobody uses the GPU" : "Nobody uses the \(count) GPUs"
      return loss.map { ["\(who): \(Self.loss($0, .en)).", "\(who)."] } ?? ["\(who)."]
    case .costs(let joules, let thing, let isModelled, let money, let renewable):
      let mark = isModelled ? "≈ " : ""
      let name = FlowWords.named(thing, .en)
      let base = "\(name) costs \(mark)\(SI.string(joules, "J"))"
      let price = money.map { ", " + Self.money($0, .en) } ?? ""
      let green =
        renewable.map {
          $0.isSupposed
            ? "; what if: \($0.percent) of that would be renewable"
            : "; \($0.percent) of that is renewable"
        } ?? ""
      return [base + price + green + ".", base + green + ".", base + "."]
    case .draws(let watts, let isModelled, let renewable, let hasJob):
      let mark = isModelled ? "≈ " : ""
      let base = "This machine draws \(mark)\(SI.string(watts, "W"))"
      let green =
        renewable.map { ", \($0.isSupposed ? "what if: " : "")\($0.percent) renewable" } ?? ""
      let buys = hasJob ? "; what it buys is not known yet" : "; no job says what for"
      return [base + green + buys + ".", base + green + ".", base + "."]
    case .nothing(let renewable):
      let green =
        renewable.map {
          $0.isSupposed
            ? " What if: \($0.percent) renewable." : " The grid is \($0.percent) renewable."
        } ?? ""
      return ["Nothing here tells its power yet." + green, "Nothing here tells its power yet."]
    }
  }

  private static func english(_ outlier: Outlier) -> (long: String, short: String) {
    let name = "GPU \(sanitized(outlier.device.label))"
    let own = SI.string(outlier.value, "W")
    let peers = SI.string(outlier.median, "W")
    switch outlier.kind {
    case .waits:
      return ("\(name) draws \(own), its peers \(peers): it has no work", "\(name) has no work")
    case .drawsLess: return ("\(name) draws \(own), its peers \(peers)", "\(name): \(own)")
    case .drawsMore: return ("\(name) draws \(own), its peers only \(peers)", "\(name): \(own)")
    case .hot:
      let degrees = SI.fixed(outlier.value, 0)
      let median = SI.fixed(outlier.median, 0)
      return ("\(name) is at \(degrees) °C, its peers at \(median) °C", "\(name): \(degrees) °C")
    }
  }
}

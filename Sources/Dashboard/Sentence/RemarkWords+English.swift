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
      let plain = Self.english(account)
      let brief = sanitized(account.brief)
      let price = loss.map { " " + Self.loss($0, .en) + "." } ?? ""
      let advice = account.advice.isEmpty ? "" : " " + sanitized(account.advice)
      return [
        verdict + price + advice, plain + price + advice, plain + price, brief + price, brief,
      ]
    case .idle(let count, let loss):
      let who = count == 1 ? "Nobody uses the GPU" : "Nobody uses the \(count) GPUs"
      return loss.map { ["\(who): \(Self.loss($0, .en)).", "\(who)."] } ?? ["\(who)."]
    case .costs(let joules, let thing, let whose, let isModelled, let money, let renewable):
      let mark = isModelled ? "≈ " : ""
      let base =
        "\(thing.subject.english) costs \(mark)\(SI.string(joules, "J"))"
        + (whose.map { " (\($0))" } ?? "")
      let price = money.map { ", " + Self.money($0, .en) } ?? ""
      let green =
        renewable.map {
          $0.isSupposed
            ? "; what if: \($0.percent) of that would be renewable"
            : "; \($0.percent) of that is renewable"
        } ?? ""
      return [base + price + green + ".", base + green + ".", base + "."]
    case .draws(let watts, let drawer, let isModelled, let renewable, let hasJob):
      let mark = isModelled ? "≈ " : ""
      let who =
        switch drawer {
        case .machine: "This machine draws"
        case .machines: "These machines draw"
        case .parts: "What is seen here draws"
        }
      let base = "\(who) \(mark)\(SI.string(watts, "W"))"
      let green =
        renewable.map { ", \($0.isSupposed ? "what if: " : "")\($0.percent) renewable" } ?? ""
      let buys = hasJob ? "; what it buys is not known yet" : "; no job says what for"
      return [base + green + buys + ".", base + green + ".", base + "."]
    case .nothing(let silence, let renewable):
      let green =
        renewable.map {
          $0.isSupposed
            ? " What if: \($0.percent) renewable." : " The grid is \($0.percent) renewable."
        } ?? ""
      switch silence {
      case .never:
        return [
          "Nothing here tells its power: 1 shows what was looked for." + green,
          "Nothing here tells its power: 1 shows why.", "Nothing tells its power.",
        ]
      case .now:
        return ["No power is told at this time." + green, "No power is told at this time."]
      case .recorded: return ["This recording tells no power." + green, "No power was recorded."]
      }
    }
  }

  /// What is waited for, how much of the time, and why, without the evidence.
  private static func english(_ account: WaitingAccount) -> String {
    let share = SI.percent(account.only?.share ?? account.share)
    let who = account.only.map { "GPU \(sanitized($0.device.label)) waits" } ?? "Waits"
    let what: String
    switch account.kind {
    case .host?: what = "\(who) for its own program"
    case .peer?: what = "Waits for other ranks"
    case .gap?: what = "No work"
    case .idle?: what = "Idle"
    case .data?, nil: what = "\(who) for data"
    }
    let why: String? =
      switch account.cause {
      case .processors?: "its loader is short of processors"
      case .workers?: "too few loader workers"
      case .disk?: "the disk"
      case .network?: "the data server"
      case .slowSample?: "one slow sample holds the line"
      case .host?: "its main thread is busy"
      case .peer?: "a rank is late"
      case .writing?: "it writes"
      case .noRequests?: "no requests"
      case nil: nil
      }
    let unknown = account.kind == .gap ? ", cause not known" : ": cause not known"
    return "\(what) \(share) % of the time" + (why.map { ": \($0)" } ?? unknown) + "."
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

import Accounting
import Canvas
import Quantities
import Telemetry

extension RemarkWords {
  var french: [String] {
    switch self {
    case .notRecorded(let problem):
      return ["▲ Rien n’est enregistré : \(problem)", "▲ Rien n’est enregistré"]
    case .noAnswer(let source, let age):
      return ["▲ \(source) : sans réponse depuis \(age)", "▲ \(source) ne répond pas"]
    case .sourceFails(let source, let message):
      return ["▲ \(source) : \(message)", "▲ \(source) en panne"]
    case .gpuLost(let name, let reason, let more):
      let rest = more > 0 ? " ; \(more) autres se taisent" : ""
      return ["▲ GPU \(name) : \(reason)\(rest)", "▲ GPU \(name) se tait"]
    case .throttled(let name, let isHeat, let degrees, let more):
      let by = isHeat ? "la chaleur" : "sa carte"
      let at = isHeat ? degrees.map { ", \(SI.fixed($0, 0)) °C" } ?? "" : ""
      let rest = more > 0 ? " ; \(more) autres aussi" : ""
      return ["▲ Le GPU \(name) est bridé par \(by)\(at)\(rest).", "▲ GPU \(name) : \(by)"]
    case .outlier(let outlier, let more):
      let rest =
        more == 0 ? "" : more == 1 ? " 1 autre se distingue." : " \(more) autres se distinguent."
      let words = Self.french(outlier)
      return ["▲ \(words.long).\(rest)", "▲ \(words.long).", "▲ \(words.short)"]
    case .waits(let account, let loss):
      let price = loss.map { " " + Self.loss($0, .fr) + "." } ?? ""
      let verdict = Self.french(account)
      let advice = sanitized(WaitingWords.advice(account, in: .fr))
      return [
        verdict.long + price + (advice.isEmpty ? "" : " " + advice), verdict.long + price,
        verdict.short + price, verdict.short,
      ]
    case .idle(let count, let loss):
      let who = count == 1 ? "Personne n’utilise le GPU" : "Personne n’utilise les \(count) GPU"
      return loss.map { ["\(who) : \(Self.loss($0, .fr)).", "\(who)."] } ?? ["\(who)."]
    case .costs(let joules, let thing, let whose, let isModelled, let money, let renewable):
      let mark = isModelled ? "≈ " : ""
      let base =
        "\(thing.subject.french) coûte \(mark)\(Language.fr.string(SI.text(joules, "J")))"
        + (whose.map { " (\($0))" } ?? "")
      let price = money.map { ", " + Self.money($0, .fr) } ?? ""
      let green =
        renewable.map {
          $0.isSupposed
            ? " ; et si : \($0.percent) en serait renouvelable"
            : " ; \($0.percent) en est renouvelable"
        } ?? ""
      return [base + price + green + ".", base + green + ".", base + "."]
    case .draws(let watts, let drawer, let isModelled, let renewable, let hasJob):
      let mark = isModelled ? "≈ " : ""
      let who =
        switch drawer {
        case .machine: "Cette machine tire"
        case .machines: "Ces machines tirent"
        case .parts: "Ce qu’on voit ici tire"
        }
      let base = "\(who) \(mark)\(Language.fr.string(SI.text(watts, "W")))"
      let green =
        renewable.map { ", \($0.isSupposed ? "et si : " : "")\($0.percent) renouvelable" } ?? ""
      let buys =
        hasJob
        ? " ; ce que cela achète n’est pas encore connu" : " ; aucun travail ne dit pour quoi"
      return [base + green + buys + ".", base + green + ".", base + "."]
    case .nothing(let silence, let renewable):
      let green =
        renewable.map {
          $0.isSupposed
            ? " Et si : \($0.percent) renouvelable."
            : " Le réseau est à \($0.percent) renouvelable."
        } ?? ""
      switch silence {
      case .never:
        return [
          "Rien ici ne dit sa puissance : 1 montre ce qui a été cherché." + green,
          "Rien ici ne dit sa puissance : voir 1.", "Rien ne dit sa puissance.",
        ]
      case .now:
        return ["Aucune puissance à cet instant." + green, "Aucune puissance à cet instant."]
      case .recorded:
        return [
          "Cet enregistrement n’a pas de puissance." + green, "Aucune puissance enregistrée.",
        ]
      }
    }
  }

  private static func french(_ outlier: Outlier) -> (long: String, short: String) {
    let name = "GPU \(sanitized(outlier.device.label))"
    let own = Language.fr.string(SI.text(outlier.value, "W"))
    let peers = Language.fr.string(SI.text(outlier.median, "W"))
    switch outlier.kind {
    case .waits:
      return (
        "Le \(name) tire \(own), ses pairs \(peers) : il n’a rien à faire", "\(name) sans travail"
      )
    case .drawsLess: return ("Le \(name) tire \(own), ses pairs \(peers)", "\(name) : \(own)")
    case .drawsMore:
      return ("Le \(name) tire \(own), ses pairs seulement \(peers)", "\(name) : \(own)")
    case .hot:
      let degrees = SI.fixed(outlier.value, 0)
      let median = SI.fixed(outlier.median, 0)
      return ("Le \(name) est à \(degrees) °C, ses pairs à \(median) °C", "\(name) : \(degrees) °C")
    }
  }

  static func french(_ account: WaitingAccount) -> (long: String, short: String) {
    let share = Language.fr.number(SI.percent(account.only?.share ?? account.share))
    let who = account.only.map { "Le GPU \(sanitized($0.device.label)) attend" } ?? "Attend"
    let why: String? =
      switch account.cause {
      case .processors?: "ses chargeurs manquent de processeurs"
      case .workers?: "trop peu de chargeurs"
      case .disk?: "le disque"
      case .network?: "le serveur de données"
      case .slowSample?: "un échantillon lent retient les autres"
      case .host?: "son fil principal est occupé"
      case .peer?: "un rang est en retard"
      case .writing?: "il écrit"
      case .noRequests?: "aucune requête"
      case nil: nil
      }
    let what: String
    switch account.kind {
    case .host?: what = "\(who) son propre programme"
    case .peer?: what = "Attend les autres rangs"
    case .gap?: what = "Sans travail"
    case .idle?: what = "À vide"
    case .data?, nil: what = "\(who) des données"
    }
    let short = "\(what) \(share) % du temps"
    let unknown = account.kind == .gap ? "" : " : cause inconnue"
    return (short + (why.map { " : \($0)" } ?? unknown) + ".", short + ".")
  }
}

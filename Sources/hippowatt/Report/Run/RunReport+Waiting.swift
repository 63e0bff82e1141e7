import Accounting
import Canvas
import Quantities
import Telemetry

/// What a report says of waiting: the same words as the screen, and all that they rest on.
extension RunReport {
  func waitingFacts(_ waiting: WaitingAccount?, indent: String) -> [(String, String)] {
    guard let waiting else { return [] }
    var facts = [("\(indent)waiting", sanitized(waiting.verdict))]
    if !waiting.price.isEmpty {
      let money = price.flatMap { price in waiting.joules.map { " " + price.text($0) + "." } } ?? ""
      facts.append(("\(indent)  of it", waiting.price + sanitized(money)))
    }
    if !waiting.advice.isEmpty { facts.append(("\(indent)  next", sanitized(waiting.advice))) }
    if waiting.kind != nil, !waiting.reservation.isEmpty {
      facts.append(("\(indent)  besides", waiting.reservation))
    }
    let evidence = waiting.evidenceWords.joined(separator: "; ")
    if waiting.kind != nil { facts.append(("\(indent)  by", sanitized(evidence))) }
    return facts
  }

  static func json(_ waiting: WaitingAccount) -> JSONText {
    let parts = WaitingAccount.Kind.allCases.compactMap { kind -> (String, JSONText?)? in
      guard let part = waiting.parts[kind] else { return nil }
      return (
        kind.rawValue,
        JSONText.object([
          ("share", .number(waiting.share(kind))), ("gpu_seconds", .number(part.seconds)),
          ("joules", waiting.isPriced ? .number(part.joules) : .null),
        ])
      )
    }
    func number(_ value: Double?) -> JSONText? { value.map(JSONText.number) }
    return JSONText.object([
      ("started", .number(waiting.span.start.seconds)),
      ("span_seconds", .number(waiting.span.seconds)),
      ("kind", waiting.kind.map { .text($0.rawValue) }), ("share", .number(waiting.share)),
      ("seconds", .number(waiting.seconds)), ("joules", number(waiting.joules) ?? .null),
      ("avoidable_joules", number(waiting.avoidable)),
      ("band", waiting.band.map { .text($0.rawValue) }),
      ("cause", waiting.cause.map { .text($0.rawValue) }), ("cause_covers", number(waiting.cover)),
      ("cause_unknown_because", waiting.doubt.map(JSONText.text)),
      ("missing", waiting.missing.isEmpty ? nil : .list(waiting.missing.map(JSONText.text))),
      ("unconfirmed_share", number(waiting.unconfirmed)),
      ("evidence", waiting.evidence.map { .text($0.rawValue) }),
      ("evidence_words", .list(waiting.evidenceWords.map(JSONText.text))),
      ("verdict", .text(waiting.verdict)),
      ("next", waiting.advice.isEmpty ? nil : .text(waiting.advice)),
      ("speed_up", number(waiting.speedUp)),
      ("workers", waiting.loader.map { .number(Double($0.workers)) }),
      ("processors_needed", number(waiting.workersNeeded)),
      (
        "only",
        waiting.only.map {
          JSONText.object([("gpu", .text($0.device.label)), ("share", .number($0.share))])
        }
      ),
      ("late", waiting.culprit.map { .text($0.label) }),
      ("gpus", .number(Double(waiting.accelerators))),
      ("gpu_seconds_judged", .number(waiting.judged.seconds)),
      ("joules_judged", .number(waiting.judged.joules)),
      ("seconds_left_out", waiting.pausedSeconds > 0 ? .number(waiting.pausedSeconds) : nil),
      ("parts", JSONText.object(parts)),
    ])
  }
}

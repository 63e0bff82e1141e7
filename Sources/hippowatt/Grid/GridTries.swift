import Canvas
import Quantities
import Sensors
import Telemetry

/// Which services were looked at for a zone, in which order, and what each said.
struct GridTries {
  var choice: GridChoice
  /// What came of the questions to the one that was chosen; `nil` where nobody was asked.
  var account: GridAnswers?
  /// Whether somebody was to be asked.
  var isWanted = false

  private func words(_ row: GridChoice.Row) -> String {
    guard row.verdict.isChosen else { return row.verdict.words }
    guard let account else {
      return isWanted
        ? "not asked: its settings cannot be used"
        : "would be asked with --live-grid; " + row.verdict.words
    }
    let waits = account.waits.joined(separator: ", ")
    var parts = account.outcomes
    if !waits.isEmpty || parts.isEmpty {
      parts.append(
        "not asked, its time has not come again" + (waits.isEmpty ? "" : ": \(waits)"))
    }
    return (parts + [row.verdict.words]).joined(separator: "; ")
  }

  private func title(_ row: GridChoice.Row) -> String {
    row.host.isEmpty ? row.title : "\(row.title) at \(row.host)"
  }

  var lines: [String] {
    var lines = ["tried for \(choice.zone), in this order:"]
    lines += choice.rows.enumerated().map { place, row in
      "  \(place + 1). \(title(row)): \(words(row))"
    }
    if let account { lines.append("cache: " + cache(account)) }
    return lines.map { sanitized($0) }
  }

  private func cache(_ account: GridAnswers) -> String {
    guard let path = account.cachePath else { return "none" }
    guard let age = account.cacheAge else {
      return account.isKept && account.hasAnswered
        ? "empty at the start; what was said now is kept in \(path)"
        : "no answer is kept in \(path)"
    }
    return "\(SI.duration(age)) old at the start, in \(path)"
  }

  /// The members of the JSON of an answer.
  var json: [(String, JSONText?)] {
    [
      (
        "tried",
        .list(
          choice.rows.map { row in
            .object([
              ("provider", .text(row.name)), ("host", .text(row.host)),
              ("chosen", .flag(row.verdict.isChosen)), ("said", .text(words(row))),
            ])
          })
      ),
      ("cache_age_seconds", account?.cacheAge.map(JSONText.number)),
    ]
  }
}

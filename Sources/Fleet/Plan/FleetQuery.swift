import Telemetry

/// One query of PromQL, as a view needs it: a pure value.
package struct FleetQuery: Sendable, Hashable {
  /// What it is a question for.
  package enum Purpose: Sendable, Hashable {
    /// Part of a question of the catalogue.
    case question(FleetQuantity.Question)
    /// Which targets answer.
    case targets
    /// When each target last answered.
    case lastHeard
    /// Every value of some targets in a column.
    case details(FleetQuantity.Question)
    /// When a job was there.
    case life
    /// The power of the past, for the scrubber.
    case past
  }

  /// Which times it is asked for.
  package enum Times: Sendable, Hashable {
    case at(Timestamp)
    /// Columns from one number to another, of so many seconds.
    case columns(ClosedRange<Int64>, step: Int64)
  }

  /// What the answer is for.
  package var purpose: Purpose
  /// The question in PromQL.
  package var text: String
  /// The times it is asked for.
  package var times: Times
}

/// Writes the queries of a view.
package struct FleetQueries: Sendable {
  /// Which series are asked for.
  package var selector: FleetSelector

  /// Queries for what a selector lets through.
  package init(_ selector: FleetSelector = FleetSelector()) { self.selector = selector }

  /// What is true, and what labels tell, at the time of a view.
  package func present(_ view: FleetView) -> [FleetQuery] {
    let time = FleetQuery.Times.at(view.time)
    let window = max(60, Int64(view.span.seconds))
    func names(_ question: FleetQuantity.Question) -> String {
      selector.series(FleetCatalogue.names(question))
    }
    let up = selector.series(["up"])
    return [
      FleetQuery(purpose: .question(.present), text: names(.present), times: time),
      FleetQuery(purpose: .question(.labels), text: names(.labels), times: time),
      FleetQuery(
        purpose: .question(.pastLabels), text: "last_over_time(\(names(.pastLabels))[\(window)s])",
        times: time),
      FleetQuery(purpose: .targets, text: up, times: time),
      FleetQuery(
        purpose: .lastHeard,
        // A store that was just started has no whole step yet, and knows who answers now.
        text: "max_over_time((timestamp(\(up)) * \(up))[\(window)s:\(max(60, window / 60))s]) or "
          + "timestamp(\(up)) * \(up)",
        times: time),
      FleetQuery(purpose: .question(.recent), text: recent, times: time),
    ]
  }

  /// The most of each accelerator's utilization, and how many accelerators each job held, in the last minutes:
  /// an exporter goes on telling of a job for a while after its end.
  ///
  /// What functions tell has no name any more; each gets its own again, so that one query is enough.
  private var recent: String {
    let parts = FleetCatalogue.names(.recent).map { name in
      let series = selector.series([name])
      let isCounter = name.hasSuffix("_total")
      let function = isCounter ? "rate" : "max_over_time"
      let seconds = isCounter ? Self.activity : Self.idleness
      return "label_replace(\(function)(\(series)[\(seconds)s]),\"__name__\",\"\(name)\",\"\",\"\")"
    }
    return parts.joined(separator: " or ")
  }

  /// Everything that a view asks when nothing is kept.
  package func all(_ view: FleetView) -> [FleetQuery] {
    var all = present(view)
    for question in Self.byColumn {
      if let whole = view.whole { all.append(columns(question, whole, step: view.step)) }
      if let newest = newest(question, view) { all.append(newest) }
    }
    return all
  }

  /// Seconds for which an accelerator must not have run anything to be called idle.
  package static let idleness: Int64 = 300
  /// Seconds after which a job that holds nothing any more has ended: two readings of most targets.
  package static let activity: Int64 = 150

  /// The questions that are asked column by column.
  package static let byColumn: [FleetQuantity.Question] = [.machines, .jobs, .waste]

  /// Whole columns of a question.
  package func columns(
    _ question: FleetQuantity.Question, _ numbers: ClosedRange<Int64>, step: Int64
  ) -> FleetQuery {
    FleetQuery(
      purpose: .question(question), text: text(question, seconds: step),
      times: .columns(numbers, step: step))
  }

  /// The newest column of a question, as far as it has passed.
  package func newest(_ question: FleetQuantity.Question, _ view: FleetView) -> FleetQuery? {
    view.rest.map {
      FleetQuery(
        purpose: .question(question), text: text(question, seconds: $0), times: .at(view.time))
    }
  }

  /// Every value that some targets told in a column.
  package func details(
    _ question: FleetQuantity.Question, at time: Timestamp, seconds: Int64, _ instances: [String]
  ) -> FleetQuery {
    var more = Self.condition(question)
    // A long list of names is as much work for the store as all of them.
    if instances.count <= 100 {
      let pattern = instances.map(Self.escaped).joined(separator: "|")
      more += (more.isEmpty ? "" : ",") + "instance=~\"\(pattern)\""
    }
    let series = selector.series(FleetCatalogue.names(question), and: more)
    return FleetQuery(
      purpose: .details(question), text: "\(series)[\(seconds)s]", times: .at(time))
  }

  /// In which columns counters began anew, the last value before each included.
  package func restarts(_ question: FleetQuantity.Question, _ view: FleetView) -> FleetQuery {
    // As in `recent`, each gets its own name again, without which two series would be one.
    let parts = FleetCatalogue.names(question).map { name in
      let series = selector.series([name], and: Self.condition(question))
      let resets = "resets(\(series)[\(view.step + 300)s]) > 0"
      return "label_replace(\(resets),\"__name__\",\"\(name)\",\"\",\"\")"
    }
    return FleetQuery(
      purpose: .details(question), text: parts.joined(separator: " or "),
      times: .columns(view.columns, step: view.step))
  }

  private static func condition(_ question: FleetQuantity.Question) -> String {
    question == .waste ? "cause!=\"held_back\"" : ""
  }

  private func text(_ question: FleetQuantity.Question, seconds: Int64) -> String {
    let names = FleetCatalogue.names(question)
    guard question == .waste else {
      return "last_over_time(\(selector.series(names))[\(seconds)s])"
    }
    // Held back is no waste: the accelerator worked. One series an accelerator is enough.
    let series = selector.series(names, and: "cause!=\"held_back\"")
    return "sum without (cause) (last_over_time(\(series)[\(seconds)s]))"
  }

  /// A text in a regular expression of RE2, in a string of PromQL.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      if "\\.+*?()|[]{}^$".unicodeScalars.contains(character) { result += "\\\\" }
      if character == "\"" { result += "\\" }
      result.unicodeScalars.append(character)
    }
    return result
  }
}

/// One series of a page with its value.
package struct PrometheusSample: Sendable, Hashable {
  /// The name of the metric, such as `vllm:generation_tokens_total`.
  package var name: String
  /// In the order they were written.
  package var labels: [PrometheusLabel]
  /// May be infinite or no number.
  package var value: Double

  /// A series with its labels and its value.
  package init(name: String, labels: [PrometheusLabel], value: Double) {
    self.name = name
    self.labels = labels
    self.value = value
  }

  /// The value of a label; `nil` where there is none.
  package func label(_ name: String) -> String? { labels.first { $0.name == name }?.value }
}

/// One label of a series, such as `engine="0"`, with its escapes undone.
package struct PrometheusLabel: Sendable, Hashable {
  /// The part before the equals sign.
  package var name: String
  /// The part between the quotes.
  package var value: String
}

/// What was found on a page that should hold metrics.
package struct PrometheusPage: Sendable, Hashable {
  /// What the text looks like: metrics, or a comment at least; a web page; JSON; nothing but white
  /// space; or none of these.
  package enum Kind: Sendable, Hashable {
    case metrics, html, json, empty, other
  }

  /// The series that were selected, in the order of the page.
  package var samples: [PrometheusSample] = []
  /// Which of the selection's prefixes occur, by index.
  package var prefixes: Set<Int> = []
  /// Lines that hold a series, selected or not.
  package var seriesCount = 0
  /// Lines that hold neither a series nor a comment.
  package var strayLines = 0
  /// Whether selected series were left out because there were too many.
  package var isCut = false
  /// What the text as a whole looks like.
  package var kind = Kind.empty
}

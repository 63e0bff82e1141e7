import Formats
import Telemetry

/// How the page of one kind of inference server is read: which of its series mean what.
package struct ServerTable: Sendable {
  /// A series of the page, perhaps only those with certain values of a label.
  struct Term: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The name behind the server's prefix.
    let name: String
    let label: String
    /// The values of the label that count; all when there are none.
    let values: [String]

    init(_ name: String, _ label: String = "", _ values: String...) {
      self.name = name
      self.label = label
      self.values = values
    }

    init(stringLiteral name: String) { self.init(name) }

    func matches(_ sample: PrometheusSample) -> Bool {
      values.isEmpty || sample.label(label).map(values.contains) ?? false
    }
  }

  /// One metric and where it is found.
  package struct Column: Sendable {
    /// What becomes of several ranks or models.
    enum Fold: Sendable {
      case sum
      /// Of figures that speak of one device each.
      case largest
    }

    /// What the column becomes on the timeline.
    package let metric: Metric
    let terms: [Term]
    /// What is taken off again.
    let less: [Term]
    /// Whether the column is of use only where `less` is there.
    let needsLess: Bool
    /// How many of the metric's unit one of the series' is.
    let scale: Double
    let fold: Fold
    /// Whether it moves when a request ends, and stands still before.
    let isLate: Bool
    /// What the number is, in words.
    let note: String

    init(
      _ metric: Metric, _ terms: [Term], less: [Term] = [], needsLess: Bool = false,
      scale: Double = 1, fold: Fold = .sum, isLate: Bool = false, note: String
    ) {
      self.metric = metric
      self.terms = terms
      self.less = less
      self.needsLess = needsLess
      self.scale = scale
      self.fold = fold
      self.isLate = isLate
      self.note = note
    }
  }

  /// What people call the server.
  let name: String
  /// What stands before its series' names; any of them.
  let prefixes: [String]
  /// A further prefix without which it is another server that uses the same names.
  var sign: String?
  /// Where it may publish, besides `/metrics`.
  var paths: [String] = []
  /// The page that tells joules as JSON, where there is one.
  var energyPath: String?
  /// How to make it publish, where it does not by itself.
  var remedy = ""
  /// Of several columns for a metric the first that the page has is used.
  let columns: [Column]

  /// All servers, those that borrow others' names first.
  static let all = [
    mlxServe, vLLM, sgLang, tgi, llamaCpp, tensorRTLLM, lmDeploy, triton,
  ]

  /// Series that matter whatever the server is.
  package static let startTime = "process_start_time_seconds"

  /// What is to be kept of a page before it is known whose it is.
  package static let selection: PrometheusSelection = {
    var names: Set<String> = [startTime]
    names.formUnion(ServerGPUs.names)
    for table in all {
      for term in table.columns.flatMap({ $0.terms + $0.less }) {
        for prefix in table.prefixes { names.insert(prefix + term.name) }
      }
    }
    return PrometheusSelection(names: names, prefixes: allPrefixes)
  }()

  private static let allPrefixes: [String] = {
    let prefixes = all.flatMap { $0.prefixes + [$0.sign].compactMap { $0 } }
    return Set(prefixes + [DCGMTable.prefix]).sorted()
  }()

  /// Whether a page has a series whose name begins so.
  static func occurs(_ prefix: String, in page: PrometheusPage) -> Bool {
    allPrefixes.firstIndex(of: prefix).map(page.prefixes.contains) ?? false
  }

  /// The server whose page it is.
  package static func of(_ page: PrometheusPage) -> ServerTable? {
    all.first { table in
      table.sign.map { occurs($0, in: page) } ?? true
        && table.prefixes.contains { occurs($0, in: page) }
    }
  }

  /// The samples of a page under the names this table uses.
  package func samples(of page: PrometheusPage) -> [String: [PrometheusSample]] {
    var result: [String: [PrometheusSample]] = [:]
    for sample in page.samples {
      guard let prefix = prefixes.first(where: sample.name.hasPrefix) else { continue }
      result[String(sample.name.dropFirst(prefix.count)), default: []].append(sample)
    }
    return result
  }
}

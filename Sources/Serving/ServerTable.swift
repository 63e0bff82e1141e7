import Formats
import Telemetry

/// How the page of one kind of inference server is read: which of its series mean what.
package struct ServerTable: Sendable {
  /// A series of the page, perhaps only those with certain values of a label.
  struct Term: Sendable, Hashable, ExpressibleByStringLiteral {
    /// Which values of the label count.
    enum Choice: Sendable, Hashable {
      case all
      /// Only these; a series without the label does not.
      case only([String])
      /// These, and series without the label.
      case onlyOrUnlabelled([String])
      /// All but these; a series without the label does not.
      case otherThan([String])
    }

    /// The name behind the server's prefix.
    let name: String
    let label: String
    let choice: Choice

    init(_ name: String, _ label: String = "", _ choice: Choice) {
      self.name = name
      self.label = label
      self.choice = choice
    }

    init(_ name: String, _ label: String = "", _ values: String...) {
      self.init(name, label, values.isEmpty ? .all : .only(values))
    }

    init(stringLiteral name: String) { self.init(name) }

    func matches(_ sample: PrometheusSample) -> Bool {
      guard case let value = sample.label(label), choice != .all else { return true }
      switch choice {
      case .all: return true
      case .only(let values): return value.map(values.contains) ?? false
      case .onlyOrUnlabelled(let values): return value.map(values.contains) ?? true
      case .otherThan(let values): return value.map { !values.contains($0) } ?? false
      }
    }

    /// The requests of a counter by reason that were served: to their end, or to their limit.
    static func served(_ name: String) -> Term {
      Term(name, "finished_reason", .onlyOrUnlabelled(["stop", "length"]))
    }

    /// The requests of a counter by reason that ended otherwise: aborted, failed, cut off.
    static func unserved(_ name: String) -> Term {
      Term(name, "finished_reason", .otherThan(["stop", "length"]))
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
    /// Whether prompt tokens found in a cache may be among those counted.
    let mayHoldCached: Bool
    /// What the number is, in words.
    let note: String

    init(
      _ metric: Metric, _ terms: [Term], less: [Term] = [], needsLess: Bool = false,
      scale: Double = 1, fold: Fold = .sum, isLate: Bool = false, mayHoldCached: Bool = false,
      note: String
    ) {
      self.metric = metric
      self.terms = terms
      self.less = less
      self.needsLess = needsLess
      self.scale = scale
      self.fold = fold
      self.isLate = isLate
      self.mayHoldCached = mayHoldCached
      self.note = note
    }
  }

  /// What people call the server.
  let name: String
  /// What stands before its series' names; any of them.
  let prefixes: [String]
  /// A further prefix without which it is another server that uses the same names.
  var sign: String?
  /// Series that tell it where its names have no prefix, the last of `prefixes`: all must be there.
  var marks: [String] = []
  /// Whether it hands its requests on to others, who may be on other machines.
  var isFront = false
  /// Where it may publish, besides `/metrics`.
  var paths: [String] = []
  /// The page that tells joules as JSON, where there is one.
  var energyPath: String?
  /// How to make it publish, where it does not by itself.
  var remedy = ""
  /// What in a command line gives its process away; none where that is not looked for.
  var commands: [String] = []
  /// The TCP ports it listens on where it is not told another.
  var ports: [Int] = []
  /// The flag without which it publishes nothing; empty when it always does.
  var flag = ""
  /// Of several columns for a metric the first that the page has is used.
  let columns: [Column]

  /// All servers, those that borrow others' names first; those that hand requests on after those
  /// that serve them, so that nothing is counted twice on a page of both.
  static let all = [
    mlxServe, vLLM, sgLang, aphrodite, tgi, llamaCpp, lmDeploy, triton, tei, nim, tensorRTLLM,
    dynamoFrontend, dynamoWorker, sgLangGateway, liteLLM,
  ]

  /// Series that matter whatever the server is.
  package static let startTime = "process_start_time_seconds"

  /// What is to be kept of a page before it is known whose it is.
  package static let selection: PrometheusSelection = {
    var names: Set<String> = [startTime]
    names.formUnion(ServerGPUs.names)
    for table in all {
      names.formUnion(table.marks)
      for term in table.columns.flatMap({ $0.terms + $0.less }) {
        for prefix in table.prefixes { names.insert(prefix + term.name) }
      }
    }
    return PrometheusSelection(names: names, prefixes: allPrefixes)
  }()

  private static let allPrefixes: [String] = {
    let prefixes = all.flatMap { $0.prefixes + [$0.sign].compactMap { $0 } }
    return Set(prefixes + [DCGMTable.prefix]).subtracting([""]).sorted()
  }()

  /// Whether a page has a series whose name begins so.
  static func occurs(_ prefix: String, in page: PrometheusPage) -> Bool {
    allPrefixes.firstIndex(of: prefix).map(page.prefixes.contains) ?? false
  }

  /// The server whose page it is.
  package static func of(_ page: PrometheusPage) -> ServerTable? {
    all.first { table in
      if !table.marks.isEmpty,
        table.marks.allSatisfy({ mark in page.samples.contains { $0.name == mark } })
      {
        return true
      }
      return table.sign.map { occurs($0, in: page) } ?? true
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

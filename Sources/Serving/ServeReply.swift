import Formats
import HTTP
import Telemetry

/// What an answer to a GET means: whose metrics it holds, or in words why it holds none.
enum ServeReply {
  /// Reads an answer as the page of an inference server.
  /// - Throws: `SourceFailure` that tells what came instead and what to do about it.
  static func read(
    _ response: HTTPResponse, from url: HTTPURL
  ) throws(SourceFailure) -> (page: PrometheusPage, table: ServerTable) {
    let page = try page(response, from: url, ServerTable.selection)
    if let table = ServerTable.of(page) { return (page, table) }
    if ServerTable.occurs(DCGMTable.prefix, in: page) {
      throw SourceFailure(
        .failed, "\(url) is a dcgm-exporter, not an inference server",
        remedy: "read it as a source of GPUs: --source dcgm:\(url)")
    }
    let servers = ServerTable.all.map(\.name).joined(separator: ", ")
    throw SourceFailure(
      .failed, "\(url) has metrics, but of no server known here", remedy: "known are \(servers)")
  }

  /// Reads an answer as a page of metrics, whoever's they are.
  static func page(
    _ response: HTTPResponse, from url: HTTPURL, _ selection: PrometheusSelection
  ) throws(SourceFailure) -> PrometheusPage {
    guard response.status == 200 else { throw refusal(response, url) }
    let page = PrometheusText.read(response.body, selection)
    switch page.kind {
    case .metrics: return page
    case .html:
      throw SourceFailure(
        .failed, "\(url) answered HTML, not metrics",
        remedy: "is this the right path? try \(url.at("/metrics"))")
    case .json:
      throw SourceFailure(
        .failed, "\(url) answered JSON, not metrics",
        remedy: "is this the right path? TensorRT-LLM's is \(url.at("/prometheus/metrics"))")
    case .empty:
      throw SourceFailure(
        .failed, "\(url) answered an empty page",
        remedy: "is this the right path? try \(url.at("/metrics"))")
    case .other:
      throw SourceFailure(
        .failed, "\(url) answered a text that is no metrics",
        remedy: "is this the right path? try \(url.at("/metrics"))")
    }
  }

  private static func refusal(_ response: HTTPResponse, _ url: HTTPURL) -> SourceFailure {
    let status = response.status
    switch status {
    case 300..<400:
      let target = response.location.isEmpty ? "elsewhere" : "to “\(response.location)”"
      return SourceFailure(
        .failed, "\(url) redirects \(target) (\(status))",
        remedy: "redirects are not followed: give the final URL")
    case 401, 403, 407:
      return SourceFailure(
        .denied, "\(url) wants to know who asks (\(status))",
        remedy: "passwords are not supported; open the page to this machine")
    case 400 where response.server.hasPrefix("llama.cpp"):
      return SourceFailure(
        .failed, "\(url) wants to know of which model (\(status))",
        remedy: "a router's models are followed one by one: \(url.at("/metrics?model=NAME"))")
    case 404, 405, 501:
      return SourceFailure(
        .absent, "\(url.authority) has no \(url.path.isEmpty ? "/" : url.path) (\(status))",
        remedy: hint(response, url))
    case 500...:
      return SourceFailure(
        .failed, "\(url) answered that it has failed (\(status))",
        remedy: "see what the server's own log says")
    default:
      return SourceFailure(
        .failed, "\(url) answered with status \(status)", remedy: "look at it: curl -v \(url)")
    }
  }

  /// How the server is made to publish, by what gives it away.
  private static func hint(_ response: HTTPResponse, _ url: HTTPURL) -> String {
    let signs: [(ServerTable, Bool)] = [
      (.llamaCpp, response.server.hasPrefix("llama.cpp") || response.status == 501),
      (.sgLang, url.port == 30000), (.llamaCpp, url.port == 8080),
    ]
    if let (table, _) = signs.first(where: \.1) { return table.remedy }
    let ways = [ServerTable.sgLang, .llamaCpp, .lmDeploy, .liteLLM].map(\.remedy).joined(
      separator: "; ")
    return "metrics must be switched on: \(ways)"
  }
}

import HTTP
import Telemetry

/// Why a store gave no answer that can be used.
package enum StoreFault: Error, Sendable, Hashable {
  /// There is no answer at all.
  case http(HTTPFailure)
  /// Who asks is not told, or may not ask: status 401 or 403.
  case forbidden(Int)
  /// Something answered that is no Prometheus, with this status.
  case foreign(Int)
  /// The store cannot answer, in its own words.
  case said(String)
  /// The store is busy or does not work, with this status.
  case unable(Int)
  /// The answer ends early or is no JSON of Prometheus; what is wrong with it.
  case torn(String)
  /// More than so many series.
  case tooManySeries(Int)
  /// More than so many points.
  case tooManyPoints(Int)
  /// Two clusters, each with a target of this name.
  case clusters([String], instance: String)

  /// What went wrong with the store at `url`, as a sentence without its end.
  package func words(_ url: HTTPURL) -> String {
    let place = url.authority
    return switch self {
    case .http(let failure): failure.words(url.at(""))
    case .forbidden(let status): "\(place) lets nobody in without a right (\(status))"
    case .foreign(let status): "\(place) is no Prometheus: /api/v1/query answers \(status)"
    case .said(let words): "\(place) says: \(Secrets.masked(words))"
    case .unable(let status): "\(place) cannot answer now (\(status))"
    case .torn(let words): "\(place) gave a torn answer: \(words)"
    case .tooManySeries(let limit): "\(place) answered more than \(limit) series"
    case .tooManyPoints(let limit): "\(place) answered more than \(limit) points"
    case .clusters(let names, let instance):
      "\(place) tells of a machine \(instance) in each of the clusters \(names.joined(separator: ", "))"
    }
  }

  /// What the user can do.
  package func remedy(_ url: HTTPURL) -> String {
    switch self {
    case .http(.tooLarge), .tooManySeries, .tooManyPoints:
      "ask for less: --query '{cluster=\"a\"}', or a shorter --window"
    case .http(.timeout): "ask for less: --query '{cluster=\"a\"}', or a shorter --window"
    case .clusters(let names, _): "name one: --query '{cluster=\"\(names.first ?? "")\"}'"
    case .http(let failure): failure.remedy(url.at(""))
    case .forbidden: "name a token: --token-env VARIABLE, or write https://user:password@host"
    case .foreign: "give the address of Prometheus itself, with its path if it has one"
    case .said(let words) where words.contains("too many samples"):
      "ask for less: --query '{cluster=\"a\"}', or a shorter --window"
    case .said: "check --query: write labels such as {cluster=\"a\"}"
    case .unable: "it is asked again"
    case .torn: "look at it: curl '\(url.authority)/api/v1/query?query=up'"
    }
  }
}

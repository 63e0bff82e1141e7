import Formats
import HTTP
import Telemetry

/// Fetches the pages of one meter, and tells in words why there is none.
struct WallPage {
  let url: HTTPURL
  let client: HTTPClient

  /// The JSON at a path of the meter's host, or at its URL.
  func callAsFunction(
    _ path: String? = nil, secret: String = ""
  ) throws(SourceFailure) -> JSONValue {
    var page = path.map(url.at) ?? url
    page.secret = secret
    let response = try get(page)
    try check(response, page)
    do throws(JSONFault) { return try JSONValue(response.body) } catch {
      let start = response.body.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
      let isPage = start == UInt8(ascii: "<") || response.contentType.hasPrefix("text/html")
      throw SourceFailure(
        .failed,
        "\(shown(page)) answers " + (isPage ? "a web page, no JSON" : "no JSON: \(error.message)"),
        remedy: "name the page that gives the values as JSON")
    }
  }

  /// The JSON at a path that may well not be there; `nil` where it is not, or where something else is.
  /// - Throws: where the meter cannot be reached at all.
  func probe(_ path: String) throws(SourceFailure) -> Probed {
    let page = url.at(path)
    let response = try get(page)
    if response.status == 401 { return .refused(Self.refusal(page, 401, client.credentials)) }
    guard response.status == 200, let answer = try? JSONValue(response.body) else {
      return .nothing
    }
    return .answer(answer)
  }

  /// What stands at a path that was tried.
  enum Probed {
    case answer(JSONValue)
    case refused(SourceFailure)
    case nothing
  }

  private func get(_ page: HTTPURL) throws(SourceFailure) -> HTTPResponse {
    do throws(HTTPFailure) { return try client.get(page) } catch {
      throw SourceFailure(
        error.health, Secrets.masked(error.words(page)), remedy: remedy(error, page))
    }
  }

  private func shown(_ page: HTTPURL) -> String { Secrets.masked(page.description) }

  private func remedy(_ failure: HTTPFailure, _ page: HTTPURL) -> String {
    switch failure {
    case .timeout: "it is asked again; is the meter within reach?"
    case .refused: "check address and port, and that the meter is on"
    case .tooLarge: "name the page that gives the values as JSON"
    case .secure:
      "if the certificate is the meter's own, name it with ca_file, or believe any with "
        + "insecure = true"
    default: Secrets.masked(failure.remedy(page))
    }
  }

  private func check(_ response: HTTPResponse, _ page: HTTPURL) throws(SourceFailure) {
    switch response.status {
    case 200..<300: return
    case 300..<400:
      throw SourceFailure(
        .failed, "\(shown(page)) sends on to \(Secrets.masked(response.location))",
        remedy: "no redirect is followed: name that address if it is the meter's")
    case 401, 403: throw Self.refusal(page, response.status, client.credentials)
    case 404:
      throw SourceFailure(
        .absent, "\(shown(page)) is not there (404)", remedy: "check the path and the template")
    default:
      throw SourceFailure(.failed, "\(shown(page)) answers with status \(response.status)")
    }
  }

  /// Why a server does not answer who asks.
  static func refusal(
    _ page: HTTPURL, _ status: Int, _ credentials: HTTPCredentials?
  ) -> SourceFailure {
    let remedy =
      "set user and \(KeySource.ways("password")), or \(KeySource.ways("token")), of its [[source]]"
    guard let credentials else {
      return SourceFailure(
        .denied, "\(page.authority) wants to know who asks (\(status))", remedy: remedy)
    }
    let what = credentials.scheme == .bearer ? "token" : "user or password"
    return SourceFailure(
      .denied, "\(page.authority) refuses the \(what) (\(status))", remedy: "correct it: " + remedy)
  }
}

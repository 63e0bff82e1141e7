extension HTTPURL {
  /// The same URL with these behind its query, escaped.
  package func with(query: [(name: String, value: String)]) -> HTTPURL {
    guard !query.isEmpty else { return self }
    var copy = self
    if copy.path.isEmpty { copy.path = "/" }
    copy.path += (path.contains("?") ? "&" : "?") + Self.encoded(query)
    return copy
  }

  /// The same URL with these behind its query, escaped, and never shown.
  package func withSecret(query: [(name: String, value: String)]) -> HTTPURL {
    guard !query.isEmpty else { return self }
    var copy = self
    copy.secret += "&" + Self.encoded(query)
    return copy
  }

  /// Names and values as a query and as a form hold them.
  static func encoded(_ items: [(name: String, value: String)]) -> String {
    items.map { "\(HTTPCredentials.escaped($0.name))=\(HTTPCredentials.escaped($0.value))" }
      .joined(separator: "&")
  }
}

import Telemetry

/// Where a page is: the part of a URL that a request needs.
package struct HTTPURL: Sendable, Hashable, CustomStringConvertible {
  /// Whether the scheme is https.
  package var isSecure = false
  /// A name or an address, without the brackets of an IPv6 one.
  package var host: String
  /// The TCP port; where the URL names none, that of its scheme.
  package var port: Int
  /// With the query; empty when the user named none.
  package var path: String
  /// The end of the query, which is never shown, such as `&password=…`.
  package var secret = ""

  /// Reads `http://host:port/path`; `http://` and the port may be left out.
  ///
  /// - Throws: `SourceRequestError` that says what is wrong, for anything that is not such a URL
  ///   or could smuggle something into a request.
  package init(_ text: String) throws(SourceRequestError) {
    func wrong(_ words: String) -> SourceRequestError {
      // Whatever stands before the last @ may be a password, also one that is not escaped.
      let host = text.lastIndex(of: "@").map { Secrets.mask + text[$0...] } ?? text
      let shown = Secrets.masked(String(host.prefix(200)))
      return SourceRequestError("“\(shown)” \(words); write it like http://127.0.0.1:8000")
    }
    guard text.utf8.count <= 2048 else { throw wrong("is too long for a URL") }
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw wrong("has characters that no URL has")
    }
    var rest = Substring(text)
    if let scheme = rest.range("://") {
      switch rest[..<scheme.lowerBound].lowercased() {
      case "http": break
      case "https": isSecure = true
      case let other: throw wrong("is \(other), not http or https")
      }
      rest = rest[scheme.upperBound...]
    }
    rest = rest.prefix { $0 != "#" }
    let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    var authority = rest[..<end]
    path = String(rest[end...])
    if path.hasPrefix("?") { path = "/" + path }
    guard !authority.contains("@") else { throw wrong("holds a password, which is not supported") }
    if authority.first == "[" {
      guard let close = authority.firstIndex(of: "]") else { throw wrong("has an open bracket") }
      host = String(authority[authority.index(after: authority.startIndex)..<close])
      authority = authority[authority.index(after: close)...]
      guard authority.isEmpty || authority.first == ":" else { throw wrong("is no URL") }
    } else {
      let colon = authority.firstIndex(of: ":") ?? authority.endIndex
      host = String(authority[..<colon])
      authority = authority[colon...]
    }
    let isSane = host.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "%"):
        true
      default: false
      }
    }
    guard !host.isEmpty, isSane else { throw wrong("names no host") }
    let digits = authority.dropFirst()
    if digits.isEmpty {
      // A password with such a sign in it passes for a path.
      guard authority.isEmpty || !text.contains("@") else {
        throw wrong("has a sign in its password that must be escaped")
      }
      port = isSecure ? 443 : 80
    } else {
      guard digits.allSatisfy(\.isNumber), let number = Int(digits), (1...65535).contains(number)
      else { throw wrong("has no port from 1 to 65535") }
      port = number
    }
  }

  /// The same server's page at another path.
  package func at(_ path: String) -> HTTPURL {
    var copy = self
    copy.path = path
    copy.secret = ""
    return copy
  }

  /// Host and port, as a `Host` header and people write them.
  package var authority: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

  /// Path and query as a request holds them, with what is never shown.
  var target: String {
    let start = path.isEmpty ? "/" : path
    let rest = secret.drop { $0 == "?" || $0 == "&" }
    return rest.isEmpty ? start : start + (start.contains("?") ? "&" : "?") + rest
  }

  /// The whole of it, with what is never shown.
  var address: String { at(target).description }

  /// The whole of it but what is never shown.
  package var description: String { "\(isSecure ? "https" : "http")://\(authority)\(path)" }

  /// Whether it is this very machine by its own account.
  package var isLoopback: Bool { host == "localhost" || host.hasPrefix("127.") || host == "::1" }
}

extension Substring {
  /// Where a text first occurs.
  fileprivate func range(_ text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      let rest = self[start...]
      if rest.hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}

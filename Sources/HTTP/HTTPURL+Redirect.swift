extension HTTPURL {
  /// Whether scheme, host and port are the same: the server that what is secret is meant for.
  package func hasSameOrigin(as other: HTTPURL) -> Bool {
    isSecure == other.isSecure && port == other.port
      && host.lowercased() == other.host.lowercased()
  }

  /// Whether the host is an address, or this machine, whose name nobody need look up.
  var isNumeric: Bool {
    host == "localhost" || host.contains(":")
      || host.utf8.allSatisfy { 0x30...0x39 ~= $0 || $0 == UInt8(ascii: ".") }
  }

  /// Where a `Location` in an answer of this page leads (RFC 3986 §5.2); `nil` where that is no page
  /// of http or https.
  package func resolving(_ location: String) -> HTTPURL? {
    let text = location.prefix { $0 != "#" }
    let start = text.prefix { !"/?".contains($0) }
    if let colon = start.firstIndex(of: ":") {
      let scheme = start[..<colon].lowercased()
      let isWhole = text[colon...].hasPrefix("://")
      guard scheme == "http" || scheme == "https", isWhole else { return nil }
      return try? HTTPURL(String(text))
    }
    if text.hasPrefix("//") { return try? HTTPURL((isSecure ? "https:" : "http:") + text) }
    let page = path.prefix { $0 != "?" }
    let folder = page.lastIndex(of: "/").map { String(page[...$0]) } ?? "/"
    let whole: String
    if text.isEmpty {
      whole = self.path
    } else if text.hasPrefix("/") {
      whole = String(text)
    } else if text.hasPrefix("?") {
      whole = (page.isEmpty ? "/" : String(page)) + text
    } else {
      whole = String(folder) + text
    }
    let end = whole.firstIndex(of: "?") ?? whole.endIndex
    let path = Self.withoutDots(whole[..<end]) + whole[end...]
    // The reader of URLs knows what may stand in one.
    return try? HTTPURL("\(isSecure ? "https" : "http")://\(authority)\(path)")
  }

  /// A path without `.` and `..` (RFC 3986 §5.2.4).
  private static func withoutDots(_ path: Substring) -> String {
    var parts: [Substring] = []
    let all = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    for (index, part) in zip(all.indices, all) {
      let isLast = index == all.endIndex - 1
      switch part {
      case ".": if isLast { parts.append("") }
      case "..":
        _ = parts.popLast()
        if isLast { parts.append("") }
      default: parts.append(part)
      }
    }
    return "/" + parts.joined(separator: "/")
  }
}

import Telemetry

/// Who asks a server: a user with a password, or a token.
///
/// It has no description of its own that could show it: what prints it prints a mask.
package struct HTTPCredentials: Sendable, Hashable, CustomStringConvertible,
  CustomDebugStringConvertible
{
  /// How a server is told who asks.
  package enum Scheme: Sendable, Hashable {
    /// By whichever of digest and basic authentication the server asks for, the safer one first
    /// (RFC 7616, RFC 7617).
    case asked
    /// By basic authentication without being asked, for servers that never ask.
    case basic
    /// By a bearer token (RFC 6750).
    case bearer
  }

  /// How the server is told.
  package var scheme: Scheme
  /// The user; empty for a token.
  let user: String
  /// The password, or the token.
  let secret: String

  /// A user with a password, which may be empty.
  package init(user: String, password: String) {
    (scheme, self.user, secret) = (.asked, user, password)
  }

  /// A token.
  package init(token: String) { (scheme, user, secret) = (.bearer, "", token) }

  /// Takes user and password out of a URL: `http://user:password@host/path`.
  ///
  /// What is written as `%40` counts as the character it stands for (RFC 3986).
  /// - Returns: the URL without them, and who they name; `nil` where it names nobody.
  package static func split(_ url: String) -> (url: String, credentials: HTTPCredentials?) {
    let bytes = Array(url.utf8)
    let scheme = url.utf8.firstIndex(of: UInt8(ascii: ":")).map { index in
      url[index...].hasPrefix("://") ? url.utf8.distance(from: url.startIndex, to: index) + 3 : 0
    }
    let start = scheme ?? 0
    let end =
      bytes[start...].firstIndex {
        $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#")
      } ?? bytes.count
    guard let at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")) else { return (url, nil) }
    let colon = bytes[start..<at].firstIndex(of: UInt8(ascii: ":")) ?? at
    let rest = String(decoding: bytes[..<start] + bytes[(at + 1)...], as: UTF8.self)
    return (
      rest,
      HTTPCredentials(
        user: plain(bytes[start..<colon]), password: plain(bytes[min(colon + 1, at)..<at]))
    )
  }

  private static func plain(_ bytes: ArraySlice<UInt8>) -> String {
    var result: [UInt8] = []
    var at = bytes.startIndex
    while at < bytes.endIndex {
      if bytes[at] == UInt8(ascii: "%"), at + 2 < bytes.endIndex,
        let value = UInt8(String(decoding: bytes[(at + 1)...(at + 2)], as: UTF8.self), radix: 16)
      {
        result.append(value)
        at += 3
      } else {
        result.append(bytes[at])
        at += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The query that hands them over, as servers want it that know no header for them.
  package func query(user userName: String, password: String) -> String {
    "\(userName)=\(Self.escaped(user))&\(password)=\(Self.escaped(secret))"
  }

  /// A text as a part of a query, everything but letters, digits and `-._~` escaped.
  package static func escaped(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (digits.utf8.count < 2 ? "0" : "") + digits
      }
    }
    return result
  }

  package var description: String { Secrets.mask }
  package var debugDescription: String { Secrets.mask }
}

/// Which certificates of an https server are believed.
package enum HTTPTrust: Sendable, Hashable {
  /// Those that the system's authorities vouch for.
  case system
  /// Those that the authorities in a file in PEM form vouch for.
  case file(String)
  /// Any: whoever sits in between can read and change everything.
  case anything
}

import Formats
import HTTP
import Telemetry

/// What a login gives, to be sent instead of the key for a while.
struct GridToken: Sendable {
  var text: SecretText
  /// When it is given back for a new one.
  var end: Timestamp

  /// Seconds that a token is used, a little less than it is good for.
  static let life = 1500.0

  /// Reads the answer of a login.
  /// - Throws: `GridRefusal` where there is no token in it.
  init(_ bytes: [UInt8], now: Timestamp) throws(GridRefusal) {
    // Tokens may be longer than other texts.
    guard let page = try? JSONValue(bytes, cap: 16_384) else {
      throw .unreadable("the login gives no JSON")
    }
    guard let token = page["token"]?.text ?? page["access_token"]?.text, !token.isEmpty,
      token.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
    else { throw .shape("the login gives no token") }
    (text, end) = (SecretText(token), now + Self.life)
  }
}

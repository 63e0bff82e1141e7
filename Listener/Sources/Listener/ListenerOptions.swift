/// What the listener is told when it is started: an address, and files for TLS.
struct ListenerOptions {
  var host = "127.0.0.1"
  var port = 0
  /// The certificate chain and its key, in PEM; both or none.
  var certificate: String?
  var key: String?
  /// Whether a token follows, before which nobody is answered.
  var needsToken = false

  /// Reads `--host H --port N [--certificate FILE --key FILE] [--token follows]`, as `hippowatt exporter` writes them.
  init?(_ arguments: [String]) {
    var rest = arguments[...]
    while let name = rest.popFirst() {
      guard let value = rest.popFirst() else { return nil }
      switch name {
      case "--host": host = value
      case "--port":
        guard let number = Int(value), 0...65535 ~= number else { return nil }
        port = number
      case "--certificate": certificate = value
      case "--key": key = value
      case "--token": needsToken = value == "follows"
      default: return nil
      }
    }
    guard (certificate == nil) == (key == nil) else { return nil }
  }
}

import Telemetry

/// A header of a request, such as `If-None-Match` or a key.
package struct HTTPHeader: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible
{
  /// The name, such as `X-Api-Key`.
  package var name: String
  /// The value as it is sent.
  package var value: String
  /// Whether the value is never shown, and told to no other server than the one that was named.
  package var isSecret: Bool

  /// A header of that name; what could end its line is refused when it is to be sent.
  package init(_ name: String, _ value: String, isSecret: Bool = false) {
    (self.name, self.value, self.isSecret) = (name, value, isSecret)
  }

  /// Whether it can be sent: a name of letters, digits and the signs of RFC 9110, and a value on one
  /// line.
  package var isSound: Bool {
    let signs = Array("!#$%&'*+-.^_`|~".utf8)
    return !name.isEmpty
      && name.utf8.allSatisfy {
        0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || signs.contains($0)
      } && value.utf8.allSatisfy { ($0 >= 0x20 || $0 == 0x09) && $0 != 0x7F }
  }

  /// The line as libcurl takes it; a value of nothing has a spelling of its own there.
  var line: String { value.isEmpty ? "\(name);" : "\(name): \(value)" }

  package var description: String { "\(name): \(isSecret ? Secrets.mask : value)" }
  package var debugDescription: String { description }
}

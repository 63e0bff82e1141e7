import Telemetry

/// A key, a token or a password: whatever prints it prints a mask.
package struct SecretText: Sendable, Hashable, CustomStringConvertible,
  CustomDebugStringConvertible,
  CustomReflectable
{
  /// The secret itself, to be sent and never to be shown.
  package let revealed: String

  /// A secret of these characters.
  package init(_ revealed: String) { self.revealed = revealed }

  package var description: String { Secrets.mask }
  package var debugDescription: String { Secrets.mask }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

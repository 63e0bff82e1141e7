import Glibc

/// A file descriptor that is closed with its last owner.
package final class FileDescriptor: Sendable {
  /// The number of the descriptor, as the system calls take it.
  package let number: Int32
  /// Takes over an open descriptor; nobody else may close it.
  package init(_ number: Int32) { self.number = number }
  deinit { close(number) }
}

import CSystem
import Glibc
import Linux
import Telemetry

/// A machine's management controller behind `/dev/ipmi0`, the kernel's `ipmi_devintf`.
///
/// A request goes out and its answer is waited for; a controller that hangs costs only the wait.
final class ControllerDevice {
  private let descriptor: FileDescriptor
  private let path: String
  private var next = 1

  /// The places where the kernel makes the device.
  static let paths = ["/dev/ipmi0", "/dev/ipmi/0", "/dev/ipmidev/0"]

  /// Opens the device.
  /// - Throws: `SystemError` when there is none, or this user may not.
  init(_ path: String) throws(SystemError) {
    let number = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK)
    guard number >= 0 else { throw SystemError(errno, path) }
    descriptor = FileDescriptor(number)
    self.path = path
  }

  /// Sends a request and waits for its answer, which begins with the completion code.
  /// - Returns: `nil` where none came within `seconds`.
  /// - Throws: `SystemError` where the kernel's driver refuses.
  func ask(
    _ function: UInt8, _ command: UInt8, _ data: [UInt8], within seconds: Double
  ) throws(SystemError) -> [UInt8]? {
    next += 1
    let code = cs_ipmi_send(
      descriptor.number, next, function, command, data, Int32(data.count))
    guard code == 0 else { throw SystemError(code, path) }
    let number = cs_timer_descriptor(Int32(seconds * 1000))
    guard number >= 0 else { throw SystemError(errno, path) }
    let timer = FileDescriptor(number)
    var answer = [UInt8](repeating: 0, count: 256)
    while true {
      var entries = [
        pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0),
        pollfd(fd: timer.number, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&entries, 2, -1)
      if ready < 0, errno == EINTR { continue }
      guard ready > 0, entries[0].revents != 0 else { return nil }
      var id = 0
      let count = cs_ipmi_receive(descriptor.number, &id, &answer, Int32(answer.count))
      if count < 0 {
        if errno == EAGAIN || errno == EINTR {
          if entries[1].revents != 0 { return nil }
          continue
        }
        throw SystemError(errno, path)
      }
      // An answer to an earlier request, which came after its wait was over.
      if id == next { return Array(answer.prefix(Int(count))) }
    }
  }
}

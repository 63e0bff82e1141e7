import CSystem
import Glibc
import JobLogs

/// One stream of a command that runs: read, kept for the reader of progress, and passed on.
///
/// A stream that went to a terminal goes to one still, since programs ask and print differently: it
/// is a pseudo terminal of the same size, which changes no byte. Any other is a pipe.
final class CommandStream {
  let stream: JobOutput.Stream
  /// Our end, to be read; -1 once it is closed.
  private(set) var source: Int32
  /// The command's end, until it has been started.
  private(set) var entrance: Int32
  /// Where what is read is written to.
  private let target: Int32
  private let isTerminal: Bool

  /// A stream that is passed on to `target`, by a pipe, or by a terminal if that is one.
  /// - Throws: `Failure` when there is neither a pipe nor a terminal to be had.
  init(_ stream: JobOutput.Stream, target: Int32, keepsTerminal: Bool) throws {
    self.stream = stream
    self.target = target
    var ends: [Int32] = [-1, -1]
    isTerminal = keepsTerminal && isatty(target) != 0 && cs_terminal_like(target, &ends) == 0
    guard isTerminal || cs_pipe(&ends) == 0 else {
      throw Failure("no pipe for the command: \(String(cString: strerror(errno)))")
    }
    (source, entrance) = (ends[0], ends[1])
    _ = fcntl(source, F_SETFL, O_NONBLOCK)
  }

  deinit {
    closeEntrance()
    close()
  }

  /// Gives the command's terminal the size that the user's has by now.
  func matchWindow() {
    if isTerminal, source >= 0 { cs_copy_window(target, source) }
  }

  /// Lets go of the command's end: it has one of its own, or was not started.
  func closeEntrance() {
    if entrance >= 0 { Glibc.close(entrance) }
    entrance = -1
  }

  /// Passes on what the command has printed and returns it.
  func relay() -> [UInt8] {
    guard source >= 0 else { return [] }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while result.count < 1 << 20 {
      let count = read(source, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      // A terminal that nobody holds any more says so by an error.
      if count == 0 || count < 0 && errno == EIO { close() }
      guard count > 0 else { break }
      result += buffer.prefix(count)
    }
    // Where nobody reads any more the command hears of it by its own broken pipe.
    if !result.isEmpty, !File.writeAll(result, to: target) { close() }
    return result
  }

  private func close() {
    if source >= 0 { Glibc.close(source) }
    source = -1
  }
}

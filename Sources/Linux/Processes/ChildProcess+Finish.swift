import CSystem
import Glibc

extension ChildProcess {
  /// Waits until the command has ended.
  ///
  /// - Returns: the first `limit` bytes that it wrote to its standard output, and how it ended in words;
  ///   `nil` where it goes on after so many seconds.
  package func finish(
    within seconds: Double, keeping limit: Int
  ) -> (output: [UInt8], ending: String)? {
    let number = cs_timer_descriptor(Int32(min(max(seconds, 0), 3600) * 1000))
    guard number >= 0 else { return nil }
    let timer = FileDescriptor(number)
    var kept: [UInt8] = []
    func take(_ bytes: UnsafeBufferPointer<UInt8>) { kept += bytes.prefix(limit - kept.count) }
    while true {
      read(budget: 1 << 20, take)
      if let ending = ending() {
        // What it wrote between the last look and its end.
        read(budget: 1 << 20, take)
        return (kept, ending)
      }
      // A command is short, and its end shows on no descriptor of ours where it has closed its outputs.
      var entry = pollfd(fd: timer.number, events: Int16(POLLIN), revents: 0)
      if poll(&entry, 1, 5) > 0 { return nil }
    }
  }
}

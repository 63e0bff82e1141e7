import Formats

/// Takes off a log line what terminals, launchers and containers put around it.
///
/// Escape sequences go (ECMA-48 CSI, OSC and the like), tabs become spaces, other control
/// characters vanish. Then prefixes, as often as they come (`LinePrefix`); the time of a container
/// or a logger is kept, and a mark of whatever told one process from another. The memory of a line is used for
/// the next one, so a line must not be kept.
struct TextCleaner: Sendable {
  private var scratch: [UInt8] = []

  /// A line without its wrapping, and the time that stood on the wrapping.
  static func clean(_ bytes: UnsafeBufferPointer<UInt8>) -> (text: LogLine, stamp: LogStamp?) {
    var cleaner = TextCleaner()
    return cleaner.clean(bytes)
  }

  /// A line without its wrapping, and the time that stood on the wrapping.
  mutating func clean(
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> (text: LogLine, stamp: LogStamp?) {
    scratch.removeAll(keepingCapacity: true)
    ControlFilter.append(bytes, to: &scratch)
    while scratch.last == 0x20 { scratch.removeLast() }
    let prefix = scratch.withUnsafeBufferPointer { LinePrefix($0) }
    let length = min(prefix.length, scratch.count)
    let indent = scratch[..<length].reversed().prefix { $0 == 0x20 }.count
    if prefix.length > 0 { scratch.removeFirst(length) }
    let logger = scratch.withUnsafeBufferPointer { LoggerPrefix($0) }
    let line = LogLine(
      scratch, message: logger.length, indent: indent, writer: prefix.writer)
    return (line, LogStamp.better(prefix.stamp, logger.stamp))
  }
}

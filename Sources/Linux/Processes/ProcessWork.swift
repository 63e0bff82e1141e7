import Telemetry

/// How much a process has computed and written since it began.
package struct ProcessWork: Hashable, Sendable {
  /// Time on the processors, user and system, in seconds.
  package var processorSeconds: Double
  /// Bytes handed to write(2) and its like, to whatever it wrote to; `nil` where that may not be seen.
  package var written: Int64?

  /// The work of several processes together; `written` is known only where it is of all.
  package init(of pids: some Sequence<Int32>, in context: SourceContext) {
    processorSeconds = 0
    written = 0
    for pid in pids {
      guard let work = ProcessWork(pid: pid, in: context) else { continue }
      processorSeconds += work.processorSeconds
      written = written.flatMap { sum in work.written.map { sum &+ $0 } }
    }
  }

  /// The work of one process; `nil` when there is none.
  ///
  /// Layouts: proc(5), `stat` fields 14 and 15 in hundredths of a second, and `wchar` of `io`.
  package init?(pid: Int32, in context: SourceContext) {
    let folder = context.path("/proc/\(pid)")
    guard let stat = ProcFile.bytes(folder + "/stat", limit: 4096),
      let close = stat.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    let fields = String(decoding: stat[(close + 1)...], as: UTF8.self)
      .split(whereSeparator: \.isWhitespace)
    guard fields.count > 12, let user = Int64(fields[11]), let system = Int64(fields[12]) else {
      return nil
    }
    processorSeconds = Double(user &+ system) / 100
    var bytes: Int64?
    ProcFile.lines(folder + "/io", limit: 4096) { line in
      var scanner = TextScanner(line)
      guard scanner.skip("wchar: ") else { return true }
      bytes = scanner.number()
      return false
    }
    written = bytes
  }
}

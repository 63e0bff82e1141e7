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
  /// Layouts: proc(5), `wchar` of `io`; for the rest `ProcessStat`.
  package init?(pid: Int32, in context: SourceContext) {
    guard let stat = ProcessStat(pid: pid, in: context) else { return nil }
    processorSeconds = Double(stat.ticks) / 100
    var bytes: Int64?
    ProcFile.lines(context.path("/proc/\(pid)/io"), limit: 4096) { line in
      var scanner = TextScanner(line)
      guard scanner.skip("wchar: ") else { return true }
      bytes = scanner.number()
      return false
    }
    written = bytes
  }
}

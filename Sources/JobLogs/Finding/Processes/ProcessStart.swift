import Formats
import Linux
import Telemetry

/// When processes began.
enum ProcessStart {
  /// Seconds since 1970 of a start in ticks: `btime` of `/proc/stat` and a hundred ticks each.
  static func seconds(_ ticks: Int64, in context: SourceContext) -> Double? {
    var boot: Int64?
    ProcFile.lines(context.path("/proc/stat"), limit: 1 << 20) { line in
      var scanner = TextScanner(line)
      guard scanner.skip("btime ") else { return true }
      boot = scanner.number()
      return false
    }
    return boot.map { Double($0) + Double(ticks) / 100 }
  }
}

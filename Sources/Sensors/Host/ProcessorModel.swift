import Linux
import Telemetry

/// The processor's product name.
enum ProcessorModel {
  /// Reads the first `model name` of `/proc/cpuinfo`; `nil` where the architecture writes none.
  static func name(_ context: SourceContext) -> String? {
    // One page is enough: the first processor's entry is shorter, and the rest only repeats it.
    let file = SystemFile(context.path("/proc/cpuinfo"))
    let name = try? file.readPage { text -> String? in
      while var line = text.line() {
        guard line.skip("model name") else { continue }
        line.skipWords(1)
        return line.rest()
      }
      return nil
    }
    return name ?? nil
  }
}

import Telemetry

/// What `rocm-smi --showpower --csv` writes: the powers of the moment, and no time.
///
///     device,Average Graphics Package Power (W),Energy counter,Accumulated Energy (uJ)
///     card0,300.0,65628,1004108.41
///
/// Without times there are no joules, so it is only recognised to say so.
enum ROCmSMILog: PowerLogFormat {
  static let name = "rocm-smi CSV"

  static func recognises(_ text: PowerLogText) -> Bool {
    text.head(8).contains {
      $0.hasPrefix("device,") && $0.contains("Graphics Package Power (W)")
    }
  }

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    throw ImportError("has no times; `amd-smi monitor -w 1 --csv` writes them")
  }
}

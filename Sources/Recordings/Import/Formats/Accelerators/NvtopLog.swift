import Telemetry

/// What `nvtop -s` writes: the powers of the moment as JSON, and no time.
///
///     [{"device_name": "NVIDIA H100", "gpu_clock": "1980MHz", "power_draw": "300W", …}]
///
/// Without times there are no joules, so it is only recognised to say so. Source: Syllo/nvtop.
enum NvtopLog: PowerLogFormat {
  static let name = "nvtop JSON"

  static func recognises(_ text: PowerLogText) -> Bool {
    let start = text.head(16).joined(separator: " ").prefix(1024)
    return start.hasPrefix("[") && start.contains("\"device_name\"")
      && start.contains("\"power_draw\"") && start.contains("\"gpu_util\"")
  }

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    throw ImportError(
      "has no times; `nvidia-smi --query-gpu=timestamp,index,power.draw -l 1` writes them")
  }
}

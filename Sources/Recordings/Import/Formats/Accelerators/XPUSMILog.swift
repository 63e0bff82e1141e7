import Formats
import Telemetry

/// What `xpu-smi dump -m 1,8` writes of Intel GPUs.
///
///     Timestamp, DeviceId, GPU Utilization (%), GPU Power (W), GPU Frequency (MHz)
///     06:14:46.000,    0, 98.00, 294.41, 1600
///
/// Times have no day. Rows of tiles are no boards'. Source: Intel XPU Manager, smi_user_guide.
enum XPUSMILog: PowerLogFormat {
  static let name = "xpu-smi CSV"

  private static let lexicon = PowerLogLexicon(subject: PowerLogSubject(note: "xpu-smi dump")) {
    columns[$0]
  }

  private static let columns: [String: PowerLogColumn] = [
    "timestamp": .time, "deviceid": .mark(.index), "gpu power": .value(.power, .power),
    "gpu energy consumed": .value(.energy, .energy),
    "gpu utilization": .value(.utilization, .share),
    "gpu frequency": .value(.smClock, .clock),
    "gpu memory used": .value(.memoryUsed, .memory),
  ]

  static func recognises(_ text: PowerLogText) -> Bool {
    text.head(8).contains { $0.hasPrefix("Timestamp, DeviceId,") }
  }

  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable {
    let titles = text.head(8).first { $0.hasPrefix("Timestamp, DeviceId,") } ?? ""
    guard !titles.contains("TileId") else {
      throw ImportError("tells of tiles, which are parts of boards; log without `-t`")
    }
    guard titles.contains("GPU Power (W)") else {
      throw ImportError("tells no power; `xpu-smi dump -d -1 -m 0,1` does")
    }
    return PowerLogCells.read(text, lexicon)
  }
}

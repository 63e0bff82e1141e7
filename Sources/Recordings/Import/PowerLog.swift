import Telemetry

/// A format in which other tools write power over time.
///
/// A format says what stands in a file and no more; `PowerLogAssembly` makes readings of it.
package protocol PowerLogFormat: Sendable {
  /// What it is called, for messages.
  static var name: String { get }
  /// Whether a text is of this format.
  static func recognises(_ text: PowerLogText) -> Bool
  /// Whether its rows are known at the end of a file only, so that it has to be held in memory.
  static var isReadWhole: Bool { get }
  /// Reads a whole file.
  ///
  /// - Throws: `ImportError` where nothing in the file can be used, and why; never for a single line.
  static func read(_ text: PowerLogText) throws(ImportError) -> PowerLogTable
}

extension PowerLogFormat {
  package static var isReadWhole: Bool { false }
}

/// Every power log there is a reader for; adding one means adding a line.
public enum PowerLogs {
  package static let all: [any PowerLogFormat.Type] = [
    MLPerfPowerLog.self,
    NvidiaSMILog.self,
    NvidiaDmonLog.self,
    NvidiaQueryLog.self,
    NvidiaXMLLog.self,
    DCGMDmonLog.self,
    AMDSMILog.self,
    ROCmSMILog.self,
    TegrastatsLog.self,
    TurbostatLog.self,
    IPMILog.self,
    PTDaemonLog.self,
    ShellyLog.self,
    TasmotaLog.self,
    HomeAssistantLog.self,
    GPUStatLog.self,
    NvtopLog.self,
    CodeCarbonLog.self,
    Eco2AILog.self,
    XPUSMILog.self,
    PerfStatLog.self,
    PowerstatLog.self,
    PowerGadgetLog.self,
    HWiNFOLog.self,
    EnergiBridgeLog.self,
    AlumetLog.self,
    PowerJoularLog.self,
    ScaphandreLog.self,
    ZeusLog.self,
    CarbontrackerLog.self,
    PrometheusRangeLog.self,
    PrometheusPageLog.self,
    WandBEventsLog.self,
    GPUTable.self,
    NvidiaSMIRows.self,
  ]

  /// What the formats are called.
  public static let names = all.map { $0.name }

  /// Whether a file that begins with these bytes is a power log.
  public static func recognises(_ head: [UInt8]) -> Bool {
    format(of: PowerLogText(head)) != nil
  }

  /// The format of a text; `nil` when it is none of them.
  package static func format(of text: PowerLogText) -> (any PowerLogFormat.Type)? {
    all.first { $0.recognises(text) }
  }
}

/// Why a file cannot be imported.
public struct ImportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The line, from 1; 0 for the whole file.
  public var line: Int
  /// What is wrong, for people.
  public var text: String

  /// An error at a line, or in the whole file.
  public init(line: Int = 0, _ text: String) {
    self.line = line
    self.text = text
  }

  public var description: String { line > 0 ? "line \(line): \(text)" : text }
}

import Telemetry

/// A format in which other tools write power over time.
public protocol PowerLogFormat: Sendable {
  /// What it is called, for messages.
  static var name: String { get }
  /// Whether a text that begins with `head` is of this format.
  static func recognises(_ head: Substring) -> Bool
  /// Reads a whole file.
  /// - Throws: `ImportError` with the line that cannot be what it should be.
  static func read(_ text: String, machine: String) throws(ImportError) -> [Observation]
}

/// Every power log there is a reader for; adding one means adding a line.
public enum PowerLogs {
  static let all: [any PowerLogFormat.Type] = [
    MLPerfPowerLog.self,
    NvidiaSMILog.self,
  ]

  /// What the formats are called.
  public static let names = all.map { $0.name }

  /// The format of a text, by how it begins; `nil` when it is none of them.
  public static func format(of text: String) -> (any PowerLogFormat.Type)? {
    let head = text.prefix(65_536)
    return all.first { $0.recognises(head) }
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

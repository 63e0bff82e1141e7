import Formats
import Telemetry

/// A power log as it was read, and what is known of the file.
public struct PowerLogFile {
  /// The path by which the user named it.
  public let path: String
  /// What the format is called.
  public let format: String
  /// The machine the user named for this very file.
  public var machine: String?
  /// When it was last written to.
  public var modified: Timestamp?
  /// Seconds to be added to its times, because its clock was off.
  public var shift = 0.0
  /// What its rows say.
  package let table: PowerLogTable

  /// A table under a path.
  package init(path: String, format: String, table: PowerLogTable) {
    self.path = path
    self.format = format
    table.finish()
    self.table = table
  }

  /// Reads a file; `nil` where it is no power log.
  ///
  /// - Throws: `ImportError` where nothing in it can be used.
  public static func read(_ bytes: [UInt8], path: String) throws(ImportError) -> PowerLogFile? {
    try read(PowerLogText(bytes), path: path)
  }

  /// Reads a text; `nil` where it is no power log.
  ///
  /// - Throws: `ImportError` where nothing in it can be used.
  package static func read(
    _ text: PowerLogText, path: String
  ) throws(ImportError) -> PowerLogFile? {
    guard let format = PowerLogs.format(of: text) else { return nil }
    if format.isReadWhole { try text.checkWhole() }
    return PowerLogFile(path: path, format: format.name, table: try format.read(text))
  }

  /// Reads a table by what the user says of its columns.
  ///
  /// - Throws: `ImportError` where the file is none of that.
  public static func read(
    _ bytes: [UInt8], path: String, mapping: PowerLogMapping
  ) throws(ImportError) -> PowerLogFile {
    try read(PowerLogText(bytes), path: path, mapping: mapping)
  }

  /// Reads a table by what the user says of its columns.
  ///
  /// - Throws: `ImportError` where the file is none of that.
  package static func read(
    _ text: PowerLogText, path: String, mapping: PowerLogMapping
  ) throws(ImportError) -> PowerLogFile {
    PowerLogFile(path: path, format: "columns by --map", table: try mapping.read(text))
  }

  /// The name without folders.
  public var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// The name without folders, endings and the number that a rotated log has behind it.
  var stem: String { Self.stem(name) }

  /// What a file is called, without folders and endings.
  package static func stem(of path: String) -> String {
    stem(path.split(separator: "/").last.map(String.init) ?? path)
  }

  /// Whether the log of a rotation goes on in another: `gpu.csv.1`, then `gpu.csv`.
  func isRotation(of other: PowerLogFile) -> Bool {
    path != other.path && (path == name) == (other.path == other.name)
      && path.dropLast(name.count) == other.path.dropLast(other.name.count)
      && Self.unrotated(name) == Self.unrotated(other.name)
  }

  private static func unrotated(_ name: String) -> Substring {
    // As logrotate's `dateext` names them: `gpu.csv-20260528`.
    if let dash = name.lastIndex(of: "-"), dash != name.startIndex {
      let ending = name[name.index(after: dash)...]
      if ending.count == 8, ending.hasPrefix("20"), ending.utf8.allSatisfy({ $0 &- 0x30 < 10 }) {
        return name[..<dash]
      }
    }
    guard let point = name.lastIndex(of: "."), point != name.startIndex else { return name[...] }
    let ending = name[name.index(after: point)...]
    let isNumber =
      !ending.isEmpty && ending.count <= 3 && ending.utf8.allSatisfy { $0 &- 0x30 < 10 }
    return isNumber || ending == "old" ? name[..<point] : name[...]
  }

  private static func stem(_ name: String) -> String {
    let name = unrotated(name)
    guard let point = name.lastIndex(of: "."), point != name.startIndex else { return String(name) }
    return String(name[..<point])
  }
}

import ArgumentParser
import Formats
import Glibc
import Recordings
import SwiftOverlayShims
import Telemetry

extension Import {
  /// What a machine is called of which nobody says the name.
  static let defaultMachine = "imported"
  /// How many bytes of the program's own lines are held in memory.
  private static let largestLines = 1 << 30

  /// The machines that the user named: one for all files, or some for single files.
  struct MachineNames {
    var common: String?
    var ofFiles: [String: String] = [:]

    /// The machine of a file that says nothing of it itself.
    func name(of path: String) -> String { ofFiles[path] ?? common ?? Import.defaultMachine }
  }

  /// Reads `--machine NAME` and `--machine NAME=FILE`.
  func machineNames() throws -> MachineNames {
    var names = MachineNames()
    for text in machines {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        guard !text.isEmpty, names.common == nil || names.common == text else {
          throw ValidationError(
            "--machine \(text): one name is for all files; write NAME=FILE to name single ones")
        }
        names.common = text
        continue
      }
      let fitting = files.filter { $0 == parts[1] || $0.hasSuffix("/" + parts[1]) }
      guard fitting.count == 1, let file = fitting.first else {
        throw ValidationError(
          "--machine \(text): \(parts[1]) is \(fitting.isEmpty ? "none" : "several") of the files")
      }
      names.ofFiles[file] = parts[0]
    }
    return names
  }

  /// Reads a power log; `nil` where a file is none.
  ///
  /// What the user says of the columns counts for every file that has them all.
  func powerLog(
    _ path: String, _ names: MachineNames, _ mapping: PowerLogMapping?, _ store: PowerLogStore,
    _ progress: ImportProgress
  ) throws -> PowerLogFile? {
    // One run of a tracker's database.
    if !File.isPlain(path), let mark = path.lastIndex(of: "#"), File.isPlain(String(path[..<mark]))
    {
      return nil
    }
    guard File.isPlain(path) else { throw Failure("\(path): is no plain file") }
    // A power log is recognised by its beginning; other files can be large and are not read here.
    guard let head = File.readBytes(path, limit: 1 << 18) else {
      throw Failure("\(path): cannot be read")
    }
    let mapping = mapping.flatMap { $0.missingColumn(head) == nil ? $0 : nil }
    guard mapping != nil || PowerLogs.recognises(head) else { return nil }
    guard let input = PowerLogInput(path: path) else { throw Failure("\(path): cannot be read") }
    input.progress = progress.reader(of: path)
    let text = PowerLogText(input, store: store)
    defer { progress.end(input.size) }
    do throws(ImportError) {
      let read =
        if let mapping {
          try PowerLogFile.read(text, path: path, mapping: mapping)
        } else {
          try PowerLogFile.read(text, path: path)
        }
      guard var file = read else { return nil }
      file.machine = names.ofFiles[path]
      file.modified = Self.modified(path)
      return file
    } catch {
      throw Failure("\(path): \(error)")
    }
  }

  /// Whether a file holds the program's own lines.
  func isJSONLines(_ path: String) -> Bool {
    File.readBytes(path, limit: 65_536).map(JSONLinesImport.recognises) ?? false
  }

  /// Reads files of the program's own lines.
  ///
  /// Where several files name no machine, each is taken for one of its own.
  func jsonLines(_ paths: [String], _ names: MachineNames) throws -> [Observation] {
    var observations: [Observation] = []
    for path in paths {
      guard let bytes = File.readBytes(path, limit: Self.largestLines + 1) else {
        throw Failure("\(path): cannot be read")
      }
      guard bytes.count <= Self.largestLines else {
        throw Failure(
          "\(path): has more than \(Self.largestLines >> 20) MB, and lines of this program are read "
            + "as one: split it, or import the recording they were made of")
      }
      let machine =
        names.ofFiles[path] ?? names.common
        ?? (paths.count > 1 ? PowerLogFile.stem(of: path) : Self.defaultMachine)
      let lines = try JSONLinesImport(bytes, machine: machine, path: path)
      if let loss = lines.loss { printError("\(path): \(loss)") }
      observations += shiftOptions.shifted(lines.observations, of: path)
    }
    return observations
  }

  /// Makes readings of power logs, and says on stderr what was assumed and left out.
  func assemble(_ powerLogs: [PowerLogFile], _ names: MachineNames) throws -> PowerLogAssembly? {
    guard !powerLogs.isEmpty else { return nil }
    let zone = try zoneOptions.zone(HostEnvironment.current())
    do throws(ImportError) {
      let found = try PowerLogAssembly(
        powerLogs, zone: zone.rule, machine: names.common ?? Self.defaultMachine,
        isMachineNamed: names.common != nil)
      for remark in found.remarks { printError("\(remark.path): \(remark.text)") }
      if found.hasUsedZone, !zone.isNamed {
        printError("times without a zone are taken as \(zone.rule.name); --timezone names another")
      }
      return found
    } catch {
      throw Failure("\(error)")
    }
  }

  private static func modified(_ path: String) -> Timestamp? {
    var status = Glibc.stat()
    guard stat(path, &status) == 0 else { return nil }
    return Timestamp(
      nanoseconds: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec))
  }
}

import Formats
import Linux
import Telemetry

/// The event files of one run, oldest first.
struct TFEventsRun: Sendable, Hashable {
  /// The run's folder, or the one file that was asked for.
  var path: String
  var files: [String]

  /// The run in or below a folder that was written to last; `nil` when there is no event file.
  ///
  /// Keras writes into `train` and `validation` below the run's folder; PyTorch's hyperparameters
  /// go into a folder named by a number.
  init?(below path: String) {
    guard FolderWalk.isFolder(path) else {
      self.init(path: path, files: [path])
      return
    }
    let found = FolderWalk(path) { Self.isEventFile($0) }.files
    let newest = found.max { ($0.modified, $0.path) < ($1.modified, $1.path) }
    guard let newest else { return nil }
    let folder = Self.runFolder(newest.folder)
    let files = found.filter { Self.runFolder($0.folder) == folder }
    self.init(
      path: folder,
      files: files.sorted { (Self.started($0.name), $0.name) < (Self.started($1.name), $1.name) }
        .map(\.path))
  }

  /// The run that these event files of one folder are of.
  init(files: [String]) {
    let names = files.map { (path: $0, name: $0.split(separator: "/").last.map(String.init) ?? $0) }
    self.init(
      path: Self.run(of: files.first ?? ""),
      files: names.sorted { (Self.started($0.name), $0.name) < (Self.started($1.name), $1.name) }
        .map(\.path))
  }

  /// The folder of the run that an event file is of.
  static func run(of file: String) -> String {
    let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
    return runFolder(folder)
  }

  private init(path: String, files: [String]) {
    self.path = path
    self.files = files
  }

  static func isEventFile(_ name: String) -> Bool {
    name.contains(".tfevents.") && !name.hasSuffix(".profile-empty")
  }

  /// What the folder of event files is called for the meaning of their tags: `validation` for one of a test
  /// beside that of the training, else by its own name.
  static func data(in folder: String) -> String {
    let (parent, last) = parts(of: folder)
    return isTest(last, in: parent) ? "validation" : last
  }

  private static func runFolder(_ folder: String) -> String {
    let (parent, last) = parts(of: folder)
    let isPart =
      ScalarNames.isValidation(last) || ScalarNames.isTraining(last) || isTest(last, in: parent)
      || PlainNumber.parse(last.utf8).map { $0 > 1e9 } ?? false
    return isPart && !parent.isEmpty ? parent : folder
  }

  /// Whether a folder is of a test of the run it lies in: a run of its own may be called so as well.
  private static func isTest(_ name: String, in parent: String) -> Bool {
    ["test", "dev", "holdout"].contains(name)
      && ["train", "training"].contains { FolderWalk.isFolder("\(parent)/\($0)") }
  }

  private static func parts(of name: String) -> (parent: String, last: String) {
    // Named from within the run's folder, as `train`.
    let folder = name.contains("/") ? name : SafeFile.resolved(name) ?? name
    guard let slash = folder.lastIndex(of: "/") else { return ("", folder) }
    return (String(folder[..<slash]), String(folder[folder.index(after: slash)...]))
  }

  /// The second at which a file was begun, by its name: `events.out.tfevents.1664252965.host`.
  private static func started(_ name: String) -> Int64 {
    let parts = name.split(separator: ".")
    guard let place = parts.firstIndex(of: "tfevents"), place + 1 < parts.count else { return 0 }
    return PlainNumber.whole(parts[place + 1].utf8) ?? 0
  }
}

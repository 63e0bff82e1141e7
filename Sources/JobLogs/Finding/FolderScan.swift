import Glibc
import Linux

/// A bounded look through folders for files of progress.
///
/// It follows no links below the folder it is given, reads at most `entriesLeft` entries over all
/// its walks, and stops when it is told that the time is up.
struct FolderScan {
  struct Hit: Hashable {
    var path: String
    var changed: Double
  }

  /// How many entries may still be read.
  var entriesLeft = 2000
  private let isTimeUp: () -> Bool
  private(set) var isCut = false
  private var visited: Set<FileIdentity> = []

  init(isTimeUp: @escaping () -> Bool) { self.isTimeUp = isTimeUp }

  /// Regular files below a folder whose paths `isWanted` and that changed after `time`, newest first.
  ///
  /// `depth` is how many folders deep it goes; 0 looks into the folder alone.
  mutating func files(
    in folder: String, depth: Int, changedAfter time: Double, where isWanted: (String) -> Bool
  ) -> [Hit] {
    var hits: [Hit] = []
    var level = [Hit(path: folder, changed: 0)]
    for below in 0...max(0, depth) where !level.isEmpty {
      var next: [Hit] = []
      for place in level where !isCut {
        read(place.path, isTop: below == 0, changedAfter: time, isWanted, &hits, &next)
      }
      // A run that goes on is in the folder that changed last.
      level = next.sorted { $0.changed > $1.changed }
    }
    return hits.sorted { ($1.changed, $0.path) < ($0.changed, $1.path) }
  }

  private mutating func read(
    _ folder: String, isTop: Bool, changedAfter time: Double, _ isWanted: (String) -> Bool,
    _ hits: inout [Hit], _ folders: inout [Hit]
  ) {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK | (isTop ? 0 : O_NOFOLLOW)
    let descriptor = open(folder, flags)
    guard descriptor >= 0 else { return }
    guard let stream = fdopendir(descriptor) else {
      close(descriptor)
      return
    }
    defer { closedir(stream) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, visited.insert(FileIdentity(status)).inserted else {
      return
    }
    // Of many checkpoints the newest one's state tells it all.
    var saved: Hit?
    defer { if let saved { hits.append(saved) } }
    while let entry = readdir(stream) {
      if entriesLeft <= 0 || (entriesLeft % 16 == 0 && isTimeUp()) {
        isCut = true
        return
      }
      entriesLeft -= 1
      let kind = Int(entry.pointee.d_type)
      // Some file systems leave the kind open.
      let isUnknown = kind == Int(DT_UNKNOWN)
      guard isUnknown || kind == Int(DT_DIR) || kind == Int(DT_REG) else { continue }
      let name = entryName(entry)
      let path = "\(folder)/\(name)"
      // Of a checkpoint only its state tells progress, and it holds many large files.
      let state = "trainer_state.json"
      if kind == Int(DT_DIR), name.hasPrefix("checkpoint-"), isWanted("\(path)/\(state)") {
        if fstatat(descriptor, "\(name)/\(state)", &status, AT_SYMLINK_NOFOLLOW) == 0,
          status.isRegular, status.changed >= max(time, saved?.changed ?? time)
        {
          saved = Hit(path: "\(path)/\(state)", changed: status.changed)
        }
        continue
      }
      guard kind == Int(DT_DIR) ? Self.isPromising(name) : isUnknown || isWanted(path),
        fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0
      else { continue }
      let hit = Hit(path: path, changed: status.changed)
      if status.isRegular, isWanted(path), status.changed >= time {
        hits.append(hit)
      } else if status.st_mode & S_IFMT == S_IFDIR, Self.isPromising(name) {
        folders.append(hit)
      }
    }
  }

  /// Folders that hold no progress, and many files.
  private static func isPromising(_ name: String) -> Bool {
    !name.hasPrefix(".") && !name.hasPrefix("checkpoint-")
      && !["__pycache__", "node_modules", "site-packages", "proc", "sys"].contains(name)
  }
}

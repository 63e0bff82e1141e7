import Linux
import Telemetry

/// The files of progress of one job, found from outside and put in order.
///
/// First what its processes hold open for writing, then what a `tee` behind its pipe writes; only
/// where none of that is understood, what lies in the folders it was given and in its own. A file
/// that merely lies there must have changed since the job began and say something that a reader
/// understands, and a `FileTrial` must show that the job writes it: a wrong log is worse than none.
struct JobFiles {
  /// How sure it is that the job writes the file; the surest first.
  enum Kind: Int, Comparable {
    case open, standard, tee, member
    /// Found by looking into folders.
    case batch, named, usual, working

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    var isCertain: Bool { self <= .member }
  }

  private struct Ranked {
    var file: FoundFile
    var kind: Kind
    var reader: Int
    var changed: Double
    /// 0 for a file that surely tells progress, 1 for one that may, 2 for one that does not yet.
    var weight: Int

    static func before(_ left: Ranked, _ right: Ranked) -> Bool {
      let keys = [left, right].map { ranked in
        [
          ranked.file.doubt == nil ? 0 : 1, ranked.weight, ranked.kind.isCertain ? 0 : 1,
          ranked.reader,
          ranked.kind.rawValue,
        ]
      }
      if keys[0] != keys[1] { return keys[0].lexicographicallyPrecedes(keys[1]) }
      return (right.changed, left.file.path) < (left.changed, right.file.path)
    }
  }

  private let context: SourceContext
  private let paths: JobPaths
  private let start: Double?
  private let taken: Set<FileIdentity>
  /// The working folders of other jobs that may have written what lies there, by their pids.
  private let rivals: [(pid: Int32, folder: String)]
  private var ranked: [Ranked] = []
  private var seen: Set<FileIdentity> = []
  private var looksLeft = 16
  private var now: Timestamp?
  private(set) var skipped: [Skipped] = []
  private(set) var output: String?

  /// What `others` follow is theirs, unless this job holds it open itself; what lies in the folder
  /// that one of them works in may be.
  init(
    leader: Int32, start: Double?, others: [FoundJob], in context: SourceContext
  ) {
    self.context = context
    self.start = start
    paths = JobPaths(pid: leader, in: context)
    taken = Set(others.compactMap(\.best?.identity))
    rivals = others.filter { $0.mayLeaveFiles && !$0.isSettled }
      .compactMap { job in
        JobPaths(pid: job.pid, in: context).workingPath.map { (job.pid, $0) }
      }
  }

  /// The files, the best first.
  var files: [FoundFile] { ranked.sorted(by: Ranked.before).map(\.file) }

  /// Whether a file the job certainly writes is understood, so that no further look is needed.
  var isSettled: Bool { ranked.contains { $0.kind.isCertain && $0.file.format != nil } }

  // MARK: Open files

  /// Takes what the job's speaker holds open.
  mutating func addLeader(_ descriptors: OpenDescriptors.Sorted, pid: Int32) {
    guard descriptors.isReadable else {
      skip("the open files of pid \(pid)", "they may not be looked at: they are another user's")
      return
    }
    for written in descriptors.written {
      let isStandard = written.number == 1 || written.number == 2
      let name = written.number == 1 ? "output" : "error"
      add(
        written, paths, kind: isStandard ? .standard : .open,
        why: isStandard ? "its standard \(name) goes there" : "it is open for writing")
    }
    for (number, name) in [(Int32(1), "standard output"), (2, "standard error")] {
      guard let target = descriptors.standard[number] else { continue }
      let (words, why): (String, String)
      if target.hasPrefix("pipe:") {
        (words, why) = ("a pipe", "it is a pipe; reading it would take what is meant for others")
      } else if target.hasPrefix("/dev/pts/") || target.hasPrefix("/dev/tty") {
        (words, why) = ("a terminal", "it is a terminal, which keeps nothing to read")
      } else if target.hasPrefix("socket:") {
        (words, why) = ("a socket", "it is a socket")
      } else if target == "/dev/null" {
        (words, why) = ("/dev/null", "it is thrown away")
      } else {
        continue
      }
      if number == 1 { output = words }
      skip(name, why)
    }
  }

  /// Takes what another process of the job holds open.
  mutating func addMember(_ descriptors: OpenDescriptors.Sorted, pid: Int32) {
    let paths = JobPaths(pid: pid, in: context)
    for written in descriptors.written {
      add(written, paths, kind: .member, why: "its process \(pid) holds it open for writing")
    }
  }

  /// Takes what a process behind the job's pipe writes, such as `tee train.log`.
  mutating func addReader(_ descriptors: OpenDescriptors.Sorted, pid: Int32, name: String) {
    let paths = JobPaths(pid: pid, in: context)
    // Its own errors are not the job's.
    for written in descriptors.written where written.number != 2 {
      add(written, paths, kind: .tee, why: "\(name) writes its output there")
    }
  }

  private mutating func add(
    _ written: OpenDescriptors.Written, _ paths: JobPaths, kind: Kind, why: String
  ) {
    let shown = paths.shown(written.target)
    guard !seen.contains(written.identity) else { return }
    guard !written.isDeleted else {
      skip(shown, "it was deleted")
      return
    }
    let isOutput = kind == .standard || kind == .tee
    guard isOutput || !FileReaders.candidates(written.target).isEmpty else {
      if kind == .open { skip(shown, "no reader knows files of that name") }
      return
    }
    guard let path = paths.path(ofDescriptor: written.number, target: written.target) else {
      skip(shown, "its path does not lead there from here")
      return
    }
    consider(path, shown: shown, kind: kind, why: why, isAppending: written.isAppending)
  }

  // MARK: Folders

  /// Looks into the places a job was told to write to, and into its own folder.
  ///
  /// `words` are command lines; at most 200 ms by the clock, and 2000 entries.
  mutating func scan(
    _ words: [[String]], environment: JobEnvironment, clock: any SessionClock
  ) {
    let begin = clock.now
    now = begin
    var scan = FolderScan { clock.now - begin >= 0.2 }
    if let place = OutputPaths.slurm(environment) { look(at: place, .batch, depth: 0, &scan) }
    for line in words {
      for place in OutputPaths.named(by: line) { look(at: place, .named, depth: 3, &scan) }
    }
    for place in OutputPaths.usual { look(at: place, .usual, depth: 3, &scan) }
    if let working = paths.working, working != "/" {
      look(at: .init(path: ".", why: "in its working folder"), .working, depth: 3, &scan)
    }
    if scan.isCut {
      skip("further folders", "looking stopped at 2000 entries or 200 ms; --log FILE names a file")
    }
  }

  private mutating func look(
    at place: OutputPaths.Entry, _ kind: Kind, depth: Int, _ scan: inout FolderScan
  ) {
    guard !scan.isCut, let path = paths.path(given: place.path) else { return }
    // What changed before the job began is another's.
    let since = start.map { $0 - 2 } ?? 0
    if let status = ProcFile.status(path), status.isRegular {
      if status.changed >= since {
        consider(path, shown: paths.shown(path), kind: kind, why: place.why)
      }
      return
    }
    let hits = scan.files(in: path, depth: depth, changedAfter: since) {
      !FileReaders.candidates($0).isEmpty
    }
    for hit in hits where isFresh(hit, kind) {
      consider(
        hit.path, shown: paths.shown(hit.path), kind: kind, why: place.why,
        rivals: rivals(for: hit, kind))
    }
  }

  /// Whether a file that was not named by anyone is still written.
  private func isFresh(_ hit: FolderScan.Hit, _ kind: Kind) -> Bool {
    guard kind == .usual || kind == .working, let now else { return true }
    return now.seconds - hit.changed <= 900
  }

  /// The other jobs that may have written a file which was not named by anyone.
  private func rivals(for hit: FolderScan.Hit, _ kind: Kind) -> [Int32] {
    guard kind == .usual || kind == .working else { return [] }
    let own = paths.workingPath ?? ""
    return rivals.filter { rival in
      rival.folder.utf8.count >= own.utf8.count
        && (hit.path.hasPrefix(rival.folder + "/") || rival.folder == own)
    }.map(\.pid)
  }

  /// The files that merely lie there, which are the job's only if something shows it.
  var onTrial: [FoundFile] { ranked.filter { !$0.kind.isCertain }.map(\.file) }

  /// Says why a file that merely lies there is not followed as the job's; `nil` when it is its own.
  mutating func doubt(_ identity: FileIdentity, _ reason: String?) {
    for index in ranked.indices where ranked[index].file.identity == identity {
      ranked[index].file.doubt = reason
    }
  }

  /// Leaves out a file that is another's.
  mutating func exclude(_ identity: FileIdentity, _ reason: String) {
    guard let index = ranked.firstIndex(where: { $0.file.identity == identity }) else { return }
    skip(ranked[index].file.shown, reason)
    ranked.remove(at: index)
  }

  /// Whether a file may hold what another run wrote before this job began.
  ///
  /// Who opens a file without `O_APPEND` has emptied it, as a shell's `>` does.
  private func mayHoldOlder(_ path: String, isAppending: Bool) -> Bool {
    guard isAppending, let start else { return isAppending }
    return ProcFile.birth(path).map { $0 < start - 2 } ?? true
  }

  /// Looks into a file and keeps it if it is worth following.
  private mutating func consider(
    _ path: String, shown: String, kind: Kind, why: String, isAppending: Bool = true,
    rivals: [Int32] = []
  ) {
    guard looksLeft > 0 else { return }
    guard let file = SafeFile(path) else {
      if kind.isCertain { skip(shown, "it may not be read, or is no regular file") }
      return
    }
    guard !seen.contains(file.identity), kind.isCertain || !taken.contains(file.identity) else {
      return
    }
    seen.insert(file.identity)
    looksLeft -= 1
    var readers = FileReaders.candidates(path)
    if readers.isEmpty { readers = [FileReaders.text] }
    var choice = readers[0]
    var found: Recognition?
    for reader in readers {
      guard let recognised = reader.recognise(file) else { continue }
      (choice, found) = (reader, recognised)
      break
    }
    // What merely lies there must speak for itself.
    guard kind.isCertain || found?.isConvincing == true else { return }
    ranked.append(
      Ranked(
        file: FoundFile(
          path: path, shown: String(shown.prefix(512)), why: why, reader: choice.name,
          format: found?.format, identity: file.identity, isCertain: kind.isCertain,
          doubt: kind.isCertain ? nil : "nothing shows that the job writes it",
          mayHoldOlder: mayHoldOlder(path, isAppending: isAppending), rivals: rivals),
        kind: kind, reader: FileReaders.all.firstIndex { $0.name == choice.name } ?? 0,
        changed: file.changed, weight: found.map { $0.isConvincing ? 0 : 1 } ?? 2))
  }

  private mutating func skip(_ what: String, _ why: String) {
    guard skipped.count < 16 else { return }
    skipped.append(Skipped(what: String(what.prefix(512)), why: why))
  }
}

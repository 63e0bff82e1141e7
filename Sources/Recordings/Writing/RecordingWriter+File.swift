import Glibc
import Telemetry

extension RecordingWriter {
  /// What SQLite keeps beside a file while it is being written.
  private static let companions = ["-wal", "-shm", "-journal"]

  /// Makes an empty file, so that nobody else's is ever written into.
  ///
  /// A companion without its file may be all there is of another recording: its log holds what was
  /// not yet in the file, and it would become a part of ours.
  static func makeFile(_ path: String, overwrite: Bool) throws(RecordingError) {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw .failed(path: path, action: "record to", reason: "it is no plain file")
      }
      guard overwrite else { throw .exists(path: path) }
      unlink(path)
      // They belonged to the file that was to be replaced.
      for companion in companions { unlink(path + companion) }
    } else if let stray = companions.first(where: { lstat(path + $0, &status) == 0 }) {
      throw .stray(path: path, companion: path + stray)
    }
    // For its owner alone: it tells what ran, when and for how long. SQLite gives its companions the
    // same mode.
    let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      if errno == EEXIST { throw .exists(path: path) }
      throw .failed(path: path, action: "create", reason: String(cString: strerror(errno)))
    }
    // Whatever the mask took away.
    fchmod(file, 0o600)
    Glibc.close(file)
  }

  static func insert(
    _ header: RecordingHeader, in database: Database
  ) throws(RecordingError) {
    let insert = try database.prepare(
      """
      INSERT INTO recording (schema, machine, program, started, monotonic, clean, simulated, note)
      VALUES (?, ?, ?, ?, ?, 0, ?, ?)
      """)
    insert.bind(0, Schema.version)
    insert.bind(1, header.machine)
    insert.bind(2, header.programVersion)
    insert.bind(3, header.startedAt.nanoseconds)
    insert.bind(4, header.monotonicStart)
    insert.bind(5, header.isSimulated)
    insert.bind(6, header.note)
    try insert.run()
  }
}

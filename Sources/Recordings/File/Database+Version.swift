import CSQLite

extension RecordingReader {
  /// The version of the SQLite library that is used, such as `3.46.1`.
  package static var sqliteVersion: String { String(cString: sqlite3_libversion()) }
}

import Linux

/// What `/proc/self/mountstats` tells of the NFS mounts: bytes over the wire, mount by mount.
///
///     device fs1:/data mounted on /data with fstype nfs4 statvers=1.1
///     	opts:	rw,vers=4.2,proto=tcp,…
///     	age:	4711
///     	bytes:	1 2 3 4 5 6 7 8
///
/// The eight are: read and written by programs, the same by direct I/O, read from and written to the
/// server, pages read and written. Source: fs/nfs/super.c and iostat.h.
enum NFSMounts {
  /// One mount.
  struct Row {
    var source: String
    var path: String
    var type: String
    /// Seconds since it was mounted.
    var age: Int64 = 0
    var options = ""
    /// Bytes that came from the server, and that went to it; `nil` where the row has none.
    var read: Int64?
    var written: Int64?
  }

  /// The NFS mounts in the kernel's order; `options` are read only where they are asked for.
  static func rows(_ text: inout TextScanner, withOptions: Bool) -> [Row] {
    var rows: [Row] = []
    var isInside = false
    while var line = text.line() {
      if line.skip("\t") {
        guard isInside else { continue }
        take(&line, into: &rows[rows.count - 1], withOptions)
        continue
      }
      guard line.skip("device ") else { continue }
      isInside = false
      guard let row = header(&line) else { continue }
      rows.append(row)
      isInside = true
    }
    return rows
  }

  private static func header(_ line: inout TextScanner) -> Row? {
    // Four words between what is mounted and what kind it is; blanks in names are escaped.
    guard let source = line.word(), line.skip("mounted on "), let path = line.word(),
      line.skip("with fstype "), let type = line.word(), type == "nfs" || type == "nfs4"
    else { return nil }
    return Row(source: source, path: path, type: type)
  }

  private static func take(_ line: inout TextScanner, into row: inout Row, _ withOptions: Bool) {
    if line.skip("bytes:") {
      line.skipWords(4)
      guard let read = line.number(), let written = line.number() else { return }
      row.read = read
      row.written = written
    } else if line.skip("age:") {
      row.age = line.number() ?? 0
    } else if withOptions, line.skip("opts:") {
      row.options = line.rest()
    }
  }
}

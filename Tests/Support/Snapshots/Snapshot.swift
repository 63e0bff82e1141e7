import Glibc

/// Golden files beside the tests, in a folder named Snapshots.
public enum Snapshot {
  /// Compares text with its golden file; nil when they agree, else a line to report.
  ///
  /// A missing file is written and still reported, so a new golden is always looked at. With
  /// RECORD_SNAPSHOTS set the file is rewritten and agrees.
  public static func difference(
    _ actual: String, named name: String, testFile: String = #filePath
  ) -> String? {
    let folder =
      testFile.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/") + "/Snapshots"
    let path = folder + "/" + name + ".txt"
    if getenv("RECORD_SNAPSHOTS") != nil {
      return write(actual, folder: folder, path: path)
    }
    guard let expected = read(path) else {
      return write(actual, folder: folder, path: path)
        ?? "\(name): no golden file yet; wrote \(path), look at it and commit it"
    }
    if expected == actual { return nil }
    return report(name: name, expected: expected, actual: actual)
  }

  private static func report(name: String, expected: String, actual: String) -> String {
    let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
    var lines = ["\(name) differs from its golden file (- golden, + now):"]
    for index in 0..<max(old.count, new.count) {
      let before = index < old.count ? old[index] : ""
      let after = index < new.count ? new[index] : ""
      if before != after { lines += ["\(index + 1) - \(before)", "\(index + 1) + \(after)"] }
    }
    return lines.prefix(60).joined(separator: "\n")
  }

  private static func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func write(_ text: String, folder: String, path: String) -> String? {
    mkdir(folder, 0o755)
    guard let file = fopen(path, "w") else { return "cannot write \(path)" }
    fputs(text, file)
    fclose(file)
    return nil
  }
}

import Glibc
import Recordings
import SwiftOverlayShims
import Telemetry
import TestSupport
import Testing

@testable import hippowatt

/// A recorder that runs as a service: its folder, its files and what it removes.
@Suite struct ServiceTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func run(_ arguments: [String]) throws -> Program.Result {
    try Program.run(
      ["record", "--service", "--source", "simulated", "--for", "2s"] + arguments, in: folder,
      environment: ["STATE_DIRECTORY": folder.path + "/state"])
  }

  private var recordings: [String] {
    Folder.names(in: folder.file("state")).filter { $0.hasSuffix(".hippo") }
  }

  @Test func `it records into the folder for state, a file for each start`() throws {
    let result = try run([])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == "" && result.errors == "")
    #expect(recordings.count == 1)
    let reader = try RecordingReader(path: folder.path + "/state/" + recordings[0])
    #expect(reader.header.isComplete)
    #expect(try #require(reader.span).seconds > 0.5)
  }

  @Test func `what is too old goes, but nothing that it did not name`() throws {
    for name in ["hippowatt-box-2020-01-01-000000.hippo", "precious.hippo", "hippowatt-notes.txt"] {
      folder.write("old", to: "state/" + name)
      var times = [timeval(tv_sec: time(nil) - 40 * 86_400, tv_usec: 0)]
      times.append(times[0])
      utimes(folder.file("state/" + name), times)
    }
    folder.write("new", to: "state/hippowatt-box-2026-01-01-000000.hippo")
    let result = try run(["--keep", "30d"])
    #expect(result.status == 0)
    #expect(result.errors.contains("removed") && result.errors.contains("2020-01-01"))
    let names = Folder.names(in: folder.file("state"))
    #expect(!names.contains("hippowatt-box-2020-01-01-000000.hippo"))
    for name in ["precious.hippo", "hippowatt-notes.txt", "hippowatt-box-2026-01-01-000000.hippo"] {
      #expect(names.contains(name))
    }
  }

  @Test(arguments: [
    (["--keep", "soon"], "write a time such as 30d or a size such as 10GB"),
    (["--keep", "1kB"], "write 10MB or more"), (["--keep", "5min"], "write 1h or more"),
    (["-o", "x.hippo"], "--service names its files itself"),
  ])
  func `what cannot be is refused`(arguments: [String], words: String) throws {
    let result = try run(arguments)
    #expect(result.status == 2)
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  @Test func `what is too much goes, the oldest first, but nothing that is being written`() {
    let names = ["a", "b", "c", "d"].map { "hippowatt-\($0).hippo" }
    for (age, name) in names.enumerated() {
      folder.write(String(repeating: "x", count: 1000), to: name)
      var times = [timeval(tv_sec: 1_790_000_000 + age * 100, tv_usec: 0)]
      times.append(times[0])
      utimes(folder.file(name), times)
    }
    folder.write("log", to: names[0] + "-wal")
    let service = ServiceFolder(path: folder.path, retention: Retention(bytes: 3100))
    let removed = service.tidy(
      keeping: folder.file(names[3]), now: Timestamp(seconds: 1_790_001_000))
    #expect(removed == [folder.file(names[1])])
    #expect(folder.names == [names[0], names[0] + "-wal", names[2], names[3]])
  }
}

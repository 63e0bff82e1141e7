import Glibc

/// A pipe whose ends no other program can inherit by chance, so that its end is really an end.
final class Pipe {
  let reading: Int32
  let writing: Int32
  private var isOpen = [true, true]

  /// Makes it by way of a name in `folder`, since opening a name is the one step that cannot be
  /// overtaken by a program that starts meanwhile.
  init(_ folder: Folder) throws {
    let path = folder.file(".pipe")
    guard mkfifo(path, 0o600) == 0 else { throw Folder.NoFolder() }
    reading = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    writing = open(path, O_WRONLY | O_CLOEXEC)
    unlink(path)
    _ = fcntl(reading, F_SETFL, 0)
  }

  deinit {
    closeReading()
    closeWriting()
  }

  func closeReading() {
    if isOpen[0] { close(reading) }
    isOpen[0] = false
  }

  func closeWriting() {
    if isOpen[1] { close(writing) }
    isOpen[1] = false
  }

  func write(_ lines: [String]) {
    let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
    _ = Glibc.write(writing, bytes, bytes.count)
  }
}

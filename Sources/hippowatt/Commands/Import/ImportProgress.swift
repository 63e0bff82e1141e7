import Glibc
import Quantities
import Telemetry

/// How far an import is: a line on a terminal that is written anew, and whether it is to end.
final class ImportProgress {
  private let clock: SystemClock
  private let isShown: Bool
  private var signals: SignalDescriptor?
  private let size: Int
  private let start: Timestamp
  /// How many bytes of files that are read already there are.
  private var done = 0
  private var lastShown: Timestamp
  private var writingSince: Timestamp?
  private var isDrawn = false

  /// Seconds between two lines.
  private static let period = 0.2

  init(_ files: [String], _ clock: SystemClock, isQuiet: Bool) {
    self.clock = clock
    isShown = !isQuiet && isatty(2) != 0
    start = clock.now
    lastShown = start
    size = files.reduce(0) { $0 + Self.size(of: $1) }
  }

  private static func size(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// What is called while a file is read, with how much of it has been.
  func reader(of path: String) -> (Int) -> Bool {
    { [self] bytes in
      show {
        ImportProgressLine(
          verb: "reading \(Import.name(path))", done: Double(done + bytes),
          whole: Double(self.size), seconds: $0 - start
        ).bytes
      }
      return true
    }
  }

  /// Says that a file is read.
  func end(_ size: Int) { done += size }

  /// From here on signals do not end the program at once, since half a file would be left.
  func holdSignals() { signals = SignalDescriptor([SIGINT, SIGTERM, SIGHUP, SIGQUIT]) }

  /// Signals are again what they were.
  func releaseSignals() {
    guard let held = signals else { return }
    signals = nil
    close(held.descriptor)
    var all = sigset_t()
    sigfillset(&all)
    sigprocmask(SIG_UNBLOCK, &all, nil)
  }

  /// Says how many rows are written.
  ///
  /// - Throws: `EndedBySignal` when the user gives up.
  func wrote(_ rows: Int, of count: Int) throws {
    let since = writingSince ?? clock.now
    writingSince = since
    show {
      ImportProgressLine(
        verb: "writing", done: Double(rows), whole: Double(count), seconds: $0 - since
      ).rows
    }
    try checkSignals()
  }

  /// - Throws: `EndedBySignal` when a signal asks for the end.
  func checkSignals() throws {
    guard let signal = signals?.next() else { return }
    clear()
    throw EndedBySignal(number: signal)
  }

  private func show(_ line: (Timestamp) -> String) {
    guard isShown else { return }
    let now = clock.now
    guard now - lastShown >= Self.period else { return }
    lastShown = now
    isDrawn = true
    File.writeAll(Array("\r\u{1B}[K\(line(now))".utf8), to: 2)
  }

  /// Takes the line away.
  func clear() {
    guard isDrawn else { return }
    isDrawn = false
    File.writeAll(Array("\r\u{1B}[K".utf8), to: 2)
  }
}

/// The words of how far something is.
struct ImportProgressLine {
  var verb: String
  var done: Double
  var whole: Double
  var seconds: Double

  /// Such as `reading gpu.csv  [######      ]  512 of 1000 MB, 210 MB/s, 3 s left`.
  var bytes: String {
    "\(verb)  \(bar)  \(Int(done / 1e6)) of \(Int(whole / 1e6)) MB, \(Int(done / 1e6 / max(0.001, seconds))) MB/s\(rest)"
  }

  /// Such as `writing  [######      ]  4.1 of 8.0 million rows, 3 s left`.
  var rows: String {
    "\(verb)  \(bar)  \(SI.fixed(done / 1e6, 1)) of \(SI.fixed(whole / 1e6, 1)) million rows\(rest)"
  }

  private var share: Double { whole > 0 ? min(1, max(0, done / whole)) : 0 }

  private var bar: String {
    let width = 24
    let full = Int(share * Double(width))
    return "[" + String(repeating: "#", count: full)
      + String(repeating: " ", count: width - full) + "]"
  }

  /// How long it still takes, once that can be told.
  private var rest: String {
    guard share > 0.02, seconds > 0.5 else { return "" }
    let left = Int((seconds / share - seconds).rounded(.up))
    return left >= 120 ? ", \(left / 60) min left" : ", \(left) s left"
  }
}

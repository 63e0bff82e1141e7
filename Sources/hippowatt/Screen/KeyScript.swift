import Canvas
import Dashboard
import Linux
import Telemetry

/// A script of keys to press and frames to save, with which whole sessions are tested.
///
/// One step a line: `key NAME`, `until TEXT` (waits until the screen shows it), `dump FILE`
/// (writes the screen as text). Empty lines and lines that begin with `#` are skipped.
struct KeyScript {
  enum Step: Equatable {
    case key(String)
    case until(String)
    case dump(String)
  }

  private var steps: ArraySlice<Step>
  private var hasPressed = false

  /// Reads a script.
  /// - Throws: `Failure` with the line that makes no sense.
  init(_ text: String, path: String) throws {
    var steps: [Step] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      if line.isEmpty || line.hasPrefix("#") { continue }
      let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
      let argument = parts.count > 1 ? parts[1] : ""
      switch parts[0] {
      case "key" where KeyTable.command(for: argument) != nil || argument.count == 1:
        steps.append(.key(argument))
      case "until" where !argument.isEmpty: steps.append(.until(argument))
      case "dump" where !argument.isEmpty: steps.append(.dump(argument))
      default: throw Failure("\(path):\(index + 1): not a step: \(line)")
      }
    }
    self.steps = steps[...]
  }

  /// Whether the next step waits for the screen to change.
  var isWaiting: Bool { if case .until = steps.first { true } else { false } }

  /// Whether a key was pressed whose effect has not been drawn yet.
  var isBusy: Bool { hasPressed }

  /// Takes the next step on what the screen shows.
  mutating func next(frame: Canvas, view: inout ViewState, feed: any Feed) -> [Effect] {
    hasPressed = false
    switch steps.first {
    case .key(let name):
      steps.removeFirst()
      hasPressed = true
      // Whoever wrote the script knew what it would be asked.
      view.processes.takeAnswers()
      return view.press(
        name, timeline: feed.timeline, bounds: feed.bounds, canSignal: feed.canSignal,
        utcOffset: feed.info.utcOffset, fleet: feed.fleet)
    case .until(let text):
      guard TextWriter.plain(frame).shows(text) else { return [] }
      steps.removeFirst()
      hasPressed = true
    case .dump(let path):
      _ = File.write(TextWriter.plain(frame), to: path)
      steps.removeFirst()
      hasPressed = true
    case nil: break
    }
    return []
  }
}

extension String {
  /// Whether this text contains another.
  ///
  /// The standard library's own search brings the whole regular-expression engine into the
  /// program, a megabyte of it.
  func shows(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    let bytes = Array(utf8)
    guard !wanted.isEmpty, bytes.count >= wanted.count else { return wanted.isEmpty }
    return (0...(bytes.count - wanted.count)).contains { bytes[$0...].starts(with: wanted) }
  }
}

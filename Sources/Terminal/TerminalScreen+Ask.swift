import CTerminal
import Glibc

extension TerminalScreen {
  /// Asks a terminal and waits for its answers, so many milliseconds at most.
  ///
  /// Its own settings are restored, so that whoever takes it over afterwards finds them as they were.
  /// Answers that come later are taken where keys are read.
  /// - Returns: what else came in meanwhile: keys typed ahead.
  static func ask(
    _ questions: TerminalQuestions, input: Int32, output: Int32, timer: Int32,
    patience: Int32, decoder: inout InputDecoder, answers: inout TerminalAnswers
  ) -> [InputDecoder.Item] {
    var before = termios()
    guard tcgetattr(input, &before) == 0 else { return [] }
    var mode = before
    mode.c_lflag &= ~UInt32(ECHO | ICANON)
    guard tcsetattr(input, TCSANOW, &mode) == 0 else { return [] }
    defer { tcsetattr(input, TCSANOW, &before) }
    let text = Array(questions.text.utf8)
    guard write(output, text, text.count) == text.count else { return [] }
    var others: [InputDecoder.Item] = []
    var hasWaited = false
    ct_timer_after(timer, patience)
    while true {
      // What is answered from further out, through a program in between, comes behind its own answers.
      if answers.isComplete, !hasWaited {
        if questions.multiplexer == nil || !questions.asksBackground || answers.background != nil {
          break
        }
        hasWaited = true
        ct_timer_after(timer, 100)
      }
      if hasWaited, answers.background != nil { break }
      var waits = [input, timer].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard Glibc.poll(&waits, 2, -1) > 0 else { continue }
      if waits[0].revents != 0 {
        guard let bytes = read(input) else { break }
        for item in decoder.feed(bytes) {
          if case .reply(let reply) = item { answers.take(reply) } else { others.append(item) }
        }
      } else if waits[1].revents != 0 {
        break
      }
    }
    ct_timer_after(timer, 0)
    return others
  }

  /// What there is to read; nil when nothing will ever come again.
  static func read(_ descriptor: Int32) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(descriptor, &buffer, buffer.count)
    if count > 0 { return Array(buffer[..<count]) }
    // Readable with nothing to read is how a closed terminal looks.
    return count < 0 && (errno == EINTR || errno == EAGAIN) ? [] : nil
  }
}

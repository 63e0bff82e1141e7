import Linux
import Telemetry

/// Runs a command and reads the JSON lines it prints: a sensor anyone can write.
///
/// The lines are those of `JSONLines`; a shell loop around `printf` will do. A line that makes no
/// sense is passed over and named once. A command that ends is started again on a later call,
/// after one second at first and up to sixty when it keeps ending.
public struct ExecSource: DataSource {
  /// `exec`, as in the catalogue.
  public let name = "exec"
  /// A quarter of a second, so that a line is shown soon after it is printed.
  public let interval: Double? = 0.25

  private let command: String
  private let context: SourceContext
  private var child: ChildProcess?
  private var inbox: LineInbox
  private var started: Timestamp?
  private var pause = 1.0
  private var restart: Timestamp?
  private var failure: SourceFailure?
  /// What the command said last on its standard error before it ended; empty where that was nothing.
  private(set) var lastWords = ""

  /// A source that runs `command` with the environment of the context.
  public init(command: String, context: SourceContext) {
    self.command = command
    self.context = context
    inbox = LineInbox(machine: context.machine, source: "exec")
  }

  public mutating func probe() -> Probe {
    Probe(.ok, "runs “\(command)” and reads JSON lines from it")
  }

  public mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let now = clock.now
    if child == nil {
      if let failure, now < restart ?? now { throw failure }
      try start(now)
    }
    var result: [Observation] = []
    read(now, into: &result)
    if let failure = inbox.failure {
      child = nil
      throw failure
    }
    if let ending = child?.ending() {
      // What it wrote between the last look and its end.
      read(now, into: &result)
      inbox.finish(now, into: &result)
      let words = child?.lastError ?? ""
      lastWords = words
      end(words.isEmpty ? "“\(command)” \(ending)" : "“\(command)” \(ending): \(words)", now)
      if let failure, result.isEmpty { throw failure }
    }
    return result
  }

  private mutating func read(_ now: Timestamp, into result: inout [Observation]) {
    var inbox = inbox
    child?.read { inbox.feed($0, now, into: &result) }
    self.inbox = inbox
  }

  private mutating func start(_ now: Timestamp) throws(SourceFailure) {
    inbox.restart()
    started = now
    do throws(Errno) {
      child = try ChildProcess(command: command, environment: context.environment)
    } catch {
      end("“\(command)” cannot be started: \(error.words)", now)
      throw failure ?? SourceFailure(.failed, error.words)
    }
  }

  private mutating func end(_ words: String, _ now: Timestamp) {
    child = nil
    if let started, now - started > 60 { pause = 1 }
    restart = now + pause
    pause = min(60, 2 * pause)
    failure = SourceFailure(
      .failed, words, remedy: "run the command by hand; it is started again within a minute")
  }

  /// Waits until the command has said something, for those who have nothing else to do.
  func wait(milliseconds: Int32) { child?.wait(milliseconds: milliseconds) }

  /// The line of the catalogue: `exec:COMMAND`.
  package static let entry = SourceEntry(
    "exec", gives: "whatever a command prints as JSON lines", feeds: [], isDefault: false,
    usage: "exec:COMMAND"
  ) { request, context throws(SourceRequestError) in
    guard request.argument.contains(where: { !$0.isWhitespace }) else {
      throw SourceRequestError("“exec” needs a command: exec:COMMAND")
    }
    return ExecSource(command: request.argument, context: context)
  }
}

import CStartup
import Glibc
import JobLogs
import Linux
import Quantities
import Sensors
import Telemetry

/// A recording without a screen: the loop of `hippowatt record`.
final class RecordSession {
  let feed: LiveFeed
  /// The kinds of the sources that were asked for, beyond those that are always read.
  private let named: [String]
  private let clock: SystemClock
  private let signals: SignalDescriptor
  private let path: String
  private let isQuiet: Bool
  private let limit: Double?
  let showsStatus: Bool
  private var command: WrappedCommand?
  private var output: JobOutput?
  private var status: Int32?
  private var isOver = false
  /// Whether nothing could be written when that was last looked at.
  private var wasBlocked = false
  private var interruptions = 0
  private var hasAsked = false
  /// Whether the command was sent a signal from here.
  private var hasEnded = false
  private var writeProblem = ""
  private var context: SourceContext?
  private var nextLook: Timestamp?
  /// The folder of a service, which is tidied up once an hour.
  var folder: ServiceFolder?
  private var nextTidying: Timestamp?

  init(
    feed: LiveFeed, named: [String] = [], clock: SystemClock, signals: SignalDescriptor,
    path: String, isQuiet: Bool,
    limit: Double?
  ) {
    self.feed = feed
    self.named = named
    self.clock = clock
    self.signals = signals
    self.path = path
    self.isQuiet = isQuiet
    self.limit = limit
    showsStatus = !isQuiet && isatty(2) != 0
  }

  /// Records until the command ends, the time is up or a signal asks for an end.
  ///
  /// Returns the exit status to end with.
  func run(_ arguments: [String], host: HostEnvironment, context: SourceContext) throws -> Int32 {
    let start = clock.now
    self.context = context
    // Not by `print`, whose buffer would come out after what is written below.
    if path == "-" {
      File.writeAll(Array((JSONLines.header(machine: feed.machine) + "\n").utf8), to: 1)
    }
    if !arguments.isEmpty {
      // JSON lines have standard output for themselves.
      command = try WrappedCommand(arguments, target: path == "-" ? 2 : 1)
      let words = arguments.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
      output = JobOutput(
        LogParser(
          machine: context.machine, name: Secrets.masked(words: arguments),
          label: Self.label(words, of: arguments), local: context.localTime, since: start))
    }
    var lastStatus = start
    var hasSettled = false
    while !isOver {
      wait(seconds: command == nil ? min(0.25, feed.interval) : 0.05)
      take()
      judge()
      let now = clock.now
      if let limit { end(after: limit, now - start) }
      if showsStatus, now - lastStatus >= 1 {
        lastStatus = now
        show(Summary(feed.timeline, over: TimeSpan(start, now)).status(path: path))
      }
      if !hasSettled, now - start >= 5 {
        // Start-up code will not run again; its pages are given back.
        hasSettled = true
        cs_forget_startup()
      }
      tellObstacle()
      tidy(now)
      if let problem = feed.recorder?.problem, !problem.isEmpty {
        if showsStatus { File.writeAll(Array("\r\u{1b}[K".utf8), to: 2) }
        printError("hippowatt: not recording any more: \(problem)")
        if command == nil { return 1 }
        break
      }
      if feed.collector.isFinished, command == nil { isOver = true }
    }
    // A command outlives a recording that failed.
    while command != nil, status == nil {
      wait(seconds: 0.1)
      take()
    }
    // A command that took no time still gets its first reading.
    let patience = clock.now + 1
    while !feed.collector.isSettled, clock.now < patience {
      wait(seconds: 0.01)
      take()
    }
    take()
    judge(all: true)
    // What was just raised still gets its command, and a word if that fails.
    feed.alerts?.finish(within: 2)
    judge()
    let end = clock.now
    if path != "-" {
      _ = feed.mark(Event(time: end, kind: .note, text: "recording ended", cause: .recordingEnded))
    }
    write(feed.finishJudging())
    feed.close()
    report(TimeSpan(start, end))
    if !writeProblem.isEmpty {
      printError("hippowatt: the lines could not be written: \(writeProblem)")
      return 1
    }
    if let problem = feed.recorder?.problem, !problem.isEmpty {
      printError("hippowatt: the recording is not complete: \(problem)")
    }
    return status ?? (feed.recorder.map { $0.problem.isEmpty ? 0 : 1 } ?? 0)
  }

  /// The words of a command without folders and secrets.
  ///
  /// A secret may hold a stroke, so it is masked before the folders go.
  private static func label(_ words: [String], of arguments: [String]) -> String {
    guard Secrets.masked(words: arguments) == arguments.joined(separator: " ") else {
      return Secrets.masked(words: arguments).split(separator: " ")
        .map { $0.split(separator: "/").last ?? $0 }.joined(separator: " ")
    }
    return words.joined(separator: " ")
  }

  private func tidy(_ now: Timestamp) {
    guard let folder, nextTidying.map({ now >= $0 }) ?? true else { return }
    nextTidying = now + 3600
    for path in folder.tidy(keeping: path, now: now) {
      printError("hippowatt: removed \(path), which is older or more than is kept")
    }
  }

  /// Says once when nothing can be written, and once when it can again.
  private func tellObstacle() {
    let isBlocked = feed.recorder?.obstacle.isEmpty == false
    guard isBlocked != wasBlocked, let recorder = feed.recorder else { return }
    wasBlocked = isBlocked
    if showsStatus { File.writeAll(Array("\r\u{1b}[K".utf8), to: 2) }
    printError(
      isBlocked
        ? "hippowatt: \(recorder.obstacle); it goes on by itself, what comes until then is kept"
        : "hippowatt: recording to \(recorder.path) goes on")
  }

  private func wait(seconds: Double) {
    var entries = [pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)]
    for stream in command?.streams ?? [] where stream.source >= 0 {
      entries.append(pollfd(fd: stream.source, events: Int16(POLLIN), revents: 0))
    }
    poll(&entries, nfds_t(entries.count), Int32(saturating: seconds * 1000))
    while let signal = signals.next() { handle(signal) }
  }

  private func handle(_ signal: Int32) {
    switch signal {
    case SIGCHLD: break
    case SIGINT where command != nil:
      // The terminal sent it to the command as well; the recording ends with that.
      interruptions += 1
      if interruptions > 2 { end(by: SIGKILL) }
    default: end(by: signal)
    }
  }

  /// Asks the command to end when its time is up, once, and ends it ten seconds later.
  private func end(after limit: Double, _ elapsed: Double) {
    if elapsed >= limit, !hasAsked {
      hasAsked = true
      end(by: SIGTERM)
      command?.send(SIGCONT)
    } else if elapsed >= limit + 10 {
      end(by: SIGKILL)
    }
  }

  private func end(by signal: Int32) {
    if let command, status == nil {
      hasEnded = true
      command.send(signal)
    } else {
      isOver = true
    }
  }

  private func take() {
    if let command {
      know(command)
      relay(command)
      if status == nil, let ended = command.reap() {
        // What it wrote before it ended is still on its way.
        relay(command)
        keep(output?.finish(arrival: clock.now) ?? [])
        if let event = output?.ending(status: ended, isOurs: hasEnded, at: clock.now) {
          keep([.event(event)])
        }
        status = ended
        isOver = true
      }
    }
    keep(feed.collector.drain())
  }

  /// Looks which processes the command has started, every few seconds.
  private func know(_ command: WrappedCommand) {
    let now = clock.now
    guard let context, nextLook.map({ now >= $0 }) ?? true else { return }
    nextLook = now + 5
    output?.know(JobProcesses(startedBy: command.process, in: context).attributes)
  }

  /// Passes on what the command has printed, and keeps what that says.
  private func relay(_ command: WrappedCommand) {
    for stream in command.streams {
      stream.matchWindow()
      let bytes = stream.relay()
      guard !bytes.isEmpty else { continue }
      keep(output?.consume(bytes, from: stream.stream, arrival: clock.now) ?? [])
    }
  }

  func keep(_ observations: [Observation]) {
    guard !observations.isEmpty else { return }
    context?.roster.take(observations)
    write(feed.take(observations))
  }

  /// Writes observations as lines where they go to standard output.
  private func write(_ observations: [Observation]) {
    guard path == "-", !observations.isEmpty else { return }
    var text = ""
    for observation in observations { text += JSONLines.encode(observation) + "\n" }
    guard !File.writeAll(Array(text.utf8), to: 1) else { return }
    // A reader that went away has had enough; anything else is worth a word.
    if errno != EPIPE { writeProblem = String(cString: strerror(errno)) }
    isOver = true
  }

  private func show(_ text: String) {
    File.writeAll(Array("\r\(text)\u{1b}[K".utf8), to: 2)
  }

  /// Whether a source fails, or was asked for by name and gave nothing.
  private func isWorthAWord(_ state: SourceState) -> Bool {
    switch state.health {
    case .ok: false
    case .failed, .stalled: true
    case .absent, .denied, .waiting: named.contains(state.kind)
    }
  }

  private func report(_ span: TimeSpan) {
    guard !isQuiet else { return }
    if showsStatus { File.writeAll(Array("\r\u{1b}[K".utf8), to: 2) }
    for line in Summary(feed.timeline, over: span).lines { printError(line) }
    for state in feed.timeline.states(at: span.end) where isWorthAWord(state) {
      let remedy = state.remedy.isEmpty ? "" : " – " + state.remedy
      printError("not read       \(state.source): \(state.message)\(remedy)")
    }
    if path != "-" { printError("recorded in    \(path)") }
  }
}

import Accounting
import CStartup
import Exporting
import Glibc
import Telemetry
import Wire

/// The loop of `hippowatt exporter`: sources in, pages out.
final class ExporterSession {
  private let feed: LiveFeed
  private let clock: SystemClock
  private let roster: JobRoster
  private let tariff: Tariff?
  private let tally = GridTally()
  private var counters: CounterBook
  private var settled = SettledAccount()
  private var file: CounterFile?
  /// Whoever hears connections; `nil` where pages go to files alone.
  var server: PageServer?
  /// Where a page is written again and again, and every how many seconds.
  var textfile: (path: String, interval: Double)?
  /// Where pages are sent to.
  var push: MetricPush?
  private var isReady = false
  /// Seconds after which pages are written though not every source has answered.
  private static let patience = 30.0
  private var problems: Set<String> = []
  private var nextFile: Timestamp?

  init(feed: LiveFeed, clock: SystemClock, roster: JobRoster, tariff: Tariff?) {
    (self.feed, self.clock, self.roster, self.tariff) = (feed, clock, roster, tariff)
    counters = CounterBook(since: clock.start)
  }

  /// Goes on with the counters of a file, and keeps them there.
  func keepCounters(in file: CounterFile) throws {
    do {
      try file.open()
      counters = try file.read(at: clock.now)
    } catch { throw Failure("\(error)") }
    self.file = file
  }

  /// A page of what is known now; its counters are written down before anybody sees it.
  func page() -> MetricPage {
    take()
    let now = clock.now
    let ledger = Ledger(feed.timeline, tally: tally)
    settled.book(ledger, from: clock.start, now: now)
    let query = ExportQuery(
      ledger, over: TimeSpan(clock.start, now), version: Version.string, settled: settled,
      tariff: tariff, offset: HostEnvironment.utcOffset)
    let page = MetricPage(query, counters: &counters)
    if let problem = file?.write(counters) {
      tell("counters are not kept over a restart: \(problem)")
    }
    return page
  }

  private func take() {
    let observations = feed.collector.drain()
    roster.take(observations)
    feed.take(observations)
  }

  /// Says something on standard error, once.
  private func tell(_ problem: String) {
    if problems.insert(problem).inserted { printError("hippowatt: \(problem)") }
  }

  /// Waits until everything was read twice, since a rate takes two readings.
  func settle(_ interval: Double) {
    let start = clock.now
    let patience = 2.1 * interval
    while clock.now - start < patience || (!feed.isSettled && clock.now - start < patience + 3) {
      poll(nil, 0, 20)
      take()
    }
  }

  /// Runs until a signal asks for an end; returns the exit status.
  func run(_ signals: SignalDescriptor) -> Int32 {
    let start = clock.now
    // Once it has answered a few times, as well: the first page runs code that later ones do not.
    var forgetting = [5.0, 40, 300]
    while true {
      wait(signals)
      if let signal = signals.next(), signal != SIGHUP, signal != SIGCHLD { break }
      take()
      if !isReady, feed.isSettled {
        isReady = true
        server?.send(.ready)
      }
      // One source whose first call hangs does not silence the others.
      let speaks = isReady || clock.now - start > Self.patience
      if let server, !answer(server) { return 1 }
      if speaks { writeFile() }
      if let push, speaks, push.isDue(at: clock.now) {
        push.send(
          page().otlp(since: counters.since, at: clock.now, host: feed.machine, Version.string))
      }
      if let problem = push?.takeProblem() { tell(problem) }
      if clock.now - start >= forgetting.first ?? .infinity {
        forgetting.removeFirst()
        cs_forget_startup()
      }
    }
    _ = page()
    server?.stop()
    // What is not measured any more must not go on being told as of now.
    if let textfile { unlink(textfile.path) }
    feed.close()
    return 0
  }

  private func wait(_ signals: SignalDescriptor) {
    var waiting = [signals.descriptor, server?.descriptor ?? -1].map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    poll(&waiting, 2, Int32(min(1000, max(10, feed.interval * 1000))))
  }

  /// Answers what the listener asks; whether it goes on.
  private func answer(_ server: PageServer) -> Bool {
    guard let messages = server.messages() else {
      printError("hippowatt: the listener ended")
      return false
    }
    for message in messages {
      switch message {
      case .listening(let address):
        printError("hippowatt: \(address)/metrics")
      case .failed(let reason):
        printError("hippowatt: cannot listen: \(reason)")
        return false
      case .wanted(let form):
        let exposition = Exposition(rawValue: form) ?? .prometheus
        let isSent = server.send(
          .page(
            form: form, contentType: exposition.contentType,
            text: Array(page().text(exposition).utf8)))
        guard isSent else {
          printError("hippowatt: the listener does not take what it asked for")
          return false
        }
      case .token, .ready, .page: break
      }
    }
    return true
  }

  private func writeFile() {
    guard let textfile, nextFile.map({ clock.now >= $0 }) ?? true else { return }
    nextFile = clock.now + textfile.interval
    let text = Array(page().text(.prometheus).utf8)
    if let problem = CounterFile.replace(textfile.path, with: text, mode: 0o644) { tell(problem) }
  }
}

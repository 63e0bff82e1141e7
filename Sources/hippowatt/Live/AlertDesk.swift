import Accounting
import Glibc
import Quantities
import Telemetry

/// Looks at the user's alerts while a session goes on, and does what they ask for.
///
/// What they say becomes events; a replay shows those, and runs nothing.
final class AlertDesk {
  private var watch: AlertWatch
  private let commands: [AlertCommand?]
  private let environment: [String: String]
  private let tariff: Tariff?
  private let utcOffset: @Sendable (Timestamp) -> Int
  /// The alerts that were announced as devices.
  private var announced: Set<Int> = []
  private var lines: [String] = []
  private var rings = false
  private let tally = GridTally()

  /// A desk for the alerts of the settings; `nil` where there are none.
  init?(
    _ settings: Settings, environment: [String: String],
    utcOffset: @escaping @Sendable (Timestamp) -> Int = HostEnvironment.utcOffset
  ) {
    guard !settings.alerts.isEmpty else { return nil }
    watch = AlertWatch(settings.alerts)
    commands = settings.alerts.map { rule in
      rule.command.map { AlertCommand($0, timeout: rule.timeout) }
    }
    self.environment = environment
    tariff = settings.tariff
    self.utcOffset = utcOffset
  }

  /// Looks at what is due, or at everything, and returns what there is to keep.
  func judge(_ timeline: Timeline, over session: TimeSpan, all: Bool = false) -> [Observation] {
    var result: [Observation] = []
    if all || watch.isDue(at: session.end) {
      let scene = AlertScene(
        Ledger(timeline, tally: tally), session: session, tariff: tariff, utcOffset: utcOffset)
      for (index, word) in watch.judge(scene, all: all) {
        say(word, of: index, at: session.end, into: &result)
      }
    }
    for index in commands.indices {
      guard let failure = commands[index]?.takeFailure() else { continue }
      keep(Event(time: session.end, kind: .note, text: failure), of: index, into: &result)
      lines.append("\(name(index)): \(failure)")
    }
    return result
  }

  /// What was said since the last call, line by line.
  func takeLines() -> [String] {
    defer { lines = [] }
    return lines
  }

  /// Whether the terminal is to ring since the last call.
  func takeBell() -> Bool {
    defer { rings = false }
    return rings
  }

  /// Ends the commands that run, after so many seconds at the latest.
  func finish(within seconds: Double) {
    waitForCommands(seconds)
    for command in commands { command?.stop() }
    waitForCommands(0.5)
  }

  private func waitForCommands(_ seconds: Double) {
    let end = SystemClock.read(CLOCK_MONOTONIC) + Int64(saturating: seconds * 1e9)
    while commands.contains(where: { $0?.isRunning == true }),
      SystemClock.read(CLOCK_MONOTONIC) < end
    {
      poll(nil, 0, 10)
    }
  }

  private func name(_ index: Int) -> String { "alert “\(watch.rules[index].name)”" }

  private func say(
    _ word: AlertWord, of index: Int, at time: Timestamp, into result: inout [Observation]
  ) {
    let rule = watch.rules[index]
    keep(word.event(of: rule, at: time), of: index, into: &result)
    switch word.kind {
    case .raised:
      lines.append("\(name(index)): \(word.text)")
      if rule.bell { rings = true }
      commands[index]?.run(environment.merging(facts(word, rule)) { _, fact in fact })
    case .cleared: lines.append("\(name(index)) is \(word.text)")
    case .unjudged: lines.append("\(name(index)) \(word.text)")
    }
  }

  private func keep(_ event: Event, of index: Int, into result: inout [Observation]) {
    let rule = watch.rules[index]
    if announced.insert(index).inserted {
      result.append(
        .device(Device(id: rule.id, label: rule.name, attributes: ["quantity": rule.quantity.name]))
      )
    }
    var event = event
    event.device = rule.id
    result.append(.event(event))
  }

  /// What a command is told.
  private func facts(_ word: AlertWord, _ rule: AlertRule) -> [String: String] {
    [
      "HIPPOWATT_ALERT": rule.name, "HIPPOWATT_VALUE": word.value.map { "\($0)" } ?? "",
      "HIPPOWATT_UNIT": word.unit.symbol, "HIPPOWATT_DEVICE": word.device,
      "HIPPOWATT_TEXT": "\(rule.name): \(word.text)",
    ]
  }
}

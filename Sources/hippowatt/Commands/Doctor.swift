import ArgumentParser
import Glibc
import Telemetry

/// Says what is read on this machine, what is not, and what would change that.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what is read here, what is not and what to do; made to be pasted.",
    discussion: """
      It asks every source that a session would ask, for five seconds at most, and changes nothing.
      Secrets, names of users, hosts, jobs and files are left out. It ends with 0 where something is read,
      and with 1 where nothing is.
      """)

  @Flag(name: .customLong("all"), help: "Give every source a line of its own, with all its words.")
  var isFull = false

  @Flag(help: "Write JSON.")
  var json = false

  @OptionGroup var sourceOptions: SourceOptions

  /// How many seconds a source has to answer.
  static let patience = 5.0

  func run() throws {
    let host = HostEnvironment.current()
    let (settings, digest) = try readSettings(host)
    let context = sourceOptions.context(settings, host)
    let clock = SystemClock()
    var findings: [SourceFinding?] = []
    var exams: [(place: Int, entry: SourceEntry, exam: SourceExam)] = []
    for entry in SourceCatalogue.all.entries {
      let wishes = settings.sources.filter { $0.kind == entry.name }
      guard !wishes.isEmpty || settings.sources.isEmpty && entry.isDefault else {
        findings.append(SourceFinding(off: entry, because: reason(entry)))
        continue
      }
      findings.append(nil)
      for wish in wishes.isEmpty ? [SourceRequest(kind: entry.name)] : wishes {
        do {
          let source = try SourceCatalogue.all.make(wish, in: context)
          exams.append(
            (findings.count - 1, entry, SourceExam(source, clock: clock, roster: context.roster)))
        } catch {
          findings[findings.count - 1] = SourceFinding(entry, problem: "\(error)")
        }
      }
    }
    SourceExam.wait(for: exams.map(\.exam), seconds: Self.patience)
    var devices: [Device] = []
    for (place, entry, exam) in exams {
      let answer = exam.answer
      devices += answer.devices.values
      var finding = SourceFinding(entry, answer, within: Self.patience)
      finding.isNamed = settings.sources.contains { $0.kind == entry.name }
      findings[place] = findings[place].map { $0.joined(with: finding) } ?? finding
    }
    let report = DoctorReport(
      facts: .current(host), settings: digest, findings: findings.compactMap { $0 },
      privacy: DoctorPrivacy(machine: host.machine, user: host.userName, devices: devices))
    let text = json ? report.json : report.lines(isFull: isFull).joined(separator: "\n")
    try File.put(text + "\n", to: nil)
    if !report.readsAnything { throw ExitStatus(code: 1) }
  }

  private func reason(_ entry: SourceEntry) -> String {
    entry.isDefault
      ? "not among the sources that are named" : "used when asked for: --source \(entry.usage)"
  }

  /// The settings, and what of them may be shown; the user's own are done without where they are broken.
  private func readSettings(_ host: HostEnvironment) throws -> (Settings, SettingsDigest) {
    let home = host.environment["HOME"]
    let own = host.configFolder.map { $0 + "/config.toml" }
    do {
      let settings = try sourceOptions.settings(host)
      let path = sourceOptions.config ?? own
      guard let path, let text = File.read(path) else { return (settings, SettingsDigest()) }
      return (settings, SettingsDigest(text: text, path: path, home: home))
    } catch let problem as Settings.Problem {
      return (
        Settings(),
        SettingsDigest(
          text: File.read(problem.path) ?? "", path: problem.path, home: home,
          problem: problem.line > 0 ? "line \(problem.line): \(problem.text)" : problem.text)
      )
    }
  }
}

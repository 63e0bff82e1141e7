import ArgumentParser
import Exporting
import Glibc
import HTTP
import Quantities
import Telemetry

/// Tells a store of time series what this machine draws and what it buys.
struct Exporter: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Tell Prometheus, or any store like it, what this machine draws: an agent without a screen.",
    discussion: """
      It answers at http://127.0.0.1:9837/metrics, in OpenMetrics or in Prometheus' own text format, and at
      /-/ready. To be asked by other machines, name an address, and who may ask:

        hippowatt exporter --listen 0.0.0.0:9837 --certificate host.pem --key host.key --token-file token

      Where a node-exporter runs already, its textfile collector can tell the same:

        hippowatt exporter --textfile /var/lib/node_exporter/hippowatt.prom

      Counters are in joules, and go on where they were when the agent is started anew. What every metric
      means says docs/exporter.md, or the page itself: hippowatt exporter --once
      """)

  @Option(
    help: ArgumentHelp("The address to listen at.", valueName: "address:port"))
  var listen: String?

  @Option(help: ArgumentHelp("The certificate chain for HTTPS, in PEM.", valueName: "file"))
  var certificate: String?

  @Option(help: ArgumentHelp("The key of the certificate, in PEM.", valueName: "file"))
  var key: String?

  @Option(
    help: ArgumentHelp(
      "Answer only those who send the token in this file: Authorization: Bearer …",
      valueName: "file"))
  var tokenFile: String?

  @Option(
    help: ArgumentHelp(
      "Write the page to this file again and again, for a textfile collector.",
      valueName: "file.prom"))
  var textfile: String?

  @Option(
    help: ArgumentHelp(
      "Send the metrics to a collector by OTLP over HTTP, such as http://127.0.0.1:4318.",
      valueName: "url"))
  var otlp: String?

  @Option(
    help: ArgumentHelp(
      "Time between two writes to a file or to a collector, such as 15s.", valueName: "time"))
  var period: String = "15s"

  @Option(
    help: ArgumentHelp(
      "Where counters are kept over a restart; none to begin anew each time.", valueName: "file"))
  var state: String?

  @Flag(help: "Print one page and end.")
  var once = false

  @OptionGroup var privacyOptions: PrivacyOptions
  @OptionGroup var sourceOptions: SourceOptions

  /// The port that is used where none is named.
  static let port = 9837

  func validate() throws {
    if let listen, Self.address(listen) == nil {
      throw ValidationError(
        "--listen \(listen): write an address with a port, such as 0.0.0.0:9837")
    }
    if (certificate == nil) != (key == nil) {
      throw ValidationError("--certificate and --key belong together: name both")
    }
    if let textfile, !textfile.hasSuffix(".prom") {
      throw ValidationError(
        "--textfile \(textfile): name it .prom, since collectors read no other files")
    }
    if !(1...86_400 ~= Duration(text: period)?.inSeconds ?? 0) {
      throw ValidationError("--period \(period): write a time from 1s to 1d, such as 15s")
    }
    if let otlp, (try? HTTPURL(HTTPCredentials.split(otlp).url)) == nil {
      throw ValidationError(
        "--otlp \(Secrets.masked(otlp)): write a URL such as http://127.0.0.1:4318")
    }
  }

  /// Host and port of an address: `127.0.0.1:9837`, `[::1]:9837`, `:9837`.
  static func address(_ text: String) -> (host: String, port: Int)? {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      0...65535 ~= port
    else { return nil }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    return (host.isEmpty ? "0.0.0.0" : host, port)
  }

  func run() throws {
    let host = HostEnvironment.current()
    let settings = try sourceOptions.settings(host)
    let signals = SignalDescriptor([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD])
    let clock = SystemClock()
    let context = sourceOptions.context(settings, host)
    let feed = LiveFeed(
      clock: clock, machine: host.machine, interval: context.interval,
      privacy: privacyOptions.filter(host, keepsSerials: true), budget: .account)
    let session = ExporterSession(
      feed: feed, clock: clock, roster: context.roster, tariff: settings.tariff)
    if !once {
      try keepCounters(session, host)
      try open(session, host)
    }
    do { try feed.start(settings.sources, in: context) } catch { throw Failure("\(error)") }
    if once {
      session.settle(context.interval)
      try File.put(session.page().text(.prometheus), to: nil)
      feed.close()
      return
    }
    let status = session.run(signals)
    if status != 0 { throw ExitStatus(code: status) }
  }

  private func keepCounters(_ session: ExporterSession, _ host: HostEnvironment) throws {
    guard state != "none" else { return }
    let boot = (File.read("/proc/sys/kernel/random/boot_id", limit: 64) ?? "").filter {
      !$0.isNewline
    }
    let port = listen.flatMap { Self.address($0)?.port } ?? Self.port
    guard let path = state ?? CounterFile.folder(host).map({ $0 + "/exporter-\(port).json" }) else {
      printError(
        "hippowatt: counters begin anew at each start: there is no $RUNTIME_DIRECTORY and no "
          + "$XDG_RUNTIME_DIR to keep them in (--state FILE)")
      return
    }
    try session.keepCounters(in: CounterFile(path: path, boot: boot))
  }

  /// Opens the ways out: a listener where one is asked for or nothing else is, files, a collector.
  private func open(_ session: ExporterSession, _ host: HostEnvironment) throws {
    let seconds = Duration(text: period)?.inSeconds ?? 15
    if let textfile { session.textfile = (textfile, seconds) }
    if let otlp {
      session.push = try MetricPush(url: otlp, interval: seconds)
    }
    guard listen != nil || (textfile == nil && otlp == nil) else { return }
    guard let program = PageServer.path(beside: ThemeStore.executable) else {
      throw Failure(
        "\(PageServer.program) is not installed beside this program; --textfile and --otlp do without it"
      )
    }
    let (address, port) = listen.flatMap(Self.address) ?? ("127.0.0.1", Self.port)
    var arguments = ["--host", address, "--port", "\(port)"]
    if let certificate, let key { arguments += ["--certificate", certificate, "--key", key] }
    var token: String?
    if let tokenFile {
      do {
        token = try KeySource.file(tokenFile).read(environment: host.environment, name: "token")?
          .revealed
      } catch { throw Failure("--token-file \(tokenFile): \(error)") }
    } else if !address.hasPrefix("127."), address != "::1", address != "localhost" {
      printError(
        "hippowatt: whoever reaches \(address) may read names of users and jobs: --token-file keeps "
          + "others out, --anonymous leaves the names out")
    }
    if token != nil { arguments += ["--token", "follows"] }
    session.server = try PageServer(program: program, arguments: arguments, token: token)
  }
}

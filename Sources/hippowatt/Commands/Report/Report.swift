import Accounting
import ArgumentParser
import Linux
import Telemetry

/// Reports the results of a recorded run.
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what a recorded run came to: energy, carbon, cost of its progress.",
    discussion: """
      As Markdown it ends with a co2_eq_emissions block for a model card:

        hippowatt report run.hippo --format markdown

      Published forms are filled in from one recording or several, failed runs included; every field \
      says how it was counted, or why it is unknown:

        hippowatt report crashed.hippo resumed.hippo --format gpai

      A job that exporters told to a Prometheus is reported from there, as at the end of a batch job:

        hippowatt report --prometheus http://prom:9090 --job "$SLURM_JOB_ID"

      \(ReportForms.all.map { "\($0.name): \($0.title)." }.joined(separator: "\n"))

      A form is printed. With --output FOLDER its files are written there instead; energy-score has \
      two, which are printed one after another.
      """)

  @Argument(
    help: ArgumentHelp(
      "A recording; a form, a scheduler's job and --by take several.", valueName: "file.hippo"))
  var files: [String] = []

  @OptionGroup var store: StoreOptions

  @Option(
    help: ArgumentHelp("How far back a job is looked for in a store.", valueName: "time"))
  var history: String = "30d"

  @Option(
    help: ArgumentHelp(
      "Report on one job only: one of SLURM's or Kubernetes' by its number or pod, or one that was found "
        + "by its name.", valueName: "job"))
  var job: String?

  @Option(
    help: ArgumentHelp(
      "Tell what accounts, users, jobs or months of a scheduler came to, as text, markdown, csv or json.",
      valueName: "account,user,job,month"))
  var by: String?

  @Option(
    help:
      "text, markdown or json; or a form: \(ReportForms.all.map(\.name).joined(separator: ", ")).")
  var format: String = "text"

  @Option(help: ArgumentHelp("What a kilowatt-hour costs, such as 0.25EUR.", valueName: "price"))
  var price: String?

  @Option(
    name: .customLong("target-loss"),
    help: ArgumentHelp("A loss; when it is reached, and with what energy.", valueName: "loss"))
  var targetLoss: Double?

  @Option(help: ArgumentHelp("The settings to use instead of the user's own.", valueName: "file"))
  var config: String?

  @Flag(
    help: ArgumentHelp(
      "Compare all readings with the stored totals first, also of a recording beyond 64 MB."))
  var verify = false

  @OptionGroup var model: ModelOptions

  @OptionGroup var supposition: SupposedGridOptions

  @OptionGroup var form: FormOptions

  func validate() throws {
    guard store.prometheus == nil else { return try validateStored() }
    guard !files.isEmpty else {
      throw ValidationError("name a recording, or a store by --prometheus")
    }
    if let by {
      try validate(by: by)
      return
    }
    guard ReportForms.names.contains(format) else {
      throw ValidationError(
        "--format \(format): write one of \(ReportForms.names.joined(separator: ", "))")
    }
    if ReportForms.form(format) == nil {
      guard files.count == 1 || job != nil else {
        throw ValidationError(
          "--format \(format) tells of one recording: name one, or use compare or a form, such as "
            + "--format gpai")
      }
      guard !form.isOfForms else {
        throw ValidationError(
          "--format \(format): --model-name, --per, --embodied-kg and --output are of forms, such as "
            + "--format gpai")
      }
    } else if form.contract != nil, ReportForms.form(format)?.tellsContracts == false {
      throw ValidationError("--contract is told by --format gpai, sci and sci-ai")
    } else if supposition.grid != nil {
      throw ValidationError("--format \(format) states what was, and not what if: leave out --grid")
    } else if job != nil || targetLoss != nil || price != nil {
      throw ValidationError(
        "--format \(format) counts whole recordings: leave out --job, --target-loss and --price")
    }
    try validatePrice()
  }

  func run() throws {
    let settings = try Settings.load(named: config, HostEnvironment.current())
    guard store.prometheus == nil else { return try tellStored(settings) }
    let supposed = try supposition.load()
    if let text = try scheduled(settings, supposed) {
      try File.put(text, to: nil)
      return
    }
    let runs = try files.map { try open($0, settings, supposed) }
    if let form = ReportForms.form(format) {
      let facts = try self.form.facts()
      try write(form.pages(try RunSet(runs), facts))
      return
    }
    guard let report = runs.first?.report else { return }
    let text =
      switch format {
      case "json": report.json
      case "markdown": report.markdown
      default: report.lines.joined(separator: "\n") + "\n"
      }
    try File.put(text, to: nil)
  }

  /// The results of one recording.
  private func open(
    _ file: String, _ settings: Settings, _ supposed: SupposedGrid?
  ) throws -> RunSet.Run {
    func run(_ opened: Accounts.Opened) throws -> RunSet.Run {
      var recording = opened
      if let supposed {
        recording.timeline = try Accounts.suppose(
          supposed, in: recording.timeline, over: recording.span, offset: HostEnvironment.utcOffset)
      }
      Accounts.tell(model.facts, to: &recording.timeline)
      let chosen = try job.map { try Accounts.job($0, in: Ledger(recording.timeline), path: file) }
      var report = RunReport(
        recording.timeline, over: recording.span, machine: recording.machine, job: chosen,
        targetLoss: targetLoss, price: price.flatMap(Price.init(text:)), tariff: settings.tariff,
        utcOffset: HostEnvironment.utcOffset)
      report.damages = recording.damages
      report.supposed = supposed?.words(recording.timeline)
      report.pue = settings.pue
      report.trainingType = form.trainingType
      return RunSet.Run(file, recording, report, withHours: form.contract != nil)
    }
    guard ReportForms.form(format) == nil, job == nil else {
      return try run(try Accounts.open(file, verify: verify))
    }
    return try run(
      try Accounts.open(file, verify: verify) { opened in
        let report = try run(opened).report
        // Both forms, since each asks for some things of its own.
        _ = report.json
        _ = report.lines
      })
  }

  /// Prints a form, or writes its files into the folder that was named.
  private func write(_ pages: [ReportForm.Page]) throws {
    guard let folder = form.output else {
      let text = pages.map { pages.count > 1 ? "\($0.name):\n\($0.text)" : $0.text }
      try File.put(text.joined(separator: "\n"), to: nil)
      return
    }
    for page in pages {
      let path = folder.hasSuffix("/") ? folder + page.name : "\(folder)/\(page.name)"
      if let problem = File.write(page.text, to: path) { throw Failure("\(path): \(problem)") }
    }
  }
}

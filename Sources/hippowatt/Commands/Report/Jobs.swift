import ArgumentParser
import Canvas
import Glibc
import JobLogs
import Telemetry

/// Lists the jobs that run here, what is followed of them and why, and what is not.
struct Jobs: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the jobs that run here, what is followed of them and why.",
    discussion: """
      It looks at your own processes, or as root at everybody's, and touches none of them.
      """)

  @Flag(help: "Print JSON lines, one for each job.")
  var json = false

  @OptionGroup var sourceOptions: SourceOptions

  func run() throws {
    let host = HostEnvironment.current()
    let settings = try sourceOptions.settings(host)
    let context = sourceOptions.context(settings, host)
    let clock = SystemClock()
    var finder = JobFinder(context)
    var certain: [FoundJob] = []
    var doubtful: [FoundJob] = []
    var jobs = finder.lookClosely(clock)
    // Whose a file is that lies in a folder shows when it grows.
    for _ in 0..<3 where jobs.contains(where: \.isOnTrial) {
      poll(nil, 0, 1200)
      for index in jobs.indices where jobs[index].isOnTrial {
        let others = jobs.indices.filter { $0 != index }.map { jobs[$0] }
        finder.inspect(&jobs[index], clock, others: others)
      }
    }
    for job in jobs {
      if job.isCertain || job.isOnTrial { certain.append(job) } else { doubtful.append(job) }
    }
    if json {
      for job in certain { print(job.json) }
      return
    }
    for job in certain { show(job) }
    if certain.isEmpty {
      print("No training or serving job was found.")
      let whose = context.user == nil ? "everybody's" : "your own"
      line(
        "looked", "at \(whose) processes that hold an accelerator or compute with a known library")
      line("help", "hippowatt --log FILE follows a log; hippowatt record -- COMMAND runs a job")
    }
    for job in doubtful {
      line("skipped", "\(job.title): \(job.why), but on no accelerator, and tells no progress")
    }
    for item in finder.skipped { line("skipped", "\(item.what): \(item.why)") }
  }

  private func show(_ job: FoundJob) {
    print(sanitized("\(job.title)\(job.user.map { ", user \($0)" } ?? "")"))
    line("command", clipped(Secrets.masked(job.command), to: 200))
    line("found", job.why)
    var group: [String] = []
    if job.members.count > 1 { group.append("\(job.members.count) processes") }
    if let launcher = job.launcher { group.append("started by \(launcher)") }
    if let size = job.worldSize { group.append("\(size) ranks") }
    if let nodes = job.nodes, nodes > 1 { group.append("1 of \(nodes) machines seen") }
    if let batch = job.batchJob { group.append(batch) }
    if let container = job.container { group.append(container) }
    if !group.isEmpty { line("group", group.joined(separator: ", ")) }
    if !job.gpus.isEmpty {
      line("gpus", job.gpus.joined(separator: ", "))
    } else if let visible = job.visibleGPUs {
      line("gpus", "told to use \(visible)")
    }
    if let unseen = job.unseen { line("unseen", unseen) }
    for port in job.ports { line("serves", "\(port.engine) on port \(port.port)") }
    for (index, file) in job.files.enumerated() {
      let format =
        file.format.map { $0 == file.reader ? $0 : "\($0) \(file.reader)" }
        ?? "\(file.reader), nothing said yet"
      if let doubt = file.doubt {
        line("maybe", "\(file.shown): \(file.why) (\(format)), but \(doubt)")
      } else {
        line(index == 0 ? "follow" : "or", "\(file.shown): \(file.why) (\(format))")
      }
    }
    if job.best == nil {
      line("follow", "nothing: \(job.silence)")
      line("help", job.advice)
    }
    for item in job.skipped { line("skipped", "\(item.what): \(item.why)") }
  }

  private func line(_ title: String, _ text: String) {
    print("  " + title + String(repeating: " ", count: max(1, 9 - title.count)) + sanitized(text))
  }
}

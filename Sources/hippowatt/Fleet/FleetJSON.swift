import Accounting
import Fleet
import Formats
import Telemetry

/// A fleet at a time as JSON: the numbers of the screen in joules, watts, seconds and grams; what is not
/// known is null.
enum FleetJSON {
  static func text(_ moment: FleetMoment, _ cost: FleetReader.Cost) -> String {
    var json = JSONWriter()
    json.raw("{\"time\":")
    json.seconds(nanoseconds: moment.time.nanoseconds)
    json.raw(",\"since\":")
    json.seconds(nanoseconds: moment.span.start.nanoseconds)
    json.raw(",\"simulated\":\(moment.isSimulated)")
    number("store_clock_ahead_seconds", moment.storeAhead, &json)
    totals(moment, &json)
    json.raw(",\n\"jobs\":[")
    for (place, job) in FleetOrder.waste.sorted(moment.jobs).enumerated() {
      json.raw(place == 0 ? "\n" : ",\n")
      write(job, &json)
    }
    json.raw("],\n\"accounts\":[")
    for (place, account) in FleetAccount.all(moment.jobs).enumerated() {
      json.raw(place == 0 ? "\n" : ",\n")
      write(account, &json)
    }
    json.raw("],\n\"hosts\":[")
    for (place, host) in moment.hosts.enumerated() {
      json.raw(place == 0 ? "\n" : ",\n")
      write(host, &json)
    }
    json.raw("],\n\"findings\":[")
    for (place, finding) in moment.findings.enumerated() {
      json.raw(place == 0 ? "\n" : ",\n")
      write(finding, &json)
    }
    json.raw("],\n\"asked\":{\"queries\":\(cost.queries),\"series\":\(cost.series)")
    json.raw(",\"points\":\(cost.points)}}\n")
    return json.text
  }

  private static func number(_ name: String, _ value: Double?, _ json: inout JSONWriter) {
    guard let value, value.isFinite else { return json.raw(",\"\(name)\":null") }
    json.member(name, number: value)
  }

  private static func cost(_ cost: FleetCost?, _ json: inout JSONWriter) {
    number("cost", cost?.amount, &json)
    if let cost { json.member("currency", cost.currency) }
  }

  private static func totals(_ moment: FleetMoment, _ json: inout JSONWriter) {
    let totals = moment.totals
    json.raw(",\"hosts_answering\":\(moment.answering),\"hosts_known\":\(moment.hosts.count)")
    json.raw(",\"gpus\":\(totals.gpus)")
    number("gpus_held", totals.held.map(Double.init), &json)
    number("watts", totals.watts, &json)
    json.raw(",\"hosts_without_watts\":\(totals.unmetered)")
    number("joules", totals.joules, &json)
    number("coverage", totals.coverage, &json)
    number("gpu_joules", totals.accelerators, &json)
    number("judged_joules", totals.judged, &json)
    number("wasted_joules", totals.wasted, &json)
    number("tokens", totals.tokens, &json)
    number("joules_per_token", totals.joulesPerToken, &json)
    number("grams", totals.grams, &json)
    if totals.grams != nil { number("grams_share", totals.gramsShare, &json) }
    cost(totals.cost, &json)
    if totals.cost != nil { number("cost_share", totals.costShare, &json) }
    json.raw(",\"duplicate_targets\":\(totals.duplicates)")
  }

  private static func write(_ job: FleetJob, _ json: inout JSONWriter) {
    json.raw("{\"job\":")
    json.string(job.id)
    for (name, value) in [
      ("name", job.name), ("user", job.user), ("account", job.account),
      ("partition", job.partition), ("scheduler", job.scheduler), ("kind", job.kind),
    ] { json.member(name, value) }
    json.raw(",\"running\":\(job.isRunning)")
    number("gpus", job.gpus.map(Double.init), &json)
    number("processes", job.processes.map(Double.init), &json)
    number("idle_gpus", job.idleGPUs.map(Double.init), &json)
    number("joules", job.joules, &json)
    number("coverage", job.coverage, &json)
    number("wasted_joules", job.wastedJoules, &json)
    json.raw(",\"wasted_by_cause\":")
    if let wasted = job.wasted {
      let parts = FleetJob.Cause.allCases.compactMap { cause in
        wasted[cause].map { (cause, $0) }
      }
      json.raw("{")
      for (place, part) in parts.enumerated() {
        json.raw((place == 0 ? "" : ",") + "\"\(part.0.rawValue)\":\(part.1.description)")
      }
      json.raw("}")
    } else {
      json.raw("null")
    }
    number("judged_joules", job.judged, &json)
    number("gpu_seconds", job.gpuSeconds, &json)
    number("tokens", job.tokens, &json)
    number("joules_per_token", job.joulesPerToken, &json)
    number("steps", job.steps, &json)
    number("grams", job.grams, &json)
    cost(job.cost, &json)
    json.member("reservations", job.reservations.joined(separator: ","))
    number("last_seen", job.lastSeen?.seconds, &json)
    json.raw(",\"hosts\":[")
    for (place, host) in job.hosts.enumerated() {
      if place > 0 { json.raw(",") }
      json.string(host)
    }
    json.raw("]}")
  }

  private static func write(_ account: FleetAccount, _ json: inout JSONWriter) {
    json.raw("{\"account\":")
    json.string(account.name)
    json.raw(",\"jobs\":\(account.jobs),\"jobs_without_joules\":\(account.unknown)")
    number("joules", account.joules, &json)
    number("judged_joules", account.judged > 0 ? account.judged : nil, &json)
    number("wasted_joules", account.judged > 0 ? account.wasted : nil, &json)
    number("grams", account.grams, &json)
    cost(account.cost, &json)
    json.raw("}")
  }

  private static func write(_ host: FleetHost, _ json: inout JSONWriter) {
    json.raw("{\"host\":")
    json.string(host.name)
    json.member("rack", host.rack ?? "")
    let state =
      switch host.state {
      case .answers: "answers"
      case .silent: "silent"
      case .refuses: "does not answer"
      }
    json.member("state", state)
    number("quiet_since", host.quietSince?.seconds, &json)
    number("watts", host.watts, &json)
    json.member("boundary", "\(host.boundary)")
    json.raw(",\"gpus\":\(host.gpus)")
    number("gpus_held", host.held.map(Double.init), &json)
    number("joules", host.joules, &json)
    number("judged_joules", host.judged, &json)
    number("wasted_joules", host.wasted, &json)
    json.member("exporters", host.exporters.joined(separator: ", "))
    json.raw("}")
  }

  private static func write(_ finding: FleetFinding, _ json: inout JSONWriter) {
    switch finding {
    case .refuses(let host, let since):
      json.raw("{\"what\":\"does not answer\"")
      json.member("host", host)
      number("since", since?.seconds, &json)
    case .silent(let host, let since):
      json.raw("{\"what\":\"silent\"")
      json.member("host", host)
      number("since", since.seconds, &json)
    case .straggler(let host, let job, let watts, let others):
      json.raw("{\"what\":\"draws unlike the others of its job\"")
      json.member("host", host)
      json.member("job", job)
      number("watts_per_gpu", watts, &json)
      number("median_of_others", others, &json)
    case .held(let job, let gpus):
      json.raw("{\"what\":\"held without a process\"")
      json.member("job", job)
      json.raw(",\"gpus\":\(gpus)")
    }
    json.raw("}")
  }
}

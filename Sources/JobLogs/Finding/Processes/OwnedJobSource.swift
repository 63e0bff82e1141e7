import Linux
import Telemetry

/// A source that follows a job's file, with the processes that write the file made known.
///
/// What a file says of its job is merged with what its writers tell; the file knows better.
struct OwnedJobSource: DataSource {
  /// How often writers are looked for, in seconds: quicker while none is known.
  private static let period = (unknown: 5.0, known: 30.0)

  private var source: any DataSource
  private let path: String
  private let context: SourceContext
  private var owners = JobProcesses()
  private var nextLook: Timestamp?
  private var jobs: [DeviceID: Device] = [:]
  private var watch = NamedLogWatch()

  init(_ source: any DataSource, path: String, _ context: SourceContext) {
    self.source = source
    self.path = path
    self.context = context
  }

  var name: String { source.name }
  var kind: String { source.kind }
  var interval: Double? { source.interval }

  mutating func probe() -> Probe { source.probe() }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    var result: [Observation] = []
    let said = try source.sample(clock)
    let now = clock.now
    if nextLook.map({ now >= $0 }) ?? true {
      let found = JobProcesses(writing: path, in: context)
      // A job that has ended keeps what was known of it.
      if !found.pids.isEmpty, found != owners {
        owners = found
        for job in jobs.values.sorted(by: { $0.id.name < $1.id.name }) {
          result.append(.device(enriched(job)))
        }
      }
      nextLook = now + (found.pids.isEmpty ? Self.period.unknown : Self.period.known)
    }
    if source.name == "log", let job = jobs.keys.first {
      let hasNews = said.contains { if case .reading = $0 { true } else { false } }
      let event = watch.look(
        path, hasNews: hasNews, owners: owners.pids, at: now, in: context)
      if var event {
        event.device = job
        result.append(.event(event))
      }
    }
    for observation in said {
      guard case .device(let device) = observation, device.id.kind == .job else {
        result.append(observation)
        continue
      }
      jobs[device.id] = device
      result.append(.device(enriched(device)))
    }
    return result
  }

  private func enriched(_ job: Device) -> Device {
    var job = job
    job.attributes.merge(owners.attributes) { said, _ in said }
    return job
  }
}

extension SourceEntry {
  /// The same entry, whose sources make known who writes the file they are asked to follow.
  var withOwners: SourceEntry {
    let make = make
    return SourceEntry(
      name, gives: gives, feeds: feeds, isDefault: isDefault, isRare: isRare, usage: usage,
      options: options
    ) { request, context throws(SourceRequestError) in
      let source = try make(request, context)
      return OwnedJobSource(source, path: request.argument, context)
    }
  }
}

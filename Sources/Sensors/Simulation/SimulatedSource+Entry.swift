import Telemetry

/// How the catalogue makes it.
extension SimulatedSource {
  /// The line of the catalogue: `simulated[:SEED[@now]]`.
  package static let entry = SourceEntry(
    "simulated", gives: "a made-up training machine, to try the screen out",
    feeds: [
      .gpu, .process, .cpu, .meter, .host, .disk, .net, .job, .loader, .waiting, .grid,
    ], isDefault: false,
    usage: "simulated[:SEED[@now]]"
  ) { request, context throws(SourceRequestError) in
    guard !request.argument.isEmpty else {
      return SimulatedSource(machine: context.machine, period: context.interval)
    }
    let parts = request.argument.split(separator: "@", omittingEmptySubsequences: false)
    guard let seed = UInt64(parts[0]), parts.count == 1 || (parts.count == 2 && parts[1] == "now")
    else {
      throw SourceRequestError(
        "“simulated” takes a whole number, and @now to begin its story: not “\(request.argument)”")
    }
    var source = SimulatedSource(
      seed: seed, machine: context.machine, period: context.interval)
    source.startsNow = parts.count == 2
    return source
  }
}

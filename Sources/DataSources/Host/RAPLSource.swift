import Telemetry

/// The energy counters inside Intel and AMD processors, as the kernel's powercap tree shows them.
///
/// Microjoules since some time past; each counter wraps at its own range, which the series'
/// provenance carries. The layout is that of `Documentation/power/powercap/powercap.rst`; the
/// counters may be read by root only since CVE-2020-8694.
public struct RAPLSource: DataSource {
  public let name = "rapl"

  let context: SourceContext
  let folder: String
  private var counters: [Counter] = []
  private var announced: Set<DeviceID> = []
  private var refused: Set<String> = []

  private struct Counter {
    let device: DeviceID
    let file: SensorFile
  }

  public init(_ context: SourceContext) {
    self.context = context
    folder = context.path("/sys/class/powercap")
  }

  public mutating func probe() -> Probe {
    do throws(SourceFailure) {
      var readable: [String] = []
      var first: SensorFile.Failure?
      for domain in try domains() {
        do {
          _ = try SensorFile(domain.file).value()
          readable.append(domain.name)
        } catch { first = first ?? error }
      }
      if readable.isEmpty, let first { throw failure(first) }
      return Probe(.ok, "energy of " + readable.joined(separator: ", "))
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  public mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    var result: [Observation] = []
    if counters.isEmpty { result = try open(at: clock.now) }
    var first: SensorFile.Failure?
    var readings = 0
    for counter in counters {
      do {
        let steps = try counter.file.value()
        // The time is taken per counter: a difference of two readings is divided by it.
        var reading = Reading(device: counter.device, time: clock.now)
        reading.set(.energy, steps: steps)
        result.append(.reading(reading))
        readings += 1
        refused.remove(counter.device.name)
      } catch {
        first = first ?? error
        guard refused.insert(counter.device.name).inserted else { continue }
        let text = "\(counter.device.name): \(failure(error).message)"
        result.append(.event(Event(time: clock.now, kind: .gap, text: text)))
      }
    }
    // A counter that fails may have been taken away with its package: look afresh next time.
    if let first {
      counters = []
      if readings == 0 {
        // What was announced just now is lost with the failure.
        (announced, refused) = ([], [])
        throw failure(first)
      }
    }
    return result
  }

  /// Opens what may be read and says once what it is, and what is refused.
  private mutating func open(at now: Timestamp) throws(SourceFailure) -> [Observation] {
    var result: [Observation] = []
    var first: SensorFile.Failure?
    for domain in try domains() {
      let file: SensorFile
      do { file = try SensorFile(domain.file) } catch {
        first = first ?? error
        if refused.insert(domain.name).inserted {
          let text = "\(domain.name): \(failure(error).message)"
          result.append(.event(Event(time: now, kind: .note, text: text)))
        }
        continue
      }
      let id = context.device(.cpu, domain.name)
      counters.append(Counter(device: id, file: file))
      guard announced.insert(id).inserted else { continue }
      result.append(.device(domain.device(id)))
      result.append(
        .series(
          SeriesDescriptor(
            device: id, metric: .energy, provenance: domain.provenance(every: context.interval))))
    }
    if counters.isEmpty, let first {
      refused = []
      throw failure(first)
    }
    return result
  }

  private func failure(_ failure: SensorFile.Failure) -> SourceFailure {
    guard failure.isDenied else {
      return SourceFailure(.failed, failure.words, remedy: "see dmesg for what the kernel says")
    }
    return SourceFailure(
      .denied, "\(failure.path) may be read by root only",
      remedy: "sudo chmod a+r \(folder)/intel-rapl:*/energy_uj")
  }
}

extension RAPLSource {
  static let entry = Catalogue.Entry("rapl", gives: "energy of processor packages and memory") {
    request, context throws(SourceRequestError) in
    guard request.argument.isEmpty else {
      throw SourceRequestError("source “rapl” takes nothing after a colon")
    }
    return RAPLSource(context)
  }
}

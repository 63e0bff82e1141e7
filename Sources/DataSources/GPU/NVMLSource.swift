import Telemetry

/// NVIDIA cards, asked through NVIDIA's management library, which is opened at run time.
///
/// Watts, joules, bytes, degrees and hertz after conversion; calls, units and layouts are those of
/// the NVML API reference. The library is started once and kept; it is started afresh after the
/// driver went away, and each minute while a card is lost.
public struct NVMLSource: DataSource {
  public let name = "nvml"

  let context: SourceContext
  /// Where the library is, if not where the loader finds it.
  let library: String?
  private var session: Session?
  private var announced: [DeviceID: Device] = [:]
  private var described: Set<Key> = []
  /// What was said once and is not said again until it is over.
  private var said: Set<String> = []

  private struct Key: Hashable {
    let device: DeviceID
    let metric: Metric
  }

  /// What there is between one start of the library and the next.
  private struct Session {
    let library: NVMLLibrary
    let start: Timestamp
    var devices: [NVMLDevice]
    /// The cards that the driver counts but that have no handle.
    var missing: [UInt32: NVMLFailure]
    var isWhole: Bool { missing.isEmpty && devices.allSatisfy { $0.loss == nil } }
  }

  /// A lost card is looked for again after this many seconds; starting NVML is slow.
  static let retryPeriod = 60.0

  public init(_ context: SourceContext, library: String? = nil) {
    self.context = context
    self.library = library
  }

  public mutating func probe() -> Probe {
    do throws(SourceFailure) {
      let fresh = try Self.open(context, library, at: Timestamp(nanoseconds: 0))
      var text = fresh.devices.map { "\($0.device.label): \($0.device.model)" }
      text += fresh.missing.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.message)" }
      return Probe(.ok, text.joined(separator: ", "))
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  public mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    if let old = session, !old.isWhole, clock.now - old.start >= Self.retryPeriod { session = nil }
    let before = (announced, described, said)
    var result: [Observation] = []
    var current: Session
    if let session {
      current = session
    } else {
      current = try Self.open(context, library, at: clock.now)
      for (index, failure) in current.missing.sorted(by: { $0.key < $1.key }) {
        result += gap(index, failure, at: clock.now)
      }
    }
    var readings = 0
    var last = current.missing.values.first ?? current.devices.lazy.compactMap(\.loss).first
    for index in current.devices.indices where current.devices[index].loss == nil {
      let card = current.devices[index].index
      do throws(NVMLFailure) {
        let now = clock.now
        let reading = try current.devices[index].reading(from: current.library, at: now)
        let device = current.devices[index]
        result += remarks(of: device, at: now)
        current.devices[index].remarks = []
        if let trouble = device.trouble, reading.isEmpty {
          last = trouble
          result += gap(card, trouble, at: now)
        } else if !reading.isEmpty {
          readings += 1
          result += announcements(of: device, for: reading, in: current.library)
          result += isBack(card, at: now)
          result.append(.reading(reading))
        }
      } catch {
        last = error
        guard error.isLost else {
          session = nil
          // What was to be announced now is lost with the failure.
          (announced, described, said) = before
          throw error.failure
        }
        current.devices[index].loss = error
        result += gap(card, error, at: clock.now)
      }
    }
    session = current
    if readings == 0, result.isEmpty {
      // Nothing to say and nothing to hope for from this start of the library.
      session = nil
      throw last?.failure
        ?? SourceFailure(
          .absent, "the NVIDIA driver tells nothing of its cards",
          remedy: "ask where the card is: inside a virtual machine it tells little")
    }
    return result
  }

  private static func open(
    _ context: SourceContext, _ path: String?, at now: Timestamp
  ) throws(SourceFailure) -> Session {
    let library = try NVMLLibrary(path: path)
    let count: UInt32
    do throws(NVMLFailure) { count = try library.cards() } catch { throw error.failure }
    guard count > 0 else {
      throw SourceFailure(
        .absent, "the NVIDIA driver sees no card", remedy: "see nvidia-smi -L and dmesg")
    }
    let driver = library.driverVersion.flatMap { call in
      NVMLLibrary.text(80) { call.function($0, $1) }
    }
    var session = Session(library: library, start: now, devices: [], missing: [:])
    for index in 0..<count {
      do throws(NVMLFailure) {
        session.devices.append(
          try NVMLDevice(index, in: library, driver: driver, context: context))
      } catch {
        if error.isFatal { throw error.failure }
        session.missing[index] = error
      }
    }
    return session
  }
}

// What is said once.
extension NVMLSource {
  /// Announces a card and those of its series that now have their first value.
  private mutating func announcements(
    of device: NVMLDevice, for reading: Reading, in library: NVMLLibrary
  ) -> [Observation] {
    var result: [Observation] = []
    let id = device.device.id
    if announced[id] != device.device {
      announced[id] = device.device
      result.append(.device(device.device))
    }
    for entry in reading.values
    where described.insert(Key(device: id, metric: entry.metric)).inserted {
      let provenance = device.provenance(of: entry.metric, in: library, every: context.interval)
      result.append(
        .series(SeriesDescriptor(device: id, metric: entry.metric, provenance: provenance)))
    }
    return result
  }

  private mutating func gap(
    _ card: UInt32, _ failure: NVMLFailure, at now: Timestamp
  ) -> [Observation] {
    guard said.insert("gap \(card)").inserted else { return [] }
    let text = "GPU \(card): \(failure.message); \(failure.remedy)"
    return [.event(Event(time: now, kind: .gap, text: text))]
  }

  private mutating func isBack(_ card: UInt32, at now: Timestamp) -> [Observation] {
    guard said.remove("gap \(card)") != nil else { return [] }
    return [.event(Event(time: now, kind: .note, text: "GPU \(card) answers again"))]
  }

  private mutating func remarks(of device: NVMLDevice, at now: Timestamp) -> [Observation] {
    device.remarks.filter { said.insert($0).inserted }
      .map { .event(Event(time: now, kind: .note, text: $0)) }
  }
}

extension NVMLSource {
  static let entry = Catalogue.Entry(
    "nvml", gives: "power, energy and load of NVIDIA cards", options: ["library"]
  ) { request, context throws(SourceRequestError) in
    guard request.argument.isEmpty else {
      throw SourceRequestError("source “nvml” takes nothing after a colon")
    }
    return NVMLSource(context, library: request.options["library"])
  }
}

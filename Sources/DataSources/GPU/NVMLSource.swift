import CDrivers
import Telemetry

/// NVIDIA GPUs through the driver's management library.
///
/// The library is initialised once and kept; a GPU that stops answering costs only its own
/// readings, is told of once, and is tried again every few seconds. The library is opened anew
/// after the driver was reloaded, and once a minute while a GPU stays away, since some drivers find
/// it again in no other way. It opens the GPUs, so `nvidia-smi --gpu-reset` needs it stopped.
struct NVMLSource: DataSource {
  static let sourceName = "nvml"

  let name = sourceName

  /// A GPU's place in the driver's order, whether or not it can be opened.
  private struct Slot {
    var device: NVMLDevice?
    /// When to try again to open it.
    var nextTry: Timestamp?
  }

  private static let retryPeriod = 5.0
  private static let reopenPeriod = 60.0

  private let context: SourceContext
  private let path: String?
  private let hiding: Set<String>
  private var library: NVMLLibrary?
  private var opened = Timestamp(nanoseconds: 0)
  private var slots: [Slot] = []
  // What was said outlives the library, so that nothing is said twice.
  private var reporters: [DeviceID: DeviceReporter] = [:]
  private var troubles: [Int: NVMLError] = [:]
  private var refusedPower: Set<DeviceID> = []

  /// Opens nothing yet; `library` is a path that stands in for the driver's own.
  init(_ context: SourceContext, library path: String? = nil, hiding: Set<String> = []) {
    self.context = context
    self.path = path
    self.hiding = hiding
  }

  mutating func probe() -> Probe {
    do {
      let library = try NVMLLibrary(path: path, hiding: hiding)
      let count = try Self.count(library)
      let version = library.readDriverVersion() ?? "of unknown version"
      return Probe(.ok, "\(count) GPU\(count == 1 ? "" : "s"), driver \(version)")
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    let isWaiting = troubles.values.contains { !$0.isRefusal }
    if isWaiting, clock.now - opened >= Self.reopenPeriod { close() }
    let library = try open(clock)
    var observations: [Observation] = []
    for index in slots.indices { sample(index, library, clock, &observations) }
    if let error = troubles.values.first(where: \.concernsLibrary) {
      close()
      troubles = [:]
      throw error.failure
    }
    if observations.isEmpty, let (index, error) = troubles.min(by: { $0.key < $1.key }) {
      throw SourceFailure(
        error.isDenial ? .denied : .failed, "GPU \(index): \(error.words)", remedy: error.remedy)
    }
    return observations
  }

  private mutating func open(_ clock: any SessionClock) throws(SourceFailure) -> NVMLLibrary {
    if let library { return library }
    opened = clock.now
    let library = try NVMLLibrary(path: path, hiding: hiding)
    let count = try Self.count(library)
    slots = Array(repeating: Slot(), count: Int(count))
    self.library = library
    return library
  }

  private mutating func close() {
    slots = []
    library = nil
  }

  private static func count(_ library: NVMLLibrary) throws(SourceFailure) -> UInt32 {
    let count: UInt32
    do { count = try library.deviceCount() } catch { throw error.failure }
    guard count > 0 else {
      throw SourceFailure(
        .absent, "the NVIDIA driver runs but shows no GPU",
        remedy: "compare with: nvidia-smi -L; start a container with --gpus all")
    }
    return count
  }

  private mutating func sample(
    _ index: Int, _ library: NVMLLibrary, _ clock: any SessionClock,
    _ observations: inout [Observation]
  ) {
    if slots[index].device == nil {
      if let nextTry = slots[index].nextTry, clock.now < nextTry { return }
      var handle: nvmlDevice_t?
      let error = NVMLError(library.device(UInt32(index), &handle))
      guard error == nil, let handle else {
        let isRefusal = error?.isRefusal == true
        slots[index].nextTry = clock.now + (isRefusal ? Self.reopenPeriod : Self.retryPeriod)
        tell(error ?? NVMLError(nvmlReturn_t(NVML_ERROR_UNKNOWN)), of: index, clock, &observations)
        return
      }
      let identity = NVMLIdentity(
        handle, index: UInt32(index), library: library, context: context)
      slots[index].device = NVMLDevice(identity: identity, handle: handle)
    }
    guard var device = slots[index].device else { return }
    let reading = device.read(library, clock)
    let error = device.trouble
    slots[index].device = device
    // Half a row would look like a GPU that has lost some of its sensors.
    if reading.isEmpty || error?.isLoss == true {
      slots[index] = Slot(device: nil, nextTry: clock.now + Self.retryPeriod)
      let cause = error ?? NVMLError(nvmlReturn_t(NVML_ERROR_NOT_SUPPORTED))
      tell(cause, of: index, clock, &observations)
      return
    }
    tell(nil, of: index, clock, &observations)
    for number in device.denied {
      let text = "GPU \(index): \(number.rawValue) may not be read by this user"
      observations.append(.event(Event(time: reading.time, kind: .note, text: text)))
    }
    if let watts = device.implausiblePower, refusedPower.insert(reading.device).inserted {
      let text = "GPU \(index): power of \(Int(watts)) W left out, far beyond its limit"
      observations.append(.event(Event(time: reading.time, kind: .note, text: text)))
    }
    report(reading, device, &observations)
  }

  private mutating func report(
    _ reading: Reading, _ device: NVMLDevice, _ observations: inout [Observation]
  ) {
    let interval = context.interval
    let known = reporters[reading.device]
    var reporter = DeviceReporter(device.identity.device)
    if let known, known.device == reporter.device { reporter = known }
    reporter.report(reading, to: &observations) { device.provenance(of: $0, every: interval) }
    reporters[reading.device] = reporter
  }

  /// Says that a GPU has stopped answering or answers again; each once.
  private mutating func tell(
    _ error: NVMLError?, of index: Int, _ clock: any SessionClock,
    _ observations: inout [Observation]
  ) {
    let before = troubles[index]
    troubles[index] = error
    guard (before == nil) != (error == nil) else { return }
    let (kind, text): (Event.Kind, String) =
      if let error {
        (.gap, "GPU \(index): \(error.words)")
      } else {
        (.note, "GPU \(index) answers again")
      }
    observations.append(.event(Event(time: clock.now, kind: kind, text: text)))
  }
}

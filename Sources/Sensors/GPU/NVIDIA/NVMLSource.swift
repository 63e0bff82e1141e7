import Telemetry

/// NVIDIA GPUs through the driver's management library.
///
/// The library is initialised once and kept. GPUs are read by a pool of worker threads, usually one;
/// a call that hangs gets a second one beside it, so that it costs only the readings of its own GPU.
/// It is told of once, and nothing more is asked of that GPU until the call comes back. A GPU that stops answering is tried again every
/// few seconds. The library is opened anew after the driver was reloaded, and once a minute while a
/// GPU stays away, since some drivers find it again in no other way. It opens the GPUs, so
/// `nvidia-smi --gpu-reset` needs it stopped. A GPU that sleeps is not touched, and where all would
/// fall asleep without us the library is closed and opened again for a look now and then.
struct NVMLSource: DataSource {
  static let sourceName = "nvml"

  let name = sourceName
  var interval: Double? { context.interval }

  /// What is known of the GPU at one NVML index.
  struct Slot {
    let gpu: NVMLGPU
    var device: DeviceID?
    /// The GPU that was seen here last, whether or not it can be opened now.
    var known: DeviceID?
    /// When to try again to open it.
    var nextTry: Timestamp?
    /// When the call that has not come back was made.
    var asked: Timestamp?
    var fault: Fault?
    /// Whether it would fall asleep if nobody asked.
    var mayRest = false
  }

  /// Why a slot gives nothing.
  enum Fault: Equatable {
    case error(NVMLError)
    case asleep
    case silent
  }

  static let retryPeriod = 5.0
  static let reopenPeriod = 60.0
  static let countPeriod = 10.0
  private static let restPeriod = 30.0
  /// The pool's key for counting GPUs, beside the slots' indices.
  static let counting = -1

  let context: SourceContext
  private let path: String?
  private let hiding: Set<String>
  let patience: Double
  private var library: NVMLLibrary?
  var events: NVMLEvents?
  /// When the library was opened.
  private(set) var opened = Timestamp(nanoseconds: 0)
  var counted = Timestamp(nanoseconds: 0)
  let workers = NVMLWorkerPool<NVMLReply>()
  var slots: [Slot] = []
  /// Notes that are made once, whichever GPU they were found on.
  var saidOnce: Set<String> = []
  /// Until when all GPUs are left alone, so that they can fall asleep.
  private var restsUntil: Timestamp?
  /// What was to be said when the source failed.
  private var held: [Observation] = []
  /// The GPUs of before a recount that have not been found again, by name.
  var missing: [DeviceID: UInt32] = [:]

  /// Opens nothing yet; `library` is a path that stands in for the driver's own.
  ///
  /// `patience` is how many seconds a tick waits for its answers: by default a third of the interval,
  /// at least 5 ms and at most 1 s. What comes later is heard at the next.
  init(
    _ context: SourceContext, library path: String? = nil, hiding: Set<String> = [],
    patience: Double? = nil
  ) {
    self.context = context
    self.path = path
    self.hiding = hiding
    self.patience = patience ?? min(1, max(0.005, context.interval / 3))
  }

  mutating func probe() -> Probe {
    if path == nil, let names = NVMLRuntimePM.allSuspended(context) {
      return Probe(.ok, "asleep, and left so: " + names.joined(separator: ", "))
    }
    do {
      let library = try NVMLLibrary(path: path, hiding: hiding, root: context.root)
      let count = try Self.count(library)
      let version = library.driverVersion ?? "of unknown version"
      return Probe(.ok, "\(count) GPU\(count == 1 ? "" : "s"), driver \(version)")
    } catch {
      return Probe(error.health, error.message, remedy: error.remedy)
    }
  }

  mutating func sample(_ clock: any SessionClock) throws(SourceFailure) -> [Observation] {
    var observations = held
    held = []
    let now = clock.now
    if library == nil, staysAsleep(now, &observations) {
      // Whoever wakes it has work for it, which is worth a look at once.
      restsUntil = nil
      return observations
    }
    if let restsUntil, now < restsUntil { return observations }
    restsUntil = nil
    let isWaiting = slots.contains { $0.fault?.mayNeedReopening == true }
    let isHung = slots.contains { $0.asked != nil }
    if isWaiting, !isHung, now - opened >= Self.reopenPeriod { close() }
    let library: NVMLLibrary
    do { library = try open(clock, &observations) } catch {
      hold(observations)
      throw error
    }
    // First what came in late: who answers slowly is asked again without losing a turn.
    var failure = collect(clock, &observations)
    if failure == nil {
      ask(library, clock)
      failure = collect(clock, &observations)
    }
    findSilent(now, &observations)
    if let events { observations += events.take(clock) }
    if let failure {
      close()
      hold(observations)
      throw failure.failure
    }
    if observations.isEmpty, let failure = wholeFailure { throw failure }
    if slots.allSatisfy(\.mayRest) { rest(now, &observations) }
    return observations
  }

  /// Leaves the GPUs alone for a while, since even a library that is only open keeps them awake.
  private mutating func rest(_ now: Timestamp, _ observations: inout [Observation]) {
    close()
    restsUntil = now + Self.restPeriod
    let text =
      "the NVIDIA GPU has nothing to do and is asked every \(Int(Self.restPeriod)) s only, so that"
      + " it can fall asleep"
    if saidOnce.insert(text).inserted {
      observations.append(.event(Event(time: now, kind: .note, text: text)))
    }
  }

  /// Keeps what was to be said for when the source is back.
  private mutating func hold(_ observations: [Observation]) {
    held = observations
    // Descriptions are sent only once and must not be lost; old readings may be.
    guard held.count > 1000 else { return }
    held.removeAll { if case .reading = $0 { true } else { false } }
  }

  /// Whether the machine's GPUs sleep, so that not even the library is opened; told of once.
  private mutating func staysAsleep(
    _ now: Timestamp, _ observations: inout [Observation]
  ) -> Bool {
    let text = "the NVIDIA GPU sleeps and is left asleep"
    guard let names = NVMLRuntimePM.allSuspended(context) else {
      saidOnce.remove(text)
      return false
    }
    if saidOnce.insert(text).inserted {
      let known = slots.indices.filter { slots[$0].known != nil }
      if known.isEmpty {
        let list = names.joined(separator: ", ")
        observations.append(
          .event(Event(time: now, kind: .gap, text: "\(text): \(list)", cause: .asleep)))
      }
      for index in known { tell(.asleep, of: index, now, &observations) }
    }
    return true
  }

  private mutating func open(
    _ clock: any SessionClock, _ observations: inout [Observation]
  ) throws(SourceFailure) -> NVMLLibrary {
    if let library { return library }
    let library = try NVMLLibrary(path: path, hiding: hiding, root: context.root)
    let count = try Self.count(library)
    self.library = library
    opened = clock.now
    counted = clock.now
    events = NVMLEvents(library, clock)
    arrange(count, clock.now, &observations)
    return library
  }

  /// Lets go of the library; a call that hangs keeps it, and it is not unloaded then.
  private mutating func close() {
    events?.stop()
    events = nil
    for slot in slots where slot.asked == nil { slot.gpu.close() }
    for index in slots.indices { slots[index].nextTry = nil }
    library = nil
  }

  private static func count(_ library: NVMLLibrary) throws(SourceFailure) -> Int {
    let count: UInt32
    do { count = try library.deviceCount() } catch { throw error.failure }
    guard count > 0 else {
      throw SourceFailure(
        .absent, "the NVIDIA driver runs but shows no GPU",
        remedy: "compare with: nvidia-smi -L; start a container with --gpus all")
    }
    return Int(min(count, 1024))
  }
}

/// What the worker pool brings back.
enum NVMLReply: Sendable {
  case answer(NVMLAnswer)
  case count(UInt32?)
}

extension NVMLSource.Fault {
  /// Whether opening the library anew may help.
  fileprivate var mayNeedReopening: Bool {
    if case .error(let error) = self { !error.isRefusal } else { false }
  }
}

extension NVMLSource {
  /// The line of the catalogue: `nvml`.
  package static let entry = SourceEntry(
    "nvml", gives: "power, energy, activity, memory, heat and clocks of NVIDIA GPUs",
    feeds: [.gpu, .gpuPart, .process], options: ["library"]
  ) { request, context in NVMLSource(context.forPower, library: request.options["library"]) }
}

import CDrivers
import Telemetry

/// What one look at a GPU gave.
struct NVMLAnswer: Sendable {
  var observations: [Observation] = []
  /// What is worth a word, of this GPU: the end of a sentence.
  var notes: [String] = []
  /// What is worth a word once, whichever GPU it was found on.
  var generalNotes: [String] = []
  /// Why there is nothing, or less than before.
  var error: NVMLError?
  /// Whether it is runtime-suspended and was left so.
  var isSuspended = false
  /// Whether it has had nothing to do for a while and would fall asleep if nobody asked.
  var mayRest = false
  /// Which GPU it is, where it was opened at this look.
  var opened: NVMLOpening?
}

/// A GPU that was opened: its device, and the handle its events are heard by.
struct NVMLOpening: @unchecked Sendable {
  let device: DeviceID
  let handle: nvmlDevice_t
}

/// One GPU by its NVML index, whether or not it can be opened.
///
/// Touched by one thread at a time: the source hands it to its worker pool and leaves it alone until
/// the pool has answered. What was said outlives the library, so that nothing is said twice.
final class NVMLGPU: @unchecked Sendable {
  /// Seconds without work after which a GPU that can sleep is left alone.
  private static let idlePatience = 10.0

  let index: UInt32
  private let context: SourceContext
  private var schedule: NVMLSchedule
  private var device: NVMLDevice?
  private var gpm: NVMLGPM?
  private var migDevices: NVMLMIGDevices?
  private var isMIGEnabled = false
  private var runtimePM: NVMLRuntimePM?
  private var isSuspended = false
  /// Since when it has had nothing to do.
  private var idleSince: Timestamp?
  private var reporter: DeviceReporter?
  private var processes: (gpu: DeviceID, list: NVMLProcesses)?
  private var hasRefusedPower = false
  private var zeroPower = ZeroPowerCheck()
  private var stuckCounter = StuckCounterCheck()

  init(_ index: UInt32, _ context: SourceContext) {
    self.index = index
    self.context = context
    schedule = NVMLSchedule(interval: context.interval, isOdd: index % 2 == 1)
  }

  /// Lets go of everything that belongs to the library.
  func close() {
    device = nil
    gpm = nil
    migDevices = nil
    // Its counter may have started over by the time it is back.
    processes?.list.forgetEnergy()
  }

  /// Looks at the GPU: opens it if need be, and asks for what is due.
  func look(_ library: NVMLLibrary, _ clock: any SessionClock) -> NVMLAnswer {
    var answer = NVMLAnswer()
    if let device, device.library !== library { close() }
    var due = schedule.next(clock.now)
    if due.second { isSuspended = runtimePM?.isSuspended == true }
    if isSuspended {
      answer.isSuspended = true
      return answer
    }
    if device == nil {
      do { answer.opened = try open(library) } catch {
        answer.error = error
        return answer
      }
      due = NVMLSchedule.Due(second: true, pair: true, slow: true)
    }
    guard var device else { return answer }
    let isNew = answer.opened != nil
    let before = (reporter, processes)
    self.device = nil
    read(&device, due, clock, isNew: isNew, &answer)
    let error = device.query.lastError
    let isMute = !device.query.hasAnswer && (error != nil || due.second && due.pair)
    // Half a row would look like a GPU that has lost some of its sensors.
    if isMute || error?.isLoss == true {
      // What is not said now has to be said later.
      (reporter, processes) = before
      close()
      answer.observations = []
      answer.opened = nil
      answer.error = error ?? NVMLError(nvmlReturn_t(NVML_ERROR_NOT_SUPPORTED))
    } else {
      self.device = device
    }
    return answer
  }

  private func open(_ library: NVMLLibrary) throws(NVMLError) -> NVMLOpening {
    var handle: nvmlDevice_t?
    if let error = NVMLError(library.device(index, &handle)) { throw error }
    guard let handle else { throw NVMLError.unknown }
    let isMIGEnabled = NVMLMIGDevices.isMIGEnabled(handle, library)
    let (gpm, availability) = NVMLGPM.open(library, handle)
    let identity = NVMLIdentity(
      handle, index: index, library: library, context: context, gpm: availability,
      isMIGEnabled: isMIGEnabled)
    let id = identity.device.id
    self.gpm = isMIGEnabled ? nil : gpm
    self.isMIGEnabled = isMIGEnabled
    migDevices = isMIGEnabled ? NVMLMIGDevices(context, gpu: id) : nil
    runtimePM = identity.busID.map { NVMLRuntimePM(busID: $0, context) }
    if reporter?.device != identity.device { reporter = DeviceReporter(identity.device) }
    if processes?.gpu != id { processes = (id, NVMLProcesses(context, gpu: id)) }
    device = NVMLDevice(identity: identity, handle: handle, library: library, context: context)
    return NVMLOpening(device: id, handle: handle)
  }

  private func read(
    _ device: inout NVMLDevice, _ due: NVMLSchedule.Due, _ clock: any SessionClock, isNew: Bool,
    _ answer: inout NVMLAnswer
  ) {
    var reading = device.read(due, clock)
    if due.second, device.query.lastError?.isLoss != true {
      readActivity(&device, &reading, isNew: isNew, &answer)
    }
    let refusals = [zeroPower.take(&reading), stuckCounter.take(&reading)].compactMap { $0 }
    var rest: [Observation] = []
    if due.pair, device.query.lastError?.isLoss != true {
      if due.slow { migDevices?.enumerate(device) }
      migDevices?.read(device, at: reading.time, to: &rest)
      processes?.list.look(
        &device, reading, isSeldom: due.slow, isMIGEnabled: isMIGEnabled, to: &rest)
    }
    let interval = context.interval
    let described = device
    reporter?.report(reading, to: &answer.observations) {
      described.provenance(of: $0, every: interval)
    }
    answer.observations += rest
    answer.observations += refusals.map { .event($0) }
    if due.second { answer.mayRest = mayRest(reading) }
    answer.notes += device.query.denied.map { "\($0) may not be read by this user" }
    if let watts = device.implausiblePower, !hasRefusedPower {
      hasRefusedPower = true
      answer.notes.append("power of \(Int(watts)) W left out, far beyond its limit")
    }
  }

  /// Whether the driver would switch the GPU off by now if it were left alone.
  private func mayRest(_ reading: Reading) -> Bool {
    let isBusy = reading.values.first { $0.metric == .utilization }?.steps != 0
    guard runtimePM?.supportsRuntimeD3 == true, !isBusy, processes?.list.isEmpty == true else {
      idleSince = nil
      return false
    }
    let since = idleSince ?? reading.time
    idleSince = since
    return reading.time - since >= Self.idlePatience
  }

  private func readActivity(
    _ device: inout NVMLDevice, _ reading: inout Reading, isNew: Bool, _ answer: inout NVMLAnswer
  ) {
    if let error = gpm?.read(into: &reading, at: reading.time), error.isLoss {
      device.query.take(error)
    }
    var availability = device.identity.gpm
    if let gpm, gpm.availability != .works {
      availability = gpm.availability
      self.gpm = nil
    } else if !isNew {
      return
    }
    switch availability {
    case .notPermitted:
      answer.generalNotes.append(
        "the activity inside the GPUs (GPM) may not be read by this user; run as root to see it")
    case .notOnChip: answer.generalNotes.append("the GPUs do not tell of the activity inside (GPM)")
    case .notOffered, .works: break
    }
  }
}

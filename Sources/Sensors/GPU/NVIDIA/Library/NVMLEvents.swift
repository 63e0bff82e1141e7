import CDrivers
import CSystem
import Glibc
import Linux
import Telemetry

/// Waits for NVML events, such as Xid errors, on a thread of its own.
///
/// The thread waits in the driver for half a second at a time, so that it ends soon after it is
/// told to; it holds the library as long as it runs. What was heard is bounded: the same sentence
/// is counted, and of different ones only so many are kept.
final class NVMLEvents {
  private static let waitTimeout: UInt32 = 500
  private static let mostSentences = 64

  /// What was heard of a GPU, and how often.
  private struct Heard {
    var text: String
    var device: DeviceID?
    var time: Timestamp
    var count: Int
  }

  /// What the thread and the source share.
  private final class Mailbox: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var waiting: [(handle: nvmlDevice_t, device: DeviceID)] = []
    private var heard: [Heard] = []
    private var clock: any SessionClock
    private var isStopped = false
    private var isGone = false
    let wake = cs_event_descriptor()
    let gone = cs_event_descriptor()

    init(_ clock: any SessionClock) {
      self.clock = clock
      mutex.initialize(to: pthread_mutex_t())
      pthread_mutex_init(mutex, nil)
    }

    deinit {
      pthread_mutex_destroy(mutex)
      mutex.deallocate()
      if wake >= 0 { close(wake) }
      if gone >= 0 { close(gone) }
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      return body()
    }

    private static func raise(_ descriptor: Int32) {
      var one: UInt64 = 1
      _ = write(descriptor, &one, 8)
    }

    func add(_ handle: nvmlDevice_t, _ device: DeviceID) {
      locked { waiting.append((handle, device)) }
      Self.raise(wake)
    }

    func stop() {
      locked { isStopped = true }
      Self.raise(wake)
    }

    func markFinished() {
      locked { isGone = true }
      Self.raise(gone)
    }

    var isFinished: Bool { locked { isGone } }
    var isStopRequested: Bool { locked { isStopped } }

    func takeNew() -> [(handle: nvmlDevice_t, device: DeviceID)] {
      locked {
        defer { waiting = [] }
        return waiting
      }
    }

    func hear(_ text: String, of device: DeviceID?) {
      locked {
        if let index = heard.firstIndex(where: { $0.text == text && $0.device == device }) {
          heard[index].count += 1
        } else if heard.count < NVMLEvents.mostSentences {
          heard.append(Heard(text: text, device: device, time: clock.now, count: 1))
        }
      }
    }

    func take(_ clock: any SessionClock) -> [Heard] {
      locked {
        self.clock = clock
        defer { heard = [] }
        return heard
      }
    }

    /// Sleeps until there is something new to do, at most so many milliseconds; -1 for ever.
    func sleep(milliseconds: Int32) {
      var entry = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, wake < 0 ? 1000 : milliseconds) > 0 else { return }
      var count: UInt64 = 0
      _ = read(wake, &count, 8)
    }
  }

  private final class Box {
    let mailbox: Mailbox
    var library: NVMLLibrary
    init(_ mailbox: Mailbox, _ library: NVMLLibrary) {
      self.mailbox = mailbox
      self.library = library
    }
  }

  private let mailbox: Mailbox
  private var isRunning = false
  private let library: NVMLLibrary

  init(_ library: NVMLLibrary, _ clock: any SessionClock) {
    self.library = library
    mailbox = Mailbox(clock)
  }

  deinit { mailbox.stop() }

  /// Hears from now on also what concerns this GPU.
  func listen(to handle: nvmlDevice_t, _ device: DeviceID) {
    let calls = library.calls
    guard calls.createEventSet != nil, calls.freeEventSet != nil, calls.registerEvents != nil,
      calls.waitForEvent != nil
    else { return }
    mailbox.add(handle, device)
    if !isRunning { start() }
  }

  /// What was heard since the last time.
  func take(_ clock: any SessionClock) -> [Observation] {
    mailbox.take(clock).map { entry in
      let times = entry.count > 1 ? " (\(entry.count) times)" : ""
      let name = entry.device == nil ? "a GPU: " : ""
      return .event(
        Event(
          time: entry.time, kind: .note, text: name + entry.text + times, device: entry.device,
          cause: .deviceError))
    }
  }

  /// Ends the thread and waits a moment for it, so that the library can be closed.
  func stop() {
    mailbox.stop()
    guard isRunning, !mailbox.isFinished else { return }
    var entry = pollfd(fd: mailbox.gone, events: Int16(POLLIN), revents: 0)
    poll(&entry, 1, Int32(Self.waitTimeout) + 200)
  }

  private func start() {
    // The library may be called from any thread; this one is the last to let go of it.
    nonisolated(unsafe) let box = Unmanaged.passRetained(Box(mailbox, library))
    isRunning = DetachedThread.start(stack: DetachedThread.smallStack) {
      let mailbox = NVMLEvents.run(box)
      mailbox.markFinished()
    }
    if !isRunning { box.release() }
  }

  /// Runs until it is told to stop, and lets go of the library.
  private static func run(_ handle: Unmanaged<Box>) -> Mailbox {
    let box = handle.takeRetainedValue()
    listen(box.library, box.mailbox)
    return box.mailbox
  }

  private static func listen(_ library: NVMLLibrary, _ mailbox: Mailbox) {
    let calls = library.calls
    var set: nvmlEventSet_t?
    guard let create = calls.createEventSet, let wait = calls.waitForEvent,
      create(&set) == nvmlReturn_t(NVML_SUCCESS), let set
    else { return }
    defer { _ = calls.freeEventSet?(set) }
    var devices: [nvmlDevice_t: DeviceID] = [:]
    var failures = 0
    while !mailbox.isStopRequested {
      for (handle, device) in mailbox.takeNew() where register(handle, set, calls) {
        devices[handle] = device
      }
      if devices.isEmpty {
        mailbox.sleep(milliseconds: -1)
        continue
      }
      var event = nvmlEventData_t()
      let code = wait(set, &event, waitTimeout)
      switch NVMLError(code) {
      case nil:
        failures = 0
        mailbox.hear(NVMLXid.words(event), of: event.device.flatMap { devices[$0] })
      case let error? where Int(error.code) == NVML_ERROR_TIMEOUT: failures = 0
      case let error? where error.concernsLibrary || error.isRefusal: return
      default:
        // It may answer at once, again and again, when a GPU is lost.
        failures = min(failures + 1, 5)
        mailbox.sleep(milliseconds: 1000 << Int32(failures))
      }
    }
  }

  private static func register(
    _ handle: nvmlDevice_t, _ set: nvmlEventSet_t, _ calls: NVMLSymbols
  ) -> Bool {
    let wanted = UInt64(
      nvmlEventTypeXidCriticalError | nvmlEventTypeDoubleBitEccError
        | nvmlEventTypeGpuUnavailableError
        | nvmlEventTypeGpuRecoveryAction)
    var types: UInt64 = 0
    let isTold = calls.eventTypes?(handle, &types) == nvmlReturn_t(NVML_SUCCESS)
    let mask = isTold ? types & wanted : UInt64(nvmlEventTypeXidCriticalError)
    guard mask != 0 else { return false }
    return calls.registerEvents?(handle, mask, set) == nvmlReturn_t(NVML_SUCCESS)
  }
}

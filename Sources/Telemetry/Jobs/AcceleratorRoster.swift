import Glibc

/// Which accelerators a session has and which processes are on them, from the sources that list them to
/// those that ask whose they are.
///
/// One for a session, shared by its sources. Under a POSIX mutex, because the thread sanitizer sees
/// those.
public final class AcceleratorRoster: @unchecked Sendable {
  /// A process on an accelerator, as its driver lists it.
  public struct Occupant: Sendable, Hashable {
    /// The process id as the driver gives it.
    public var pid: Int32
    /// When it began, in clock ticks since the machine started; `nil` where it is not in our `/proc`.
    public var started: String?

    /// A process by its pid and its start.
    public init(pid: Int32, started: String?) {
      self.pid = pid
      self.started = started
    }
  }

  /// Who is on an accelerator at a time.
  public struct Listing: Sendable, Hashable {
    /// Those that the driver lists.
    public var occupants: [Occupant]
    /// When it was asked.
    public var time: Timestamp
    /// Whether it lists everybody's processes, so that one that is not there is not on it.
    public var isWhole: Bool
  }

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var known: [Device] = []
  private var lists: [DeviceID: Listing] = [:]
  private static let most = 4096

  /// A roster without accelerators.
  public init() {
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// The accelerators and their parts, in the order they were announced.
  public var accelerators: [Device] { locked { known } }

  /// Who is on which accelerator, as it was last asked.
  public var listings: [DeviceID: Listing] { locked { lists } }

  /// Notes who is on an accelerator at a time.
  public func note(
    _ occupants: [Occupant], on accelerator: DeviceID, at time: Timestamp, isWhole: Bool
  ) {
    locked {
      guard lists[accelerator] != nil || lists.count < Self.most else { return }
      lists[accelerator] = Listing(
        occupants: Array(occupants.prefix(Self.most)), time: time, isWhole: isWhole)
    }
  }

  /// Takes from a source's observations which accelerators there are.
  public func take(_ observations: [Observation]) {
    for case .device(let device) in observations
    where device.id.kind == .gpu || device.id.kind == .gpuPart {
      locked {
        if let index = known.firstIndex(where: { $0.id == device.id }) {
          known[index] = device
        } else if known.count < Self.most {
          known.append(device)
        }
      }
    }
  }

  private func locked<Value>(_ body: () -> Value) -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}

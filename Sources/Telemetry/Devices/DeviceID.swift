import Glibc

/// The name of one thing that is measured, unique over all machines of a timeline.
///
/// All ids of one name share one piece of memory, so they are copied, compared and looked up by its
/// address, however long their texts are.
public struct DeviceID: Sendable {
  private final class Name: Sendable {
    let machine: String
    let kind: DeviceKind
    let name: String

    init(_ key: Key) {
      machine = key.machine
      kind = key.kind
      name = key.name
    }
  }

  private struct Key: Hashable {
    var machine: String
    var kind: DeviceKind
    var name: String
  }

  /// Every name that was ever made, under a POSIX mutex, because the thread sanitizer sees those.
  private final class Table: @unchecked Sendable {
    static let shared = Table()
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var names: [Key: Name] = [:]

    init() {
      mutex.initialize(to: pthread_mutex_t())
      pthread_mutex_init(mutex, nil)
    }

    func name(_ key: Key) -> Name {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      if let known = names[key] { return known }
      let new = Name(key)
      names[key] = new
      return new
    }

    /// Forgets the names that nobody has any more.
    func forgetUnused() {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      // Who has none cannot get one but from here, so one that is here alone stays so.
      var unused: [Key] = []
      for place in names.indices where isKnownUniquelyReferenced(&names.values[place]) {
        unused.append(names.keys[place])
      }
      for key in unused { names[key] = nil }
    }
  }

  private let shared: Name

  /// The id of these three parts; equal parts always give the same id.
  public init(machine: String, kind: DeviceKind, name: String) {
    shared = Table.shared.name(Key(machine: machine, kind: kind, name: name))
  }

  /// Forgets the names of what is not there any more, such as of processes that ended.
  ///
  /// A name that somebody still has stays, and equal parts go on giving the same id.
  static func forgetUnused() { Table.shared.forgetUnused() }

  /// The machine's name; empty for things that belong to no machine, such as a grid.
  public var machine: String { shared.machine }
  /// What sort of thing it is, such as an accelerator or a disk.
  public var kind: DeviceKind { shared.kind }
  /// Stable within machine and kind: a UUID, a kernel name, an ISO country code.
  public var name: String { shared.name }
}

extension DeviceID: Hashable {
  public static func == (left: Self, right: Self) -> Bool { left.shared === right.shared }
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(shared)) }
}

extension DeviceID: CustomStringConvertible {
  public var description: String { "\(machine)/\(kind.name)/\(name)" }
}

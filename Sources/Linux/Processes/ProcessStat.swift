import Glibc
import Telemetry

/// The line that the kernel keeps of each process: the cheapest thing there is to know of one.
///
/// Layout: proc(5), `/proc/PID/stat`. The fields after the name are counted from its last closing bracket,
/// since the name itself may hold brackets and spaces.
package struct ProcessStat: Hashable, Sendable {
  /// The kernel's own name of it, at most 15 bytes, which a program may have changed.
  package let name: String
  /// The letter of its state; `Z` for one that has ended and was not waited for.
  package let state: UInt8
  /// The pid of its parent; 0 when that is outside the namespace.
  package let parent: Int32
  /// Its process group, the pid of the group's leader.
  package let group: Int32
  /// Its session, the pid of the session's leader.
  package let session: Int32
  /// Time on the processors since it began, user and system, in hundredths of a second.
  package let ticks: Int64
  /// When it began, in clock ticks since the machine started.
  package let started: Int64
  /// The size of its address space in bytes; 0 for a kernel thread, or where it is not told.
  package let addressSpace: Int64

  /// Looks a process up; `nil` when there is none, or it is hidden from us.
  package init?(pid: Int32, in context: SourceContext) {
    guard let line = ProcFile.bytes(context.path("/proc/\(pid)/stat"), limit: 4096) else {
      return nil
    }
    self.init(line)
  }

  /// Reads such a line; `nil` where it is none.
  package init?(_ line: [UInt8]) {
    guard let open = line.firstIndex(of: UInt8(ascii: "(")),
      let close = line.lastIndex(of: UInt8(ascii: ")")), open < close
    else { return nil }
    let fields = line[(close + 1)...].split(
      maxSplits: 21, whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") })
    func number(_ index: Int) -> Int64? { fields[index].withUnsafeBytes(Self.number) }
    func pid(_ index: Int) -> Int32? { number(index).flatMap(Int32.init(exactly:)) }
    guard fields.count > 19, let state = fields[0].first, let parent = pid(1), let group = pid(2),
      let session = pid(3), let user = number(11), let system = number(12),
      let started = number(19)
    else { return nil }
    name = String(decoding: line[(open + 1)..<close], as: UTF8.self)
    (self.state, self.parent, self.group, self.session) = (state, parent, group, session)
    ticks = user &+ system
    self.started = started
    addressSpace = fields.count > 20 ? number(20) ?? 0 : 0
  }

  private static func number(_ digits: UnsafeRawBufferPointer) -> Int64? {
    let isNegative = digits.first == UInt8(ascii: "-")
    let rest = isNegative ? digits.dropFirst() : digits[...]
    guard (1...18).contains(rest.count) else { return nil }
    var value: Int64 = 0
    for digit in rest {
      guard digit >= 0x30, digit <= 0x39 else { return nil }
      value = value * 10 + Int64(digit - 0x30)
    }
    return isNegative ? -value : value
  }
}

import Telemetry
import TestSupport

@testable import Linux
@testable import Sensors

/// A machine with four accelerators, the second and third of which have the minor numbers 2 and 1.
struct SchedulerMachine {
  let tree = FileTree()
  let context: SourceContext
  static let uid = "0a1b2c3d-0000-4111-8222-333344445555"

  init(hasMinors: Bool = true, environment: [String: String] = [:]) {
    var context = tree.context
    context.environment = environment
    self.context = context
    tree.write("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/home/a:/bin/sh\n")
    tree.folder("/proc/self/ns")
    tree.folder("/sys/fs/cgroup")
    context.roster.take(
      (0..<4).map { index in
        .device(
          Device(
            id: context.device(.gpu, "GPU-\(index)"), label: "\(index)",
            attributes: [
              "index": "\(index)", "uuid": "GPU-\(index)", "pci": "00000000:0\(index + 1):00.0",
            ]))
      })
    guard hasMinors else { return }
    for (index, minor) in [0, 2, 1, 3].enumerated() {
      tree.write(
        "/proc/driver/nvidia/gpus/0000:0\(index + 1):00.0/information",
        "Model: \t\t NVIDIA H100\nDevice Minor: \t \(minor)\n")
    }
  }

  /// A process in a control group, with an environment that may be read or not.
  func process(_ pid: Int, in group: String, _ environment: [String: String]? = nil) {
    tree.write("/proc/\(pid)/cgroup", group)
    if let environment {
      tree.write(
        "/proc/\(pid)/environ", environment.map { "\($0.key)=\($0.value)\0" }.joined())
    }
  }

  /// Says which processes are on which accelerators.
  func list(_ lists: [Int: [Int32]], at time: Double = 0, isWhole: Bool = true) {
    for index in 0..<4 {
      context.roster.accelerators.note(
        (lists[index] ?? []).map { .init(pid: $0, started: "9\($0)") },
        on: context.device(.gpu, "GPU-\(index)"), at: Timestamp(seconds: 1000 + time),
        isWhole: isWhole)
    }
  }
}

extension SchedulerSource {
  /// What it says at a time: the facts of each job by its device's name, and its newest values.
  mutating func look(
    at time: Double = 0
  ) throws -> (jobs: [String: AllocationFacts], values: [String: [String: Double]]) {
    var jobs: [String: AllocationFacts] = [:]
    var values: [String: [String: Double]] = [:]
    for observation in try sample(FixedClock(Timestamp(seconds: 1000 + time))) {
      switch observation {
      case .device(let device): jobs[device.id.name] = AllocationFacts(device.attributes)
      case .reading(let reading):
        for entry in reading.values {
          values[reading.device.name, default: [:]][entry.metric.stem] = entry.value
        }
      default: break
      }
    }
    return (jobs, values)
  }
}

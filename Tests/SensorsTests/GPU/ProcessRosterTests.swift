import Telemetry
import TestSupport
import Testing

@testable import Linux
@testable import Sensors

@Suite("Processes on an accelerator")
struct ProcessRosterTests {
  private func tree() -> FileTree {
    let tree = FileTree()
    tree.write("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n")
    for (pid, command) in [(41, "python3\0train.py\0--lr\01"), (42, "/usr/bin/vllm\0serve")] {
      let rest = (4...21).map { _ in "0" }.joined(separator: " ")
      tree.write("/proc/\(pid)/stat", "\(pid) (py) x) S \(rest) 9\(pid) 0 0\n")
      tree.write("/proc/\(pid)/cmdline", command)
    }
    let id = String(repeating: "ab", count: 32)
    tree.write("/proc/41/cgroup", "0::/system.slice/docker-\(id).scope\n")
    tree.write("/proc/42/cgroup", "0::/system.slice/slurmstepd.scope/job_77/step_0/user/task_0\n")
    return tree
  }

  private let gpu = DeviceID(machine: "box", kind: .gpu, name: "A")

  @Test("who it is comes from /proc")
  func identity() throws {
    let tree = tree()
    let python = try #require(ProcessIdentity(pid: 41, in: tree.context))
    #expect(python.name == "train.py")
    #expect(python.command == "python3 train.py --lr 1")
    #expect(python.started == 941)
    #expect(python.container == "docker abababababab")
    let server = try #require(ProcessIdentity(pid: 42, in: tree.context))
    #expect(server.name == "vllm")
    #expect(server.job == "slurm 77")
    #expect(ProcessIdentity(pid: 43, in: tree.context) == nil)
  }

  /// The microjoules each process was charged in all, by pid.
  private func charged(
    _ ticks: [([GPUProcess], Double?)], _ metric: Metric
  ) -> [String: Int64] {
    let tree = tree()
    var roster = ProcessRoster(tree.context, source: "test", gpu: gpu)
    var observations: [Observation] = []
    for (second, tick) in ticks.enumerated() {
      roster.report(
        tick.0, joules: tick.1, at: Timestamp(nanoseconds: Int64(second) * 1_000_000_000),
        to: &observations)
    }
    var result: [String: Int64] = [:]
    for case .reading(let reading) in observations {
      let pid = String(reading.device.name.prefix { $0 != "." })
      if let entry = reading.values.first(where: { $0.metric == metric }) {
        result[pid] = entry.steps
      }
    }
    return result
  }

  @Test("who is alone is charged all of it, also after the end")
  func alone() {
    let one = [GPUProcess(pid: 41, memory: 5, smShare: 0.2)]
    #expect(charged([(one, nil), (one, 10), (one, 20), ([], 5)], .energy) == ["41": 35_000_000])
  }

  @Test("who shares is charged by share, apart and marked modelled")
  func shared() {
    let two = [GPUProcess(pid: 41, smShare: 0.6), GPUProcess(pid: 42, smShare: 0.2)]
    let idle = [GPUProcess(pid: 41, smShare: 0), GPUProcess(pid: 42, smShare: 0)]
    let ticks: [([GPUProcess], Double?)] = [(two, nil), (two, 8), (idle, 2)]
    #expect(charged(ticks, .sharedEnergy) == ["41": 7_000_000, "42": 3_000_000])
    #expect(charged(ticks, .energy) == ["41": 0, "42": 0])
  }

  @Test("without shares nothing is charged")
  func unknown() {
    let two = [GPUProcess(pid: 41), GPUProcess(pid: 42)]
    #expect(charged([(two, nil), (two, 8)], .sharedEnergy).isEmpty)
  }

  @Test("where nothing can be charged the energy is unknown, not zero")
  func unknownIsNotZero() {
    let two = [GPUProcess(pid: 41), GPUProcess(pid: 42)]
    #expect(charged([(two, nil), (two, 8)], .energy).isEmpty)
  }

  @Test("a driver's numbers are not looked up in a container's own /proc")
  func container() {
    let tree = tree()
    for (inode, label) in [("4026531836", "train.py"), ("4026532999", "pid 41")] {
      tree.remove("/proc/self/ns/pid")
      tree.link("/proc/self/ns/pid", to: "pid:[\(inode)]")
      var roster = ProcessRoster(tree.context, source: "test", gpu: gpu, areHostPIDs: true)
      var observations: [Observation] = []
      roster.report(
        [GPUProcess(pid: 41, memory: 1)], joules: nil, at: Timestamp(nanoseconds: 0),
        to: &observations)
      guard case .device(let device) = observations.first else {
        Issue.record("no device was announced")
        continue
      }
      #expect(device.label == label)
    }
  }
}

import Telemetry
import Testing

/// What is said of scheduler's jobs, and what is left of it where nobody may know whose they are.
@Suite struct AllocationFactsTests {
  private var facts: AllocationFacts {
    var facts = AllocationFacts()
    (facts.scheduler, facts.jobID, facts.user) = ("slurm", "987654", "alice")
    (facts.account, facts.name, facts.partition) = ("fusion-lab", "secret-plan", "a100-priority")
    (facts.arrayJob, facts.arrayTask) = ("987600", "3")
    (facts.gpus, facts.gpusFrom, facts.pids) = (["GPU-1", "GPU-2"], .cgroup, [7, 9])
    return facts
  }

  @Test func `facts come back from attributes as they were`() {
    #expect(AllocationFacts(facts.attributes) == facts)
    #expect(AllocationFacts([:]) == AllocationFacts())
    #expect(AllocationFacts([:]).scheduler == "none")
    #expect(facts.deviceName == "slurm-987600_3" && facts.number == "987600_3")
    for word in ["987654", "987600", "987600_3", "slurm 987600_3", "secret-plan"] {
      #expect(facts.isCalled(word), "\(word)")
    }
    for word in ["", "9876", "3", "alice"] { #expect(!facts.isCalled(word), "\(word)") }
  }

  @Test func `a timeline decodes them, and knows the newest`() {
    var timeline = Timeline()
    let id = DeviceID(machine: "box", kind: .allocation, name: facts.deviceName)
    timeline.apply(.device(Device(id: id, label: "x", attributes: ["job_id": "987654"])))
    #expect(timeline.allocationFacts(of: id).user == nil)
    timeline.apply(.device(Device(id: id, label: "x", attributes: facts.attributes)))
    #expect(timeline.allocationFacts(of: id) == facts)
    #expect(timeline.device(id)?.role == .user)
  }

  @Test func `what looks like a secret is masked, and neither accelerators nor pods do`() {
    var pod = AllocationFacts()
    (pod.scheduler, pod.jobID) = ("kubernetes", "0f9e8d7c-6b5a-4c3d-9e2f-1a0b9c8d7e6f")
    pod.gpus = (0..<8).map { "GPU-604ac76c-d9cf-fef3-62e9-d92044ab6e5\($0)" }
    pod.name = "run --token=hf_AbCdEfGhIjKlMnOpQrStUvWxYz012345"
    let id = DeviceID(machine: "box", kind: .allocation, name: pod.deviceName)
    var filter = PrivacyFilter()
    let filtered = filter.filtered([
      .device(Device(id: id, label: pod.number, attributes: pod.attributes))
    ])
    guard case .device(let device)? = filtered.first else {
      Issue.record("no device")
      return
    }
    let facts = AllocationFacts(device.attributes)
    #expect(device.id == id && facts.jobID == pod.jobID && facts.gpus == pod.gpus)
    #expect(facts.name?.contains("AbCdEf") == false)
  }

  @Test func `a session that goes on forgets jobs that ended long ago, and none that are there`() {
    var timeline = Timeline(budget: .screen)
    for number in 1...1200 {
      let id = DeviceID(machine: "box", kind: .allocation, name: "slurm-\(number)")
      let attributes = ["job_id": "\(number)", "scheduler": "slurm"]
      timeline.apply(.device(Device(id: id, label: "\(number)", attributes: attributes)))
      var reading = Reading(device: id, time: Timestamp(seconds: 1e9 + Double(number) * 60))
      reading.set(.heldGPUs, 1)
      timeline.apply(.reading(reading))
    }
    let left = timeline.devices(.allocation)
    #expect(left.count < 600 && left.last?.label == "1200")
    let oldest = DeviceID(machine: "box", kind: .allocation, name: "slurm-1")
    #expect(timeline.allocationFacts(of: oldest).jobID.isEmpty)
    #expect(timeline.id(.heldGPUs, of: oldest) == nil)
  }

  @Test func `long texts are cut, and control characters become blanks`() {
    let long = AllocationFacts.bounded(String(repeating: "ü", count: 500))
    #expect(long.utf8.count <= AllocationFacts.longest && !long.contains("\u{FFFD}"))
    #expect(AllocationFacts.bounded("a\u{1B}[2Jb\n\u{9B}c") == "a [2Jb c")
  }

  @Test func `an anonymous session knows which jobs are one account's, and not whose`() throws {
    var other = facts
    (other.jobID, other.arrayTask, other.user) = ("987655", "4", "bob-jones")
    (other.name, other.account) = ("plan-nine", "fusion-lab")
    var filter = PrivacyFilter(NeutralNames(machine: "box", user: nil))
    let observations: [Observation] = [facts, other].map { facts in
      .device(
        Device(
          id: DeviceID(machine: "box", kind: .allocation, name: facts.deviceName),
          label: facts.number, model: facts.name ?? "", attributes: facts.attributes))
    }
    let note = Event(time: Timestamp(seconds: 1), kind: .note, text: "plan-nine of bob-jones ends")
    let filtered = filter.filtered(observations + [.event(note)])
    let text = "\(filtered)"
    for word in ["alice", "bob", "fusion", "plan", "9876", "priority"] {
      #expect(!text.contains(word), "\(word) in \(text)")
    }
    let shown = filtered.compactMap { observation -> AllocationFacts? in
      if case .device(let device) = observation { AllocationFacts(device.attributes) } else { nil }
    }
    #expect(shown.map(\.account) == ["account 1", "account 1"])
    #expect(shown.map(\.user) == ["user 1", "user 2"])
    #expect(shown.first?.gpus == facts.gpus && shown.first?.name == nil)
    // What is shown already is shown so again.
    #expect(
      filter.filtered(filtered.filter { if case .device = $0 { true } else { false } }).count == 2)
  }
}

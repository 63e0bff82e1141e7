import Testing

@testable import Telemetry

/// Who is told of whose processes.
@Suite struct JobRosterTests {
  private let job = DeviceID(machine: "box", kind: .job, name: "train.log")

  private func device(_ pids: String, _ attributes: [String: String] = [:]) -> Observation {
    .device(Device(id: job, label: "train", attributes: attributes.merging(["pids": pids]) { $1 }))
  }

  @Test func `A job's processes are known from its announcement to its end`() {
    let roster = JobRoster()
    roster.take([device("12,11")])
    #expect(roster.entries.map(\.pids) == [[11, 12]] && roster.entries[0].job == job)
    roster.take([device("11,12,13")])
    #expect(roster.entries.map(\.pids) == [[11, 12, 13]])
    let stalled = Event(
      time: Timestamp(seconds: 1), kind: .note, text: "", device: job, cause: .stalled)
    roster.take([.event(stalled)])
    #expect(roster.entries.count == 1)
    let ended = Event(
      time: Timestamp(seconds: 2), kind: .note, text: "", device: job, cause: .crashed)
    roster.take([.event(ended)])
    #expect(roster.entries.isEmpty)
  }

  @Test func `What was written before anyone looked has no processes`() {
    let roster = JobRoster()
    roster.take([device("11", ["history": "yes"])])
    #expect(roster.entries.isEmpty)
  }

  @Test func `A job that tells nothing is known by its processes until it is announced`() {
    let roster = JobRoster()
    roster.see([.init(pids: [11, 12], isServing: false), .init(pids: [20], isServing: true)])
    #expect(roster.unannounced.count == 2)
    roster.take([device("12")])
    #expect(roster.unannounced.map(\.pids) == [[20]])
    roster.see([])
    #expect(roster.unannounced.isEmpty)
  }
}

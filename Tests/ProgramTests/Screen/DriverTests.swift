import Accounting
import Glibc
import Loopback
import Telemetry
import Terminals
import Testing

@testable import hippowatt

/// The whole program on a GPU driver that plays a script.
@Suite struct DriverTests {
  /// Settings with the stand-in for the driver's library as their only source.
  private func settings(in folder: Folder) -> String {
    let library = builtProgram("libFakeNVML.so")
    return folder.write(
      "[[source]]\nkind = \"nvml\"\nlibrary = \"\(library)\"\n", to: "fake.toml")
  }

  @Test func `eight busy GPUs are on the screen with their power and who works on them`() throws {
    let folder = try Folder()
    let session = try Session(
      ["watch", "--config", settings(in: folder), "--every", "100ms"], in: folder, width: 132,
      height: 40, environment: ["FAKE_NVML_GPUS": "8", "FAKE_NVML_PIDS": "1"])
    #expect(session.wait(for: "8 × SIMULATED H100 80GB HBM3"))
    #expect(session.wait(for: "▲ power"), "one is held back by its limit")
    #expect(session.wait(for: "▲ thermal"), "one by its heat")
    #expect(try session.quit() == 0)
    session.expectClean()
  }

  @Test func `a driver call that never comes back is named and does not hold up the end`() throws {
    let folder = try Folder()
    let session = try Session(
      ["watch", "--config", settings(in: folder), "--every", "100ms"], in: folder, width: 132,
      height: 40,
      environment: [
        "FAKE_NVML_GPUS": "1", "FAKE_NVML_BLOCK_AFTER": "0.3",
        "FAKE_NVML_UNLOADED": folder.file("unloaded"),
      ])
    #expect(session.wait(for: "● LIVE"))
    #expect(session.wait(for: "have not come back"))
    #expect(try session.quit() == 0)
    #expect(!folder.names.contains("unloaded"), "no library is taken apart under its callers")
    session.expectClean()
  }

  @Test func `a GPU that an exporter shows as well counts once`() throws {
    let uuid = "GPU-00000000-0000-0000-0000-000000000000"
    let server = try LoopbackServer { _ in
      .page(
        """
        DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="\(uuid)",Hostname="pod"} 300
        DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{gpu="0",UUID="\(uuid)",Hostname="pod"} 5000

        """)
    }
    let folder = try Folder()
    let library = builtProgram("libFakeNVML.so")
    let clock = SystemClock()
    let feed = LiveFeed(clock: clock, machine: "box", interval: 0.1)
    defer { feed.close() }
    let requests = [
      SourceRequest(kind: "nvml", options: ["library": library]),
      SourceRequest(kind: "dcgm", argument: server.url()),
    ]
    try feed.start(requests, in: SourceContext(machine: "box", root: folder.path, interval: 0.1))
    var gpus: [Device] = []
    for _ in 0..<10_000 where gpus.count < 2 {
      poll(nil, 0, 5)
      feed.take(feed.collector.drain())
      gpus = feed.timeline.devices.filter { $0.id.kind == .gpu }
    }
    #expect(Set(gpus.map(\.id.name)) == [uuid, "dcgm:" + uuid])
    #expect(Inventory(feed.timeline).gpus.map(\.id.name) == [uuid])
  }
}
